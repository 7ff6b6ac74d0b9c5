"""Training: results are facts; what they finish, prove, open and expire; corrections and withdrawals take it back."""

from datetime import date
from datetime import timedelta
from decimal import Decimal

import pytest

from liji.base.terms import writing
from liji.facts import services as facts
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.models import Assignment
from liji.people.models import Employee
from liji.people.models import Unit
from liji.people.problems import Refused
from liji.training import queries
from liji.training import results
from liji.training import services
from liji.training.models import Completion
from liji.training.models import Course
from liji.training.models import Offer
from liji.training.models import SkillHeld
from tests import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    """A rep, and a catalogue: the product course opens its exam, which proves a skill and opens negotiation."""
    made = scenes.team("小李")["小李"]
    services.skill("product", "产品知识", "Product knowledge")
    services.save_course("product", zh="新产品培训", en="New product", hours=Decimal(4))
    services.save_course(
        "product_exam", kind="exam", zh="新产品考试", en="New product exam", pass_mark=Decimal(60),
        requires=["product"], proves={"product": 12},
    )
    services.save_course("negotiation", zh="客户谈判技巧", en="Negotiation", requires=["product_exam"])
    return made


def kinds(heard, employee) -> list[tuple[str, bool]]:
    return [(one.kind, one.retracted) for one in heard if one.employee == employee.pk and one.kind != "fact"]


def exam(rep, number: str = "EX-1", score: str = "88", at: str = "2026-11-20T10:00:00+08:00", **more):
    return {"source": "lms", "external_id": number, "type": "exam_passed", "employee": rep.number, "occurred_at": at,
            "exam": "新产品考试", "score": score, **more}


def recorded(*bodies, run=None) -> None:
    for outcome in facts.record_many(bodies, run=run):
        assert outcome.status in ("created", "corrected"), outcome
    results.follow(Employee.objects.values_list("pk", flat=True))


def test_a_course_entered_in_the_product_is_a_fact_and_opens_what_requires_it(rep, told):
    services.offer_course("product", rep.pk, occasion="rule:1", because={"rule": "training"})
    outcome = services.complete("product", rep.pk)
    assert outcome.status == "created"
    fact = Completion.objects.get(employee=rep).fact
    assert (fact.source.code, fact.type, fact.fields["course"]) == ("liji-training", "course_completed", "product")
    done, opened = Offer.objects.order_by("pk")
    assert done.finished.course.code == "product"
    assert (opened.course.code, opened.origin) == ("product_exam", "next")
    assert kinds(told, rep) == [("course_offered", False), ("course_finished", False), ("course_offered", False)]


def test_an_exam_from_outside_is_matched_by_name_and_proves_a_dated_skill(rep, told):
    recorded(exam(rep))
    held = SkillHeld.objects.get(employee=rep)
    assert (held.skill.code, held.since, held.until) == ("product", date(2026, 11, 20), date(2027, 11, 20))
    assert ("skill_proved", False) in kinds(told, rep)
    assert ("exam_finished", False) in kinds(told, rep)


@pytest.mark.parametrize("name", ["product_exam", " New Product EXAM ", "新产品考试"])
def test_code_and_both_names_mean_the_same_exam(rep, name):
    recorded(exam(rep, exam=name))
    assert Completion.objects.get(employee=rep).course.code == "product_exam"


def test_following_twice_changes_and_tells_nothing(rep, told):
    recorded(exam(rep))
    before = len(told)
    results.follow([rep.pk])
    assert len(told) == before
    assert Completion.objects.count() == SkillHeld.objects.count() == 1


def test_a_correction_below_the_pass_mark_takes_the_skill_back(rep, told):
    recorded(exam(rep))
    recorded(exam(rep, score="59.5"))
    assert not SkillHeld.objects.exists()
    assert not Completion.objects.get().passed
    assert kinds(told, rep)[-2:] == [("exam_finished", True), ("skill_proved", True)]


def test_a_corrected_date_moves_the_skills_days(rep):
    recorded(exam(rep))
    recorded(exam(rep, at="2026-10-31T10:00:00+08:00"))
    held = SkillHeld.objects.get()
    assert (held.since, held.until) == (date(2026, 10, 31), date(2027, 10, 31))


def test_a_result_that_was_somebody_elses_moves_with_its_skill(rep, told):
    other = scenes.team("小王")["小王"]
    recorded(exam(rep))
    recorded(exam(other))
    assert SkillHeld.objects.get().employee == other
    assert ("skill_proved", True) in kinds(told, rep)
    assert ("skill_proved", False) in kinds(told, other)


def test_a_withdrawn_import_takes_back_and_reopens_the_offer(rep):
    services.complete("product", rep.pk)
    offer = Offer.objects.get(course__code="product_exam")
    recorded(exam(rep), run=7)
    offer.refresh_from_db()
    assert offer.finished
    facts.withdraw_run(7)
    results.follow([rep.pk])
    offer.refresh_from_db()
    assert offer.finished is None
    assert not SkillHeld.objects.exists()


def test_the_fact_and_the_job_that_follows_it_are_written_together(rep):
    from procrastinate.contrib.django.models import ProcrastinateJob

    facts.record(exam(rep))
    job = ProcrastinateJob.objects.get(task_name="liji.training.follow")
    assert job.args == {"employees": [rep.pk]}


def test_an_order_queues_nothing_here(rep):
    from procrastinate.contrib.django.models import ProcrastinateJob

    facts.record(scenes.order(rep, "100.00"))
    assert not ProcrastinateJob.objects.filter(task_name="liji.training.follow").exists()


def test_prerequisites_in_a_circle_are_refused_with_the_circle_spelt_out(rep):
    with pytest.raises(Refused) as refused:
        services.save_course("product", zh="新产品培训", en="New product", requires=["negotiation"])
    (problem,) = refused.value.problems
    assert problem.code == "course_circle"
    assert problem.values["circle"] == "product → negotiation → product_exam → product"
    assert not Course.objects.get(code="product").requires.exists()


def test_a_course_that_requires_itself_is_a_circle(rep):
    with pytest.raises(Refused) as refused:
        services.save_course("product", zh="新产品培训", en="New product", requires=["product"])
    assert refused.value.problems[0].values["circle"] == "product → product"


def test_a_name_that_means_another_entry_is_refused(rep):
    with pytest.raises(Refused) as refused:
        services.save_course("other", zh="新产品培训", en="Other")
    assert (refused.value.problems[0].field, refused.value.problems[0].code) == ("zh", "course_taken")


def test_offers_come_once_an_occasion_and_one_at_a_time(rep):
    first = services.offer_course("product", rep.pk, occasion="a", because={})
    assert first
    assert services.offer_course("product", rep.pk, occasion="a", because={}) is None
    assert services.offer_course("product", rep.pk, occasion="b", because={}) is None
    services.withdraw(first)
    assert services.offer_course("product", rep.pk, occasion="a", because={}) is None
    assert services.offer_course("product", rep.pk, occasion="b", because={})


def test_what_is_passed_is_not_offered_again_until_it_expires(rep):
    services.complete("product", rep.pk, on=date(2026, 1, 5))
    Offer.objects.all().delete()
    services.complete("product_exam", rep.pk, on=date(2025, 1, 6), score=Decimal(80))
    assert services.offer_course("product", rep.pk, occasion="x", because={}) is None
    assert services.offer_course("product_exam", rep.pk, occasion="x", because={})


def test_an_exam_is_not_offered_before_its_course(rep):
    with pytest.raises(Refused) as refused:
        services.offer_course("product_exam", rep.pk, occasion="x", because={})
    assert refused.value.problems[0].values["value"] == "product"


def test_who_has_left_is_offered_nothing(rep):
    people_services.leave(rep, last_day=people.today() - timedelta(days=1))
    assert services.offer_course("product", rep.pk, occasion="x", because={}) is None


def test_a_result_before_the_exit_counts_and_opens_nothing_after_it(rep):
    people_services.leave(rep, last_day=date(2026, 11, 22))
    recorded(exam(rep))
    assert SkillHeld.objects.count() == 1
    assert not Offer.objects.exists()


def test_two_positions_open_what_is_meant_for_either(rep):
    service = people_services.position("service", "客服")
    unit = Unit.objects.get(code=rep.number[:4])
    services.save_course("care", zh="客户成功", en="Care", positions=[service])
    assert "care" not in {one.code for one in queries.open_to(rep.pk, people.today())}
    with writing():
        Assignment.objects.create(
            employee=rep, unit=unit, position=service, main=False, days=(date(2026, 1, 1), None)
        )
    assert "care" in {one.code for one in queries.open_to(rep.pk, people.today())}


def test_a_course_is_meant_for_a_unit_and_those_below_it(rep):
    mine = Unit.objects.get(code=rep.number[:4])
    top, other = people_services.unit("TT", "上级"), people_services.unit("OO", "别处")
    people_services.unit(mine.code, mine.name, parent=top)
    services.save_course("east", zh="华东", en="East", units=[top])
    services.save_course("west", zh="西部", en="West", units=[other])
    codes = {one.code for one in queries.open_to(rep.pk, people.today())}
    assert ("east" in codes, "west" in codes) == (True, False)


def test_who_chooses_a_course_is_under_way(rep):
    services.choose("product", rep.pk)
    growth = queries.growth(rep.pk, people.today())
    assert [offer.course.code for offer in growth.under_way] == ["product"]


def test_a_failed_exam_is_not_recorded(rep):
    with pytest.raises(Refused) as refused:
        services.complete("product_exam", rep.pk, score=Decimal("59.9"))
    assert refused.value.problems[0].values == {"value": "59.9", "mark": "60"}
    with pytest.raises(Refused):
        services.complete("product_exam", rep.pk)


def test_a_result_outside_the_employment_is_refused_by_the_facts(rep):
    outcome = services.complete("product", rep.pk, on=date(2019, 1, 1))
    assert (outcome.status, outcome.problems[0].code) == ("refused", "not_employed")


def test_an_expiring_skill_is_told_once_and_its_exam_offered_again(rep, told):
    recorded(exam(rep, at="2025-12-10T10:00:00+08:00"))
    assert results.warn_of_expiry(date(2025, 12, 20)) == 0
    assert results.warn_of_expiry(date(2026, 11, 24)) == 1
    assert results.warn_of_expiry(date(2026, 11, 25)) == 0
    assert [kind for kind, _ in kinds(told, rep)].count("skill_expiring") == 1
    renewal = Offer.objects.get(origin="renewal")
    assert (renewal.course.code, renewal.due) == ("product_exam", date(2026, 12, 10))


def test_a_skill_proved_anew_does_not_expire(rep):
    recorded(exam(rep, at="2025-12-10T10:00:00+08:00"), exam(rep, "EX-2"))
    assert results.warn_of_expiry(date(2026, 11, 24)) == 0


def test_the_team_picture_says_who_can_what_and_until_when(rep):
    other = scenes.team("小王")["小王"]
    recorded(exam(rep, at="2025-12-10T10:00:00+08:00"))
    picture = queries.team_skills([rep, other], date(2026, 11, 24))
    assert [skill.code for skill in picture.skills] == ["product"]
    (mine,), (others,) = [row.cells for row in picture.rows]
    assert (mine.state, others.state) == ("expiring", "none")
    picture = queries.team_skills([rep], date(2026, 12, 10))
    assert picture.rows[0].cells[0].state == "expired"


def test_a_path_says_how_far_one_is(rep):
    services.save_path("advisor", "产品顾问", "Product advisor", ["product", "product_exam"])
    services.complete("product", rep.pk)
    (path,) = queries.growth(rep.pk, people.today()).paths
    assert (path.done, path.total, path.share) == (1, 2, Decimal("0.5"))


def test_results_that_match_nothing_are_listed_and_matched_when_the_course_is_added(rep):
    recorded(exam(rep, exam="大客户销售方法"))
    assert [(one.name, one.count) for one in queries.unmatched()] == [("大客户销售方法", 1)]
    services.save_course("key", kind="exam", zh="大客户销售方法", en="Key accounts")
    results.follow([rep.pk])
    assert queries.unmatched() == []
    assert Completion.objects.get().course.code == "key"
