"""Rules over what the company has named itself: the values of its plans, the fields of its fact types."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from liji.base import clock
from liji.earnings.services import recalculate_all
from liji.facts import services as facts
from liji.people import queries as people
from liji.people.problems import Refused
from liji.plans import services as plans
from liji.reactions import services
from liji.reactions.documents import read
from liji.reactions.models import Firing
from liji.reactions.preview import preview
from tests import scenes
from tests.integration.test_rules import publish
from tests.integration.test_rules import rule

pytestmark = pytest.mark.django_db

TWO_TARGETS = """\
plan: two-targets
names: {zh: 双目标, en: Two targets}
currency: CNY
measures:
  sales: {names: {zh: 签单额, en: Signed}, of: order_closed, sum: credit}
  visits: {names: {zh: 拜访次数, en: Visits}, of: follow_up, count: facts}
targets: {sales: {missing: none}, visits: {missing: none}}
tables:
  ladder: {names: {zh: 阶梯, en: Ladder}, bands: [{below: 1000, rate: 5%}, {below: 5000, rate: 6%}, {beyond, rate: 8%}]}
components:
  commission: {names: {zh: 佣金, en: Commission}, formula: "sales * rate(ladder, sales)"}
  diligence: {names: {zh: 勤勉奖, en: Diligence}, formula: "IF(attainment(visits) >= 100%, 200, 0)"}
"""


@pytest.fixture
def rep():
    made = scenes.team("小王")["小王"]
    version = plans.save_version(TWO_TARGETS, by=None)
    plans.publish(version, since=scenes.LONG_AGO, by=None)
    plans.assign(version.plan, since=scenes.this_month(), employee=made)
    month = scenes.this_month()
    plans.set_quotas([(made, "sales", month, Decimal(10000)), (made, "visits", month, Decimal(2))])
    return made


def sold(rep, amount: str, number: str | None = None) -> None:
    _recorded(scenes.order(rep, amount, number))


def visited(rep) -> None:
    visit = scenes.order(rep, None)
    for name in ("amount", "product"):
        del visit[name]
    _recorded(visit | {"type": "follow_up"})


def _recorded(record: dict) -> None:
    outcome = facts.record(record)
    assert not outcome.problems, outcome
    recalculate_all()


def fired(code: str) -> list[dict]:
    return list(Firing.objects.filter(rule__code=code).order_by("pk").values_list("values", flat=True))


def crossing(code: str, value: str, level: str, formula: str = "", text: str = "{name}") -> dict:
    act = {"action": "message", "to": "person", "subject": text, "body": text}
    return rule(code, "threshold", formula, act, value=value, level=level)


def test_the_second_target_of_a_plan_is_watched_by_its_measure(rep):
    publish(crossing("visited", "attainment(visits)", "100%", text="{attainment_visits:percent} {visits}"))
    publish(crossing("half", "attainment(sales)", "50%"))
    visited(rep)
    assert fired("visited") == []
    visited(rep)
    (values,) = fired("visited")
    assert (values["attainment_visits"], values["visits"]) == ("1.00", "2")
    assert fired("half") == []
    sold(rep, "5000")
    assert len(fired("half")) == 1


def test_a_component_a_measure_and_the_band_reached_are_watched(rep):
    publish(crossing("paid", "commission", "300"))
    publish(crossing("diligent", "diligence", "200"))
    publish(crossing("thousands", "sales", "4000"))
    publish(crossing("second_band", "band(ladder, sales)", "2", 'plan = "two-targets"'))
    sold(rep, "4000")
    assert [len(fired(code)) for code in ("paid", "diligent", "thousands", "second_band")] == [0, 0, 1, 1]
    sold(rep, "1500")
    visited(rep)
    visited(rep)
    assert [len(fired(code)) for code in ("paid", "diligent", "thousands", "second_band")] == [1, 1, 1, 1]


def test_what_falls_below_its_level_is_taken_back(rep):
    publish(crossing("second_band", "band(ladder, sales)", "2"))
    sold(rep, "1500", "SO-1")
    assert Firing.objects.get(rule__code="second_band").state == "done"
    sold(rep, "500", "SO-1")
    assert Firing.objects.get(rule__code="second_band").state == "retracted"


def test_a_firing_keeps_of_the_plans_values_those_that_its_rule_names(rep):
    publish(crossing("half", "attainment(sales)", "50%", "commission > 1", "{sales}"))
    sold(rep, "5000")
    (values,) = fired("half")
    assert {"sales", "attainment_sales", "attainment_sales_before", "commission"} <= values.keys()
    assert not {"visits", "diligence", "commission_before", "band_ladder_sales"} & values.keys()


def test_a_value_that_no_plan_names_is_refused_with_the_nearest_that_one_does(rep):
    with override("en"):
        (found,) = services.problems(crossing("a", "attainment(visit)", "80%"))
        assert (found.field, found.code) == ("when.value", "unknown_level")
        assert "attainment(visits)" in found.message
    (found,) = services.problems(crossing("a", "attainment(visits)", "soon"))
    assert (found.field, found.code) == ("when.level", "wrong_level")
    with pytest.raises(Refused):
        services.save(crossing("a", "attainment(visit)", "80%"), by=None)


def test_what_a_component_pays_is_told_to_those_alone_who_may_see_it(rep):
    act = {"action": "message", "to": "team", "subject": "{commission}", "body": "{visits}"}
    (found,) = services.problems(rule("a", "threshold", "", act, value="sales", level="1"))
    assert (found.field, found.code) == ("do.0.subject", "pay_to_others")
    assert services.problems(rule("a", "threshold", "", act | {"to": "manager"}, value="sales", level="1")) == []


def test_the_preview_watches_named_values_over_the_past(rep):
    for _ in range(3):
        visited(rep)
    sold(rep, "6000")
    for value, level, text in (
        ("attainment(visits)", "100%", "2 of 2"),
        ("band(ladder, sales)", "3", "3 of 2"),
        ("commission", "480", "3 of 2"),
    ):
        document = read(crossing("a", value, level, text="{visits} of {target_visits}"))
        (shown,) = preview(document, people.today()).shown
        assert (shown.employee, shown.text) == (rep.pk, text), value


def test_the_editor_lists_every_named_value(rep, client):
    hr = scenes.employee("HR7", "何人事", scenes.team().unit, "hr", roles=["hr"])
    client.force_login(hr.user)
    page = client.post("/rules/new/", {"happens": "threshold", "do": "redraw", "acts": "1"}).content.decode()
    for value, called in (("attainment(visits)", "拜访次数达成率"), ("commission", "佣金"), ("total", "本期奖金")):
        assert f'<option value="{value}"' in page
        assert called in page


# The company's own fact types.

OWN_FIELDS = [
    {"name": "minutes", "type": "number", "zh": "时长", "en": "Minutes", "required": False},
    {"name": "first_visit", "type": "true/false", "zh": "首访", "en": "First visit", "required": False},
    {"name": "next_step", "type": "date", "zh": "下次日期", "en": "Next step", "required": False},
    {"name": "score", "type": "text", "zh": "评语", "en": "Verdict", "required": False},
]


@pytest.fixture
def visits(rep):
    facts.add_type("site_visit", "驻场拜访", "Site visit", has_amount=False, fields=OWN_FIELDS)
    return rep


def site_visit(rep, **fields) -> None:
    record = {name: value for name, value in scenes.order(rep, None).items() if name not in ("amount", "customer",
                                                                                            "product")}
    _recorded(record | {"type": "site_visit", **fields})


def test_fields_of_the_companys_own_are_asked_in_conditions_and_told_in_texts(visits):
    act = {"action": "message", "to": "person", "subject": "{minutes} {next_step} {site_visit_score}", "body": "x"}
    publish(rule("long", "fact", "AND(minutes >= 60, first_visit, next_step > DATE(2026, 1, 1))", act))
    publish(rule("praised", "fact", 'site_visit_score = "good"'))
    site_visit(visits, minutes=59, first_visit=True, next_step="2026-12-01", score="good")
    site_visit(visits, minutes="60.5", first_visit=True, next_step="2026-12-01")
    site_visit(visits, minutes=90, first_visit=False, next_step="2026-12-01")
    site_visit(visits)
    assert len(fired("praised")) == 1
    (values,) = fired("long")
    assert (values["minutes"], values["next_step"]) == ("60.5", "2026-12-01")


def test_their_types_and_names_are_checked(visits):
    with override("en"):
        (found,) = services.problems(rule("a", "fact", "minute > 1"))
        assert found.code == "rule_formula"
        assert "minutes" in found.message
    assert services.problems(rule("a", "fact", 'minutes = "long"'))[0].code == "rule_formula"
    assert services.problems(rule("a", "fact", "next_step > 3"))[0].code == "rule_formula"


def test_a_field_of_another_type_than_the_products_own_of_that_name_stands_for_itself(visits):
    """score is a number for exams, and a text for visits."""
    publish(rule("well", "fact", "score >= 90"))
    site_visit(visits, score="all well")
    exam = {name: value for name, value in scenes.order(visits, None).items() if name in
            ("source", "external_id", "employee", "occurred_at")}
    _recorded(exam | {"type": "exam_passed", "exam": "产品认证", "score": 95})
    (values,) = fired("well")
    assert values["score"] == "95"


def test_a_preview_over_the_past_reads_them(visits):
    site_visit(visits, minutes=61)
    site_visit(visits, minutes=30)
    act = {"action": "message", "to": "person", "subject": "{minutes}", "body": "x"}
    (shown,) = preview(read(rule("a", "fact", "minutes > 60", act)), people.today()).shown
    assert shown.text == "61"


def test_the_editor_lists_them(visits, client):
    hr = scenes.employee("HR8", "何人事", scenes.team().unit, "hr", roles=["hr"])
    client.force_login(hr.user)
    page = client.post("/rules/new/", {"happens": "fact", "do": "redraw", "acts": "1"}).content.decode()
    for name, called in (("minutes", "时长"), ("site_visit_score", "评语")):
        assert f"<code>{name}</code>" in page
        assert called in page


def test_a_field_added_later_is_known_at_once_to_the_rules(rep):
    publish(rule("seen", "credit", 'type = "order_closed"'))
    assert services.problems(rule("a", "credit", "margin > 1"))
    own = [{"name": "margin", "type": "money", "zh": "毛利", "en": "Margin", "required": False}]
    facts.add_type("service_sold", "服务", "Service sold", has_amount=True, fields=own)
    publish(rule("rich", "credit", "margin > 100"))
    service = {name: value for name, value in scenes.order(rep, "5000").items() if name not in ("customer", "product")}
    version = plans.save_version(TWO_TARGETS.replace("of: order_closed", "of: service_sold"), by=None)
    plans.publish(version, since=date(clock.now().year, clock.now().month, 1), by=None)
    _recorded(service | {"type": "service_sold", "margin": "100.01"})
    (values,) = fired("rich")
    assert Decimal(values["margin"]) == Decimal("100.01")
