"""Targets from a file: of units and the company, and of people in months that have begun: these are approved first."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from liji.connectors import services
from liji.people import queries as people
from liji.people import services as people_services
from liji.plan.periods import add_months
from liji.plans import queries as plans
from liji.plans import services as planning
from liji.plans import targets
from liji.plans.models import TargetChange
from liji.plans.models import UnitTarget
from liji.reactions.models import Notice
from tests import scenes
from tests.integration.test_import_people import TARGETS
from tests.integration.test_import_people import bring
from tests.integration.test_import_people import counts
from tests.integration.test_import_people import problems

pytestmark = pytest.mark.django_db

OF_UNITS = """
mapping: unit-targets
what: unit_targets
fields: {unit: 部门, measure: {constant: sales}, month: {column: 月份, date: YYYY年M月}, amount: 指标}
"""


def test_targets_of_units_and_of_the_company():
    east, west = people_services.unit("E", "华东"), people_services.unit("W", "华西")
    text = "部门,月份,指标\nE,2027年1月,\"600,000\"\n华西,2027年1月,400000\n公司,2027年1月,1000000\n"
    assert counts(bring(text, OF_UNITS)) == (3, 0, 0, 0)
    month = date(2027, 1, 1)
    assert targets.unit_targets([month]) == {
        (east.pk, "sales", month): Decimal(600000),
        (west.pk, "sales", month): Decimal(400000),
        (None, "sales", month): Decimal(1000000),
    }
    assert counts(bring(text, OF_UNITS)) == (0, 0, 3, 0)
    assert counts(bring(text.replace("400000", "500000"), OF_UNITS)) == (0, 1, 2, 0)
    assert UnitTarget.objects.count() == 3


def test_of_a_file_with_mistakes_the_good_rows_are_kept_and_the_others_named():
    people_services.unit("E", "华东")
    for code in ("S1", "S2"):
        people_services.unit(code, "门店")
    planning.close_period(date(2026, 3, 1), date(2026, 4, 1), by=None)
    run = bring(
        "部门,月份,指标\nX,2027年1月,5\nE,2027年1月,-5\nE,2026年3月,5\n门店,2027年1月,5\nE,2027年2月,1\nE,2027年2月,2\n"
        "E,2027年3月,\n,2027年3月,7\nE,yesterday,7\n",
        OF_UNITS,
    )
    found = problems(run)
    assert found.pop(10)[0][0] == "month"
    assert found == {
        2: [("unit", "unknown_unit")],
        3: [("amount", "negative")],
        4: [("month", "closed")],
        5: [("unit", "unknown_unit")],  # two units are called so
        7: [("unit", "twice_in_file")],
        8: [("amount", "missing")],
        9: [("unit", "missing")],
    }
    assert (run.created, UnitTarget.objects.get().amount) == (1, 1)


def test_the_columns_of_a_file_of_unit_targets_are_guessed(client):
    hr = scenes.employee("HR9", "何人事", scenes.team().unit, "hr", roles=["hr"])
    people_services.unit("E", "华东")
    client.force_login(hr.user)
    file = SimpleUploadedFile("targets.csv", "部门,月份,目标\nE,2027-01,600000\n".encode())
    draft = client.post("/imports/new/", {"how": "unit_targets", "files": file}, follow=True)
    assert "华东" not in draft.content.decode()
    client.post(f"{draft.redirect_chain[-1][0]}start/")
    services.carry_out(int(draft.redirect_chain[-1][0].split("/")[-2]))
    assert UnitTarget.objects.get().amount == 600000


@pytest.fixture
def wang():
    rep = scenes.team("王芳", plan="accelerator", target="100000")["王芳"]
    planning.set_quotas([(rep, "sales", add_months(scenes.this_month(), 1), Decimal(100000))])
    return rep


def months(rep, this: str, following: str) -> str:
    one, two = scenes.this_month(), add_months(scenes.this_month(), 1)
    lines = [f"{rep.number},{month:%Y}年{month.month}月,{amount}" for month, amount in ((one, this), (two, following))]
    return "\n".join(["工号,月份,指标", *lines, ""])


def test_a_target_of_a_month_that_has_begun_waits_for_its_approval(wang):
    run = bring(months(wang, "120000", "130000"), TARGETS)
    assert (*counts(run), run.proposed) == (0, 1, 0, 0, 1)
    assert plans.quotas(wang.pk, scenes.this_month()) == {"sales": Decimal(100000)}
    assert plans.quotas(wang.pk, add_months(scenes.this_month(), 1)) == {"sales": Decimal(130000)}
    change = TargetChange.objects.get()
    assert (change.before, change.after, change.result, change.state) == (100000, 120000, 120000, "proposed")
    assert (change.since, change.weighted) == (people.today(), False)
    assert not Notice.objects.filter(kind="target_changed").exists()

    targets.decide_change(change.pk, by=wang.assignments.get().manager.user, approve=True)
    assert plans.quotas(wang.pk, scenes.this_month()) == {"sales": Decimal(120000)}
    told = Notice.objects.filter(kind="target_changed")
    assert set(told.values_list("user__employee", flat=True)) == {wang.pk, wang.assignments.get().manager_id}


def test_the_same_file_once_more_proposes_nothing_twice(wang):
    text = months(wang, "120000", "130000")
    bring(text, TARGETS)
    again = bring(text, TARGETS)
    assert (*counts(again), again.proposed) == (0, 0, 2, 0, 0)
    other = bring(months(wang, "90000", "130000"), TARGETS)
    assert problems(other) == {2: [("target", "change_open")]}
    assert TargetChange.objects.count() == 1


def test_a_day_in_the_file_lets_both_targets_count_by_their_days(wang):
    month = scenes.this_month()
    days = (add_months(month, 1) - month).days
    since = month.replace(day=11)
    mapping = TARGETS.replace("amount: 指标}", "amount: 指标, from: 自, reason: 原因}")
    row = f"{wang.number},{month:%Y}年{month.month}月,160000,{since},区域调整"
    run = bring(f"工号,月份,指标,自,原因\n{row}\n", mapping)
    assert run.proposed == 1
    change = TargetChange.objects.get()
    assert (change.since, change.weighted, change.reason) == (since, True, "区域调整")
    assert change.result == round(Decimal(100000 * 10 + 160000 * (days - 10)) / days, 2)
    TargetChange.objects.all().delete()
    outside = bring(f"工号,月份,指标,自,原因\n{row.replace(str(since), '2020-01-01')}\n", mapping)
    assert problems(outside) == {2: [("since", "outside_period")]}


def test_a_first_target_of_a_running_month_is_set_at_once():
    rep = scenes.team("王芳", plan="accelerator")["王芳"]
    run = bring(months(rep, "120000", "130000"), TARGETS)
    assert (*counts(run), run.proposed) == (2, 0, 0, 0, 0)


def test_the_page_of_the_import_leads_to_what_waits(wang, client):
    run = bring(months(wang, "120000", "130000"), TARGETS)
    hr = scenes.employee("HR9", "何人事", scenes.team().unit, "hr", roles=["hr"])
    client.force_login(hr.user)
    assert 'href="/targets/changes/"' in client.get(f"/imports/{run.pk}/").content.decode()
    assert "王芳" in client.get("/targets/changes/").content.decode()
