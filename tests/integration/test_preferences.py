"""What motivates whom: stated by oneself, by HR or in a file; the scheme follows at once; menus of equal worth."""

from datetime import date
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client

from liji.connectors import services as connectors
from liji.connectors.models import ImportRun
from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate_all
from liji.facts import services as facts
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.problems import Refused
from liji.plans import services as plan_services
from liji.preferences import queries
from liji.preferences import services
from liji.preferences.models import Offer
from liji.preferences.models import Preference
from tests import scenes
from tests.rooms.preferences import menu

pytestmark = pytest.mark.django_db
TRAINING, PROMOTION = [("training", 5), ("cash", 2)], [("promotion", 5)]


@pytest.fixture
def li():
    return scenes.team("李静")["李静"]


def codes(elements) -> list[str]:
    return [element.code for element in elements]


def test_from_training_to_promotion_the_scheme_follows_and_says_what_changed(li, told):
    today = people.today()
    services.state(li, TRAINING, on=today - timedelta(days=40), source="entry")
    assert codes(queries.scheme(li.pk, today)) == ["courses", "learning_badge"]
    assert queries.last_change(li.pk) is None
    services.state(li, PROMOTION, on=today, source="self")
    assert codes(queries.scheme(li.pk, today)) == ["criteria"]
    change = queries.last_change(li.pk)
    assert (change.since, codes(change.begins)) == (today, ["criteria"])
    assert codes(change.ends) == ["courses", "learning_badge"]
    assert people.attributes_on(li.pk, today)["preference"] == "promotion"
    assert people.attributes_on(li.pk, today - timedelta(days=1))["preference"] == "training"
    assert [(h.values["before"], h.values["after"]) for h in told if h.kind == "preference_changed"] == [
        ("", "training"), ("training", "promotion"),
    ]  # fmt: skip
    assert [(h.values["element"], h.retracted) for h in told if h.kind == "scheme_begins"] == [
        ("courses", False), ("learning_badge", False),
        ("courses", True), ("learning_badge", True), ("criteria", False),
    ]  # fmt: skip


def test_what_was_stated_stays_readable_day_by_day(li):
    services.state(li, TRAINING, on=date(2026, 3, 1), source="entry")
    services.state(li, PROMOTION, on=date(2026, 6, 1), source="survey")
    assert [row.kind.code for row in queries.held(li.pk, date(2026, 5, 31))] == ["training", "cash"]
    assert [row.kind.code for row in queries.held(li.pk, date(2026, 6, 1))] == ["promotion"]
    assert len(queries.history(li.pk)) == 3


def test_the_same_word_again_changes_nothing(li, told):
    assert services.state(li, TRAINING, on=people.today(), source="self")
    assert not services.state(li, TRAINING, on=people.today(), source="self")
    assert (Preference.objects.count(), len(told)) == (2, 3)


@pytest.mark.parametrize(
    ("ranking", "wrong"),
    [
        ([], {"missing"}),
        ([("money", 3)], {"unknown_kind"}),
        ([("cash", 3), ("cash", 2)], {"twice"}),
        ([("cash", 6)], {"out_of_steps"}),
        ([("cash", 0)], {"out_of_steps"}),
    ],
)
def test_what_cannot_be_is_refused_as_a_whole(li, ranking, wrong):
    with pytest.raises(Refused) as refused:
        services.state(li, ranking, on=people.today(), source="self")
    assert {problem.code for problem in refused.value.problems} == wrong
    assert not Preference.objects.exists()


def test_who_has_left_states_nothing(li):
    people_services.leave(li, last_day=people.today() - timedelta(days=1))
    with pytest.raises(Refused, match="not_employed"):
        services.state(li, TRAINING, on=people.today(), source="self")


PLAN = """
plan: by-preference
currency: CNY
attributes: {preference: {type: text, missing: ""}}
measures: {sales: {of: order_closed, sum: amount}}
components:
  commission: {formula: 'sales * IF(preference = "cash", 2%, 1%)'}
"""


def test_a_plan_that_names_the_preference_is_worked_out_again_at_once(li):
    version = plan_services.save_version(PLAN, by=None)
    plan_services.publish(version, since=scenes.LONG_AGO, by=None)
    plan_services.assign(version.plan, since=scenes.LONG_AGO, employee=li)
    facts.record(scenes.order(li, "1000.00"))
    recalculate_all()
    assert PayeePeriod.objects.get(payee=li, start=scenes.this_month()).total == 10
    services.state(li, [("cash", 5)], on=people.today(), source="self")
    recalculate_all()
    assert PayeePeriod.objects.get(payee=li, start=scenes.this_month()).total == 20


def test_the_mix_counts_the_silent_too(li):
    colleague = scenes.team("王晓阳")["王晓阳"]
    services.state(li, TRAINING, on=people.today(), source="self")
    services.state(colleague, [("cash", 5)], on=people.today(), source="self")
    mix = queries.mix(people.today())
    found = {part.kind.code: (part.first, part.named, part.strength) for part in mix.parts}
    assert (found["cash"], found["training"]) == ((1, 2, Decimal("3.5")), (1, 1, Decimal("5.0")))
    assert (mix.people, mix.silent) == (4, 2)  # with the two managers, who have said nothing
    unit = people.assignment_on(li.pk, people.today()).unit_id
    assert queries.mix(people.today(), unit=unit).people == 2


# Menus.


def test_a_menu_is_fair_or_it_is_none(li):
    options = [
        ("cash", "现金", "Money", Decimal(1), Decimal(800)),
        ("training", "课程", "Course", Decimal(2), Decimal(350)),
    ]
    given = {"zh": "菜单", "en": "Menu", "worth": Decimal(800), "closes": people.today()}
    with pytest.raises(Refused) as refused:
        services.save_menu(None, **given, options=options, by=None)
    (problem,) = refused.value.problems
    assert (problem.code, problem.values) == ("unequal", {"value": "课程", "cost": "700.00", "worth": "800.00"})


def test_money_that_is_chosen_is_paid_by_the_plan_and_a_course_is_not(li):
    version = scenes.published("chosen-rewards")
    plan_services.assign(version.plan, since=scenes.LONG_AGO, employee=li)
    made = menu()
    assert services.publish_menu(made, [li.pk]) == 1
    assert services.publish_menu(made, [li.pk]) == 0
    offer = Offer.objects.get(employee=li)
    by_kind = {option.kind.code: option.pk for option in made.options.all()}
    services.choose(offer, by_kind["cash"])
    recalculate_all()
    assert scenes.total(li) == 800
    services.choose(offer, by_kind["training"])
    recalculate_all()
    assert scenes.total(li) == 0
    cost = queries.cost_of(made)
    assert (cost.offered, cost.chosen, cost.cost, cost.at_most) == (1, 1, 800, 800)


def test_a_menu_that_is_closed_or_published_stays_as_it_is(li):
    made = menu()
    services.publish_menu(made, [li.pk])
    with pytest.raises(Refused, match="published"):
        services.save_menu(made, zh="x", en="x", worth=Decimal(1), closes=people.today(), options=[], by=None)
    offer = Offer.objects.get(employee=li)
    with pytest.raises(Refused, match="unknown_option"):
        services.choose(offer, 999_999)
    made.closes = people.today() - timedelta(days=1)
    made.save()
    with pytest.raises(Refused, match="closed_menu"):
        services.choose(offer, made.options.first().pk)


def test_nobody_chooses_for_somebody_else(li):
    other = scenes.team("王晓阳")["王晓阳"]
    services.publish_menu(menu(), [li.pk])
    client = Client()
    client.force_login(other.user)
    offer = Offer.objects.get(employee=li)
    assert client.post(f"/preferences/mine/{offer.pk}/", {"option": offer.menu.options.first().pk}).status_code == 404


# The page.


def test_the_page_takes_the_word_and_shows_what_follows(li):
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(li.user)
    sent = {"first": "promotion", "strength-promotion": 5, "strength-cash": 3, "strength-training": 0,
            "strength-team": 0, "strength-flexible_hours": 0}  # fmt: skip
    assert client.post("/preferences/mine/", sent).status_code == 302
    page = client.get("/preferences/mine/").content.decode()
    assert "主管晋升标准与进度" in page
    held = queries.held(li.pk, people.today())
    assert [(row.kind.code, row.strength) for row in held] == [("promotion", 5), ("cash", 3)]


# A file.


def imported(text: str) -> ImportRun:
    run = connectors.propose("偏好.csv", BytesIO(text.encode()), "preferences", kind="", by=None)
    connectors.begin(run.pk, by=None, job=False)
    return connectors.carry_out(run.pk)


def test_a_file_brings_the_preferences_of_many_and_names_whom_and_what_it_does_not_know(li):
    other = scenes.team("王晓阳")["王晓阳"]
    run = imported(
        "工号,偏好,强度,排序\n"
        f"{li.number},培训成长,5,1\n{li.number},现金,2,2\n"
        f"{other.number},cash,4,1\n"
        f"NOBODY,现金,3,1\n{other.number},股票,3,2\n{other.number},团队,很强,3\n"
    )
    assert (run.created, run.refused) == (3, 3)
    assert [row.kind.code for row in queries.held(li.pk, people.today())] == ["training", "cash"]
    assert queries.preferred(other.pk, people.today()).code == "cash"
    again = imported(f"工号,偏好,强度,排序\n{li.number},培训成长,5,1\n{li.number},现金,2,2\n")
    assert (again.created, again.corrected, again.duplicate) == (0, 0, 2)


class PowerCut(BaseException):
    """The machine stops after a chunk."""


def power_cut(row: ImportRun) -> None:
    raise PowerCut


def four_rows(li) -> tuple[ImportRun, list[str]]:
    """An import of one person's four rows, not in the order of their ranks, and what they say all in all."""
    rows = ["现金,2,3", "团队,3,2", "培训成长,5,1", "晋升,1,4"]
    text = "工号,偏好,强度,排序\n" + "".join(f"{li.number},{row}\n" for row in rows)
    run = connectors.propose("偏好.csv", BytesIO(text.encode()), "preferences", kind="", by=None)
    return connectors.begin(run.pk, by=None, job=False), ["training", "team", "cash", "promotion"]


def test_an_import_that_breaks_off_among_one_persons_rows_keeps_them_all_when_it_goes_on(li):
    run, wanted = four_rows(li)
    for _ in range(3):
        with pytest.raises(PowerCut):
            connectors.carry_out(run.pk, chunk=1, progress=power_cut)
    run = connectors.carry_out(run.pk, chunk=1)
    assert (run.state, run.rows_read, run.refused) == ("done", 4, 0)
    assert [row.kind.code for row in queries.held(li.pk, people.today())] == wanted


def test_a_worker_that_finds_half_the_file_done_by_another_loses_none_of_it(li):
    run, wanted = four_rows(li)
    others: list[int] = []

    def another_writes_the_second(row: ImportRun) -> None:
        if not others:
            others.append(row.rows_read)
            with pytest.raises(PowerCut):
                connectors.carry_out(run.pk, chunk=1, progress=power_cut)

    done = connectors.carry_out(run.pk, chunk=1, progress=another_writes_the_second)
    assert (others, done.rows_read) == ([1], 4)
    assert [row.kind.code for row in queries.held(li.pk, people.today())] == wanted
