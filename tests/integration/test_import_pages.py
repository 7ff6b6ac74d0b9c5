"""The pages of imports: choose a file, look, correct the columns, start, mend what was refused, take back."""

from datetime import date
from datetime import timedelta
from io import BytesIO
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from liji.access.services import make_user
from liji.connectors import queries
from liji.connectors import services
from liji.connectors.models import ImportRun
from liji.connectors.models import Mapping
from liji.facts.models import Fact
from liji.facts.types import ensure_built_in
from liji.people import services as people
from tests.integration.test_import_facts import HEAD
from tests.integration.test_import_facts import MAPPING

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS = "订单号,工号,签单日期,金额,客户\nA1,1001,2026/1/5,100,甲\nA2,9999,2026/1/6,200,=乙\n"


@pytest.fixture(autouse=True)
def _company():
    ensure_built_in()
    people.save_company(name="试验公司", currency="CNY", setup={"done": True})
    people.enter("1001", "王芳", on=date(2024, 1, 1))


@pytest.fixture
def hr() -> Client:
    client = Client()
    client.force_login(make_user("hr", ["hr"], language="en"))
    return client


def file(text: str, name: str = "订单.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode("gb18030"))


def upload(client: Client, text: str = ORDERS, how: str = "facts:order_closed", name: str = "订单.csv"):
    answer = client.post("/imports/new/", {"files": [file(text, name)], "how": how})
    assert answer.status_code == 302, answer.content.decode()
    return ImportRun.objects.latest("pk")


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode() if not answer.streaming else b"".join(answer.streaming_content).decode()


def test_from_a_file_to_orders_without_a_line_of_configuration(hr):
    run = upload(hr)
    seen = page(hr, f"/imports/{run.pk}/")
    assert "No employee has the number “9999”" in seen
    assert Fact.objects.count() == 0
    assert hr.post(f"/imports/{run.pk}/start/").status_code == 302
    services.carry_out(run.pk)  # the worker's part
    done = page(hr, f"/imports/{run.pk}/")
    assert "Refused rows" in done
    assert [fact.external_id for fact in Fact.objects.all()] == ["A1"]
    assert page(hr, f"/imports/{run.pk}/fragment").count("row-3") == 1
    assert "订单.csv" in page(hr, "/imports/")
    assert "订单.csv" in page(hr, "/imports/fragment")


def test_the_error_file_speaks_the_readers_language_and_runs_nothing(hr):
    run = upload(hr)
    services.begin(run.pk, by=None, job=False)
    services.carry_out(run.pk)
    answer = hr.get(f"/imports/{run.pk}/errors.csv")
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff订单号,")
    assert text.splitlines()[0].endswith("Row,Error,Mend")
    assert "'=乙" in text
    assert quote("订单") in answer["Content-Disposition"]


def test_the_columns_are_corrected_in_the_form_and_the_mapping_is_kept(hr):
    run = upload(hr, ORDERS.replace("签单日期", "第三列"))
    assert "lacks “occurred_at”" in page(hr, f"/imports/{run.pk}/")
    form = {
        "name": "CRM 订单",
        "kind": "order_closed",
        "source": "crm",
        "field": ["external_id", "occurred_at", "employee", "amount", "customer"],
        "column-external_id": "订单号",
        "column-occurred_at": "第三列",
        "format-occurred_at": "",
        "column-employee": "工号",
        "column-amount": "金额",
        "column-customer": "客户",
        "keep": "yes",
    }
    assert hr.post(f"/imports/{run.pk}/mapping/", form).status_code == 302
    kept = Mapping.objects.get()
    assert "YYYY/M/D" in kept.text, "the format of the dates is read from the file"
    assert kept.name == "CRM 订单"
    again = upload(hr, ORDERS.replace("签单日期", "第三列"), how=f"mapping:{kept.code}")
    assert "lacks" not in page(hr, f"/imports/{again.pk}/")


def test_an_unfinished_form_is_kept_and_says_what_is_missing(hr):
    run = upload(hr)
    form = {"name": "x", "kind": "order_closed", "source": "crm"}
    form |= {"field": ["external_id"], "column-external_id": "订单号"}
    answer = hr.post(f"/imports/{run.pk}/mapping/", form)
    assert answer.status_code == 400
    assert "lacks “occurred_at”" in answer.content.decode()
    assert hr.post(f"/imports/{run.pk}/start/").status_code == 400
    run.refresh_from_db()
    assert run.state == "draft"


def test_a_mapping_can_be_written_as_a_document(hr):
    run = upload(hr)
    bad = hr.post(f"/imports/{run.pk}/mapping/", {"text": "mapping: x\nwhat: orders\nfields: {a: b}"})
    assert bad.status_code == 400
    assert "Line 2:" in bad.content.decode()
    good = MAPPING.replace("Order", "订单号").replace("Rep", "工号")
    good = good.replace("Day, date: YYYY/MM/DD", "签单日期, date: YYYY/M/D")
    good = good.replace("Amount", "金额").replace("Customer", "客户")
    assert hr.post(f"/imports/{run.pk}/mapping/", {"text": good}).status_code == 302
    two = good.replace("fields:", "joins:\n  P: {file: p.csv, key: a, on: 订单号}\nfields:")
    assert "needs 2 files" in hr.post(f"/imports/{run.pk}/mapping/", {"text": two}).content.decode()


@pytest.mark.parametrize(
    ("name", "content", "how", "words"),
    [
        ("empty.csv", b"", "facts:order_closed", "empty"),
        ("old.xls", b"\xd0\xcf\x11\xe0", "people", ""),
        ("book.xlsx", b"PK\x03\x04broken", "people", "not a valid XLSX"),
        ("a.csv", b"a,b\n1,2\n", "nonsense", "Say what"),
    ],
)
def test_what_cannot_be_read_is_said_on_the_page(hr, name, content, how, words):
    answer = hr.post("/imports/new/", {"files": [SimpleUploadedFile(name, content)], "how": how})
    if answer.status_code == 302:
        answer = hr.get(answer["Location"])
        assert "Start the import" not in answer.content.decode()
    else:
        assert answer.status_code == 400
        assert words in answer.content.decode()


def test_a_name_cannot_leave_the_folder(hr, settings):
    run = upload(hr, name="../../../../etc/passwd.csv")
    assert run.files[0]["name"] == "passwd.csv"
    assert (settings.HOME / run.files[0]["path"]).resolve().is_relative_to(settings.HOME / "files" / "imports")


def test_a_draft_is_discarded_with_its_file(hr, settings):
    run = upload(hr)
    assert hr.post(f"/imports/{run.pk}/discard/").status_code == 302
    assert not ImportRun.objects.exists()
    assert not (settings.HOME / "files" / "imports" / str(run.pk)).exists()


def test_a_draft_that_nobody_starts_goes_after_a_week(hr, settings):
    old, new = upload(hr), upload(hr)
    ImportRun.objects.filter(pk=old.pk).update(made_at=old.made_at - timedelta(days=8))
    assert services.tidy() == 1
    assert list(ImportRun.objects.all()) == [new]
    assert not (settings.HOME / "files" / "imports" / str(old.pk)).exists()


def test_an_import_is_taken_back_by_a_button_only_where_it_can_be(hr):
    run = upload(hr)
    services.begin(run.pk, by=None, job=False)
    services.carry_out(run.pk)
    assert "Take the whole import back" in page(hr, f"/imports/{run.pk}/")
    assert hr.post(f"/imports/{run.pk}/take-back/").status_code == 302
    assert not Fact.objects.filter(current=True).exists()
    assert "Taken back" in page(hr, f"/imports/{run.pk}/")
    staff = upload(hr, "工号,姓名,入职日期\n1,李,2024/1/1\n", how="people", name="staff.csv")
    services.begin(staff.pk, by=None, job=False)
    services.carry_out(staff.pk)
    assert "Take the whole import back" in page(hr, f"/imports/{staff.pk}/")
    targets = upload(hr, "工号,月份,指标\n1001,2030-01,5\n", how="quotas", name="targets.csv")
    services.begin(targets.pk, by=None, job=False)
    assert services.carry_out(targets.pk).created == 1
    assert "Take the whole import back" not in page(hr, f"/imports/{targets.pk}/")


@pytest.mark.parametrize("role", ["rep", "manager", "designer"])
def test_others_see_nothing_of_it(role, hr):
    run = upload(hr)
    other = Client()
    other.force_login(make_user(role, [role]))
    for address in ("", "new/", "fragment", f"{run.pk}/", f"{run.pk}/fragment", f"{run.pk}/errors.csv"):
        assert other.get(f"/imports/{address}").status_code == 403
    for action in ("start", "discard", "mapping", "take-back"):
        assert other.post(f"/imports/{run.pk}/{action}/").status_code == 403
    assert Client().get("/imports/").status_code == 302


def test_an_import_that_is_not_there(hr):
    assert hr.get("/imports/999999/").status_code == 404


def test_dates_that_can_be_read_in_two_ways_are_pointed_out(hr):
    mapping = MAPPING.replace("YYYY/MM/DD", "DD/MM/YYYY")
    run = services.receive(mapping, [("orders.csv", BytesIO((HEAD + "A1,1001,01/02/2026,1,甲\n").encode()))], by=None)
    assert "day and month could be exchanged" in page(hr, f"/imports/{run.pk}/")
    assert queries.run(run.pk).state == "draft"
