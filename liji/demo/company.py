"""`liji demo`: the guide's SaaS company, made through the real services; the second time, brought up to now.

Every step finds out by itself what is there already: an interrupted fill is taken up where it stopped.
"""

import sys
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from liji.access.models import User
from liji.access.services import acting_as
from liji.access.services import make_api_key
from liji.base import clock
from liji.demo import signins
from liji.demo.activity import Record
from liji.demo.activity import Scene
from liji.demo.activity import month_records
from liji.demo.play import KEY
from liji.demo.rooms import FILLERS
from liji.demo.roster import MONTHS
from liji.demo.roster import TEAMS
from liji.demo.roster import Person
from liji.demo.roster import roster
from liji.demo.roster import target
from liji.demo.structure import found
from liji.earnings import services as earnings
from liji.facts import services as facts
from liji.people import queries as people
from liji.people.models import Employee
from liji.people.models import Unit
from liji.people.services import save_company
from liji.plan import templates
from liji.plan.periods import add_months
from liji.plans import queries as plans
from liji.plans import services as plan_services

CHUNK = 1000  # records a transaction
AGO = timedelta(days=2)  # what is younger is recorded after the sign-ins are there, so that they hear of it
LATE = 2  # months that a payment may come after its order


@dataclass(frozen=True)
class State:
    """What the installation remembers of the demo: seed, first month, up to when it is filled (aware)."""

    seed: int
    first: date
    until: datetime | None

    @classmethod
    def stored(cls) -> "State | None":
        kept = people.company().setup.get("demo")
        if kept is None:
            return None
        until = kept["until"] and datetime.fromisoformat(kept["until"])
        return cls(kept["seed"], date.fromisoformat(kept["first"]), until)

    def store(self) -> None:
        until = self.until and self.until.isoformat()
        kept = {"seed": self.seed, "first": self.first.isoformat(), "until": until}
        save_company(setup=people.company().setup | {"demo": kept})


_REFUSAL = "这里已有真实公司, 不装演示数据 / This installation holds a real company: no demo is put into it."


def fill(seed: int) -> int:
    """Fills an empty installation, or brings the demo that is there up to now; returns the exit code."""
    now = clock.now().astimezone(people.zone())
    state = State.stored()
    with acting_as("demo"):
        if state is None:
            if people.company().pk or User.objects.exists():
                print(_REFUSAL, file=sys.stderr)
                return 2
            state = _start(seed, now)
        print(_greeting(state), flush=True)
        _bring_up_to(state, now)
    print(signins.table(), flush=True)
    return 0


def _greeting(state: State) -> str:
    if state.until is None:
        return "正在生成演示公司, 约一分钟 / Making the demo company: about a minute ..."
    return "演示公司已在, 补到此刻 / The demo company is there: bringing it up to now ..."


@transaction.atomic
def _start(seed: int, now: datetime) -> State:
    """Company, people and API key."""
    first = add_months(now.date().replace(day=1), -MONTHS)
    found(roster(seed, first), first)
    make_api_key(KEY, by=None, sources=("crm", "erp", "dingtalk", "training"))
    state = State(seed, first, None)
    state.store()
    return state


def _bring_up_to(state: State, now: datetime) -> None:
    everybody = roster(state.seed, state.first)
    since = state.first
    if state.until:
        since = add_months(state.until.date().replace(day=1), -LATE)
    records = list(_records(state, everybody, max(since, state.first), now))
    settled = now - AGO
    _record(record for record in records if record["occurred_at"] <= settled)
    _publish_plans(state)
    _set_targets(state, everybody, now.date())
    earnings.recalculate_all()
    _make_sign_ins()
    for filler in FILLERS:
        with transaction.atomic():
            filler(now.date())
    _record(record for record in records if record["occurred_at"] > settled)
    earnings.open_periods()
    earnings.recalculate_all()
    State(state.seed, state.first, now).store()


def _records(state: State, everybody: Sequence[Person], since: date, now: datetime) -> Iterator[Record]:
    for month in _months(since, now.date()):
        scenes = (Scene(state.seed, person, month, state.first, now) for person in everybody)
        records = [record for scene in scenes for record in month_records(scene)]
        yield from sorted(records, key=lambda record: record["occurred_at"])


def _months(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first = add_months(first, 1)


def _record(records: Iterable[Record]) -> None:
    """Records what is not recorded yet; any other refusal is a fault of the demo."""
    sent = [_as_sent(record) for record in records]
    for start in range(0, len(sent), CHUNK):
        for outcome in facts.record_many(sent[start : start + CHUNK]):
            odd = [problem for problem in outcome.problems if problem.code != "version_taken"]
            if odd:
                raise ValueError(f"{outcome.external_id}: {odd}")


def _as_sent(record: Record) -> dict[str, Any]:
    """As the sources would send it in JSON: moments as ISO text, amounts as text without loss."""
    words = {Decimal: "{:f}".format, datetime: datetime.isoformat}
    return {name: words.get(type(value), lambda same: same)(value) for name, value in record.items()}


@transaction.atomic
def _publish_plans(state: State) -> None:
    """The two rules of the guide, from the first month on, each for the teams that run it."""
    if plans.all_plans():
        return
    by_code = {unit.code: unit for unit in Unit.objects.all()}
    texts = dict(templates())
    for code in sorted({team.plan for team in TEAMS}):
        version = plan_services.save_version(texts[code], by=None)
        plan_services.publish(version, since=state.first, by=None)
        for team in TEAMS:
            if team.plan == code:
                plan_services.assign(version.plan, since=state.first, unit=by_code[team.code])


def _set_targets(state: State, everybody: Sequence[Person], today: date) -> None:
    """Monthly targets of every rep, for the months that have none yet."""
    employees = Employee.objects.in_bulk([person.number for person in everybody], field_name="number")
    measures = _measures()
    rows = []
    for month in _months(state.first, today):
        sellers = [(employees[p.number], team) for p in everybody if (team := _team(p, month))]
        if any(plans.quotas_of([employee.pk for employee, _ in sellers], month).values()):
            continue
        rows += [
            (employee, measures[team.plan], month, target(team, month, state.first))
            for employee, team in sellers
        ]
    if rows:
        plan_services.set_quotas(rows)


def _team(person: Person, month: date) -> Any:
    """The team for which the person sells at the month's beginning, or in the middle of it on entry."""
    return person.sells(month) or person.sells(month.replace(day=15)) or person.sells(month.replace(day=28))


def _measures() -> dict[str, str]:
    """Plan → the measure that has a target."""
    found = {}
    for plan in plans.all_plans():
        version = plan.versions.order_by("-number").first()
        if targets := plans.parsed(version).targets:
            found[plan.code] = next(iter(targets))
    return found


def _make_sign_ins() -> None:
    if not User.objects.exists():
        with transaction.atomic():
            signins.make_all()

