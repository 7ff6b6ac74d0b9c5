"""Who belongs to the top 20, the middle 60 and the bottom 20 % of those who sell.

Ranked are all who take part in a plan on the day and lead nobody, by their monthly average of the full months before
it in which they were employed; who has none yet, or no value, is not layered. A group smaller than the rule's size is
ranked together with the other small ones; where these are too few as well, all of them are in the middle. Of a group
of n the first 20 % × n are top and the last 20 % × n bottom, rounded half up. Equals are treated alike and in their
favour: who equals the last of the top is top, who equals the last of the middle is in the middle; where all are equal,
all are in the middle.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import ROUND_HALF_UP
from decimal import Decimal

from liji.people import queries as people
from liji.people.models import Assignment
from liji.people.models import Employee
from liji.performance import figures
from liji.performance import queries
from liji.performance.models import LayerRule
from liji.performance.models import LayerRun
from liji.plan.periods import add_months
from liji.plans.participation import Participation

TOP, MIDDLE, BOTTOM = "top", "middle", "bottom"
_SHARE = Decimal("0.2")
SMALL = "…"  # the name of the group that small groups make together


@dataclass(frozen=True)
class Standing:
    """Where a person stands: the value that counts, the group in which it was ranked, the layer now and before."""

    employee: int
    name: str
    group: str
    value: Decimal
    layer: str
    before: str | None


def rule() -> LayerRule | None:
    """The rule that holds; None while the company does not layer."""
    return LayerRule.objects.order_by("-pk").first()


def last_run() -> LayerRun | None:
    """When layers were last written."""
    return LayerRun.objects.select_related("rule", "by").order_by("-day", "-pk").first()


def standings(rule: LayerRule, day: date) -> list[Standing]:
    """Everybody who is layered on a day, best first within their groups. Nothing is written."""
    values = _values(rule, day)
    groups = _groups(rule, day, values)
    before = queries.layers(day, list(values))
    names = dict(Employee.objects.filter(pk__in=values).values_list("pk", "name"))
    found = []
    for group, members in sorted(groups.items()):
        for member, layer in split({one: values[one] for one in members}, rule.smallest).items():
            found.append(Standing(member, names[member], group, values[member], layer, before.get(member)))
    return found


def split(values: dict[int, Decimal], smallest: int) -> dict[int, str]:
    """Person → layer, best first."""
    ranked = sorted(values, key=lambda one: (-values[one], one))
    count = int((_SHARE * len(ranked)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if len(ranked) < smallest or not count or len(set(values.values())) == 1:
        return dict.fromkeys(ranked, MIDDLE)
    top, low = values[ranked[count - 1]], values[ranked[-count - 1]]
    return {
        one: TOP if values[one] >= top else MIDDLE if values[one] >= low else BOTTOM
        for one in ranked
    }


def _values(rule: LayerRule, day: date) -> dict[int, Decimal]:
    month = day.replace(day=1)
    known = Participation.load(None, day, day + timedelta(days=1))
    leading = {manager.pk for manager in people.managers(day)}
    sellers = [one for one in known.employees() if one not in leading and known.plans_on(one, day)]
    first = add_months(month, -rule.months)
    found = figures.monthly(sellers, first, month - timedelta(days=1), queries.definitions(), known=people.today())
    spans = people.employed_spans(sellers)
    values: dict[int, Decimal] = {}
    for seller in sellers:
        own = [
            value
            for each, known_month in found[seller].items()
            if figures.employed_days(spans.get(seller, []), each, add_months(each, 1))
            and (value := known_month.values[rule.indicator]) is not None
        ]
        if own:
            values[seller] = figures.quotient(sum(own, Decimal(0)), Decimal(len(own)))
    return values


def _groups(rule: LayerRule, day: date, employees: Iterable[int]) -> dict[str, list[int]]:
    """Group → its people, small ones put together."""
    if rule.within == "company":
        return {"": list(employees)}
    held = Assignment.objects.on(day).filter(main=True, employee__in=employees)
    units = dict(held.values_list("employee_id", "unit__name"))
    groups: dict[str, list[int]] = {}
    for one in employees:
        groups.setdefault(units.get(one, SMALL), []).append(one)
    small = [name for name, members in groups.items() if len(members) < rule.smallest]
    together = [one for name in small for one in groups.pop(name)]
    return groups | ({SMALL: together} if together else {})


def due(day: date) -> bool:
    """Whether the monthly job has yet to write the layers of this month."""
    last = last_run()
    return rule() is not None and (last is None or last.day < day.replace(day=1))
