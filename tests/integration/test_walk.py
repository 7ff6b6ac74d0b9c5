"""A walk through every address of the product in every role: nobody finds the pay of those they may not see.

An address that this walk does not know fails it: whoever adds one says here what fills its parameters.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern
from django.urls import get_resolver
from openpyxl import load_workbook

from liji.access.models import Role
from liji.access.models import User
from liji.access.queries import visible_payees
from liji.access.services import make_api_key
from liji.connectors.models import ImportRun
from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate_all
from liji.facts import queries
from liji.facts import services as facts
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.models import Employee
from liji.plans.models import IncentivePlan
from liji.plans.models import PlanAssignment
from liji.reactions.models import Notice
from liji.web.hub import Heard
from liji.web.hub import Listener
from liji.web.pages.setup import STEPS
from tests import scenes
from tests.rooms import rooms

pytestmark = pytest.mark.django_db

KNOWN = {
    "",
    "today/fragment",
    "people/<int:employee>/",
    "people/<int:employee>/fragment",
    "team/",
    "team/fragment",
    "months/",
    "months/<int:payee_period>/",
    "why/<int:payee_period>/",
    "what-if/<int:payee_period>/",
    "plans/",
    "plans/<slug:code>/",
    "plans/<slug:code>/edit/",
    "plans/<slug:code>/publish/",
    "plans/<slug:code>/participants/",
    "plans/<slug:code>/participants/<int:assignment>/end/",
    "targets/",
    "periods/",
    "imports/",
    "imports/fragment",
    "imports/new/",
    "imports/<int:run>/",
    "imports/<int:run>/fragment",
    "imports/<int:run>/mapping/",
    "imports/<int:run>/start/",
    "imports/<int:run>/discard/",
    "imports/<int:run>/errors.csv",
    "imports/<int:run>/take-back/",
    "staff/",
    "staff/enter/",
    "staff/units/",
    "staff/<int:employee>/",
    "staff/<int:employee>/transfer/",
    "staff/<int:employee>/exit/",
    "staff/<int:employee>/attribute/",
    "staff/<int:employee>/contact/",
    "admin/",
    "admin/users/",
    "admin/users/new/",
    "admin/users/<int:user>/",
    "admin/users/<int:user>/reset/",
    "admin/users/<int:user>/link/",
    "admin/users/invite/",
    "admin/keys/",
    "admin/keys/<int:api_key>/end/",
    "admin/audit/",
    "admin/audit.csv",
    "admin/jobs/",
    "admin/types/",
    "records/",
    "records/<int:fact>/",
    "notices/",
    "notices/<int:notice>/",
    "notices/fragment",
    "notices/unread",
    "notices/read/",
    "me/",
    "me/sessions/",
    "me/sessions/<int:session>/end/",
    "me/password/",
    "me/password/set/",
    "language/",
    "theme/",
    "login/",
    "logout/",
    "inactive/",
    "reauthenticate/",
    "password/",
    "password/sent/",
    "^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
    "password/done/",
    "setup/",
    "setup/steps/",
    "setup/steps/<slug:step>/",
    "setup/steps/<slug:step>/skip/",
    "styleguide",
    "live",
    "health",
    "favicon.ico",
    "api/openapi.json",
    "api/",
    "api/facts",
    "api/facts/<source>/<path:external_id>",
    "admin/keys/<int:api_key>/sources/",
    "api/payees/<number>/earnings",
}.union(*(getattr(room, "KNOWN", ()) for room in rooms()))


@dataclass
class Person:
    """Somebody with pay: what nobody may read who may not see it."""

    employee: Employee
    sold: str
    paid: str

    @property
    def amounts(self) -> set[str]:
        """As they are written plainly and with separators."""
        return {written for amount in (self.sold, self.paid) for written in (amount, f"{Decimal(amount):,}")}


@dataclass
class World:
    """Two teams under one director; one rep has changed from the second to the first today."""

    persons: dict[str, Person]
    users: dict[str, User]
    ids: dict[str, list[Any]] = field(default_factory=dict)


# sold → paid at 1.5 %
SUMS = {"甲壹": ("71717.17", "1075.76"), "甲贰": ("82828.28", "1242.42"), "乙壹": ("93939.39", "1409.09"),
        "丙移": ("64646.46", "969.70")}
# role → whose pay may be seen
SEES = {
    "rep": {"甲壹"},
    "colleague": {"甲贰"},
    "moved rep": {"丙移"},
    "manager": {"甲壹", "甲贰", "丙移"},
    "other manager": {"乙壹"},  # not of the one who left the team
    "director": set(SUMS),
    "hr": set(SUMS),
    "finance": set(SUMS),
    "designer": set(),
    "admin": set(),
    "anonymous": set(),
}
# Those who work with everybody's names, though not with everybody's pay.
KNOWS_NAMES = {"hr", "finance", "designer", "admin", "director"}
# Where the names of those who are praised are meant for everybody; pay is not.
NAMES_ARE_PUBLIC = {" /display/", " /wall/"}


@pytest.fixture
def world() -> World:
    scenes.company()
    top = people_services.unit("TOP", "销售中心")
    director = scenes.employee("DIR", "周总监", top, "sales_director", roles=[Role.MANAGER])
    one = scenes.team("甲壹", "甲贰", plan="accelerator", target="666666.67", above=director)
    other = scenes.team("乙壹", "丙移", plan="accelerator", target="666666.67", above=director)
    reps = one.reps | other.reps
    people_services.transfer(
        reps["丙移"], on=people.today(), unit=one.unit, manager=one.manager,
        position=people_services.position("sales_rep", "sales_rep"),
    )
    for name, (sold, _) in SUMS.items():
        facts.record(scenes.order(reps[name], sold, customer=f"{name}的客户"))
    recalculate_all()
    users = {role: scenes.user(f"the-{role}", role) for role in ("hr", "finance", "designer", "admin")}
    users |= {"rep": reps["甲壹"].user, "colleague": reps["甲贰"].user, "moved rep": reps["丙移"].user}
    users |= {"manager": one.manager.user, "other manager": other.manager.user, "director": director.user}
    persons = {name: Person(reps[name], *sums) for name, sums in SUMS.items()}
    made = World(persons, users, _ids())
    for room in rooms():
        if hasattr(room, "ids"):
            made.ids |= room.ids(made)
    return made


def _ids() -> dict[str, list[Any]]:
    """What fills the parameters of an address: everything that there is, and something that there is not."""
    paid = Employee.objects.filter(name__in=SUMS)
    return {
        "employee": [*paid.values_list("pk", flat=True), 999_999],
        "notice": [*Notice.objects.values_list("pk", flat=True), 999_999],
        "payee_period": [*PayeePeriod.objects.values_list("pk", flat=True), 999_999],
        "number": [*paid.values_list("number", flat=True), "NOBODY"],
        "step": [*STEPS, "nonsense"],
        "run": [*ImportRun.objects.values_list("pk", flat=True), 999_999],
        "assignment": [*PlanAssignment.objects.values_list("pk", flat=True), 999_999],
        "code": [*IncentivePlan.objects.values_list("code", flat=True), "nonsense"],
        "session": [1, 999_999],
        "user": [*User.objects.values_list("pk", flat=True), 999_999],
        "api_key": [make_api_key("walked", by=None)[0].pk, 999_999],
        "fact": [*queries.search().values_list("pk", flat=True), 999_999],
        "uidb36": ["1"],
        "key": ["set-password"],
        "source": ["crm", "nonsense"],
        "external_id": ["SO-1", "a/b"],
    }


def routes(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every address of the product with the names of its parameters."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield here, [*entry.pattern.converters, *entry.pattern.regex.groupindex]
        else:
            yield from routes(entry.url_patterns, here)


def addresses(world: World) -> Iterator[str]:
    for route, names in routes():
        if route.startswith("live"):  # a stream without end, walked in its own test
            continue
        wanted = list(dict.fromkeys(names))
        for values in product(*(world.ids[name] for name in wanted)):
            yield _filled(route, dict(zip(wanted, values, strict=True)))


def _filled(route: str, values: dict[str, Any]) -> str:
    if route.startswith("^"):
        return f"/password/{values['uidb36']}-{values['key']}/"
    for name, value in values.items():
        for kind in ("int", "str", "slug", "path", "uuid"):
            route = route.replace(f"<{kind}:{name}>", str(value))
        route = route.replace(f"<{name}>", str(value))
    return "/" + route


def test_the_walk_knows_every_address():
    found = {route for route, _ in routes()}
    assert found - KNOWN == set(), "new addresses: KNOWN and what fills their parameters, in tests/rooms"
    assert KNOWN - found == set(), "addresses that are no more"


def signed_in(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def visit(user: User | None, address: str) -> Any:
    return signed_in(user).get(address)


def text_of(response: Any) -> str:
    if response.streaming:
        body = ""
    elif "spreadsheet" in response.get("Content-Type", ""):
        sheets = load_workbook(BytesIO(response.content)).worksheets
        body = str([list(sheet.iter_rows(values_only=True)) for sheet in sheets])
    else:
        body = response.content.decode()
    return body + " ".join(f"{name}: {value}" for name, value in response.items())


def walk(world: World, user: User | None) -> Iterator[tuple[str, Any]]:
    """Every address: as a page, as a part of a page, and as a form that is sent."""
    client = signed_in(user)
    for address in addresses(world):
        yield f"GET {address}", client.get(address)
        yield f"GET {address} (part)", client.get(address, headers={"HX-Request": "true"})
    for address in addresses(world):
        yield f"POST {address}", client.post(address)
        # These end the sessions of whom they are about.
        if address == "/logout/" or address.endswith(("/reset/", "/link/")):
            client = signed_in(user)


@pytest.mark.slow
@pytest.mark.parametrize("role", SEES)
def test_nobody_finds_what_they_may_not_see(world: World, role: str):
    hidden = [world.persons[name] for name in SUMS if name not in SEES[role]]
    for step, response in walk(world, world.users.get(role)):
        assert response.status_code < 500 or "/health" in step, (role, step)
        text = text_of(response)
        for person in hidden:
            told = [amount for amount in person.amounts if amount in text]
            assert not told, f"{role} reads {told} of {person.employee.name} at {step}"
            if role not in KNOWS_NAMES and not any(place in step for place in NAMES_ARE_PUBLIC):
                assert person.employee.name not in text, f"{role}: {person.employee.name} at {step}"


@pytest.mark.parametrize("role", [role for role, seen in SEES.items() if seen])
def test_everybody_finds_what_they_may_see(world: World, role: str):
    for name in SEES[role]:
        person = world.persons[name]
        payee_period = PayeePeriod.objects.filter(payee=person.employee).order_by("plan").first().pk
        for address in (
            f"/people/{person.employee.pk}/",
            f"/months/{payee_period}/",
            f"/why/{payee_period}/",
            f"/api/payees/{person.employee.number}/earnings",
        ):
            response = visit(world.users[role], address)
            assert response.status_code == 200, (role, address)
            assert any(amount in text_of(response) for amount in person.amounts), (role, address)


def refused_everywhere(world: World, user: User | None) -> None:
    """Every address that is not open to all sends to sign in or refuses."""
    open_to_all = {"/", "/login/", "/inactive/", "/setup/", "/health", "/favicon.ico", "/styleguide"}
    open_to_all |= {"/api/openapi.json"}
    for address in addresses(world):
        if address in open_to_all or address.startswith(("/password/", "/display/")):
            continue
        response = visit(user, address)
        assert response.status_code in (301, 302, 401, 403, 404, 405), (address, response.status_code)


def test_an_anonymous_visitor_is_sent_to_sign_in_or_refused(world: World):
    refused_everywhere(world, None)


@pytest.mark.parametrize("who", ["rep", "manager", "director"])
def test_who_has_left_finds_nothing_that_is_not_open_to_all(world: World, who: str):
    user = world.users[who]
    people_services.leave(user.employee, last_day=people.today() - timedelta(days=1))
    refused_everywhere(world, user)
    assert not any(person.employee.name in text_of(visit(user, "/")) for person in world.persons.values())


def test_on_the_last_day_everything_is_still_there(world: World):
    user = world.users["manager"]
    people_services.leave(user.employee, last_day=people.today())
    assert visit(user, "/team/").status_code == 200


def test_whose_account_is_closed_sees_nothing_any_more(world: World):
    user = world.users["rep"]
    user.is_active = False
    user.save()
    for address in ("/", "/months/", f"/api/payees/{user.username}/earnings"):
        assert "71,717.17" not in text_of(visit(user, address))


def test_a_look_at_somebodys_pay_is_audited(world: World):
    from liji.access.models import AuditEntry

    person = world.persons["甲壹"]
    visit(world.users["hr"], f"/people/{person.employee.pk}/")
    entry = AuditEntry.objects.filter(about=person.employee).latest("pk")
    assert (entry.actor, entry.action) == ("the-hr", "day_seen")


@pytest.mark.parametrize("role", [role for role in SEES if role != "anonymous"])
def test_the_stream_tells_of_nobody_elses_pay_or_notices(world: World, role: str):
    user, day = world.users[role], people.today()
    visible = visible_payees(user, day)
    listener = Listener(user.employee_id, None if visible is None else frozenset(visible))
    for name, person in world.persons.items():
        number = person.employee.pk
        assert listener.may_hear(Heard(1, "earnings", number)) == (name in SEES[role])
        assert listener.may_hear(Heard(2, "notice", number)) == (number == user.employee_id)
