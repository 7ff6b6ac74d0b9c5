"""HR brings a file in: looks at its first rows, starts, sees it run, mends what was refused."""

import itertools
from datetime import date
from pathlib import Path

import pytest

from liji.access.models import Role
from liji.facts.models import Fact
from liji.people import services as people
from tests import scenes

pytestmark = pytest.mark.browser
_count = itertools.count(1)
HEAD = "订单号,工号,签单日期,金额,客户\n"


@pytest.fixture
def hr(desk):
    """HR's desk, signed in; a mistake of the page's own scripts fails the test."""
    errors: list[str] = []
    desk.on("pageerror", lambda error: errors.append(str(error)))
    desk.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    scenes.company()
    name = f"hr-imports-{next(_count)}"
    scenes.user(name, Role.HR)
    desk.goto("/login/")
    desk.fill("input[name=login]", name)
    desk.fill("input[name=password]", scenes.PASSWORD)
    desk.click("form .btn-primary")
    desk.wait_for_url(lambda address: "/login" not in address)
    yield desk
    assert errors == []


def test_a_file_is_dropped_looked_at_started_and_mended(hr, tmp_path: Path):
    people.enter("IMP1", "王芳", on=date(2020, 1, 1))
    good = "".join(f"IMP-{n},IMP1,2026/1/{1 + n % 28},{n}.50,上海云帆科技有限公司\n" for n in range(3_000))
    path = tmp_path / "订单.csv"
    path.write_text(HEAD + "IMP-X,IMP9,2026/1/6,200,乙\n" + good, encoding="gb18030")
    hr.goto("/imports/new/")
    hr.set_input_files("#files", str(path))
    hr.click("form.box .btn-primary")
    hr.wait_for_selector("text=IMP9")
    assert Fact.objects.filter(external_id__startswith="IMP-").count() == 0
    hr.click(".head-side .btn-primary")
    hr.wait_for_selector("#refused-title")
    hr.wait_for_selector("#stat-created:has-text('3,000')")
    assert Fact.objects.filter(external_id__startswith="IMP-").count() == 3_000
    with hr.expect_download() as download:
        hr.click("a[download]")
    errors = tmp_path / "mended.csv"
    download.value.save_as(errors)
    text = errors.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0].endswith("行,错误,改法")
    errors.write_text(text.replace("IMP9,", "IMP1,", 1), encoding="utf-8-sig")

    hr.goto("/imports/new/")
    hr.set_input_files("#files", str(errors))
    hr.click("form.box .btn-primary")
    hr.click(".head-side .btn-primary")
    hr.wait_for_selector("#stat-created:has-text('1')")
    assert Fact.objects.filter(external_id="IMP-X").exists()
