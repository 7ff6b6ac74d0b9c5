"""Contests: what may be published, who wins, and what happens to the prize when the facts change afterwards."""

from datetime import date
from datetime import timedelta
from decimal import Decimal
from threading import Thread

import pytest
from django.db import connection

from liji.access.models import AuditEntry
from liji.access.models import Role
from liji.earnings import queries as earnings
from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate_all
from liji.events import happenings
from liji.events.models import Event
from liji.facts import services as facts
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.problems import Refused
from liji.plans import services as plan_services
from liji.reactions.models import Notice
from liji.recognition import contests
from liji.recognition import rankings
from liji.recognition.contests import Draft
from liji.recognition.models import Badge
from liji.recognition.models import Contest
from liji.recognition.models import Grant
from liji.recognition.models import PointsEntry
from liji.recognition.plan_text import Prize
from liji.recognition.plan_text import Terms
from liji.recognition.tasks import end_contests
from tests import scenes

pytestmark = pytest.mark.django_db
MONEY = (Prize("money", Decimal(1000)), Prize("money", Decimal(500)))
MIXED = (Prize("money", Decimal(1000)), Prize("points", Decimal(30)))
STATE = Contest.State


@pytest.fixture
def team():
    return scenes.team("甲", "乙", "丙")


@pytest.fixture
def told():
    """(place, employee, retracted) of every contest that was won or is won no longer."""
    heard = []

    def hear(sender, happenings, **_):
        won = [each for each in happenings if each.kind == "contest_won"]
        heard.extend((int(each.values["place"]), each.employee, each.retracted) for each in won)

    happenings.happened.connect(hear)
    yield heard
    happenings.happened.disconnect(hear)


def drafted(team, prizes=MIXED, start=None, last=None, **terms):
    start, last = start or scenes.this_month(), last or people.today()
    terms = {"measure": "sales", "badge": "contest_winner", **terms}
    draft = Draft("冲刺", "Sprint", start, last, Terms(prizes=prizes, **terms), [team.unit])
    return contests.save(None, draft, by=None)


def running(team, prizes=MIXED, **terms):
    return contests.publish(drafted(team, prizes, **terms), by=None)


def sold(team, **amounts):
    for name, amount in amounts.items():
        assert not facts.record(scenes.order(team[name], amount, number=f"S-{name}")).problems
    recalculate_all()


def cancelled(team, name):
    order = scenes.order(team[name], None, number=f"X-{name}", type="order_cancelled", order=f"S-{name}")
    for field in ("amount", "currency", "customer", "product"):
        del order[field]
    assert not facts.record(order).problems
    recalculate_all()


def ended(contest):
    made = contests.end(contest, by=None)
    recalculate_all()
    assert contests.settle(made)
    return made


def winners(contest):
    return {each.employee.name: each.place for each in contest.winners.select_related("employee")}


def paid(contest):
    rows = PayeePeriod.objects.filter(plan=contest.plan).select_related("payee")
    return {row.payee.name: row.total for row in rows if row.total}


def codes(contest):
    return {(found.field, found.code) for found in contests.check(contest)}


# --- what may be published -----------------------------------------------------------------------------------------


def test_a_draft_without_end_people_or_prize_says_what_is_missing_and_is_not_published(team):
    nobody = people_services.unit("EMPTY", "空队")
    draft = Draft("x", "x", people.today(), people.today(), Terms("sales", ()), [nobody])
    contest = contests.save(None, draft, by=None)
    assert codes(contest) == {("prizes", "contest_prizes"), ("units", "contest_nobody")}
    with pytest.raises(Refused) as refused:
        contests.publish(contest, by=None)
    assert {problem.code for problem in refused.value.problems} == {"contest_prizes", "contest_nobody"}
    backwards = drafted(team, start=people.today(), last=people.today() - timedelta(days=1))
    assert codes(backwards) == {("last", "contest_ends")}
    long_over = drafted(team, start=date(2020, 1, 1), last=date(2020, 1, 10))
    assert ("last", "contest_over") in codes(long_over)


def test_days_that_no_plan_can_pay_are_refused_with_a_mend(team):
    year = people.today().year + 1
    two_years = drafted(team, start=date(year, 12, 20), last=date(year + 1, 1, 10))
    assert ("last", "contest_too_long") in codes(two_years)
    (problem,) = contests.check(two_years)
    assert str(date(year, 12, 31)) in problem.mend
    two_months = drafted(team, start=date(year, 3, 20), last=date(year, 4, 10), measure="attainment")
    assert codes(two_months) == {("last", "contest_month")}
    mid_month = drafted(team, start=date(year, 3, 10), last=date(year, 3, 31), measure="growth")
    (problem,) = contests.check(mid_month)
    assert (problem.code, problem.values["mend"]) == ("contest_growth", str(date(year, 3, 1)))
    assert not codes(drafted(team, start=date(year, 3, 1), last=date(year, 3, 31), measure="growth"))


def test_a_formula_that_cannot_be_read_is_refused_at_its_field(team):
    wrong = drafted(team, measure="formula", formula="amount * nonsense")
    assert codes(wrong) == {("formula", "contest_formula")}
    right = drafted(team, measure="formula", formula="quantity * 2", of="order_closed")
    assert not codes(right)


def test_a_published_contest_is_not_changed_and_a_closed_period_takes_none(team):
    contest = running(team)
    with pytest.raises(Refused) as refused:
        contests.save(contest, Draft("y", "y", contest.start, people.today(), Terms("orders", MONEY)), by=None)
    assert refused.value.problems[0].code == "contest_state"
    first = date(people.today().year - 1, 1, 1)
    plan_services.close_period(first, date(first.year, 2, 1), by=None)
    assert ("start", "contest_closed") in codes(drafted(team, start=first))


# --- running and ranked --------------------------------------------------------------------------------------------


def test_the_ranking_follows_every_order_and_pages_are_told(team, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        contest = running(team)
        sold(team, 甲="30000", 乙="20000")
    ranked = [(row.name, row.place) for row in rankings.ranking(contest)]
    assert ranked[:2] == [("甲", 1), ("乙", 2)]
    assert ("丙", None) in ranked[2:]
    assert Event.objects.filter(kind="ranking", payee=None).exists()


def test_a_colleagues_result_is_shown_only_where_the_company_says_so(team):
    contest = running(team)
    sold(team, 甲="30000", 乙="20000")
    rep, hr = team["乙"].user, scenes.user(f"hr-{team.code}", Role.HR)
    board = rankings.board(contest, rep)
    assert [row.name for row in board.rows] == ["乙"]
    assert (board.own.place, board.to_next) == (2, None)
    assert [row.name for row in rankings.board(contest, hr).rows] == ["甲", "乙"]
    assert [row.name for row in rankings.board(contest, team.manager.user).rows] == ["甲", "乙"]
    people_services.save_company(name="测试公司", shows_rankings=True)
    board = rankings.board(contest, rep)
    assert [row.name for row in board.rows] == ["甲", "乙"]
    assert (board.ahead.name, board.to_next) == ("甲", Decimal(10000))


def test_who_has_not_reached_the_minimum_has_no_place_and_is_told_what_is_missing(team):
    contest = running(team, least=Decimal(25000))
    sold(team, 甲="30000", 乙="20000")
    board = rankings.board(contest, team["乙"].user)
    assert (board.own.place, board.to_least, board.placed) == (None, Decimal(5000), 1)


def test_a_draft_is_previewed_on_days_that_are_known(team):
    sold(team, 甲="30000", 乙="20000")
    hr = scenes.user(f"hr-{team.code}", Role.HR)
    preview = rankings.preview(drafted(team, MONEY), hr)
    assert [row.name for row in preview.board.rows] == ["甲", "乙"]
    assert preview.board.cost == Decimal(1500)
    coming = drafted(team, start=people.today() + timedelta(days=400), last=people.today() + timedelta(days=402))
    found = rankings.preview(coming, hr)
    assert found is None or found.start <= people.today()
    assert not PayeePeriod.objects.filter(plan__code__startswith="contest-").exists()


def test_a_contest_beside_the_own_plan_neither_speaks_for_it_nor_hides_it():
    team = scenes.team("甲", "乙", plan="accelerator", target="100000")
    contest = running(team, MONEY)
    heard = []

    def hear(sender, happenings, **_):
        heard.extend(each for each in happenings if each.kind == "credit")

    happenings.happened.connect(hear)
    try:
        sold(team, 甲="50000")
    finally:
        happenings.happened.disconnect(hear)
    assert [each.values["brought"] for each in heard] == [Decimal(750)]
    assert paid(contest) == {"甲": Decimal(1000)}
    line = next(each for each in earnings.team(team.manager.pk, people.today()).members if each.name == "甲")
    assert line.earning.progress.attainment == Decimal("0.5")


# --- ended ---------------------------------------------------------------------------------------------------------


def test_winners_are_paid_get_badge_and_points_and_are_told_once(team, told):
    contest = running(team)
    sold(team, 甲="30000", 乙="20000", 丙="10000")
    ended(contest)
    assert winners(contest) == {"甲": 1, "乙": 2}
    assert paid(contest) == {"甲": Decimal(1000)}
    assert {grant.employee.name for grant in Grant.objects.filter(badge__code="contest_winner")} == {"甲", "乙"}
    assert [(entry.employee.name, entry.points) for entry in PointsEntry.objects.all()] == [("乙", 30)]
    assert set(told) == {(1, team["甲"].pk, False), (2, team["乙"].pk, False)}
    for _ in range(2):
        contests.end_due()
        end_contests(0)
    assert len(told) == 2
    assert (Grant.objects.count(), PointsEntry.objects.count()) == (2, 1)


def test_a_badge_retired_while_a_contest_ran_holds_up_no_winner(team):
    contest = running(team)
    sold(team, 甲="30000")
    Badge.objects.update(active=False)
    ended(contest)
    assert (winners(contest), Grant.objects.count()) == ({"甲": 1}, 0)


def test_equals_share_the_money_and_each_get_the_thing_of_the_place(team):
    contest = running(team, MONEY)
    sold(team, 甲="20000", 乙="20000")
    ended(contest)
    assert winners(contest) == {"甲": 1, "乙": 1}
    assert paid(contest) == {"甲": Decimal(750), "乙": Decimal(750)}
    points = running(team, (Prize("points", Decimal(50)),))
    recalculate_all()
    ended(points)
    assert sorted(PointsEntry.objects.values_list("points", flat=True)) == [50, 50]


def test_where_the_rule_says_so_equals_each_win_the_whole_prize(team):
    contest = running(team, MONEY, shared=False)
    sold(team, 甲="20000", 乙="20000")
    ended(contest)
    assert paid(contest) == {"甲": Decimal(1000), "乙": Decimal(1000)}


def test_an_order_cancelled_after_the_end_gives_the_prize_to_whom_it_then_belongs(team, told):
    contest = running(team)
    sold(team, 甲="30000", 乙="20000")
    ended(contest)
    del told[:]
    cancelled(team, "甲")
    contests.end_due()
    assert winners(contest) == {"乙": 1}
    assert paid(contest) == {"乙": Decimal(1000)}
    assert set(told) == {(1, team["甲"].pk, True), (2, team["乙"].pk, True), (1, team["乙"].pk, False)}
    held = Grant.objects.filter(badge__code="contest_winner", withdrawn_at=None)
    assert [grant.employee.name for grant in held] == ["乙"]
    assert sum(PointsEntry.objects.values_list("points", flat=True)) == 0


def test_who_wins_again_after_a_correction_has_badge_and_points_again(team):
    contest = running(team, (Prize("points", Decimal(50)),))
    sold(team, 甲="30000", 乙="20000")
    ended(contest)
    order = scenes.order(team["甲"], "1000", number="S-甲", version=2)
    assert not facts.record(order).problems
    recalculate_all()
    contests.end_due()
    assert winners(contest) == {"乙": 1}
    assert not facts.record(order | {"amount": "40000", "version": 3}).problems
    recalculate_all()
    contests.end_due()
    assert winners(contest) == {"甲": 1}
    assert Grant.objects.filter(employee=team["甲"], withdrawn_at=None).count() == 1
    ledger = PointsEntry.objects.filter(employee=team["甲"]).order_by("pk").values_list("points", flat=True)
    assert list(ledger) == [50, -50, 50]


def test_nothing_is_settled_while_results_are_still_worked_out(team):
    contest = running(team)
    facts.record(scenes.order(team["甲"], "30000"))
    made = contests.end(contest, by=None)
    assert not contests.settle(made)
    assert not made.winners.exists()
    recalculate_all()
    contests.end_due()
    assert winners(made) == {"甲": 1}


def test_winners_of_a_closed_period_stay(team, monkeypatch):
    contest = running(team)
    sold(team, 甲="30000")
    ended(contest)
    start, after = rankings.period(contest)
    monkeypatch.setattr(people, "today", lambda: after)
    plan_services.close_period(start, after, by=None)
    PayeePeriod.objects.filter(plan=contest.plan).update(result=None)
    contests.end_due()
    assert winners(contest) == {"甲": 1}


def test_it_ends_by_the_companys_clock_and_not_before(team, monkeypatch):
    contest = running(team)
    sold(team, 甲="30000")
    contests.end_due()
    contest.refresh_from_db()
    assert contest.state == STATE.RUNNING
    monkeypatch.setattr(people, "today", lambda: contest.end)
    contests.end_due()
    contest.refresh_from_db()
    assert contest.state == STATE.ENDED
    assert winners(contest) == {"甲": 1}


def test_ended_early_today_is_the_last_day_and_later_orders_do_not_count(team, clock):
    clock.at("2026-11-18 10:00")  # in December, next month lies in another year, where no contest reaches
    last = rankings.period_of(people.today(), "month")[1] + timedelta(days=5)
    contest = running(team, last=last)
    before = rankings.period(contest)
    sold(team, 甲="30000")
    ended(contest)
    contest.refresh_from_db()
    assert contest.end == people.today() + timedelta(days=1)
    assert rankings.period(contest) == before
    assert paid(contest) == {"甲": Decimal(1000)}


def test_a_contest_that_has_not_begun_is_cancelled_not_ended(team):
    first = people.today() + timedelta(days=1)
    contest = running(team, start=first, last=first)
    with pytest.raises(Refused) as refused:
        contests.end(contest, by=None)
    assert refused.value.problems[0].code == "contest_not_begun"


def test_a_cancelled_contest_pays_nobody_and_cannot_be_ended(team, told):
    contest = running(team)
    sold(team, 甲="30000")
    assert paid(contest) == {"甲": Decimal(1000)}
    gone = contests.cancel(contest, by=scenes.user(f"hr-{team.code}", Role.HR))
    recalculate_all()
    assert paid(gone) == {}
    assert not told
    with pytest.raises(Refused):
        contests.end(gone, by=None)
    with pytest.raises(Refused):
        contests.cancel(gone, by=None)
    assert AuditEntry.objects.filter(action="contest_cancelled").exists()


def test_who_leaves_keeps_what_was_won_but_gets_no_badge(team, told):
    contest = running(team)
    sold(team, 甲="30000", 乙="20000")
    people_services.leave(team["甲"], last_day=people.today() - timedelta(days=1))
    recalculate_all()
    ended(contest)
    gone = Grant.objects.filter(employee=team["甲"])
    assert not gone.exists()
    assert "甲" not in winners(contest) or paid(contest)["甲"] == Decimal(1000)
    assert winners(contest).get("乙") in (1, 2)


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_end_a_contest_once(team, told):
    contest = running(team)
    sold(team, 甲="30000", 乙="20000")
    ended_contest = contests.end(contest, by=None)
    recalculate_all()

    def work():
        try:
            contests.settle(ended_contest)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 2
    assert Grant.objects.filter(badge__code="contest_winner").count() == 2


def test_the_pack_tells_winners_and_their_manager_and_takes_it_back_kindly(team):
    contest = running(team)
    sold(team, 甲="30000", 乙="20000")
    ended(contest)
    cancelled(team, "甲")
    contests.end_due()
    notices = Notice.objects.filter(kind="contest_won").order_by("pk").select_related("user__employee")
    told = [(notice.user.employee.name, notice.words["zh"][0], notice.values["place"]) for notice in notices]
    won, anew = "你在「{contest}」中获得第 {place} 名!", "「{contest}」的名次已重新计算"
    assert [entry for entry in told if entry[0] == "甲"] == [("甲", won, "1"), ("甲", anew, "1")]
    assert {("乙", won, "1"), ("乙", anew, "2")} <= {*told}
    assert (team.manager.name, "{name}在「{contest}」中获得第 {place} 名", "1") in told


def test_a_contest_that_cannot_be_ended_keeps_no_other_waiting(team, monkeypatch):
    broken, sound = running(team), running(team)
    Contest.objects.filter(pk=broken.pk).update(terms={"what": "nothing that is known"})
    sold(team, 甲="30000")
    monkeypatch.setattr("liji.people.queries.today", lambda: broken.end)
    with pytest.raises(ExceptionGroup):
        contests.end_due()
    assert winners(sound) == {"甲": 1}
