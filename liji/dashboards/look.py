"""One look at a board: what several of its widgets need is asked once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.core.paginator import Page
from django.core.paginator import Paginator

from liji.earnings import queries as earnings
from liji.people import queries as people
from liji.performance import queries as performance

MEMBERS = 50  # people on a page of a team


def measuring(rows: Iterable[earnings.Reached]) -> dict[int, earnings.Reached]:
    """Payee → the first of the rows that measures how far the payee has come; without such a row, the first."""
    found: dict[int, earnings.Reached] = {}
    for each in rows:
        known = found.get(each.payee)
        if known is None or (known.attainment is None and each.attainment is not None):
            found[each.payee] = each
    return found


@dataclass(frozen=True)
class Look:
    """`employee` is whose board it is: the payee, or who leads the team; None for the company.

    `day` is the company's present one; `own`: whether whoever looks is that employee; `page`: which page of a team that
    fills more than one.
    """

    employee: int | None
    day: date
    own: bool = True
    page: int = 1

    @cached_property
    def today(self) -> earnings.Today:
        """The payee's earnings in the period that holds the day."""
        return earnings.today(self.employee, self.day)

    @cached_property
    def indicators(self) -> performance.Values:
        """The payee's indicators of the month to date, with targets and attainments."""
        return performance.month_values([self.employee], self.day)[self.employee]

    @cached_property
    def team(self) -> earnings.Team:
        """The dated subtree of who leads."""
        return earnings.team(self.employee, self.day)

    @cached_property
    def members(self) -> Page:
        """The page of the subtree, best attainment first: what lists people one by one shows no more at once."""
        return Paginator(self.team.members, MEMBERS).get_page(self.page)

    @cached_property
    def reached(self) -> list[earnings.Reached]:
        """How far everybody in the company has come, plan by plan."""
        return earnings.reached(None, self.day)

    @cached_property
    def standing(self) -> dict[int, earnings.Reached]:
        """Payee → the first plan that measures how far the payee has come; without such a plan, the first."""
        return measuring(self.reached)

    @cached_property
    def rankings(self) -> bool:
        """Whether the company shows rankings."""
        return people.company().shows_rankings
