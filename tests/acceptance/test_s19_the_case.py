"""S19: the SaaS company's case, from end to end, its figures read off the product's own pages.

Weights 40/30/20/10, commission 1/1.5/2 %, live figures, preferences, and in three months 1.5 → 2.25 million.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import Page
from playwright.sync_api import expect

from liji.access.models import User
from liji.access.services import make_api_key
from liji.demo import case
from liji.demo import signins
from liji.demo import structure
from liji.demo.growth import fill as fill_growth
from liji.demo.reactions import fill as fill_reactions
from liji.demo.roster import roster
from liji.earnings import services as earnings
from liji.facts.types import ensure_built_in
from liji.people import queries as people
from liji.people import services as people_services
from liji.people.models import Employee
from liji.plan.periods import add_months
from liji.preferences import services as preferences
from tests import scenes
from tests.pages import is_live
from tests.pages import sees
from tests.pages import sign_in
from tests.server import Crm
from tests.server import Installation
from tests.server import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REP = "E4007"  # the usual one of the ten


@pytest.fixture(scope="module")
def company(tmp_path_factory, django_db_blocker) -> Iterator[Installation]:
    """The demo company's office and the team of the case, nobody else: so that company sums are the case's."""
    own = Installation(tmp_path_factory.mktemp("case"))
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        own.migrate()
        with own.entered():
            ensure_built_in()
            today = people.today()
            first = add_months(today.replace(day=1), -case.MONTHS)
            office = [one for one in roster(7, first) if one.number.startswith(("E0", "E2000", "E3"))]
            structure.found(office, first)
            people_services.save_company(setup={"done": True})
            case.fill(today)
            fill_growth(today)
            fill_reactions(today)
            for number, kind in case.PREFERENCES.items():
                preferences.state(Employee.objects.get(number=number), [(kind, 5)], on=today, source="survey")
            earnings.open_periods()
            earnings.recalculate_all()
            for user in User.objects.all():  # as the server's own process hashes them, but quickly
                user.password = PBKDF2PasswordHasher().encode(signins.PASSWORD, "salt-of-a-test", iterations=1)
                user.save()
            own.start()
            try:
                yield own
            finally:
                own.stop()


@pytest.fixture
def page(chromium, company: Installation) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", base_url=company.base_url)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def enter(page: Page, number: str) -> None:
    sign_in(page, number, signins.PASSWORD)


def month(place: int) -> date:
    """0 and 1 are as before; 2, 3 and 4 are the three months of the case."""
    return add_months(people.today().replace(day=1), place - case.MONTHS)


def called(day: date) -> str:
    return f"{day.year} 年 {day.month} 月"


def amount(text: str) -> Decimal:
    """The first amount that stands in a text, in yuan."""
    figure = re.search(r"¥\s?([\d,]+(?:\.\d+)?)\s?(万)?", text)
    assert figure, text
    return Decimal(figure[1].replace(",", "")) * (10_000 if figure[2] else 1)


def cost(page: Page) -> dict[int, Decimal]:
    """What the incentives of each month cost, as finance sees it."""
    enter(page, "E3101")
    page.goto("/periods/")
    row = {place: page.locator("tr", has=page.get_by_role("cell", name=called(month(place)), exact=True))
           for place in range(case.MONTHS)}  # fmt: skip
    found = {place: amount(one.locator("td").last.inner_text()) for place, one in row.items()}
    page.context.clear_cookies()
    return found


def sold(page: Page, place: int) -> Decimal:
    """What the team sold in a month: the sum over the ten performance files."""
    total = Decimal(0)
    for rep in Employee.objects.filter(number__in=case.REPS):
        page.goto(f"/performance/{rep.pk}/?month={month(place):%Y-%m}")
        row = page.locator("tr", has=page.get_by_role("rowheader", name="销售额", exact=True))
        total += amount(row.inner_text())
    return total


def test_both_versions_of_the_plan_pass_their_own_examples(company: Installation):
    root = Path(case.__file__).parents[1]
    for path in (root / "plan/templates/weighted.yaml", root / "demo/plans/weighted-before.yaml"):
        done = company.liji("plan", "test", str(path))
        assert done.returncode == 0, done.stdout


def test_from_one_and_a_half_to_two_and_a_quarter_million_in_three_months_and_from_four_to_ten_a_yuan(page):
    enter(page, "E4000")
    sales = {place: sold(page, place) for place in (0, 1, 4)}
    assert sales == {0: 1_410_000, 1: 1_500_000, 4: 2_250_000}
    assert (sales[4] - sales[1]) / sales[1] == Decimal("0.5")  # +50 %
    page.context.clear_cookies()
    costs = cost(page)
    assert costs == {
        0: Decimal(21_150), 1: Decimal(22_500), 2: Decimal(50_475), 3: Decimal(54_225), 4: Decimal(75_000)
    }  # fmt: skip
    assert (sales[1] - sales[0]) / costs[1] == 4  # growth of sales for each yuan of incentives, before
    assert (sales[4] - sales[1]) / costs[4] == 10  # and with the new scheme


def test_the_month_of_a_rep_is_made_of_the_ladder_and_of_40_30_20_10(page):
    enter(page, "E4001")
    page.goto("/months/")
    page.get_by_role("link", name=called(month(4)), exact=True).click()
    # 240,000 at 2 %; sales at 106.67 %, the other three at 100 %: 3,000 × 102.67 %.
    sees(page, "¥4,800.00", "¥3,080.00", "¥7,880.00")


@pytest.mark.parametrize(
    ("number", "figures"),
    [
        (REP, {"销售额": "¥22.5 万", "转化率": "30%", "新客户数": "5", "客户保留率": "80%"}),
        ("E4003", {"转化率": "40%"}),
        ("E4006", {"新客户数": "4"}),
    ],
)
def test_the_four_indicators_stand_in_the_performance_file(page, number, figures):
    enter(page, "E4000")
    rep = Employee.objects.get(number=number)
    page.goto(f"/performance/{rep.pk}/?month={month(4):%Y-%m}")
    for name, figure in figures.items():
        expect(page.locator("tr", has=page.get_by_role("rowheader", name=name, exact=True))).to_contain_text(figure)


def test_an_order_moves_progress_commission_and_new_customers_at_once(page, company: Installation):
    key, secret = make_api_key("case CRM", by=None, sources=["crm"])
    crm = Crm(company.base_url, key.key, secret)
    rep = Employee.objects.get(number="E4001")
    before = scenes.total(rep)
    enter(page, rep.number)
    is_live(page)
    sees(page, "销售佣金", "绩效奖金", f"¥{before:,.2f}")
    crm.post(scenes.order(rep, "225000.00", customer="新签客户", new_customer=True))
    eventually(lambda: scenes.total(rep) not in (None, before), what="the commission")
    sees(page, f"¥{scenes.total(rep):,.2f}")
    page.goto("/performance/")
    page.locator("tr", has=page.get_by_role("rowheader", name="新客户数", exact=True)).locator("a").first.click()
    sees(page, "新签客户", within="#sheet")


def test_everybodys_preference_has_its_scheme(page, company: Installation):
    enter(page, "E3001")
    page.goto("/preferences/")
    for kind, many in {"现金": "4", "培训成长": "3", "晋升": "3"}.items():
        row = page.locator("#mix-table tr").filter(has=page.get_by_role("cell", name=kind, exact=True))
        expect(row.locator("td").nth(1)).to_have_text(many)
    page.context.clear_cookies()
    enter(page, "E4001")
    page.goto("/preferences/mine/")
    sees(page, "下一档佣金与超额奖金的差距", "有现金奖的竞赛")


GUIDE = (Path(__file__).parents[2] / "docs" / "the-case.md").read_text(encoding="utf-8")


def test_the_guide_names_pages_that_show_what_it_says(page):
    rows = re.findall(r"^\| (E\d{4}) \| `(/[^`]*)` \| (.+?) \|$", GUIDE, re.MULTILINE)
    assert len(rows) == 9
    for number in dict.fromkeys(who for who, _, _ in rows):
        enter(page, number)
        for _, address, text in (row for row in rows if row[0] == number):
            assert page.goto(address).status == 200
            sees(page, text)
        page.context.clear_cookies()


def test_the_guides_table_holds_the_figures_that_the_pages_show(page):
    rows = re.findall(r"^\| (\d) .*?\| ([\d,]+) \| ([\d,]+) \|", GUIDE, re.MULTILINE)
    told = {int(place) - 1: Decimal(spent.replace(",", "")) for place, _, spent in rows}
    assert told == cost(page)
