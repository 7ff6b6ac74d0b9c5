"""Dashboards: the pace of a month, what is arranged, and how many queries a page asks however many people there are."""

from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liji.access.models import AuditEntry
from liji.base import clock
from liji.coaching import services as coaching
from liji.dashboards import company
from liji.dashboards import display
from liji.dashboards import own
from liji.dashboards import queries
from liji.dashboards import services
from liji.dashboards import team
from liji.dashboards.look import Look
from liji.dashboards.models import Dashboard
from liji.dashboards.models import Display
from liji.dashboards.registry import OWN
from liji.earnings.models import PayeePeriod
from liji.earnings.pace import pace
from liji.earnings.services import recalculate_all
from liji.facts import services as facts
from liji.people import queries as people
from liji.plan.periods import add_months
from liji.plans import services as plan_services
from liji.recognition import contests
from liji.recognition import services as recognition
from liji.recognition.contests import Draft
from liji.recognition.models import WallSettings
from liji.recognition.plan_text import Prize
from liji.recognition.plan_text import Terms
from tests import scenes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def rep(sold: str, target: str):
    made = scenes.team("小王", plan="accelerator", target=target)["小王"]
    facts.record(scenes.order(made, sold))
    recalculate_all()
    return made


def workdays() -> list[date]:
    first = scenes.this_month()
    days = [first + timedelta(days=each) for each in range((add_months(first, 1) - first).days)]
    return [day for day in days if day.weekday() < 5]


@pytest.mark.parametrize("target", ["200000", "100000000"])  # beyond 120 % all is paid 2 %; or far from it
def test_the_forecast_is_what_the_plan_pays_when_every_workday_goes_on_as_those_before(target):
    number = PayeePeriod.objects.get(payee=rep("60000", target)).pk
    days = workdays()
    found = pace(number, days[2])
    assert (found.past, found.whole, found.to_come) == (3, len(days), len(days) - 3)
    assert found.a_day == 20_000
    sales = 60_000 + 20_000 * Decimal(found.to_come)
    assert found.expected.value == sales
    assert found.total == sales * (Decimal("0.02") if sales > Decimal(target) * Decimal("1.2") else Decimal("0.015"))


def test_on_the_last_workday_the_forecast_is_what_is_earned():
    number = PayeePeriod.objects.get(payee=rep("60000", "200000")).pk
    assert pace(number, workdays()[-1]).total == 900


def test_before_the_first_workday_there_is_no_pace():
    number = PayeePeriod.objects.get(payee=rep("60000", "200000")).pk
    assert pace(number, workdays()[0] - timedelta(days=1)) is None


def codes(user, look) -> list[str]:
    return [one.widget.code for one in queries.placed(user, OWN, look)]


def test_what_a_board_does_not_offer_changes_nothing():
    employee = rep("60000", "200000")
    user, look = employee.user, Look(employee.pk, people.today())
    before = codes(user, look)
    for code in ("team_table", "nonsense", "", "rank"):
        services.add(user, OWN, look, code)
        services.remove(user, OWN, look, code)
        services.move(user, OWN, look, code, -1)
    services.move(user, OWN, look, before[0], -1)
    services.move(user, OWN, look, before[-1], 1)
    services.order(user, OWN, look, ["nonsense"])
    assert codes(user, look) == before


def test_a_widget_that_is_hidden_for_a_while_comes_back():
    employee = rep("60000", "200000")
    user, day = employee.user, people.today()
    people.company().__class__.objects.update(shows_rankings=True)
    people.company.forget()
    services.add(user, OWN, Look(employee.pk, day), "rank")
    assert "rank" in codes(user, Look(employee.pk, day))
    people.company().__class__.objects.update(shows_rankings=False)
    people.company.forget()
    assert "rank" not in codes(user, Look(employee.pk, day))
    services.remove(user, OWN, Look(employee.pk, day), "track")
    people.company().__class__.objects.update(shows_rankings=True)
    people.company.forget()
    assert codes(user, Look(employee.pk, day))[-1] == "rank"


def test_an_empty_board_stays_empty_and_a_broken_size_is_the_usual_one():
    employee = rep("60000", "200000")
    look = Look(employee.pk, people.today())
    kept = Dashboard.objects.create(user=employee.user, board=OWN, widgets=[])
    assert codes(employee.user, look) == []
    kept.widgets = [["commission", "enormous"], ["gone", "half"]]
    kept.save()
    assert [(one.widget.code, one.size) for one in queries.placed(employee.user, OWN, look)] == [("commission", "half")]


def queries_of(user, address: str) -> int:
    """How many queries a page asks, once what a process remembers is remembered."""
    client = Client()
    if user:
        client.force_login(user)
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def follow_up(rep) -> None:
    at = clock.local().isoformat(timespec="seconds")
    body = {"source": "crm", "external_id": f"F-{rep.number}", "type": "follow_up", "employee": rep.number}
    assert facts.record(body | {"occurred_at": at}).status == "created"


def busy(team) -> None:
    """Everybody of a team has sold, followed up, and has two targets."""
    for rep in team.reps.values():
        facts.record(scenes.order(rep, "60000"))
        follow_up(rep)
        recognition.grant_badge("sales_star", rep.pk, occasion="here", because={})
        recognition.praise(rep.pk, "谢谢你帮忙", occasion="here")
    plan_services.set_quotas([(rep, "new_customers", scenes.this_month(), Decimal(20)) for rep in team.reps.values()])
    recalculate_all()


def test_no_page_asks_more_queries_when_there_are_more_people():
    """A manager's page, HR's and the wall, with 2 people and with 12; what a page asks at most is stated here."""
    hr = scenes.user("the-hr", "hr")
    small = scenes.team("一", "二", plan="accelerator", target="200000")
    busy(small)
    wall = display.address(display.make("前台", "zh-hans", by=hr))
    pages = {"/team/": (small.manager.user, 24), "/company/": (hr, 20), wall: (None, 14)}
    few = {address: queries_of(user, address) for address, (user, _) in pages.items()}
    large = scenes.team(*"甲乙丙丁戊己庚辛壬癸子丑", plan="accelerator", target="200000")
    busy(large)
    many = {address: queries_of(user, address) for address, (user, _) in pages.items()}
    many["/team/"] = queries_of(large.manager.user, "/team/")
    assert many == few
    assert {address: count for address, count in many.items() if count > pages[address][1]} == {}


def cell(rows, name: str, at: int):
    return next(row for row in rows if row.name == name).cells[at]


def test_the_heat_map_holds_each_week_against_its_workdays_and_the_month_against_those_that_are_over(clock):
    made = scenes.team("甲", "乙", plan="accelerator", target="100000")
    first = scenes.this_month()
    monday = next(day for day in (first + timedelta(days=each) for each in range(7, 14)) if day.weekday() == 0)
    share = Decimal(5) / len(workdays())  # of the month's workdays in a whole week
    day = monday + timedelta(days=6)
    clock.show(datetime.combine(day, time(18), people.zone()))
    facts.record(scenes.order(made["甲"], "50000", occurred_at=scenes.at(monday + timedelta(days=1))))
    found = team.heat(Look(made.manager.pk, day))
    week = [start for start, _ in found["weeks"]].index(monday)
    assert [each.name for each in found["indicators"]] == ["sales"]
    assert cell(found["rows"], "甲", week).share == Decimal("0.5") / share
    assert cell(found["rows"], "甲", week).level == "reached"
    assert (cell(found["rows"], "乙", week).share, cell(found["rows"], "乙", week).level) == (0, "far")
    over = Decimal(sum(1 for each in workdays() if each <= day)) / len(workdays())
    month = cell(found["rows"], "甲", -1)
    assert month.share == Decimal("0.5")
    pace_of_half = Decimal("0.5") / over
    assert month.level == ("reached" if pace_of_half >= 1 else "near" if pace_of_half >= Decimal("0.8") else "low")


def test_a_large_team_stands_on_pages_and_its_sums_on_each():
    made = scenes.team(*[f"员工{number:02}" for number in range(52)], plan="accelerator", target="1000")
    facts.record_many([scenes.order(made[f"员工{number:02}"], str(1000 - number)) for number in range(52)])
    recalculate_all()
    client = Client()
    client.force_login(made.manager.user)
    shown = [client.get(f"/team/{page}").content.decode() for page in ("", "?page=2", "?page=99")]
    assert [page.count('id="member-') for page in shown] == [50, 2, 2]
    assert f'id="member-{made["员工51"].pk}"' in shown[1]  # the lowest attainment comes last
    assert f"/team/fragment?manager={made.manager.pk}&amp;page=2" in shown[1]
    assert all("50,674" in page or "5.07" in page for page in shown)  # what all 52 have sold
    part = client.get(f"/team/fragment?manager={made.manager.pk}&page=2").content.decode()
    assert f'id="member-{made["员工51"].pk}"' in part
    assert f'id="member-{made["员工00"].pk}"' not in part
    heat = team.heat(Look(made.manager.pk, people.today(), page=2))
    assert [row.name for row in heat["rows"]] == ["员工50", "员工51"]


def called(manager, day: date) -> dict[str, list[str]]:
    found = team.calls(Look(manager.pk, day))["calls"]
    return {call.name: [reason.kind for reason in call.reasons] for call in found}


def test_who_needs_a_manager_is_called_with_the_reason():
    made = scenes.team("近", "忙", "闲", "成", plan="accelerator", target="100000")
    for name, sold in (("近", "90000"), ("忙", "10000"), ("闲", "10000"), ("成", "120000")):
        facts.record(scenes.order(made[name], sold, occurred_at=scenes.earlier_this_month()))
    follow_up(made["忙"])
    recalculate_all()
    coaching.add_task(made.manager.pk, "谈谈心", due=people.today(), about=made["成"].pk, occasion="x", because={})
    last = add_months(scenes.this_month(), 1) - timedelta(days=1)
    assert called(made.manager, last) == {
        "成": ["task"],
        "近": ["near"],
        "忙": ["below"],
        "闲": ["below", "idle"],
    } | ({"忙": ["below", "idle"]} if (last - people.today()).days > 7 else {})
    first = workdays()[0]
    assert "below" not in str(called(made.manager, first))  # too early to say


def test_hr_does_not_read_what_a_manager_has_to_do():
    made = scenes.team("甲", plan="accelerator", target="100000")
    coaching.add_task(made.manager.pk, "谈谈心", due=people.today(), about=made["甲"].pk, occasion="x", because={})
    assert "task" in str(called(made.manager, people.today()))
    others = team.calls(Look(made.manager.pk, people.today(), own=False))["calls"]
    assert "谈谈心" not in str(others)


def contest(made, measure: str) -> None:
    prizes = (Prize("money", Decimal(2000)),)
    draft = Draft("冲刺", "Sprint", scenes.this_month(), people.today(), Terms(measure, prizes), [made.unit])
    contests.publish(contests.save(None, draft, by=None), by=None)
    recalculate_all()


def test_a_contest_beside_the_own_plan_foretells_no_prize_and_shows_no_deal_twice():
    made = scenes.team("甲", plan="accelerator", target="100000")
    facts.record(scenes.order(made["甲"], "60000"))
    contest(made, "sales")
    look = Look(made["甲"].pk, people.today())
    assert len(look.today.earnings) == 2
    for widget in (own.forecast, own.deals, own.next_steps):
        (shown,) = next(iter(widget(look).values()))
        assert (shown if widget is own.next_steps else shown[0]).total == 900


def test_a_contest_by_attainment_counts_no_target_twice():
    made = scenes.team("甲", "乙", plan="accelerator", target="100000")
    facts.record(scenes.order(made["甲"], "60000"))
    contest(made, "attainment")
    found = company.total(Look(None, people.today()))["sum"]
    assert (found.value, found.target, found.measured) == (60_000, 200_000, 2)
    assert found.paid == 2900  # the prize is pay all the same


def test_the_companys_distribution_counts_everybody_once():
    made = scenes.team("甲", "乙", "丙", plan="accelerator", target="100000")
    for name, sold in (("甲", "49999.99"), ("乙", "100000"), ("丙", "120000")):
        facts.record(scenes.order(made[name], sold))
    recalculate_all()
    look = Look(None, people.today())
    counts = [(bucket.low, bucket.sum.count) for bucket in company.distribution(look)["buckets"]]
    assert counts == [(Decimal("1.2"), 1), (1, 1), (Decimal("0.8"), 0), (Decimal("0.5"), 0), (None, 1)]
    assert company.total(look)["sum"].paid == Decimal("4050.00")  # 1.5 % of 269,999.99, each to the cent
    assert [risk.kind for risk in company.risks(look)["risks"]][-1] == "idle"


@pytest.mark.parametrize(
    ("words", "amounts", "shown"),
    [
        ("谢谢你帮我接待客户", False, "谢谢你帮我接待客户"),
        ("24 小时内回访, 第 3 次了", False, "24 小时内回访, 第 3 次了"),
        ("签下 60 万的大单", False, "签下 …的大单"),
        ("签下 ¥600,000 的大单", False, "签下 … 的大单"),
        ("签下 ¥8.8万!", False, "签下 …!"),
        ("Closed 600K today", False, "Closed … today"),
        ("签下 600000 的大单", False, "签下 … 的大单"),
        ("签下 1,234,567.89", False, "签下 …"),
        ("签下 60 万的大单", True, "签下 60 万的大单"),
        ("签下 60 万, 佣金 9,000", True, ""),
        ("A commission of 9,000!", True, ""),
        ("奖金到手", False, ""),
    ],
)
def test_the_wall_leaves_out_words_about_pay_and_amounts_that_the_company_does_not_show(words, amounts, shown):
    rep_ = scenes.team("甲")["甲"]
    recognition.praise(rep_.pk, words, occasion="x")
    WallSettings.objects.create(shows_amounts=amounts)
    (newest,) = display.wall(people.today()).newest
    assert newest.name == "甲"
    assert newest.text == shown


def test_the_wall_shows_no_team_in_which_one_person_alone_has_a_target():
    for names in (("甲",), ("乙", "丙")):
        made = scenes.team(*names, plan="accelerator", target="100000")  # the manager takes part without one
        for one in made.reps.values():
            facts.record(scenes.order(one, "60000"))
    recalculate_all()
    assert [line.name for line in display.wall(people.today()).teams] == [made.unit.name]


def test_a_display_that_was_ended_or_forged_opens_nothing():
    scenes.company()
    scenes.user("somebody", "rep")
    made = display.make("前台", "zh-hans", by=None)
    address = display.address(made)
    token = address.split("/")[2]
    assert display.opened(token) == made
    assert Client().get(address).status_code == 200
    other = display.make("二楼", "en", by=None)
    assert display.opened(f"{other.pk}:{token.split(':')[1]}") is None
    display.end(made, by=None)
    assert Client().get(address).status_code == 404
    assert Client().get(address + "fragment").status_code == 401
    assert AuditEntry.objects.filter(action__in=("display_made", "display_ended")).count() == 3


def test_a_display_without_a_name_is_refused():
    hr = Client()
    hr.force_login(scenes.user("the-hr", "hr"))
    scenes.company()
    assert hr.post("/displays/", {"name": " "}).status_code == 400
    assert hr.post("/displays/", {"name": "x" * 61}).status_code == 400
    assert not Display.objects.exists()
