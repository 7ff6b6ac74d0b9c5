"""The pages of plans: the list, a new one from a template, one plan, and who may do what."""

from datetime import date
from datetime import timedelta

import pytest
from django.test import Client

from liji.access.services import make_user
from liji.people import queries as people_queries
from liji.people import services as people
from liji.plan import templates
from liji.plans import services
from liji.plans.models import IncentivePlan
from tests import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _company():
    people.save_company(name="试验公司", currency="CNY", setup={"done": True})


def client(role: str) -> Client:
    made = Client()
    made.force_login(make_user(f"the-{role}", [role], language="en"))
    return made


def read(role: str, address: str) -> str:
    answer = client(role).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_list_says_what_to_do_next():
    assert "There is no plan yet" in read("designer", "/plans/")


def test_a_template_becomes_a_plan_that_is_not_in_force():
    designer = client("designer")
    answer = designer.post("/plans/", {"template": "accelerator"})
    made = IncentivePlan.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/plans/{made.code}/")
    assert "Not in force" in designer.get("/plans/").content.decode()
    assert "accelerator" in designer.get(answer.url).content.decode()


def test_the_rate_tables_say_to_which_band_an_edge_belongs():
    services.save_version(dict(templates())["accelerator"], by=None)
    seen = read("hr", "/plans/accelerator/")
    assert "<td>≤ 120%</td>" in seen
    assert "<td>&gt; 120%</td>" in seen


def test_a_template_that_is_a_plan_already_is_not_offered():
    services.save_version(dict(templates())["accelerator"], by=None)
    assert 'value="accelerator"' not in read("designer", "/plans/")


def test_a_template_that_is_not_there_is_refused_at_the_field():
    answer = client("designer").post("/plans/", {"template": "nonsense"})
    assert answer.status_code == 400
    assert "Choose one of the templates." in answer.content.decode()
    assert not IncentivePlan.objects.exists()


def test_the_list_says_what_is_in_force_what_comes_and_for_how_many():
    today = people_queries.today()
    version = services.save_version(dict(templates())["accelerator"], by=None)
    services.publish(version, since=date(2020, 1, 1), by=None)
    services.publish(version, since=today + timedelta(days=40), by=None)
    someone = people.enter("1001", "王芳", on=date(2019, 1, 1))
    services.assign(version.plan, since=date(2020, 1, 1), employee=someone)
    seen = read("finance", "/plans/")
    assert "1 Jan 2020" in seen
    assert seen.count("Version 1") == 2
    assert '<td class="num">1</td><td class="num">1</td>' in seen


def test_finance_and_hr_read_but_do_not_write():
    for role in ("finance", "hr"):
        reader = client(role)
        assert "New from template" not in reader.get("/plans/").content.decode()
        assert reader.post("/plans/", {"template": "accelerator"}).status_code == 403
    assert not IncentivePlan.objects.exists()


@pytest.mark.parametrize("role", ["rep", "manager"])
def test_others_have_no_plans_page(role):
    other = client(role)
    assert other.get("/plans/").status_code == 403
    assert other.get("/plans/accelerator/").status_code == 403


def test_a_plan_that_is_not_there():
    assert client("admin").get("/plans/nothing/").status_code == 404


BY_LEVEL = """
plan: by-level
currency: CNY
attributes: {level: text}
measures: {sales: {of: order_closed, sum: amount}}
targets: {sales: {missing: none}}
tables:
  per_level:
    rows: [{is: junior, rate: 1%}, {is: senior, rate: 3%}]
components:
  pay: {formula: "attainment(sales) * 1000 + sales * rate(per_level, level)"}
"""


def test_the_payout_curve_is_drawn_for_the_target_and_attributes_that_the_reader_chooses():
    services.save_version(BY_LEVEL, by=None)
    first = read("hr", "/plans/by-level/")
    assert 'name="target"' in first
    assert '<option>senior</option>' in first
    assert 'value="junior"' in first  # what is supposed stands in the form
    chosen = client("finance").get("/plans/by-level/?target=5000&level=senior").content.decode()
    assert 'data-x="5000" data-y="1150.00"' in chosen
    none = client("designer").get("/plans/by-level/?level=chief").content.decode()
    assert "gives no pay that could be drawn" in none


def test_a_curve_is_drawn_with_the_middle_one_of_todays_targets():
    team = scenes.team("甲", "乙", "丙", plan="accelerator")
    amounts = dict(zip(team.reps, (100, 7000, 9999), strict=True))
    services.set_quotas([(team[name], "sales", scenes.this_month(), amount) for name, amount in amounts.items()])
    seen = read("hr", "/plans/accelerator/")
    assert "with the middle one of today" in seen
    assert 'data-x="7000"' in seen
