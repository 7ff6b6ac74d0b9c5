"""Tracks: criteria as formulas, the measured progress, what completes it, who decides, what the decision does."""

from datetime import date
from datetime import timedelta
from decimal import Decimal

import pytest

from liji.access.models import AuditEntry
from liji.access.models import Role
from liji.base.terms import writing
from liji.facts import services as facts
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.models import Assignment
from liji.people.problems import Refused
from liji.plan.periods import add_months
from liji.tracks import following
from liji.tracks import queries
from liji.tracks import services
from liji.tracks.criteria import Draft
from liji.tracks.criteria import check
from liji.tracks.measuring import Measured
from liji.tracks.measuring import measure
from liji.tracks.models import Membership
from liji.tracks.models import Promotion
from liji.training import services as training
from tests import scenes

pytestmark = pytest.mark.django_db

SALES = Draft("月销售额", "Monthly sales", "sales", Decimal(250_000), months=1, weight=Decimal(60))
TEAM = Draft("带团队", "Leads a team", "team_size", Decimal(3), weight=Decimal(40))


@pytest.fixture
def team():
    return scenes.team("小李", "小王", "小赵", "小孙")


@pytest.fixture
def hr():
    return scenes.user("hr-tracks", Role.HR)


def track(*criteria: Draft, code: str = "supervisor"):
    position = people_services.position
    return services.save_track(
        code, "销售主管", "Sales supervisor", goal=position("sales_supervisor", "销售主管"),
        start=position("sales_rep", "sales_rep"), criteria=criteria or (SALES, TEAM), by=None,
    )


def entered(team, name: str = "小李", occasion: str = "prefers promotion") -> Membership | None:
    return services.enter_track("supervisor", team[name].pk, occasion=occasion, because={"preference": "promotion"})


def sells(rep, amount: str, month: date | None = None, number: str | None = None, **more) -> None:
    at = scenes.at(month) if month else scenes.earlier_this_month()
    outcome = facts.record(scenes.order(rep, amount, number, occurred_at=at, **more))
    assert outcome.status in ("created", "corrected"), outcome


def leads(team, *names: str) -> None:
    for name in names:
        post = people.assignment_on(team[name].pk, people.today())
        people_services.transfer(
            team[name], on=people.today(), unit=post.unit, position=post.position, manager=team["小李"]
        )


def measured(member: Membership) -> Membership:
    following.measure([member.employee_id])
    member.refresh_from_db()
    return member


def shares(member: Membership) -> list[Decimal]:
    return [Measured.from_json(one).share for one in member.measured]


def test_sixty_percent_is_the_mean_of_the_criteria_by_their_weights(team):
    track()
    member = entered(team)
    assert member.share == 0
    sells(team["小李"], "250000.00")
    assert measured(member).share == Decimal("0.6")


def test_a_part_of_each_counts_and_what_is_missing_is_named_in_money_and_counts(team):
    track()
    sells(team["小李"], "200000.00")
    leads(team, "小王")
    member = measured(entered(team))
    sales, leading = (one.measured for one in queries.standing(member.pk).criteria)
    assert (sales.share, sales.missing) == (Decimal("0.8"), 50_000)
    assert (leading.current, leading.missing) == (1, 2)
    assert member.share == Decimal("0.613333")  # (60 × 0.8 + 40 × 0.333333) ÷ 100


@pytest.mark.parametrize(
    ("sold", "run", "share"),
    [
        # four months, the present one last; needed: 100 in each of 3 months
        ([0, 0, 0, 50], 0, "0.166666"),  # half of one month
        ([0, 0, 100, 50], 1, "0.5"),
        ([100, 100, 0, 100], 1, "0.333333"),  # a gap begins anew
        ([0, 100, 100, 99], 2, "0.996666"),
        ([0, 100, 100, 100], 3, "1"),  # as soon as the present month is reached
        ([100, 100, 100, 0], 3, "1"),  # the three full months before it
        ([100, 100, 99, 100], 1, "0.333333"),
        ([0, 0, 0, 500], 1, "0.333333"),  # one month is one month
    ],
)
def test_months_in_a_row(team, sold, run, share):
    this = scenes.this_month()
    for back, amount in zip((3, 2, 1, 0), sold, strict=True):
        if amount:
            sells(team["小李"], f"{amount}.00", add_months(this, -back))
    track(Draft("连续", "In a row", "sales", Decimal(100), months=3))
    member = entered(team)
    (one,) = (Measured.from_json(each) for each in member.measured)
    assert (one.run, one.share, one.met) == (run, Decimal(share), share == "1")
    assert [value for _, value, _ in one.months] == [Decimal(amount) for amount in sold]


def test_a_condition_holds_or_not(team):
    training.save_course("exam1", kind="exam", zh="主管考试", en="Supervisor exam", pass_mark=Decimal(60))
    track(Draft("通过考试", "Exam passed", "passed_exam1"), Draft("新人以上", "Not new", "months_employed >= 12"))
    member = entered(team)
    assert shares(member) == [0, 1]
    training.complete("exam1", team["小李"].pk, score=Decimal(70))
    assert shares(measured(member)) == [1, 1]


@pytest.mark.parametrize(
    ("draft", "field", "code"),
    [
        (Draft("a", "a", "sale", Decimal(1)), "formula", None),  # unknown name
        (Draft("a", "a", "sales +", Decimal(1)), "formula", None),
        (Draft("a", "a", "position"), "formula", "no_measure"),
        (Draft("a", "a", "sales"), "needed", "needs_amount"),
        (Draft("a", "a", "sales", Decimal(0)), "needed", "needs_amount"),
        (Draft("a", "a", "sales > 1", Decimal(5)), "needed", "needs_nothing"),
        (Draft("a", "a", "sales", Decimal(1), months=13), "months", "too_many_months"),
        (Draft("a", "a", "team_size", Decimal(1), months=2), "formula", None),  # not known by month
        (Draft("a", "a", "sales", Decimal(1), weight=Decimal(0)), "weight", "no_weight"),
    ],
)
def test_a_wrong_criterion_is_refused_at_its_field(team, draft, field, code):
    _, slips = check([SALES, draft])
    assert [(slip.place, slip.field) for slip in slips] == [(1, field)]
    assert code is None or slips[0].code == code
    with pytest.raises(Refused):
        track(SALES, draft)


def test_a_track_needs_criteria(team):
    with pytest.raises(Refused) as refused:
        services.save_track(
            "empty", "空", "Empty", goal=people_services.position("x", "x"), criteria=(), by=None
        )
    assert refused.value.problems[0].code == "no_criteria"


def test_a_formula_that_divides_by_nought_has_no_value(team):
    track(Draft("比", "Ratio", "sales / contract_amount", Decimal("0.5")))
    sells(team["小王"], "100.00")
    none, all_ = entered(team), entered(team, "小王")
    assert (shares(none), shares(all_)) == ([0], [1])
    queries_of_both = measure(list(none.track.criteria.all()), [none.employee_id, all_.employee_id], people.today())
    assert [share for share, _ in queries_of_both.values()] == [0, 1]


def test_one_enters_once(team, told):
    track()
    assert entered(team)
    assert entered(team) is None
    assert entered(team, occasion="another") is None
    assert services.leave_track("supervisor", team["小李"].pk)
    assert entered(team) is None
    assert entered(team, occasion="another")
    assert [one.kind for one in told] == ["track_entered", "track_entered"]


def test_who_is_not_meant_is_refused_and_who_has_left_or_arrived_gets_nothing(team):
    track()
    with pytest.raises(Refused) as refused:
        services.enter_track("supervisor", team.manager.pk, occasion="x", because={})
    assert refused.value.problems[0].code == "not_for_position"
    unit, today = team.unit, people.today()
    people_services.transfer(
        team["小王"], on=today, unit=unit, position=people_services.position("sales_supervisor", "销售主管")
    )
    assert entered(team, "小王") is None
    people_services.leave(team["小赵"], last_day=today - timedelta(days=1))
    assert entered(team, "小赵") is None


def test_a_second_position_opens_a_track(team):
    track()
    with writing():
        Assignment.objects.create(
            employee=team.manager, unit=team.unit, position=people_services.position("sales_rep", "sales_rep"),
            main=False, days=(date(2026, 1, 1), None),
        )
    assert services.enter_track("supervisor", team.manager.pk, occasion="x", because={})


def test_a_fact_an_exam_and_a_transfer_mark_the_progress_and_queue_one_job(team):
    from procrastinate.contrib.django.models import ProcrastinateJob

    track()
    member = entered(team)
    jobs = ProcrastinateJob.objects.filter(task_name="liji.tracks.measure", args={"employees": [team["小李"].pk]})
    sells(team["小李"], "1.00")
    sells(team["小李"], "2.00")
    member.refresh_from_db()
    assert (member.dirty, jobs.count()) == (True, 1)
    measured(member)
    leads(team, "小王")
    member.refresh_from_db()
    assert (member.dirty, jobs.count()) == (True, 2)
    sells(team["小王"], "1.00")
    assert jobs.count() == 2


def completed(team) -> Membership:
    track()
    member = entered(team)
    sells(team["小李"], "250000.00", number="BIG")
    leads(team, "小王", "小赵", "小孙")
    return measured(member)


def test_a_completed_track_proposes_the_promotion_once(team, told):
    member = completed(team)
    assert member.share == 1
    measured(member)
    of_tracks = [one.kind for one in told if one.kind not in ("fact", "track_entered")]
    assert of_tracks == ["track_completed", "promotion_proposed"]
    assert Promotion.objects.get().state == "manager"


def test_a_correction_takes_the_completion_back_and_the_proposal_stays_for_people(team, told):
    member = completed(team)
    sells(team["小李"], "249999.99", number="BIG")
    assert measured(member).completed_at is None
    assert member.share < 1
    assert ("track_completed", True) in [(one.kind, one.retracted) for one in told]
    assert Promotion.objects.get().state == "manager"
    sells(team["小李"], "250000.00", number="BIG", version=3)
    measured(member)
    assert Promotion.objects.count() == 1


def test_manager_then_hr_and_the_decision_is_a_dated_change_of_position(team, hr, told):
    member, rep = completed(team), team["小李"]
    promotion = Promotion.objects.get()
    assert [one.pk for one in queries.open_promotions(team.manager.user, people.today())] == [promotion.pk]
    assert queries.open_promotions(hr, people.today()) == []
    services.decide(promotion, by=team.manager.user, agree=True)
    assert queries.open_promotions(team.manager.user, people.today()) == []
    on = add_months(scenes.this_month(), 1)
    services.decide(promotion, by=hr, agree=True)
    assert people.assignment_on(rep.pk, on - timedelta(days=1)).position.code == "sales_rep"
    after = people.assignment_on(rep.pk, on)
    assert (after.position.code, after.manager) == ("sales_supervisor", team.manager)
    member.refresh_from_db()
    assert member.ended == "promoted"
    actions = AuditEntry.objects.filter(action="promotion_decided", about=rep).values_list("detail__step", flat=True)
    assert sorted(actions) == ["hr", "manager"]
    (decided,) = [one for one in told if one.kind == "promotion_decided"]
    assert (decided.values["agreed"], decided.values["effective"]) == (True, on)


def test_declining_needs_a_reason_and_another_can_be_proposed_by_hand(team, hr):
    member = completed(team)
    promotion = Promotion.objects.get()
    with pytest.raises(Refused) as refused:
        services.decide(promotion, by=team.manager.user, agree=False, reason=" ")
    assert refused.value.problems[0].code == "no_reason"
    services.decide(promotion, by=team.manager.user, agree=False, reason="再带一个季度")
    with pytest.raises(Refused) as refused:
        services.decide(promotion, by=team.manager.user, agree=True)
    assert refused.value.problems[0].code == "decided"
    measured(member)
    assert Promotion.objects.count() == 1
    assert services.propose(member, by=hr, reason="补充了材料").state == "manager"
    with pytest.raises(Refused) as refused:
        services.propose(member, by=hr, reason="again")
    assert refused.value.problems[0].code == "open_already"


def test_nobody_else_decides_and_nobody_on_their_own(team, hr):
    completed(team)
    promotion = Promotion.objects.get()
    other = scenes.team("小周").manager.user
    for user in (other, team["小李"].user, team["小王"].user, hr):
        with pytest.raises(Refused) as refused:
            services.decide(promotion, by=user, agree=True)
        assert refused.value.problems[0].code == "not_yours"


def test_without_a_manager_it_waits_for_hr(team, hr):
    rep = team["小李"]
    people_services.transfer(
        rep, on=people.today(), unit=team.unit, position=people_services.position("sales_rep", "sales_rep")
    )
    completed(team)
    promotion = Promotion.objects.get()
    assert promotion.state == "hr"
    services.decide(promotion, by=hr, agree=True, on=people.today(), manager=team.manager)
    assert people.assignment_on(rep.pk, people.today()).manager == team.manager


def test_who_leaves_is_on_no_track_and_the_proposal_lapses(team, hr):
    member = completed(team)
    people_services.leave(team["小李"], last_day=people.today() - timedelta(days=1))
    measured(member)
    assert member.ended == "left"
    assert Promotion.objects.get().state == "lapsed"


def test_a_promotion_after_the_exit_is_refused(team, hr):
    completed(team)
    promotion = Promotion.objects.get()
    services.decide(promotion, by=team.manager.user, agree=True)
    people_services.leave(team["小李"], last_day=people.today() + timedelta(days=3))
    with pytest.raises(Refused) as refused:
        services.decide(promotion, by=hr, agree=True, on=people.today() + timedelta(days=9))
    assert refused.value.problems[0].code == "not_employed"
    promotion.refresh_from_db()
    assert promotion.state == "hr"


def test_everybody_is_measured_at_night(team):
    track()
    entered(team)
    entered(team, "小王")
    assert following.measure_all() == 2
