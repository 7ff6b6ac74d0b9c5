"""Rules: what they hear, whom they tell, what keeps them from being published, and that nothing happens twice."""

import re
from datetime import UTC
from datetime import datetime
from datetime import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils.translation import override

from liji.base import clock as base_clock
from liji.base.terms import writing
from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate
from liji.earnings.services import recalculate_all
from liji.earnings.waiting import mark_dirty
from liji.events.happenings import Happening
from liji.events.happenings import tell
from liji.facts import services as facts
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.kept import forget_all
from liji.people.models import Assignment
from liji.people.models import Company
from liji.people.problems import Refused
from liji.reactions import clock
from liji.reactions import listening
from liji.reactions import manners
from liji.reactions import queries
from liji.reactions import services
from liji.reactions import whom
from liji.reactions.documents import read
from liji.reactions.models import Firing
from liji.reactions.models import Notice
from liji.reactions.models import Rule
from liji.reactions.packs import documents
from liji.reactions.preview import preview
from liji.recognition.models import Badge
from liji.recognition.models import Grant
from liji.recognition.models import Praise
from tests import scenes

pytestmark = pytest.mark.django_db


def sold(rep, amount: str, **more) -> dict:
    order = scenes.order(rep, amount, **more)
    outcome = facts.record(order)
    assert not outcome.problems, outcome
    recalculate_all()
    return order


def told(employee, code: str) -> list[Notice]:
    return list(Notice.objects.filter(user__employee=employee, kind=code).order_by("pk"))


def test_praise_in_the_managers_name_names_each_ones_own():
    team = scenes.team("小王")
    other = scenes.team("小赵")
    act = {"action": "praise", "to": "person", "text": "{name}", "by": "manager"}
    publish(rule("by_manager", "badge_granted", "", act))
    publish(rule("by_company", "badge_granted", "", act | {"by": "company"}))
    publish(rule("by_nobody", "badge_granted", "", {"action": "praise", "to": "person", "text": "{name}"}))
    with writing():
        Assignment.objects.filter(employee=other.manager).update(manager=None)
    people_asked = [team["小王"], other["小赵"], other.manager]
    moment = base_clock.now()
    tell([Happening("badge_granted", "in-whose-name", one.pk, moment, {}) for one in people_asked])
    said = {
        (praise.employee_id, praise.because["rule"]): praise.because.get("in_name_of")
        for praise in Praise.objects.filter(employee__in=people_asked)
    }
    assert said == {
        (one.pk, code): name if code == "by_manager" else None
        for one, name in zip(people_asked, [team.manager.name, other.manager.name, None], strict=True)
        for code in ("by_manager", "by_company", "by_nobody")
    }
    odd = {"action": "praise", "to": "person", "text": "{name}", "by": "the boss"}
    (found,) = services.problems(rule("odd", "badge_granted", "", odd))
    assert (found.field, found.code) == ("do.0.by", "unknown_thing")


def test_an_order_is_told_to_the_rep_and_the_manager():
    team = scenes.team("小王", plan="accelerator", target="666666.67")
    sold(team["小王"], "100000.00")
    assert not list(Firing.objects.filter(state="failed").values_list("rule__code", "problem"))
    assert len(told(team["小王"], "order_credited")) == 1
    assert len(told(team.manager, "praise_suggested")) == 1


def test_every_rule_of_the_pack_is_sound():
    scenes.company()
    assert {one["rule"]: services.problems(one) for one in documents()} == {one["rule"]: [] for one in documents()}


@pytest.fixture
def hr(client):
    unit = scenes.team("小王").unit
    person = scenes.employee("HR001", "何人事", unit, "hr", roles=["hr"])
    client.force_login(person.user)
    return client


def test_every_page_of_the_room_opens_in_both_languages(hr):
    for language in ("zh-hans", "en"):
        hr.cookies["django_language"] = language
        for code in Rule.objects.values_list("code", flat=True):
            assert hr.get(f"/rules/{code}/").status_code == 200
            assert hr.get(f"/rules/{code}/edit/").status_code == 200
        for address in ("/rules/", "/rules/new/", "/rules/manners/", "/me/notices/"):
            assert hr.get(address).status_code == 200


# What keeps a rule from being published.


def rule(code: str, happens: str = "credit", formula: str = "", *acts: dict, **when) -> dict:
    message = {"action": "message", "to": "person", "subject": "{name}", "body": "{name}"}
    return {
        "rule": code,
        "names": code,
        "when": {"happens": happens, **when},
        "if": formula,
        "do": list(acts) or [message],
    }


def publish(document: dict) -> Rule:
    made = services.save(document, by=None)
    services.publish(made, by=None)
    return made


BADGE = {"action": "badge", "to": "person", "badge": "sales_star"}


@pytest.mark.parametrize(
    ("document", "field", "code"),
    [
        (rule("a", formula="amont > 1"), "if", "rule_formula"),
        (rule("a", formula="amount * 2"), "if", "rule_formula"),
        (rule("a", "nothing"), "when.happens", "unknown_happening"),
        (rule("a", "threshold", value="attainment", level="soon"), "when.level", "wrong_level"),
        (rule("a", "threshold", value="mood", level="80%"), "when.value", "unknown_level"),
        (rule("a", "clock", at="late"), "when.at", "wrong_clock"),
        (rule("a", "credit", "", BADGE | {"badge": "nonsense"}), "do.0.badge", "unknown_thing"),
        (rule("a", "credit", "", {"action": "message", "to": "person", "subject": "{amont}", "body": "x"}),
         "do.0.subject", "unknown_place"),
        (rule("a", "credit", "", {"action": "message", "to": "person", "subject": "{amount:gold}", "body": "x"}),
         "do.0.subject", "unknown_format"),
        (rule("a", "credit", "", {"action": "message", "to": "king", "subject": "x", "body": "x"}), "do.0.to",
         "unknown_whom"),
        (rule("a", "credit", "", {"action": "crown", "to": "person"}), "do.0.action", "unknown_action"),
        (rule("a", "credit", "", {"action": "message", "to": "team", "subject": "{brought}", "body": "x"}),
         "do.0.subject", "pay_to_others"),
        (rule("a", "credit", "", {"action": "praise", "to": "person", "text": "{brought}"}), "do.0.text",
         "pay_to_others"),
        (rule("A b"), "rule", "rule_code"),
        ({"rule": "a", "when": {"happens": "credit"}, "do": []}, "do", "no_action"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_a_mend(document, field, code):
    scenes.company()
    (found,) = services.problems(document)
    assert (found.field, found.code) == (field, code)
    assert found.message and found.mend
    with pytest.raises(Refused):
        services.save(document, by=None)


def test_the_nearest_name_is_suggested():
    scenes.company()
    with override("en"):
        (found,) = services.problems(rule("a", formula="amont > 1"))
        assert "amount" in found.message
        act = {"action": "message", "to": "person", "subject": "{amont}", "body": "x"}
        assert "amount" in services.problems(rule("a", "credit", "", act))[0].message


def test_rules_that_would_set_each_other_off_are_refused_with_the_circle():
    scenes.company()
    praise = {"action": "praise", "to": "person", "text": "{name}"}
    publish(rule("first", "badge_granted", "", praise))
    (found,) = services.problems(rule("second", "praised", "", BADGE))
    assert found.code == "rule_circle"
    assert found.values["circle"] == "second → first → second"
    with pytest.raises(Refused):
        publish(rule("second", "praised", "", BADGE))


def test_a_condition_that_breaks_the_circle_is_seen():
    scenes.company()
    other = BADGE | {"badge": "big_deal"}
    assert services.problems(rule("one", "badge_granted", 'badge = "sales_star"', other)) == []
    assert services.problems(rule("one", "badge_granted", 'badge = "big_deal"', other))[0].code == "rule_circle"


# Once per occasion.


def test_recalculating_and_sending_again_tells_nothing_twice():
    rep = scenes.team("小王", plan="accelerator", target="100000")["小王"]
    order = sold(rep, "10000.00")
    facts.record(order)
    mark_dirty(PayeePeriod.objects.values_list("payee_id", "plan_id", "start", "end"))
    recalculate_all()
    assert len(told(rep, "order_credited")) == 1
    assert Firing.objects.filter(rule__code="order_credited", employee=rep).count() == 1


def test_history_that_is_loaded_tells_nothing():
    rep = scenes.team("小王", plan="accelerator", target="100000")["小王"]
    sold(rep, "90000.00", occurred_at=(base_clock.now() - timedelta(days=3)).isoformat())
    assert not Notice.objects.filter(user__employee=rep).exists()


def test_a_rule_that_fails_stops_neither_the_calculation_nor_the_others_and_can_be_tried_again():
    team = scenes.team("小王", plan="accelerator", target="100000")
    publish(rule("badge_gone", "credit", "", BADGE | {"badge": "mentor"}))
    publish(rule("by_nothing", "credit", "amount / quantity > 1"))
    Badge.objects.filter(code="mentor").update(active=False)
    sold(team["小王"], "10000.00", quantity=0)
    assert scenes.total(team["小王"]) == 150
    assert len(told(team["小王"], "order_credited")) == 1
    failed = {row.rule.code: row for row in queries.failures()}
    assert set(failed) == {"badge_gone", "by_nothing"}
    assert failed["by_nothing"].problem
    Badge.objects.filter(code="mentor").update(active=True)
    assert listening.retry(failed["badge_gone"].pk)
    assert not listening.retry(failed["by_nothing"].pk)
    assert Grant.objects.filter(employee=team["小王"], badge__code="mentor").count() == 1


def test_a_crash_between_leaves_nothing_half_done():
    rep = scenes.team("小王", plan="accelerator", target="100000")["小王"]
    facts.record(scenes.order(rep, "600000.00"))
    (row,) = PayeePeriod.objects.filter(payee=rep)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        recalculate(row.pk)
        assert Grant.objects.filter(employee=rep).exists()
        raise ZeroDivisionError  # the process dies before it commits
    assert not Firing.objects.filter(employee=rep).exists()
    assert not Grant.objects.filter(employee=rep).exists()
    recalculate_all()
    assert Grant.objects.filter(employee=rep, badge__code="sales_star").count() == 1
    assert len(told(rep, "big_deal")) == 1


# Whom it reaches.


def test_someone_who_left_gets_nothing():
    team = scenes.team("小王", plan="accelerator", target="100000")
    people_services.leave(team["小王"], last_day=people.today() - timedelta(days=1), reason="other")
    fire_all = Happening("praised", "x", team["小王"].pk, base_clock.now(), {})
    publish(rule("to_all", "praised", ""))
    tell([fire_all])
    assert not told(team["小王"], "to_all")


def test_of_two_positions_the_main_one_says_who_the_manager_is():
    team = scenes.team("小王", plan="accelerator", target="100000")
    other = scenes.team("小钱")
    position = people_services.position("sales_rep", "sales_rep")
    with writing():
        Assignment.objects.create(
            employee=team["小王"], unit=other.unit, position=position, manager=other.manager, main=False,
            days=(scenes.LONG_AGO, None),
        )
    sold(team["小王"], "10000.00")
    assert len(told(team.manager, "praise_suggested")) == 1
    assert not told(other.manager, "praise_suggested")


def test_without_a_manager_nobody_is_told_and_nothing_fails():
    team = scenes.team("小王", plan="accelerator", target="100000")
    with writing():
        Assignment.objects.filter(employee=team["小王"]).update(manager=None)
    sold(team["小王"], "10000.00")
    assert not told(team.manager, "praise_suggested")
    assert len(told(team["小王"], "order_credited")) == 1
    assert not queries.failures()


def test_where_the_manager_has_left_the_next_above_is_told():
    unit = scenes.team().unit
    director = scenes.employee(f"{unit.code}D", "林总监", unit, "director", roles=["manager"])
    team = scenes.team("小王", plan="accelerator", target="100000", above=director)
    people_services.leave(team.manager, last_day=people.today() - timedelta(days=1), reason="other")
    assert whom.managers(team["小王"].pk, people.today())[:1] == [director.pk]


# By the clock.


def test_at_the_end_of_summer_time_the_day_is_told_once():
    """New York, 1 November 2026: the hour from 1:00 to 2:00 comes twice."""
    team = scenes.team("小王", plan="accelerator", target="100000")
    Company.objects.update(time_zone="America/New_York")
    forget_all()
    publish(rule("at_night", "clock", "", at="01:30", each="manager"))
    twice = [datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (5, 6)]
    assert {moment.astimezone(people.zone()).hour for moment in twice} == {1}
    for moment in twice:
        clock.tick(moment)
    assert len(told(team.manager, "at_night")) == 1


def test_at_its_beginning_the_hour_that_is_left_out_is_made_up_for():
    """New York, 8 March 2026: there is no 2:30."""
    team = scenes.team("小王", plan="accelerator", target="100000")
    Company.objects.update(time_zone="America/New_York")
    forget_all()
    publish(rule("at_night", "clock", "", at="02:30", each="manager"))
    for minute in range(0, 180, 10):
        clock.tick(datetime(2026, 3, 8, 6, 0, tzinfo=UTC) + timedelta(minutes=minute))
    assert len(told(team.manager, "at_night")) == 1


def test_a_rule_looks_late_when_the_server_was_down_but_not_the_next_day():
    team = scenes.team("小王", plan="accelerator", target="100000")
    at = datetime.combine(people.today(), time(8, 0), people.zone())
    publish(rule("morning", "clock", "", at="08:00", each="manager"))
    clock.tick(at + timedelta(hours=4))
    assert not told(team.manager, "morning")
    clock.tick(at + timedelta(hours=2))
    assert len(told(team.manager, "morning")) == 1


# How people are told.


def test_quiet_hours_hold_mails_until_their_end():
    own = manners.Manners(quiet_from=time(22), quiet_to=time(8))
    zone = people.zone()
    night, noon = datetime(2026, 11, 24, 23, 0, tzinfo=zone), datetime(2026, 11, 24, 12, 0, tzinfo=zone)
    assert manners.when(own, night) == datetime(2026, 11, 25, 8, 0, tzinfo=zone)
    assert manners.when(own, noon) == noon
    assert manners.after_quiet(own, datetime(2026, 11, 25, 7, 59, tzinfo=zone)).hour == 8


def test_a_digest_gathers_what_is_not_about_pay():
    team = scenes.team("小王", plan="accelerator", target="100000")
    manners.save(team.manager.user, digest=time(18))
    manners.save(team["小王"].user, digest=time(18))
    sold(team["小王"], "10000.00")
    assert told(team.manager, "praise_suggested")[0].mail_after.astimezone(people.zone()).hour == 18
    assert told(team["小王"], "order_credited")[0].mail_after <= base_clock.now()  # about pay


def test_beyond_the_limit_of_an_hour_mails_wait_and_are_not_lost():
    team = scenes.team("小王", plan="accelerator", target="9000000")
    manners.save(None, mails_an_hour=2)
    for _ in range(4):
        sold(team["小王"], "10000.00")
    later = [notice.mail_after > base_clock.now() for notice in told(team.manager, "praise_suggested")]
    assert later == [False, False, True, True]
    assert not any(notice.mail_after > base_clock.now() for notice in told(team["小王"], "order_credited"))


# The preview.


def test_the_preview_counts_by_the_same_deciding():
    team = scenes.team("小王", "小赵", plan="accelerator", target="100000")
    for name, amount in (("小王", "85000.00"), ("小赵", "20000.00"), ("小王", "600000.00")):
        sold(team[name], amount)
    for code in ("order_credited", "near_target", "big_deal"):
        document = read(Rule.objects.get(code=code).version.document)
        shown = preview(document, people.today()).shown
        fired = Firing.objects.filter(rule__code=code)
        assert sorted(one.employee for one in shown) == sorted(fired.values_list("employee_id", flat=True)), code
    assert len(preview(read(rule("a", formula="amount > 500000")), people.today()).shown) == 1
    assert not preview(read(rule("a", "praised")), people.today()).known


def test_the_test_goes_to_oneself_alone():
    team = scenes.team("小王", plan="accelerator", target="100000")
    document = Rule.objects.get(code="order_credited").version.document
    assert services.test_send(document, {"amount": "1", "currency": "CNY"}, to=team.manager.user) == 1
    assert len(told(team.manager, "order_credited")) == 1
    assert not told(team["小王"], "order_credited")


# What the guides show.


@pytest.mark.parametrize("guide", ["reactions.md", "reactions.en.md"])
def test_the_formulas_of_the_guide_can_be_published(guide):
    scenes.company()
    text = (Path(__file__).parents[2] / "docs" / guide).read_text("utf-8")
    shown = re.findall(r"```formula (\w+)\n\s*(.*?)\n\s*```", text, re.DOTALL)
    assert len(shown) == 3
    for kind, formula in shown:
        when = {"at": "09:00"} if kind == "clock" else {}
        assert services.problems(rule("shown", kind, formula, **when)) == [], formula
