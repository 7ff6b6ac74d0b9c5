"""What a rule would have done in a past month: the same deciding, over what is stored of that month."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta

from liji.earnings import tells as earnings
from liji.events.happenings import Happening
from liji.facts import queries as facts
from liji.facts import tells as recorded
from liji.people import queries as people
from liji.plans import queries as plans
from liji.reactions import clock
from liji.reactions import whom
from liji.reactions.deciding import Live
from liji.reactions.deciding import verdicts
from liji.reactions.documents import Rule

MOST_FACTS = 5000


@dataclass(frozen=True)
class Shown:
    """One time that the rule would have fired. `to` is how many it would have reached."""

    employee: int
    name: str
    day: date
    text: str
    to: int


@dataclass(frozen=True)
class Preview:
    """How often a rule would have fired from `start` up to, not including, `end`; `known`: whether that can be told."""

    start: date
    end: date
    known: bool
    shown: tuple[Shown, ...] = ()


def preview(rule: Rule, day: date, *, figures: bool = True) -> Preview:
    """The rule over the month that holds `day`, as far as it is past; texts without `figures` for who sees no pay."""
    start, end = plans.month(day)
    end = min(end, people.today() + timedelta(days=1))
    told = _told(rule, start, end)
    if told is None:
        return Preview(start, end, False)
    live, seen, shown = Live(0, 0, rule), set(), []
    happenings = sorted(told, key=lambda happening: happening.at)
    for verdict in verdicts({rule.kind: [live]}, happenings, start):
        happening = verdict.happening
        key = (happening.employee, happening.occasion)
        if verdict.fires and not happening.retracted and key not in seen:
            seen.add(key)
            values = verdict.values if figures else rule.without_figures(verdict.values)
            shown.append(_shown(rule, happening, dict(values)))
    return Preview(start, end, True, tuple(shown))


def _shown(rule: Rule, happening: Happening, values: dict) -> Shown:
    day = people.local_day(happening.at)
    to = {one for act in rule.acts for one in whom.those(act["to"], happening.employee, day)}
    return Shown(happening.employee, str(values.get("name", "")), day, rule.text(values), len(to))


def _told(rule: Rule, start: date, end: date) -> list[Happening] | None:
    if rule.kind in ("credit", "threshold"):
        return [each for each in earnings.of_the_past(start, end) if each.kind == rule.kind]
    if rule.kind == "fact":
        found = facts.search(since=start, until=end - timedelta(days=1))[:MOST_FACTS]
        return recorded.of_the_past(found)
    if rule.clock is not None:
        return list(_by_the_clock(rule, start, end))
    return None


def _by_the_clock(rule: Rule, start: date, end: date) -> Iterator[Happening]:
    for number in range((end - start).days):
        day = start + timedelta(days=number)
        if clock.on_its_day(rule.clock, day):
            at = datetime.combine(day, rule.clock.at, people.zone())
            yield from clock.happenings(rule.clock, day, at)
