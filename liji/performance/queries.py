"""Reading the performance file: indicators of many people with few queries, and the layers in which they stand.

Amounts are in the company's currency, rates are shares (0.3 is 30 %), days those of the company's time zone. A value
that cannot be worked out (no opportunity decided, too few months) is None, never nought.
"""

from collections.abc import Collection
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal

from liji.events.happenings import Named
from liji.events.happenings import Value
from liji.facts import queries as facts
from liji.facts.queries import FactView
from liji.people import queries as people
from liji.people.models import Assignment
from liji.people.models import Attribute
from liji.performance import figures
from liji.performance import indicators
from liji.performance.figures import Figures
from liji.performance.indicators import INDICATORS
from liji.performance.indicators import Indicator
from liji.performance.models import Definitions
from liji.plan.periods import add_months
from liji.plans import queries as plans

Values = dict[str, Decimal | None]


def catalogue() -> dict[str, Named]:
    """Every name that `values_on` gives, with its type in the plan language's words and its names in both languages."""
    return indicators.catalogue()


def definitions() -> Definitions:
    """The definitions that hold: the newest ones, or those that the product begins with."""
    return Definitions.objects.order_by("-pk").first() or Definitions()


def definition_history() -> list[Definitions]:
    """The last definitions, newest first, with who set them and when."""
    return list(Definitions.objects.select_related("set_by").order_by("-pk")[:20])


def month_values(employees: Collection[int], month: date) -> dict[int, Values]:
    """Employee → indicator → value for the month of a day (up to today in the present one), with target and attainment.

    Returns are known up to today. Everybody who is asked for has every name.
    """
    return {employee: own[month.replace(day=1)] for employee, own in history(employees, month, month).items()}


def history(employees: Collection[int], first: date, last: date) -> dict[int, dict[date, Values]]:
    """Employee → month → indicator → value, for the months of two days and all between; one definition for all."""
    first, after = first.replace(day=1), add_months(last.replace(day=1), 1)
    today = people.today()
    until = max(first, min(after - timedelta(days=1), today))
    found = figures.monthly(employees, first, until, definitions(), known=today)
    blank: dict[int, dict[date, Values]] = {employee: {} for employee in employees}
    every = plans.quotas_between(employees, first, after)
    month = first
    while month < after:
        targets = every.get(month, {})
        for employee in employees:
            known = found[employee].get(month)
            own = dict(known.values) if known else dict.fromkeys(INDICATORS)
            blank[employee][month] = own | _against(own, targets.get(employee, {}))
        month = add_months(month, 1)
    return blank


def values_on(employees: Collection[int], day: date) -> dict[int, dict[str, Value]]:
    """Employee → name → value as of a day: the month to date, the windows of full months before it, the person's own.

    What has been returned is known up to that day. Windows look at the months in which the person was employed;
    lowest and best of n months need n of them, an average at least one.
    """
    month = day.replace(day=1)
    first = add_months(month, -indicators.LOOK_BACK)
    found = figures.monthly(employees, first, day, definitions())
    spans, targets = people.employed_spans(employees), plans.quotas_of(employees, month)
    persons = _persons(employees, day)
    values: dict[int, dict[str, Value]] = {}
    for employee in employees:
        own = found[employee]
        here, own_spans = own[month], spans.get(employee, [])
        months = [add_months(month, -back) for back in range(1, indicators.LOOK_BACK + 1)]
        before = [own[each] for each in months if figures.employed_days(own_spans, each, add_months(each, 1))]
        values[employee] = {
            **here.values,
            **dict(_windows(here, before)),
            **_against(here.values, targets.get(employee, {})),
            **here.today,
            **persons[employee],
            "months_employed": Decimal(_full_months(own_spans, day)),
        }
    return values


def baseline(employees: Collection[int], month: date, months: int = 3) -> Values:
    """The monthly baseline 月度绩效基线 of a team: what its people came to in a month, on average of the full months
    before `month`; rates over all of them together. Empty without people.
    """
    if not employees:
        return {}
    month = month.replace(day=1)
    first, last = add_months(month, -months), month - timedelta(days=1)
    found = figures.monthly(employees, first, last, definitions(), known=people.today())
    whole = [each for own in found.values() for each in own.values()]
    values = figures.together(whole)
    count = Decimal(months)
    shared = {*whole[0].parts, "largest_contract"}
    return {
        name: value if name in shared or value is None else figures.quotient(value, count)
        for name, value in values.items()
    }


def records(employee: int, indicator: str, month: date) -> list[FactView]:
    """The very facts that make up an indicator of a person in a month, newest first.

    For conversion and retention those of the whole window; what somebody of the team held, for participation.
    Raises KeyError for an unknown indicator.
    """
    known, held = INDICATORS[indicator], definitions()
    month = month.replace(day=1)
    back = {
        "conversion": held.conversion_months,
        "retention": 2 * held.retention_months,
        "course_completion": held.course_months,
    }.get(indicator, 1)
    start, end = add_months(month, 1 - back), add_months(month, 1)
    return facts.credited_to(employee, known.of, start, min(end, people.today() + timedelta(days=1)))


@dataclass(frozen=True)
class Line:
    """An indicator in one person's month: `average` is the own one of up to six full months before it."""

    indicator: Indicator
    value: Decimal | None
    target: Decimal | None
    attainment: Decimal | None
    average: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """The month against the own average, as a share of it; None where there is nothing to compare."""
        if self.value is None or not self.average:
            return None
        return figures.quotient(self.value - self.average, self.average)


@dataclass(frozen=True)
class PerformanceFile:
    """A person's performance file: one month, line by line, and the months that lead to it, oldest first."""

    month: date
    lines: list[Line]
    months: list[tuple[date, Values]]


def performance_file(employee: int, month: date, *, months: int = 12) -> PerformanceFile:
    """The file of a month, with as many months of history; months before the entry are left out."""
    month = month.replace(day=1)
    found = history([employee], add_months(month, -max(months - 1, 6)), month)[employee]
    spans = people.employed_spans([employee]).get(employee, [])
    there = [each for each in found if figures.employed_days(spans, each, add_months(each, 1))]
    past = [each for each in there if add_months(month, -6) <= each < month]
    own = found[month]
    lines = []
    for name, indicator in INDICATORS.items():
        taken = [value for each in past if (value := found[each][name]) is not None]
        average = figures.quotient(sum(taken, Decimal(0)), Decimal(len(taken)))
        lines.append(Line(indicator, own[name], own[f"{name}_target"], own[f"{name}_attainment"], average))
    return PerformanceFile(month, lines, [(each, found[each]) for each in there][-months:])


def layers(day: date, employees: Collection[int] | None = None) -> dict[int, str]:
    """Employee → top, middle or bottom, for those (of `employees`, else of all) who stand in a layer on a day."""
    held = Attribute.objects.on(day).filter(kind__code=people.LAYER)
    if employees is not None:
        held = held.filter(employee__in=employees)
    return dict(held.values_list("employee_id", "value"))


def _against(own: Values, targets: dict[str, Decimal]) -> Values:
    """Targets and attainments of the indicators; without a target neither."""
    found: Values = {}
    for name in INDICATORS:
        target, value = targets.get(name), own[name]
        found[f"{name}_target"] = target
        found[f"{name}_attainment"] = figures.quotient(value, target) if target and value is not None else None
    return found


def _windows(here: Figures, before: list[Figures]) -> Iterator[tuple[str, Decimal | None]]:
    """The windows of every indicator; `before` are the full months, the newest first."""
    for name in INDICATORS:
        past = [each.values[name] for each in before]
        last, now = past[0] if past else None, here.values[name]
        yield f"{name}_previous", last
        yield f"{name}_growth", figures.quotient(now - last, last) if now is not None and last else None
        for count in (3, 6):
            taken = [value for value in past[:count] if value is not None]
            whole = taken if len(taken) == count else []
            yield f"{name}_average_{count}", figures.quotient(sum(taken, Decimal(0)), Decimal(len(taken)))
            yield f"{name}_lowest_{count}", min(whole, default=None)
            if count == indicators.LOOK_BACK:
                yield f"{name}_best_{count}", max(whole, default=None)


def _persons(employees: Collection[int], day: date) -> dict[int, dict[str, Value]]:
    """Position, unit, layer and the number of direct reports."""
    standing = layers(day, employees)
    found: dict[int, dict[str, Value]] = {
        employee: {"position": None, "unit": None, "layer": standing.get(employee), "team_size": Decimal(0)}
        for employee in employees
    }
    held = Assignment.objects.on(day).filter(main=True)
    for employee, position, unit in held.filter(employee__in=employees).values_list(
        "employee_id", "position__code", "unit__code"
    ):
        found[employee] |= {"position": position, "unit": unit}
    for manager in held.filter(manager__in=employees).values_list("manager_id", flat=True):
        found[manager]["team_size"] += 1
    return found


def _full_months(spans: list[tuple[date | None, date | None]], day: date) -> int:
    """Full months since the entry into the employment that holds on a day; nought when there is none."""
    since = next((start for start, end in spans if start and start <= day and (end is None or day < end)), None)
    if since is None:
        return 0
    return (day.year - since.year) * 12 + day.month - since.month - (day.day < since.day)
