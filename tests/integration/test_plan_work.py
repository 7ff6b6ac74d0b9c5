"""Working on plans, targets and periods in the browser's forms: what is kept, what is refused and why."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from liji.access.models import AuditEntry
from liji.access.models import Role
from liji.access.services import make_user
from liji.earnings.services import recalculate_all
from liji.facts import services as facts
from liji.people import queries as people
from liji.plan.periods import add_months
from liji.plans import queries as plans
from liji.plans.models import ClosedPeriod
from liji.plans.models import PlanAssignment
from liji.plans.models import PlanVersion
from tests import scenes

pytestmark = pytest.mark.django_db


def signed_in(*roles: Role) -> Client:
    client = Client()
    name = f"work-{'-'.join(roles)}-{AuditEntry.objects.count()}-{PlanVersion.objects.count()}"
    client.force_login(make_user(name, list(roles), language="en"))
    return client


@pytest.fixture
def designer() -> Client:
    scenes.company()
    return signed_in(Role.DESIGNER)


@pytest.fixture
def version(designer: Client) -> PlanVersion:
    return scenes.published("ladder")


def test_checking_shows_errors_and_examples_and_keeps_nothing(designer: Client, version: PlanVersion):
    before = PlanVersion.objects.count()
    good = designer.post("/plans/ladder/edit/", {"text": version.text, "do": "check"}).content.decode()
    assert "Nothing is wrong" in good
    bad = version.text.replace("rate: 1%", "rate: one", 1)
    page = designer.post("/plans/ladder/edit/", {"text": bad, "do": "check"}).content.decode()
    assert "To mend" in page
    assert "Line " in page
    assert PlanVersion.objects.count() == before


def test_a_sound_document_becomes_a_version_and_can_be_published(designer: Client, version: PlanVersion):
    text = version.text.replace("rate: 1%", "rate: 1.0%", 1) + "\n# changed\n"
    text = text.replace("names: {zh: 梯度佣金", "names: {zh: 梯度佣金二", 1)
    answer = designer.post("/plans/ladder/edit/", {"text": text, "do": "save"})
    assert answer.headers["Location"] == "/plans/ladder/publish/"
    newest = plans.versions_of(version.plan_id)[0]
    assert newest.number == version.number + 1
    day = scenes.this_month().isoformat()
    assert designer.post("/plans/ladder/publish/", {"version": newest.pk, "since": day}).status_code == 302
    assert plans.version_in_force(version.plan_id, plans.month(people.today())).pk == newest.pk
    assert AuditEntry.objects.filter(action="plan_published", detail__version=newest.number).exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("rate: 1%", "rate: one"), "Not saved"),
        (("plan: ladder", "plan: another"), "belongs to another plan"),
        (("expect: {", "expect: {total: 1, "), "Not saved"),
    ],
)
def test_what_is_wrong_is_not_saved(designer: Client, version: PlanVersion, change, said: str):
    before = PlanVersion.objects.count()
    answer = designer.post("/plans/ladder/edit/", {"text": version.text.replace(*change, 1), "do": "save"})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert PlanVersion.objects.count() == before


def test_nothing_is_published_into_a_closed_month(designer: Client, version: PlanVersion):
    ClosedPeriod.objects.create(start=date(2021, 1, 1), end=date(2021, 3, 1))
    answer = designer.post("/plans/ladder/publish/", {"version": version.pk, "since": "2021-01-15"})
    assert answer.status_code == 400
    assert "the first open day is 2021-03-01" in answer.content.decode()


def test_a_unit_takes_part_once_at_a_time(designer: Client, version: PlanVersion):
    team = scenes.team("王晓阳")
    given = {"unit": team.unit.pk, "employee": "", "since": "2026-01-01", "until": ""}
    assert designer.post("/plans/ladder/participants/", given).status_code == 302
    page = designer.get("/plans/ladder/participants/").content.decode()
    assert team.unit.name in page
    assert "王晓阳" in page
    again = designer.post("/plans/ladder/participants/", given)
    assert again.status_code == 400
    assert "Takes part on some of these days already" in again.content.decode()
    both = designer.post("/plans/ladder/participants/", given | {"employee": team["王晓阳"].pk})
    assert "one of them" in both.content.decode()
    held = PlanAssignment.objects.get(unit=team.unit)
    address = f"/plans/ladder/participants/{held.pk}/end/"
    assert address in page
    assert designer.post(address, {"last_day": "2026-10-31"}).status_code == 302
    assert PlanAssignment.objects.get(pk=held.pk).last_day == date(2026, 10, 31)
    assert designer.get("/plans/ladder/participants/999/end/").status_code == 404


def test_targets_are_filled_in_like_a_sheet(designer: Client, version: PlanVersion, clock):
    clock.at("2026-11-18 10:00")  # November runs, December is still to come
    team = scenes.team("王晓阳", "李静")
    address = f"/targets/?year=2026&measure=sales&unit={team.unit.pk}"
    rep, other = team["王晓阳"], team["李静"]
    given = {f"t-{rep.pk}-11": "20万", f"t-{rep.pk}-12": "150000.50", f"t-{other.pk}-11": ""}
    assert designer.post(address, given).status_code == 302
    assert plans.quotas(rep.pk, date(2026, 11, 1)) == {"sales": Decimal(200000)}
    assert plans.quotas(rep.pk, date(2026, 12, 1)) == {"sales": Decimal("150000.50")}
    assert plans.quotas(other.pk, date(2026, 11, 1)) == {}
    assert 'value="150000.5"' in designer.get(address).content.decode()


@pytest.mark.parametrize("text", ["many", "-5", "20%", "1e5"])
def test_a_bad_cell_saves_nothing_and_is_named(designer: Client, version: PlanVersion, text: str):
    team = scenes.team("王晓阳", "李静")
    given = {f"t-{team['王晓阳'].pk}-11": text, f"t-{team['李静'].pk}-11": "5"}
    answer = designer.post(f"/targets/?year=2026&measure=sales&unit={team.unit.pk}", given)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert f"王晓阳, 2026-11: “{text}” is not an amount" in page
    assert f'value="{text}"' in page
    assert plans.quotas(team["李静"].pk, date(2026, 11, 1)) == {}


def test_the_oldest_open_month_is_closed_and_nothing_enters_it_any_more(designer: Client, version: PlanVersion):
    finance = signed_in(Role.FINANCE)
    this = scenes.this_month()
    oldest = add_months(this, -11)
    rep = scenes.team("王晓阳", plan="ladder")["王晓阳"]
    recalculate_all()
    assert finance.post("/periods/", {"month": add_months(this, -3).isoformat()}).status_code == 200
    assert not ClosedPeriod.objects.filter(start=add_months(this, -3)).exists()
    assert finance.post("/periods/", {"month": oldest.isoformat()}).status_code == 302
    assert ClosedPeriod.objects.get(start=oldest).end == add_months(oldest, 1)
    late = scenes.order(rep, "100.00", occurred_at=scenes.at(oldest))
    assert facts.record(late).problems[0].code == "closed"


@pytest.mark.parametrize("role", [Role.REP, Role.MANAGER, Role.FINANCE, Role.HR])
def test_only_designers_and_admins_work_on_plans(designer: Client, version: PlanVersion, role: Role):
    client = signed_in(role)
    for address in ("edit", "publish", "participants"):
        assert client.get(f"/plans/ladder/{address}/").status_code == 403
    assert client.get("/periods/").status_code == (200 if role is Role.FINANCE else 403)
    assert client.get("/targets/").status_code == (200 if role is Role.HR else 403)
