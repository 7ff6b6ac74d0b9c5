"""How a contest stands: everybody's place as the plan engine ranks them, and what of it a reader may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal

from liji.access import queries as access
from liji.access.models import User
from liji.earnings.standings import standings
from liji.earnings.standings import worked_out
from liji.engine import EngineError
from liji.engine import Result
from liji.facts import queries as facts
from liji.people import queries as people
from liji.people.models import Assignment
from liji.people.models import Employee
from liji.plan import load
from liji.plan.periods import period_of
from liji.plans import queries as plans
from liji.plans.participation import Days
from liji.recognition.models import Contest
from liji.recognition.plan_text import THINGS
from liji.recognition.plan_text import Terms
from liji.recognition.plan_text import days_before
from liji.recognition.plan_text import document
from liji.recognition.plan_text import period_for

# measure → type in the plan language's words
TYPES = {"sales": "money", "orders": "count", "new_customers": "count", "attainment": "rate", "growth": "rate"}
SHOWN = 20  # places of a ranking
TRIES = 12  # windows further and further back in which a preview looks for one that a period holds

Thing = tuple[str, str, str]  # zh, en, how many


@dataclass(frozen=True)
class Row:
    """Somebody's place. `reached` is in the contest's type, None of `place`: the minimum is not reached.

    `prize` is money in the plan's currency; `things` what is won beside it, of which `points` are given here.
    """

    employee: int
    name: str
    number: str
    place: int | None
    reached: Decimal
    prize: Decimal = Decimal(0)
    things: tuple[Thing, ...] = ()
    points: int = 0


@dataclass(frozen=True)
class Board:
    """What a reader sees of a contest. `rows`: places that may be shown, first first; `own`: the reader's.

    `ahead` is the next better result than the own one, `to_next` what is missing to it; both None where colleagues'
    results are not shown, or nobody is ahead. `to_least`: what is missing to the minimum.
    """

    rows: tuple[Row, ...]
    own: Row | None
    ahead: Row | None
    to_next: Decimal | None
    to_least: Decimal | None
    people: int
    placed: int
    cost: Decimal
    currency: str


@dataclass(frozen=True)
class Preview:
    """A draft's ranking over days that are known: those of the contest so far, or earlier ones just as long."""

    start: date
    last: date
    board: Board


def kind_of(terms: Terms) -> str:
    """The type of what is ranked: money, count, rate, number."""
    return TYPES.get(terms.measure, "number")


def period(contest: Contest) -> Days:
    """The period of the plan in which the contest is paid; for a draft the shortest that holds it."""
    year_starts = people.company().fiscal_year_starts
    kind = _kind(contest)
    return period_of(contest.start, kind, year_starts=year_starts)


def _kind(contest: Contest) -> str:
    if contest.plan_id and (version := plans.version_in_force(contest.plan_id, (contest.start, contest.end))):
        return plans.parsed(version).period
    year_starts = people.company().fiscal_year_starts
    return period_for(contest.start, contest.end, year_starts=year_starts) or "year"


def plan_text(contest: Contest, days: Days | None = None, kind: str | None = None) -> str:
    """The text of the plan that the contest is, or would be on other days."""
    company = people.company()
    terms = Terms.from_json(contest.terms)
    start, end = days or (contest.start, contest.end)
    return document(
        f"contest-{contest.pk}", (contest.zh, contest.en), start, end, terms, currency=company.currency,
        period=kind or _kind(contest), year_starts=company.fiscal_year_starts, fields=_fields(terms),
    )


def _fields(terms: Terms) -> Mapping[str, str]:
    """The fields that the formula of a contest may name."""
    if terms.measure != "formula":
        return {}
    known = {kind.code: kind for kind in facts.types()}
    fields = known[terms.of].fields if terms.of in known else []
    return {each["name"]: each["type"] for each in fields if each["name"] in terms.formula}


def taking_part(contest: Contest, days: Days | None = None) -> set[int]:
    """The employees who take part, named or by their unit, on any day of the contest."""
    start, end = days or (contest.start, contest.end)
    if start >= end:
        return set()
    units = people.units_below([unit.pk for unit in contest.units.all()], start, end)
    held = Assignment.objects.during(start, end).filter(unit__in=units, main=True)
    return set(held.values_list("employee_id", flat=True)) | {each.pk for each in contest.employees.all()}


def ranking(contest: Contest) -> list[Row]:
    """Everybody's place as it stands, best first; who has no result yet is left out."""
    if contest.plan_id is None:
        return []
    found = {each.payee: each.result for each in standings(contest.plan_id, period(contest))}
    return _rows(found, Terms.from_json(contest.terms))


def _rows(results: Mapping[int, Result], terms: Terms) -> list[Row]:
    persons = Employee.objects.in_bulk(results)
    rows = [_row(persons[employee], result, terms) for employee, result in results.items()]
    return sorted(rows, key=lambda row: (row.place is None, row.place or 0, -row.reached, row.number))


def _row(person: Employee, result: Result, terms: Terms) -> Row:
    values = result.values
    place = int(values["place"]) if values["qualified"] else None
    wins = place is not None and place <= len(terms.prizes)
    won = {name: Decimal(values.get(name) or 0) for name in THINGS} if wins else {}
    things = tuple((*THINGS[name], f"{amount.normalize():f}") for name, amount in won.items() if amount)
    points = int(won.get("points", 0))
    reached = Decimal(values["reached"])
    return Row(person.pk, person.name, person.number, place, reached, result.total, things, points)


def board(contest: Contest, reader: User) -> Board:
    """What a reader may see: the own place always; colleagues' where the company shows rankings, or pay may be seen."""
    rows = ranking(contest)
    return _board(rows, contest, reader)


def _board(rows: list[Row], contest: Contest, reader: User) -> Board:
    company = people.company()
    visible = access.visible_payees(reader, people.today())
    open_to_all = company.shows_rankings or visible is None
    terms = Terms.from_json(contest.terms)
    own = next((row for row in rows if row.employee == reader.employee_id), None)
    placed = [row for row in rows if row.place]
    shown = [row for row in placed if open_to_all or row.employee in visible]
    better = [row for row in placed if own and own.place and row.place < own.place]
    if own and not own.place and placed:
        better = [row for row in placed if row.reached > own.reached]
    ahead = better[-1] if better and open_to_all else None
    return Board(
        rows=tuple(shown[:SHOWN]),
        own=own,
        ahead=ahead,
        to_next=ahead.reached - own.reached if ahead and own else None,
        to_least=terms.least - own.reached if own and not own.place and terms.least > own.reached else None,
        people=len(rows),
        placed=len(placed),
        cost=sum((row.prize for row in rows), Decimal(0)),
        currency=company.currency,
    )


def preview(contest: Contest, reader: User) -> Preview | None:
    """What a draft's ranking would be over days that have passed; None when it cannot be said, or nobody takes part."""
    terms, today = Terms.from_json(contest.terms), people.today()
    year_starts = people.company().fiscal_year_starts
    days = (contest.start, contest.end)
    for _ in range(TRIES):
        kind = period_for(*days, year_starts=year_starts) if days[0] < days[1] else None
        if days[0] <= today and kind:
            break
        days = days_before(*days)
    else:
        return None
    plan = load(plan_text(contest, days, kind)).plan
    takes_part = taking_part(contest, days)
    if plan is None or not takes_part:
        return None
    try:
        found = worked_out(plan, takes_part, period_of(days[0], kind, year_starts=year_starts), [days])
    except EngineError:  # a formula that these facts do not fill
        return None
    return Preview(days[0], min(days[1] - timedelta(days=1), today), _board(_rows(found, terms), contest, reader))
