"""A small company on which histories are played, through the services that pages, files and the API use."""

from collections.abc import Sequence
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.db import transaction

from liji.access.models import Role
from liji.access.services import make_user
from liji.base import clock
from liji.earnings import services as earnings
from liji.earnings.models import PayeePeriod
from liji.facts import services as facts
from liji.facts.types import ensure_built_in
from liji.people import history
from liji.people import services as people
from liji.people.kept import forget_all
from liji.people.models import Employee
from liji.people.models import Unit
from liji.people.places import EVERYTHING
from liji.people.places import Places
from liji.people.problems import Refused
from liji.plan.periods import add_months
from liji.plan.periods import period_of
from liji.plans import queries as plan_queries
from liji.plans import services as plans
from liji.plans import targets
from liji.plans.models import PlanVersion
from tests.properties.histories.actions import DEEP
from tests.properties.histories.actions import Action
from tests.properties.histories.plans import PLANS
from tests.properties.histories.plans import texts

NOW = datetime(2026, 11, 18, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
ENTERED = date(2026, 7, 1)
FIRST = date(2026, 9 if DEEP else 10, 1)  # of the first credit: from here on every period is to have results
LEFT_ALONE = "old-1"
_GRADES = ("1", "1.5", "2")
_TEAMS = ("north", "south")


class Scene:
    """The company before any history: people, units, some plans (by place) in force and worked out; made once."""

    def __init__(self, numbers: Sequence[int]) -> None:
        forget_all()
        clock.show(NOW, speed=0)
        people.save_company(name="测试公司", setup={"done": True})
        ensure_built_in()
        paid_on = {"name": "paid_on", "type": "date", "zh": "回款日", "en": "Paid on", "required": False}
        facts.add_type("contract_paid", "合同回款", "Contract paid", has_amount=True, fields=[paid_on])
        root = people.unit("R", "总部")
        self.units = [root, *(people.unit(code, code, parent=root, since=ENTERED) for code in ("A", "B"))]
        self.post = people.position("rep", "销售代表")
        boss = self._entered("E0", self.units[0], None)
        leads = [self._entered(f"E{number}", self.units[number], boss) for number in (1, 2)]
        for number in (3, 4, 5):
            self._entered(f"E{number}", self.units[1 + number % 2], leads[number % 2])
        self._entered("X", self.units[0], None)
        self.hr = make_user("hr", [Role.HR])
        self._recorded("X", LEFT_ALONE)
        self.plans = [self._in_force(number) for number in numbers]
        earnings.open_periods()
        earnings.recalculate_all()

    def _in_force(self, number: int) -> list[PlanVersion]:
        """The versions of a plan; the first is in force, for the whole company or for some people."""
        versions = [plans.save_version(text, by=None) for text in texts(PLANS[number])]
        plan = versions[0].plan
        plans.publish(versions[0], since=ENTERED, by=None)
        if number % 2:
            plans.assign(plan, since=FIRST, unit=self.units[0])
        else:
            for employee in Employee.objects.exclude(number="X").order_by("pk")[:5]:
                plans.assign(plan, since=FIRST, employee=employee)
        return versions

    def _entered(self, number: str, unit: Unit, manager: Employee | None) -> Employee:
        made = people.enter(number, f"员工{number}", on=ENTERED)
        people.transfer(made, on=ENTERED, unit=unit, position=self.post, manager=manager)
        return made

    def _recorded(self, number: str, name: str) -> None:
        """The first credit of all, of somebody who takes part in nothing."""
        told = {"source": "crm", "external_id": name, "type": "order_closed", "employee": number, "amount": "1"}
        assert facts.record({**told, "occurred_at": f"{FIRST}T09:00:00+08:00"}).status == "created"


class World:
    """One history as it is played. Refusals of the services are allowed; `refused` counts them."""

    def __init__(self, scene: Scene) -> None:
        forget_all()
        clock.show(NOW, speed=0)
        self.scene, self.plans, self.refused = scene, scene.plans, 0
        self.records: list[dict] = []
        self.runs: list[int] = []
        self.count = 0

    def play(self, action: Action) -> None:
        """Does one thing, or has it refused."""
        try:
            with transaction.atomic():
                getattr(self, f"_{action.verb}")(action)
        except (Refused, plans.PlanRefused, IntegrityError, _Refused):
            self.refused += 1

    # What actions refer to.

    def everybody(self) -> list[Employee]:
        return list(Employee.objects.exclude(number="X").order_by("pk"))

    def _who(self, action: Action) -> Employee:
        there = self.everybody()
        return there[action.who % len(there)]

    def _other(self, action: Action) -> Employee:
        there = self.everybody()
        return there[action.other % len(there)]

    def _unit(self, action: Action) -> Unit:
        return self.scene.units[action.what % len(self.scene.units)]

    def _plan(self, action: Action) -> list[PlanVersion]:
        return self.plans[action.what % len(self.plans)]

    def _day(self, action: Action) -> date:
        return clock.today() - timedelta(days=action.days)

    def _record(self, action: Action) -> dict:
        there = [each for each in self.records if each["type"] in ("order_closed", "contract_paid")]
        if not there:
            raise _Refused
        return there[action.what % len(there)]

    def _new_number(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    # Records.

    def _told(self, action: Action, kind: str = "order_closed") -> dict:
        self.count += 1
        return {
            "source": "crm",
            "external_id": f"SO-{self.count}",
            "type": kind,
            "employee": self._who(action).number,
            "occurred_at": _moment(self._day(action)),
            "amount": _amount(action.size),
        }

    def _send(self, *bodies: dict, run: int | None = None) -> None:
        outcomes = facts.record_many(bodies, run=run)
        for body, outcome in zip(bodies, outcomes, strict=True):
            if outcome.status == "refused":
                self.refused += 1
                continue
            self.records = [each for each in self.records if each["external_id"] != body["external_id"]]
            self.records.append(body)

    def _sale(self, action: Action) -> None:
        self._send(self._told(action))

    def _payment(self, action: Action) -> None:
        """A contract, paid on another day than it is credited, or not paid yet."""
        body = self._told(action, "contract_paid")
        if action.what % 4:
            body["paid_on"] = (self._day(action) + timedelta(days=7 * action.what - 14)).isoformat()
        self._send(body)

    def _shared(self, action: Action) -> None:
        self._send({**self._told(action), "credits": self._shares(action)})

    def _shares(self, action: Action) -> list[dict]:
        first = Decimal(action.size % 9 + 1) / 10
        one, other = self._who(action), self._other(action)
        return [{"employee": one.number, "share": str(first)}, {"employee": other.number, "share": str(1 - first)}]

    def _corrected(self, action: Action, **changes: object) -> None:
        self._send({**self._record(action), **changes})

    def _amount(self, action: Action) -> None:
        self._corrected(action, amount=_amount(action.size))

    def _owner(self, action: Action) -> None:
        self._corrected(action, employee=self._who(action).number)

    def _redated(self, action: Action) -> None:
        self._corrected(action, occurred_at=_moment(self._day(action)))

    def _reshared(self, action: Action) -> None:
        self._corrected(action, credits=self._shares(action))

    def _returned(self, action: Action) -> None:
        self._back(action, "order_returned", _amount(action.size % 8))

    def _cancelled(self, action: Action) -> None:
        self._back(action, "order_cancelled", None)

    def _back(self, action: Action, kind: str, amount: str | None) -> None:
        body = self._told(action, kind)
        del body["employee"], body["amount"]
        body["order"] = self._record(action)["external_id"]
        self._send(body if amount is None else {**body, "amount": amount})

    def _retract(self, action: Action) -> None:
        body = self._record(action)
        facts.retract([("crm", body["external_id"])], by="crm", reversals=action.size % 2 == 0)

    def _file(self, action: Action) -> None:
        """Three records that come in one file: two new ones and a correction."""
        run = 1 + len(self.runs)
        new = [self._told(action), self._told(action._replace(who=action.other, size=action.size + 3))]
        old = [{**self._record(action), "amount": _amount(action.size + 7)}] if self.records else []
        self._send(*new, *old, run=run)
        self.runs.append(run)

    def _file_back(self, action: Action) -> None:
        if not self.runs:
            raise _Refused
        facts.withdraw_run(self.runs.pop(action.what % len(self.runs)))

    # People.

    def _entry(self, action: Action) -> None:
        made = people.enter(self._new_number("N"), "新员工", on=self._day(action))
        manager = self._other(action)
        manager = None if manager == made else manager
        people.transfer(made, on=self._day(action), unit=self._unit(action), position=self.scene.post, manager=manager)

    def _rehire(self, action: Action) -> None:
        who = self._who(action)
        people.enter(who.number, who.name, on=self._day(action), returns=True)
        people.transfer(who, on=self._day(action), unit=self._unit(action), position=self.scene.post, manager=None)

    def _exit(self, action: Action) -> None:
        people.leave(self._who(action), last_day=self._day(action))

    def _stay(self, action: Action) -> None:
        people.stay(self._who(action))

    def _transfer(self, action: Action) -> None:
        who, manager = self._who(action), self._other(action)
        if who == manager:
            manager = None
        people.transfer(who, on=self._day(action), unit=self._unit(action), position=self.scene.post, manager=manager)

    def _manager(self, action: Action) -> None:
        """One of the first three, who are managers, gets another manager."""
        there = self.everybody()
        who, manager = there[action.who % 3], there[action.other % 3]
        unit = self.scene.units[action.who % 3]
        manager = None if who == manager else manager
        people.transfer(who, on=self._day(action), unit=unit, position=self.scene.post, manager=manager)

    def _person(self, action: Action) -> history.Person:
        who = self._who(action)
        until = self._day(action) + timedelta(days=7 * action.size) if action.size % 3 else None
        return history.Person(
            number=who.number if action.size % 2 else self._new_number("F"),
            name=who.name if action.size % 2 else "档案员工",
            entry=ENTERED if action.size % 2 else self._day(action),
            since=self._day(action),
            unit=self._unit(action).code,
            position="rep",
            manager=self._other(action).number,
            until=until,
            attributes={"grade": "2"} if action.size % 5 == 0 else {},
        )

    def _file_person(self, action: Action) -> None:
        history.write(self._person(action), stretches=action.size % 3 != 0, places=Places(EVERYTHING))

    def _file_manager(self, action: Action) -> None:
        found = history.set_managers([self._person(action._replace(size=2 * action.size + 1))])
        self.refused += sum(isinstance(each, Refused) for each in found)

    def _grade(self, action: Action) -> None:
        people.set_attribute(self._who(action), "grade", _GRADES[action.size % 3], on=self._day(action), type="number")

    def _team(self, action: Action) -> None:
        people.set_attribute(self._who(action), "team", _TEAMS[action.size % 2], on=self._day(action))

    def _unit_moved(self, action: Action) -> None:
        """Unit A or B, or a third one, below another."""
        names, there = ("A", "B", "C"), self.scene.units
        code = names[action.what % 3]
        people.unit(code, code, parent=there[action.other % 3], since=self._day(action))

    # Terms.

    def _target(self, action: Action) -> None:
        start = period_of(self._day(action), "month")[0]
        plans.set_quotas([(self._who(action), "sales", start, Decimal(100 * action.size))])

    def _weighted(self, action: Action) -> None:
        since = self._day(action)
        start, end = period_of(since, "month")
        made = targets.propose_change(
            self._who(action).pk, "sales", start, end, since=since, after=Decimal(90 * action.size),
            weighted_by_days=True, reason="调整", by=None,
        )  # fmt: skip
        targets.decide_change(made.pk, by=self.scene.hr, approve=True)

    def _publish(self, action: Action) -> None:
        versions = self._plan(action)
        plans.publish(versions[action.size % 2], since=self._day(action), by=None)

    def _other_period(self, action: Action) -> None:
        versions = self._plan(action)
        plans.publish(versions[-1], since=period_of(self._day(action), "quarter")[0], by=None)

    def _assign(self, action: Action) -> None:
        until = self._day(action) + timedelta(days=5 * action.size) if action.size % 2 else None
        plan = self._plan(action)[0].plan
        plans.assign(plan, since=self._day(action), until=until, employee=self._who(action))

    def _assign_unit(self, action: Action) -> None:
        until = self._day(action) + timedelta(days=5 * action.size) if action.size % 2 else None
        unit = self.scene.units[action.other % len(self.scene.units)]
        plans.assign(self._plan(action)[0].plan, since=self._day(action), until=until, unit=unit)

    def _end_part(self, action: Action) -> None:
        there = plan_queries.assigned_to(self._plan(action)[0].plan_id)
        if not there:
            raise _Refused
        plans.end_participation(there[action.who % len(there)], last_day=self._day(action), by=None)

    def _unassign(self, action: Action) -> None:
        plans.unassign_all(self._plan(action)[0].plan, by=None)

    def _fiscal_year(self, action: Action) -> None:
        people.save_company(fiscal_year_starts=(1, 4, 7)[action.size % 3])
        forget_all()

    # Time and work.

    def _goes_by(self, later: date) -> None:
        clock.show(datetime(later.year, later.month, later.day, 10, tzinfo=NOW.tzinfo), speed=0)
        earnings.open_periods(all_begun=True)  # days pass at once here: periods between have begun, too

    def _next_day(self, _action: Action) -> None:
        self._goes_by(clock.today() + timedelta(days=1))

    def _month(self, _action: Action) -> None:
        if clock.today() > add_months(NOW.date().replace(day=1), 2):
            raise _Refused
        self._goes_by(add_months(clock.today().replace(day=1), 1))

    def _work(self, _action: Action) -> None:
        earnings.recalculate_all()

    def _work_half(self, action: Action) -> None:
        dirty = PayeePeriod.objects.filter(dirty_since__isnull=False).order_by("start", "plan", "payee")
        for number in list(dirty.values_list("pk", flat=True))[action.size % 2 :: 2]:
            earnings.recalculate_along(number) if action.what % 2 else earnings.recalculate(number)


class _Refused(Exception):
    """The action refers to something that is not there."""


def _moment(day: date) -> str:
    return f"{day}T09:00:00+08:00"


def _amount(size: int) -> str:
    return f"{size * 117 + 1}.{size % 100:02d}"
