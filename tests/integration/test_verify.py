"""`liji verify`: each kind of difference, planted in the database, is found and named; a clean one is clean."""

import json
import re
from collections.abc import Iterator
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client

from liji import cli
from liji.access.models import AuditEntry
from liji.earnings import tasks
from liji.earnings import verification
from liji.earnings.models import PayeePeriod
from liji.earnings.models import VerificationRun
from liji.earnings.services import recalculate_all
from liji.earnings.verification import nightly
from liji.facts import services as facts
from liji.facts.models import Credit
from liji.facts.models import Fact
from liji.facts.types import ensure_built_in
from liji.people import services as people
from liji.people.dated import span
from liji.people.models import Assignment
from liji.people.models import Attribute
from liji.people.models import Employee
from liji.plan.periods import add_months
from liji.plans import services as plans
from liji.plans.models import PlanAssignment
from liji.plans.models import Quota
from tests import scenes
from tests.conftest import Clock

pytestmark = pytest.mark.django_db
LONG_AGO = date(2020, 1, 1)
NOON = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Asia/Shanghai"))

PLAN = """\
plan: verified
currency: CNY
attributes: {grade: text}
crediting:
  below: {of: [order_closed, order_returned], roll_up: [3%, 1%]}
measures:
  sales: {of: [order_closed, order_returned], sum: credit}
  before: {of: order_closed, sum: credit, window: previous}
  override: {of: below, sum: credit}
targets: {sales: {missing: none}}
tables:
  ladder: {bands: [{below: 1000, rate: 5%}, {beyond, rate: 7.5%}]}
components:
  commission: {formula: "sales * rate(ladder, sales) + override", floor: none}
  growth: {when: "AND(before > 0, sales > before)", formula: (sales - before) / 3}
  beyond_target: {when: attainment(sales) > 50%, formula: 10 * attainment(sales)}
  senior: {when: 'grade = "S"', formula: sales * 1%}
balances:
  bank: {closing: opening(bank) + total}
"""
GROUPED = """
values:
  place: rank(sales, all)
"""


@pytest.fixture(autouse=True)
def on_a_friday(clock: Clock) -> None:
    clock.show(NOON, speed=0)


@pytest.fixture
def team() -> scenes.Team:
    return played()


def played(more: str = "") -> scenes.Team:
    """Two reps under a manager with orders of three months, all worked out."""
    team = company("张伟", "李娜")
    version = plans.save_version(PLAN + more, by=None)
    plans.publish(version, since=LONG_AGO, by=None)
    first = add_months(scenes.this_month(), -2)
    for member in [team.manager, *team.reps.values()]:
        plans.assign(version.plan, since=first, employee=member)
    one, other = team.reps.values()
    plans.set_quotas([(one, "sales", first, Decimal(900))])
    days = [scenes.at(add_months(first, month)) for month in range(3)]
    orders = [
        scenes.order(one, "1999.99", occurred_at=days[0]),
        scenes.order(other, "500", occurred_at=days[0]),
        scenes.order(one, "333.33", occurred_at=days[1]),
        scenes.order(other, "1000.01", occurred_at=days[1]),
        scenes.order(one, "2500", occurred_at=days[2]),
    ]
    assert {outcome.status for outcome in facts.record_many(orders)} == {"created"}
    recalculate_all()
    return team


def company(*names: str) -> scenes.Team:
    """A manager and reps of long standing; without sign-ins and rules, which nothing here needs."""
    people.save_company(name="测试公司", setup={"done": True})
    ensure_built_in()
    place = f"T{Employee.objects.count()}"
    unit, post = people.unit(place, place), people.position("sales_rep", "销售代表")
    made = scenes.Team(place, unit, people.enter(f"{place}M", f"{place} 经理", on=LONG_AGO))
    people.transfer(made.manager, on=LONG_AGO, unit=unit, position=post)
    for number, name in enumerate(names, start=1):
        made.reps[name] = people.enter(f"{place}R{number}", name, on=LONG_AGO)
        people.transfer(made.reps[name], on=LONG_AGO, unit=unit, position=post, manager=made.manager)
    return made


@pytest.fixture(autouse=True)
def unnoticed() -> Iterator[None]:
    """What a test changes by hand is not marked: the notes that would have refused its commit are thrown away."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM earnings_touched")


def row_of(team: scenes.Team, name: str, month: int) -> PayeePeriod:
    who = team.manager if name == "manager" else team[name]
    return PayeePeriod.objects.get(payee=who, start=add_months(scenes.this_month(), -month))


def only() -> verification.Difference:
    found = verification.differences()
    assert len(found) == 1, [each.en for each in found]
    return found[0]


@pytest.mark.parametrize("more", ["", GROUPED], ids=["single", "grouped"])
def test_nothing_is_found_where_all_is_right(more: str):
    played(more)
    found = verification.verify()
    assert found.differences == [] and found.pending == 0 and found.late == [] and found.unread == []
    assert found.cells == 9


def test_a_changed_total_is_another_result_of_the_same_inputs(team: scenes.Team):
    row = row_of(team, "张伟", 1)
    PayeePeriod.objects.filter(pk=row.pk).update(total=F("total") + Decimal("0.01"))
    found = only()
    assert (found.kind, found.payee, found.start) == ("result", team["张伟"].number, row.start)
    assert found.right == row.total and found.stored == row.total + Decimal("0.01")
    assert "same inputs, other result" in found.en and "张伟" in found.zh and "录入相同" in found.zh


def test_a_changed_named_value_is_found_though_the_total_is_right(team: scenes.Team):
    row = row_of(team, "张伟", 0)
    row.result["values"]["sales"] = "2500.01"
    row.save(update_fields=["result"])
    found = only()
    assert found.kind == "result" and "sales 2500.01 → 2500.00" in found.en


def test_a_dropped_line_is_found_with_its_record(team: scenes.Team):
    row = row_of(team, "张伟", 0)
    row.lines = []
    row.save(update_fields=["lines"])
    found = only()
    assert found.kind == "stale" and found.cause == ("credits",) and "1 records not counted" in found.en


def test_a_changed_line_is_found(team: scenes.Team):
    row = row_of(team, "张伟", 0)
    row.lines[0]["brought"]["commission"] = "1.00"
    row.save(update_fields=["lines"])
    assert "what each record brought differs" in only().en


def test_a_missing_payee_period_is_found(team: scenes.Team):
    row = row_of(team, "李娜", 0)
    row.delete()
    found = only()
    assert (found.kind, found.payee, found.stored, found.right) == ("missing", team["李娜"].number, None, row.total)


def test_a_result_of_somebody_who_takes_no_part_is_extra(team: scenes.Team):
    row = row_of(team, "李娜", 0)
    PlanAssignment.objects.filter(employee=team["李娜"]).update(days=span(date(2020, 1, 1), row.start))
    found = [each for each in verification.differences() if each.kind == "extra"]
    assert [(each.payee, each.start, each.stored) for each in found] == [(team["李娜"].number, row.start, row.total)]


def test_a_result_of_days_that_are_no_period_of_the_plan_is_extra(team: scenes.Team):
    row = row_of(team, "李娜", 2)
    PayeePeriod.objects.filter(pk=row.pk).update(end=add_months(row.start, 3))
    kinds = {each.kind: each.en for each in verification.differences()}
    assert "no period of the plan" in kinds["extra"] and "missing" in kinds


def test_a_manager_changed_by_hand_is_found_and_named(team: scenes.Team):
    other = company("王芳")
    rep = team["李娜"]
    before = row_of(team, "manager", 1)
    Assignment.objects.filter(employee=rep).update(manager=other.manager)
    found = verification.differences(payee=team.manager.number)
    assert {each.kind for each in found} == {"stale"}
    stale = next(each for each in found if each.start == before.start)
    assert "tree" in stale.cause and f"{rep.name} ({rep.number}) belongs to {other.manager.name}" in stale.en
    assert stale.stored == before.total and stale.right < before.total


@pytest.mark.parametrize("part", ["target", "attribute", "balance", "credits"])
def test_each_input_is_named_as_the_cause(team: scenes.Team, part: str):
    rep, first = team["张伟"], add_months(scenes.this_month(), -2)
    if part == "target":
        Quota.objects.filter(employee=rep).update(amount=1000)
    elif part == "attribute":
        people.set_attribute(rep, "grade", "B", on=LONG_AGO)
        recalculate_all()
        Attribute.objects.filter(employee=rep).update(value="S")
    elif part == "balance":
        row = row_of(team, "张伟", 2)
        row.result["values"]["closing(bank)"] = "1.00"
        row.save(update_fields=["result"])
    else:
        Credit.objects.filter(payee=rep, credit_date=first).update(current=False)
    found = verification.differences(payee=rep.number)
    assert found and part in {cause for each in found for cause in each.cause}


def test_who_waits_is_pending_and_not_different(team: scenes.Team):
    facts.record_many([scenes.order(team["张伟"], "100")])
    found = verification.verify()
    assert found.differences == [] and found.pending >= 2 and found.oldest is not None


def test_where_a_member_of_a_group_waits_the_others_wait_too():
    team = played(GROUPED)
    facts.record_many([scenes.order(team["李娜"], "100000")])
    found = verification.verify()
    assert found.differences == [] and found.pending >= 2


def test_what_changes_after_the_closing_is_late_and_not_different(team: scenes.Team):
    row = row_of(team, "张伟", 2)
    plans.close_period(row.start, row.end, by=None)
    people.set_attribute(team["张伟"], "grade", "S", on=row.start)
    recalculate_all()
    found = verification.verify()
    assert found.differences == [] and [each.stored for each in found.late] == [row.total]
    assert found.late[0].right == row.total + Decimal("20.00")


def test_a_closed_result_that_nothing_has_reached_is_different(team: scenes.Team):
    row = row_of(team, "张伟", 2)
    plans.close_period(row.start, row.end, by=None)
    PayeePeriod.objects.filter(pk=row.pk).update(total=0)
    assert only().right == row.total


def test_a_row_that_says_it_failed_though_it_does_not_is_found(team: scenes.Team):
    row = row_of(team, "张伟", 0)
    PayeePeriod.objects.filter(pk=row.pk).update(problem={"zh": "错", "en": "wrong"})
    assert only().kind == "failed"


# The command.


def said(capsys: pytest.CaptureFixture, *arguments: str) -> tuple[int, str]:
    code = cli.main(["verify", *arguments])
    return code, capsys.readouterr().out


def test_the_command_ends_with_0_where_all_is_right(team: scenes.Team, capsys: pytest.CaptureFixture):
    code, out = said(capsys, "--lang", "en", "--records")
    assert code == 0 and re.fullmatch(r"✓ 9 results verified: 0 differences, the largest none, [\d.]+ s\n", out)
    assert said(capsys, "--lang", "zh")[1].startswith("✓ 核对 9 个结果: 0 处不同, 最大差额 无")
    noted = AuditEntry.objects.filter(action="results_verified").order_by("pk").last()
    assert (noted.actor, noted.detail["cells"], noted.detail["differences"]) == ("liji verify", 9, 0)


def test_the_command_names_each_difference_and_ends_with_1(team: scenes.Team, capsys: pytest.CaptureFixture):
    row = row_of(team, "张伟", 1)
    PayeePeriod.objects.filter(pk=row.pk).update(total=row.total + 600)
    code, out = said(capsys, "--lang", "en")
    right, stored = f"{row.total:,.2f}", f"{row.total + 600:,.2f}"
    sentence = f"张伟 ({team['张伟'].number}), plan verified, 2026-10: stored {stored} CNY, is {right} CNY; same inputs"
    assert code == 1 and sentence in out and "1 differences, the largest 600.00 CNY" in out
    code, out = said(capsys, "--json")
    found, summary = (json.loads(line) for line in out.splitlines())
    assert code == 1 and summary["summary"]["differences"] == 1
    assert (found["counts_as"], found["kind"], found["start"], found["end"]) == (
        "difference",
        "result",
        "2026-10-01",
        "2026-11-01",
    )
    assert Decimal(found["right"]) == row.total


@pytest.mark.parametrize(
    ("arguments", "cells", "found"),
    [
        (["--period", "2026-10"], 3, 1),
        (["--period", "2026-10-31"], 3, 1),
        (["--period", "2026-Q3"], 3, 0),
        (["--period", "2026"], 9, 1),
        (["--plan", "verified"], 9, 1),
        (["--sample", "9"], 9, 1),
        (["--sample", "2", "--period", "2026-09"], 2, 0),
    ],
)
def test_the_command_takes_a_part(team: scenes.Team, capsys: pytest.CaptureFixture, arguments, cells, found):
    PayeePeriod.objects.filter(pk=row_of(team, "张伟", 1).pk).update(total=0)
    code, out = said(capsys, "--json", *arguments)
    summary = json.loads(out.splitlines()[-1])["summary"]
    assert (code, summary["cells"], summary["differences"]) == (found, cells, found)


def test_the_command_takes_one_payee(team: scenes.Team, capsys: pytest.CaptureFixture):
    PayeePeriod.objects.filter(pk=row_of(team, "张伟", 1).pk).update(total=0)
    assert said(capsys, "--payee", team["李娜"].number)[0] == 0
    assert said(capsys, "--payee", team["张伟"].number)[0] == 1


@pytest.mark.parametrize("arguments", [["--payee", "nobody"], ["--plan", "none"], ["--period", "2026-13"]])
def test_what_does_not_exist_ends_with_2(team: scenes.Team, capsys: pytest.CaptureFixture, arguments):
    assert said(capsys, *arguments)[0] == 2


def test_what_waits_for_more_than_ten_minutes_ends_with_1(team: scenes.Team, capsys: pytest.CaptureFixture):
    row = PayeePeriod.objects.filter(pk=row_of(team, "张伟", 1).pk)
    row.update(dirty_since=NOON - timedelta(minutes=9))
    code, out = said(capsys, "--lang", "en")
    assert code == 0 and "1 wait, the oldest 540 s" in out
    row.update(dirty_since=NOON - timedelta(minutes=11))
    assert said(capsys)[0] == 1


def broken(team: scenes.Team, kind: str) -> None:
    credit = Credit.objects.filter(payee=team["张伟"]).order_by("pk").first()
    if kind == "credit":
        Credit.objects.filter(pk=credit.pk).update(amount=1)
    elif kind == "shares":
        Credit.objects.filter(pk=credit.pk).update(share=Decimal("1.5"))
    else:
        Fact.objects.filter(pk=credit.fact_id).update(reversed_id="SO-gone")


@pytest.mark.parametrize("kind", ["credit", "shares", "reversal"])
def test_broken_records_are_named(team: scenes.Team, capsys: pytest.CaptureFixture, kind: str):
    broken(team, kind)
    assert [each.cause for each in verification.broken_records()] == [(kind,)]
    assert said(capsys, "--records", "--plan", "verified", "--period", "2026-11")[0] == 1


# Every night.


def test_a_night_verifies_what_was_worked_out_and_a_part_of_the_rest(team: scenes.Team, clock: Clock):
    PayeePeriod.objects.filter(pk=row_of(team, "张伟", 1).pk).update(total=0)
    nightly.run_nightly()
    run = nightly.last_run()
    assert (run.differences, run.pending, run.finished) == (1, 0, True) and 6 <= run.cells <= 9
    PayeePeriod.objects.update(computed_at=NOON - timedelta(days=1))
    VerificationRun.objects.update(at=NOON)
    nights = set()
    for night in range(30):
        clock.show(NOON + timedelta(days=night), speed=0)
        nights |= nightly.sample()
    assert len(nights) == 9
    clock.show(NOON, speed=0)
    assert len(nightly.sample()) <= 1


def test_a_night_without_time_goes_on_in_the_next(team: scenes.Team):
    assert not nightly.run_nightly(minutes=-1).finished
    assert nightly.last_run().cells == 0
    assert len(nightly.sample()) >= 6


@pytest.mark.parametrize(("hour", "runs"), [(19, 1), (18, 0), (20, 0)], ids=["three", "two", "four"])
def test_the_worker_starts_it_at_three_of_the_companys_night(team, clock: Clock, monkeypatch, hour: int, runs: int):
    begun = []
    monkeypatch.setattr("subprocess.run", lambda command, **_: begun.append(command[2:]))
    clock.show(datetime(2026, 11, 20, hour, 10, tzinfo=UTC), speed=0)
    tasks.verify(timestamp=0)
    assert begun == [["liji.cli", "verify", "--nightly", "--json"]] * runs


def test_health_shows_the_last_run_and_is_bad_without_one_for_two_nights(client: Client):
    VerificationRun.objects.create(cells=10, differences=2, pending=0, late=0, seconds=1, finished=True)
    told = client.get("/health").json()
    assert (told["verification"], told["differing_results"]) == ("ok", 2) and told["verified_at"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE earnings_verificationrun SET at = now() - interval '51 h'")
    answer = client.get("/health")
    assert answer.status_code == 503 and answer.json()["verification"] == "bad"
    VerificationRun.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET applied = now() WHERE app = 'earnings'")
    assert client.get("/health").json()["verification"] == "ok"
