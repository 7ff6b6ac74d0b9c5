"""Surveys: the right people are asked once and answer once; preferences follow; nobody's answer is found out."""

import random
from datetime import date
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.db import transaction
from django.test import Client
from openpyxl import load_workbook

from liji.access.models import AuditEntry
from liji.access.models import Role
from liji.events.models import Event
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.problems import Refused
from liji.preferences import queries as preferences
from liji.reactions.models import Notice
from liji.surveys import queries
from liji.surveys import schedule
from liji.surveys import services
from liji.surveys.anonymity import above
from liji.surveys.anonymity import coarse
from liji.surveys.anonymity import shown
from liji.surveys.anonymity import totals
from liji.surveys.answers import answer
from liji.surveys.answers import keep_draft
from liji.surveys.models import Invitation
from liji.surveys.models import Sheet
from liji.surveys.models import Survey
from liji.surveys.questions import Option
from liji.surveys.questions import Question
from liji.surveys.questions import read
from tests import scenes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NAMES = "赵钱孙李周吴郑王冯陈"
SCALES = ("transparency", "strength", "timeliness")


def built_in(kind: str, **values) -> Survey:
    """A delivered survey, published to begin today."""
    survey = Survey.objects.get(kind=kind)
    for name, value in {"starts": people.today(), **values}.items():
        setattr(survey, name, value)
    survey.save()
    services.publish(survey, by=None)
    return survey


def own(**values) -> services.Draft:
    """One question on the scale, asked of everybody."""
    given = {"zh": "问", "en": "Ask", "questions": [Question("q", "scale", "多满意?", "How satisfied?")],
             "starts": people.today(), **values}  # fmt: skip
    return services.Draft(**given)


def scores(value: int) -> dict[str, int]:
    return dict.fromkeys(SCALES, value)


def codes(refused) -> set[str]:
    return {problem.code for problem in refused.value.problems}


@pytest.fixture
def team():
    return scenes.team(*NAMES)


# --- asking ---------------------------------------------------------------------------------------------------------


def newcomer(team, name: str = "小新", on: date | None = None):
    on = on or people.today()
    made = people_services.enter(f"{team.code}{name}", name, on=on, email=f"{team.code}new@test.example")
    post = people_services.position("sales_rep", "sales_rep")
    people_services.transfer(made, on=on, unit=team.unit, position=post, manager=team.manager)
    return made


def test_the_form_on_entry_goes_to_new_colleagues_alone_as_soon_as_they_can_sign_in_and_once(team, told):
    built_in("entry")
    new = newcomer(team)
    services.run(people.today())
    assert [one.employee_id for one in Invitation.objects.all()] == [new.pk]
    assert not told
    scenes.user(new.number, Role.REP, employee=new)
    services.run(people.today())
    services.run(people.today())
    assert [(one.kind, one.employee, one.values["name"]) for one in told] == [("survey_opened", new.pk, "入职表")]
    assert Notice.objects.get(user__employee=new).kind == "survey_opened"


def test_who_entered_before_the_form_was_in_use_or_long_ago_is_not_asked(team):
    newcomer(team, on=people.today() - timedelta(days=1))
    built_in("entry")
    newcomer(team, "小旧", on=people.today() - timedelta(days=31))
    services.run(people.today())
    assert not Invitation.objects.exists()


def test_an_answered_form_states_the_dated_preference_with_its_source(team, told):
    built_in("entry")
    new = newcomer(team)
    services.run(people.today())
    asked = Invitation.objects.get()
    answer(asked.pk, {"preferences": [("promotion", 5), ("cash", 2)]})
    rows = preferences.held(new.pk, people.today())
    assert [(row.kind.code, row.strength, row.rank, row.source) for row in rows] == [
        ("promotion", 5, 1, "entry"), ("cash", 2, 2, "entry"),
    ]  # fmt: skip
    assert people.attributes_on(new.pk, people.today())["preference"] == "promotion"
    assert [one.kind for one in told if one.kind.startswith("survey")] == ["survey_answered"]


def test_changed_questions_are_asked_of_those_who_come_later(team):
    survey = built_in("entry")
    newcomer(team)
    services.run(people.today())
    first = survey.waves.get()
    draft = own(zh=survey.zh, en=survey.en)
    services.save(survey, draft, by=None)
    newcomer(team, "小后")
    services.run(people.today())
    second = survey.waves.exclude(pk=first.pk).get()
    assert [len(read(one.questions)) for one in (first, second)] == [2, 1]
    assert [one.invitations.count() for one in (first, second)] == [1, 1]


def test_the_yearly_survey_opens_once_asks_everybody_and_reminds_once(team, told):
    survey = built_in("preference")
    services.run(people.today())
    wave = survey.waves.get()
    assert wave.invitations.count() == len(NAMES) + 1
    assert {one.kind for one in told} == {"survey_opened"}
    told.clear()
    answer(Invitation.objects.get(employee=team["赵"]).pk, {"preferences": [("cash", 3)]})
    told.clear()
    for ahead in (4, 3, 2, 1):
        services.run(wave.closes - timedelta(days=ahead))
    assert [one.kind for one in told] == ["survey_due"] * len(NAMES)
    assert team["赵"].pk not in {one.employee for one in told}
    assert preferences.held(team["赵"].pk, people.today())[0].source == "survey"
    services.run(wave.closes + timedelta(days=1))
    wave.refresh_from_db()
    assert wave.closed


def test_a_short_survey_does_not_remind_on_the_day_it_opens(team, told):
    services.publish(services.save(None, own(days=2), by=None), by=None)
    services.run(people.today())
    assert {one.kind for one in told} == {"survey_opened"}


def test_who_is_asked_may_be_units_and_days_of_entry(team):
    other = scenes.team("外人")
    newcomer(team)
    survey = services.save(None, own(units=[team.unit.pk]), by=None)
    assert set(services.audience(survey, people.today())) == {
        one.pk for one in (*team.reps.values(), team.manager, *people.direct_reports(team.manager.pk, people.today()))
    }
    assert other["外人"].pk not in services.audience(survey, people.today())
    services.save(survey, own(units=[team.unit.pk], entered_until=scenes.LONG_AGO), by=None)
    assert len(services.audience(survey, people.today())) == len(NAMES) + 1


def test_who_has_left_is_not_asked(team):
    people_services.leave(team["赵"], last_day=people.today() - timedelta(days=1))
    built_in("preference")
    assert not Invitation.objects.filter(employee=team["赵"]).exists()


@pytest.mark.parametrize(
    ("starts", "every", "day", "latest", "following"),
    [
        ("2026-01-31", "month", "2026-02-27", "2026-01-31", "2026-02-28"),  # a short month opens on its last day
        ("2026-01-31", "month", "2026-02-28", "2026-02-28", "2026-03-31"),  # and the next one is no shorter for it
        ("2026-01-15", "quarter", "2026-04-14", "2026-01-15", "2026-04-15"),
        ("2024-02-29", "year", "2026-11-25", "2026-02-28", "2027-02-28"),
        ("2026-11-25", "", "2026-11-25", "2026-11-25", None),
        ("2026-11-25", "", "2026-11-24", None, "2026-11-25"),
    ],
)
def test_waves_open_on_their_days(starts, every, day, latest, following):
    begins, now = date.fromisoformat(starts), date.fromisoformat(day)
    assert schedule.latest(begins, every, now) == (latest and date.fromisoformat(latest))
    assert schedule.following(begins, every, now) == (following and date.fromisoformat(following))


# --- answering ------------------------------------------------------------------------------------------------------


def test_an_answer_counts_once(team):
    built_in("satisfaction")
    asked = Invitation.objects.get(employee=team["赵"])
    answer(asked.pk, scores(80))
    with pytest.raises(Refused) as refused:
        answer(asked.pk, scores(10))
    assert codes(refused) == {"answered_before"}
    assert Sheet.objects.count() == 1


@pytest.mark.parametrize("value", [0, 101, "70", 3.5])
def test_what_is_off_the_scale_is_refused_and_nothing_is_kept(team, value):
    built_in("satisfaction")
    asked = Invitation.objects.get(employee=team["赵"])
    with pytest.raises(Refused) as refused:
        answer(asked.pk, scores(50) | {"strength": value})
    assert [(one.field, one.code) for one in refused.value.problems] == [("strength", "off_the_scale")]
    assert not Sheet.objects.exists()


def test_every_question_that_must_be_answered_is_named(team):
    built_in("satisfaction")
    with pytest.raises(Refused) as refused:
        answer(Invitation.objects.get(employee=team["赵"]).pk, {"words": "好"})
    assert [one.field for one in refused.value.problems] == list(SCALES)


def test_a_closed_survey_takes_no_answer(team):
    survey = built_in("satisfaction")
    services.end(survey)
    with pytest.raises(Refused) as refused:
        answer(Invitation.objects.get(employee=team["赵"]).pk, scores(50))
    assert codes(refused) == {"survey_over"}


def test_a_draft_is_kept_by_name_only_and_goes_when_it_is_answered(team):
    built_in("preference")
    asked = Invitation.objects.get(employee=team["赵"])
    keep_draft(asked.pk, {"preferences": [["cash", 2]]})
    asked.refresh_from_db()
    assert asked.draft == {"preferences": [["cash", 2]]}
    answer(asked.pk, {"preferences": [("cash", 2)]})
    asked.refresh_from_db()
    assert asked.draft == {}
    built_in("satisfaction")
    with pytest.raises(Refused) as refused:
        keep_draft(Invitation.objects.get(employee=team["赵"], answered=False).pk, scores(3))
    assert codes(refused) == {"no_drafts"}


# --- publishing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"questions": []}, "no_question"),
        ({"questions": [Question("q", "scale", "多满意?", "")]}, "half_question"),
        ({"questions": [Question("q", "choice", "哪?", "Which?", True, (Option("1", "甲", "A"),))]}, "too_few_options"),
        ({"questions": [Question(each, "ranking", "偏好?", "Which?") for each in "ab"]}, "two_rankings"),
        ({"every": "month", "days": 31}, "longer_than_period"),
        ({"entered_since": date(2026, 2, 1), "entered_until": date(2026, 1, 1)}, "entered_never"),
    ],
)
def test_what_cannot_be_asked_is_refused(values, code):
    scenes.company()
    with pytest.raises(Refused) as refused:
        services.save(None, own(**values), by=None)
    assert codes(refused) == {code}


def test_too_few_people_are_never_asked_anonymously():
    small = scenes.team("甲", "乙", "丙")
    survey = services.save(None, own(anonymous=True, units=[small.unit.pk]), by=None)
    with pytest.raises(Refused) as refused:
        services.publish(survey, by=None)
    assert codes(refused) == {"too_few_asked"}
    assert services.open_wave(survey, people.today()) is None


def test_a_promise_of_anonymity_holds_for_a_wave_that_is_open_whatever_is_changed(team):
    survey = services.save(None, own(anonymous=True), by=None)
    services.publish(survey, by=None)
    services.save(survey, own(anonymous=False), by=None)
    answer(Invitation.objects.get(employee=team["赵"]).pk, {"q": 7})
    sheet = Sheet.objects.get()
    assert (sheet.employee, sheet.day) == (None, None)


# --- anonymity ------------------------------------------------------------------------------------------------------


def answered(team, count: int, value: int = 80) -> Survey:
    survey = built_in("satisfaction")
    for place, name in enumerate(NAMES[:count]):
        answer(Invitation.objects.get(employee=team[name]).pk, scores(value) | {"words": f"话{place}"})
    return survey


def test_nothing_is_shown_while_answers_come_in(team):
    wave = answered(team, 8).waves.get()
    found = queries.results(wave)
    assert (found.sealed, found.outcomes, found.lines) == (True, (), ())
    assert (found.response.asked, found.response.answered) == (11, 8)


@pytest.mark.parametrize(("count", "seen"), [(0, False), (1, False), (4, False), (5, True), (8, True)])
def test_results_are_shown_from_five_answers_on(team, count, seen):
    survey = answered(team, count)
    services.end(survey)
    wave = survey.waves.get()
    found = queries.results(wave)
    assert [one.n is not None for one in found.outcomes] == [seen] * 4
    assert bool(found.outcomes[0].shares) == bool(found.outcomes[3].texts) == bool(found.lines) == seen
    assert len(queries.means()) == (3 if seen else 0)
    assert bool(queries.trend(survey)) == seen
    assert not queries.by_person(wave).exists()


def test_a_question_that_fewer_than_five_answered_is_hidden_by_itself(team):
    survey = built_in("satisfaction")
    for place, name in enumerate(NAMES):
        words = {"words": "只有几个人写"} if place < 4 else {}
        answer(Invitation.objects.get(employee=team[name]).pk, scores(70) | words)
    services.end(survey)
    found = queries.results(survey.waves.get())
    assert [one.n for one in found.outcomes] == [10, 10, 10, None]
    assert found.outcomes[3].texts == ()


def test_an_answer_keeps_nothing_by_which_its_author_could_be_found(team):
    """Not the person, a day, a small unit, a number in order, nor the transaction that wrote it."""
    small = people_services.unit("TINY", "两人组", parent=team.unit, since=scenes.LONG_AGO)
    post = people_services.position("sales_rep", "sales_rep")
    for name in NAMES[:2]:
        people_services.transfer(team[name], on=people.today(), unit=small, position=post, manager=team.manager)
    answered(team, 0)
    before = set()
    for place, name in enumerate(NAMES):
        with transaction.atomic():
            answer(Invitation.objects.get(employee=team[name]).pk, scores(place + 1))
        sheets = list(Sheet.objects.all())
        assert len(sheets) == place + 1
        assert {(one.employee_id, one.unit_id, one.day) for one in sheets} == {(None, team.unit.pk, None)}
        assert not before & {one.pk for one in sheets}, "an answer that came earlier is known again"
        before = {one.pk for one in sheets}
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT xmin::text FROM surveys_sheet")
        assert len(cursor.fetchall()) == 1
        cursor.execute("SELECT answers->>'strength' FROM surveys_sheet ORDER BY ctid")
        stored = [int(value) for (value,) in cursor.fetchall()]
    assert sorted(stored) == [*range(1, 11)]
    assert stored != sorted(stored), "in the order in which they came (a chance of one in 3,628,800)"
    columns = {field.name for field in Invitation._meta.fields}
    assert not columns & {"answered_at", "day", "sheet"}


def test_a_small_unit_is_not_told_by_subtracting_its_sisters():
    parents = {1: 9, 2: 9, 3: 9}
    assert shown({1: 10, 2: 7, 3: 3}, parents) == {None, 9, 1}  # with unit 2 shown, 20 - 10 - 7 would tell unit 3
    assert shown({1: 10, 2: 7, 3: 5}, parents) == {None, 9, 1, 2, 3}
    assert shown({1: 10, 2: 3, 3: 3}, parents) == {None, 9, 1}
    assert shown({1: 4}, parents) == set()
    assert shown({9: 2, 1: 10}, parents) == {None, 9}  # the head and the secretary of unit 9


@pytest.mark.parametrize("seed", range(60))
def test_no_sum_or_difference_of_what_is_shown_tells_of_fewer_than_five(seed):
    chance = random.Random(seed)
    parents = {unit: chance.randrange(unit) for unit in range(1, 14)}
    own = {unit: chance.choice((0, 1, 2, 4, 5, 6, 9)) for unit in range(14)}
    seen, count = shown(own, parents), totals(own, parents)
    for node in seen:
        below = [one for one in seen if one is not None and next(each for each in above(one, parents)[1:]
                 if each in seen) == node]  # fmt: skip
        left = count[node] - sum(count[one] for one in below)
        assert left == 0 or left >= 5, (node, left)
        assert all(one in seen for one in above(node, parents)), "nothing stands below what is hidden"


def test_an_answer_remembers_the_nearest_unit_that_is_large_enough():
    parents = {1: 2, 2: 3}
    assert coarse(1, {1: 5}, parents) == 1
    assert coarse(1, {1: 4, 2: 1}, parents) == 2
    assert coarse(1, {1: 2, 2: 1}, parents) is None
    assert coarse(None, {None: 3, 1: 9}, parents) is None


def test_figures_by_unit_are_those_of_its_people(team):
    top = people_services.unit("TOPS", "总部", since=scenes.LONG_AGO)
    other = scenes.team(*NAMES[:6])
    for each in (team, other):
        people_services.unit(each.code, each.unit.name, parent=top, since=scenes.LONG_AGO)
    survey = built_in("satisfaction")
    for place, each in enumerate((*team.reps.values(), *other.reps.values())):
        answer(Invitation.objects.get(employee=each).pk, scores(90 if place < 10 else 40))
    services.end(survey)
    found = {line.unit.code: line.figures[0] for line in queries.results(survey.waves.get()).lines}
    assert (found[team.code].n, found[team.code].mean) == (10, 90)
    assert (found[other.code].n, found[other.code].mean) == (6, 40)
    assert (found["TOPS"].n, str(found["TOPS"].mean)) == (16, "71.3")


# --- who sees what --------------------------------------------------------------------------------------------------

def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def addresses(survey: Survey) -> list[str]:
    wave = survey.waves.get()
    ends = ("", "close/", "results.csv", "results.xlsx")
    own = [f"/surveys/{survey.pk}/{end}" for end in ("", "edit/", "publish/", "end/")]
    return ["/surveys/", "/surveys/new/", *own, *(f"/surveys/waves/{wave.pk}/{end}" for end in ends)]


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.HR])
def test_nobody_but_hr_reaches_a_survey_or_its_results(team, role):
    survey = answered(team, 8)
    services.end(survey)
    client = signed_in(scenes.user("somebody", role))
    for address in addresses(survey):
        assert (client.get(address).status_code, client.post(address).status_code) == (403, 403), address
    for address in addresses(survey):
        assert Client().get(address).status_code == 302, address


@pytest.mark.parametrize(("count", "closed"), [(4, False), (4, True), (8, False)])
def test_hr_finds_no_answer_at_any_address_below_five_or_before_the_end(team, count, closed):
    survey = answered(team, count, value=83)
    if closed:
        services.close(survey.waves.get())
    client = signed_in(scenes.user("the-hr", Role.HR))
    for address in addresses(survey):
        if address.endswith(("/close/", "/end/", "/publish/")):
            continue
        response = client.get(address)
        assert response.status_code == 200, address
        text = response.content
        if address.endswith(".xlsx"):
            text = str(list(load_workbook(BytesIO(text)).active.iter_rows(values_only=True))).encode()
        found = [secret for secret in ("话0", "83.0", "81–100") if secret.encode() in text]
        assert not found, (address, found)


def test_a_control_character_that_was_pasted_into_an_answer_does_not_keep_the_workbook_away(team):
    survey = built_in("satisfaction")
    for each in Invitation.objects.all()[:6]:
        answer(each.pk, scores(80) | {"words": "第一行\x0b第二行"})
    services.end(survey)
    sent = signed_in(scenes.user("the-hr", Role.HR)).get(addresses(survey)[-1]).content
    cells = [cell for row in load_workbook(BytesIO(sent)).active.iter_rows(values_only=True) for cell in row]
    assert cells.count("第一行第二行") == 6


def test_somebody_elses_form_is_not_there_for_anybody(team):
    built_in("preference")
    theirs = Invitation.objects.get(employee=team["赵"])
    for client in (signed_in(team["钱"].user), signed_in(team.manager.user), signed_in(scenes.user("hr", Role.HR))):
        for end in ("", "thanks/"):
            assert client.get(f"/my-surveys/{theirs.pk}/{end}").status_code == 404
        assert client.post(f"/my-surveys/{theirs.pk}/", {"preferences-first": "cash"}).status_code == 404
    assert not Sheet.objects.exists()


def test_an_anonymous_answer_is_told_to_nobody_and_written_to_no_log(team, told):
    built_in("satisfaction")
    asked = Invitation.objects.get(employee=team["赵"])
    before = AuditEntry.objects.count()
    data = {**scores(77), "words": "只有我知道"}
    response = signed_in(team["赵"].user).post(f"/my-surveys/{asked.pk}/", data)
    assert response.status_code == 302
    assert AuditEntry.objects.count() == before
    assert not Event.objects.filter(kind__startswith="survey").exists()
    assert "survey_answered" not in {one.kind for one in told}
    assert Sheet.objects.get().answers["words"] == "只有我知道"


def test_a_second_answer_at_the_page_is_refused_in_words(team):
    built_in("satisfaction")
    asked = Invitation.objects.get(employee=team["赵"])
    client = signed_in(team["赵"].user)
    client.post(f"/my-surveys/{asked.pk}/", scores(77))
    again = client.post(f"/my-surveys/{asked.pk}/", scores(1), follow=True)
    assert "你已经填写过了, 每人只计一次" in again.content.decode()
    assert [one.answers["strength"] for one in Sheet.objects.all()] == [77]
