"""Who may write which source, what an upload's source is, and that a broken import says why."""

from io import BytesIO

import pytest

from liji.access.models import ApiKey
from liji.access.services import make_api_key
from liji.connectors import services as importing
from liji.facts import services as facts
from liji.facts.models import Fact
from liji.facts.models import RawRecord
from liji.facts.models import Source
from liji.people.problems import Refused
from tests import scenes
from tests.integration.test_entry_facts import Api
from tests.integration.test_entry_facts import problems

pytestmark = pytest.mark.django_db(transaction=True)
MAPPING = """
mapping: orders
what: facts
source: {source}
file: orders.csv
fields:
  type: {{constant: order_closed}}
  external_id: Order
  employee: Rep
  occurred_at: Day
  amount: Amount
"""


@pytest.fixture
def rep():
    return scenes.team("王晓阳")["王晓阳"]


@pytest.fixture
def api(client) -> Api:
    return Api(client)


def table(rep, *numbers: str, amount: str = "100") -> bytes:
    return ("Order,Rep,Day,Amount\n" + "".join(f"{n},{rep.number},2025-11-20,{amount}\n" for n in numbers)).encode()


def bring(content: bytes, source: str = "crm", **how):
    run = importing.start(MAPPING.format(source=source), [("orders.csv", BytesIO(content))], by=None, job=False, **how)
    return importing.carry_out(run.pk)


def test_a_key_writes_its_own_sources_alone_and_is_kept(api, rep):
    order = scenes.order(rep, "1")
    assert api.post(order)[0] == 201
    assert RawRecord.objects.get().key == api.key.pk
    status, answer = api.post(order | {"source": "erp"})
    assert (status, problems(answer)) == (422, [("source", "source_not_bound")])
    _, answer = api.post([order | {"source": "erp"}, {"source": "erp", "external_id": "X", "status": "retracted"}])
    assert [problems(each) for each in answer["outcomes"]] == [[("source", "source_not_bound")]] * 2
    assert api.send("DELETE", "/api/facts/erp/X")[0] == 422
    # The same source in another case is the same source.
    assert api.post(order | {"source": "CRM"})[1]["status"] == "duplicate"
    assert not Source.objects.exclude(code="crm").exists()


def test_an_admin_binds_keys_to_sources(client, rep):
    client.force_login(scenes.user("boss", "admin"))
    key, _ = make_api_key("ERP", by=None)
    assert key.sources == ["ERP"]
    client.post(f"/admin/keys/{key.pk}/sources/", {"sources": "erp, finance，crm"})
    assert ApiKey.objects.get(pk=key.pk).sources == ["erp", "finance", "crm"]
    assert "erp, finance, crm" in client.get("/admin/keys/").content.decode()


def test_the_api_retracts_and_tells_stale_content(api, rep):
    order = scenes.order(rep, "100", number="SO/1 2")
    api.post(order)
    api.post(order | {"amount": "200"})
    status, answer = api.post(order)
    assert (status, answer["status"], problems(answer)) == (409, "stale", [("external_id", "stale")])
    back = {"source": "crm", "external_id": "R1", "type": "order_returned", "order": "SO/1 2", "amount": "5"}
    assert api.post(back | {"occurred_at": order["occurred_at"]})[0] == 201
    path = "/api/facts/crm/SO/1%202"
    status, answer = api.send("DELETE", path)
    assert (status, problems(answer)) == (409, [("external_id", "has_reversals")])
    assert api.send("DELETE", f"{path}?reversals=true")[1]["status"] == "retracted"
    assert api.send("DELETE", path)[1]["status"] == "duplicate"
    assert api.send("DELETE", "/api/facts/crm/NEVER")[0] == 404
    assert not Fact.objects.filter(current=True).exists()


def test_an_upload_proposes_the_source_of_its_records(rep):
    def proposed(content: bytes) -> str:
        run = importing.propose("orders.csv", BytesIO(content), "facts", kind="order_closed", by=None)
        return importing.parse(run.mapping).source, run.pk

    source, pk = proposed(table(rep, "A1", "A2", "A3"))
    assert source == f"upload-{pk}"
    run = importing.begin(pk, by=None, job=False)
    importing.carry_out(run.pk)
    assert proposed(table(rep, "A1", "A2", "A3"))[0] == source  # the same file
    assert proposed(table(rep, "A1", "B2", "B3", amount="200"))[0] == source  # a third of its ids
    source, pk = proposed(table(rep, "C1", "C2", "C3", "C4", "C5", "A1"))
    assert source == f"upload-{pk}"


def test_records_that_would_count_twice_are_asked_about(client, rep):
    facts.record(scenes.order(rep, "100", number="A1", occurred_at="2025-11-20"))
    with pytest.raises(Refused) as refused:
        bring(table(rep, "A1", "A2"), source="other")
    problem = refused.value.problems[0]
    assert (problem.code, problem.values) == ("counted_elsewhere", {"count": "1", "source": "crm"})
    # At the page it is asked, and answered with a tick.
    client.force_login(scenes.user("boss", "hr", "admin"))
    run = importing.receive(MAPPING.format(source="other"), [("orders.csv", BytesIO(table(rep, "A1")))], by=None)
    asked = client.post(f"/imports/{run.pk}/start/")
    assert asked.status_code == 400
    assert 'name="counted_elsewhere"' in asked.content.decode()
    assert client.post(f"/imports/{run.pk}/start/", {"counted_elsewhere": "yes"}).status_code == 302
    # Another amount or source-own corrections are no second count.
    assert bring(table(rep, "A1", amount="7"), source="third").created == 1
    assert bring(table(rep, "A1", amount="300"), source="crm").corrected == 1


def test_a_file_counts_stale_and_retracted_rows(client, rep):
    bring(table(rep, "A1", "A2"))
    bring(table(rep, "A1", "A2", amount="200"))
    run = bring(table(rep, "A1", "A2", "A3"))
    assert (run.created, run.corrected, run.duplicate, run.stale, run.refused) == (1, 0, 0, 2, 0)
    client.force_login(scenes.user("boss", "hr", "admin"))
    page = client.get(f"/imports/{run.pk}/")
    assert page.status_code == 200
    mapping = MAPPING.format(source="crm").replace("  amount: Amount", "  status: {constant: retracted}")
    again = importing.start(mapping, [("orders.csv", BytesIO(table(rep, "A1")))], by=None, job=False)
    assert importing.carry_out(again.pk).retracted == 1


def test_an_import_that_breaks_says_why_and_goes_on(rep, monkeypatch, caplog):
    run = importing.start(
        MAPPING.format(source="crm"), [("orders.csv", BytesIO(table(rep, "A1", "A2")))], by=None, job=False
    )
    with monkeypatch.context() as broken:
        broken.setattr(importing, "_pass", lambda *_: 1 / 0)
        failed = importing.carry_out(run.pk)
    assert failed.state == "failed"
    reference = failed.message["en"].split("reference ")[1][:8]
    assert reference in caplog.text
    done = importing.carry_out(importing.begin(run.pk, by=None, job=False).pk)
    assert (done.state, done.created) == ("done", 2)


def test_an_import_is_taken_back_with_the_returns_of_its_orders(client, rep):
    run = bring(table(rep, "A1"))
    back = {"source": "crm", "external_id": "R1", "type": "order_returned", "order": "A1", "amount": "5"}
    assert facts.record(back | {"occurred_at": "2025-11-21"}).status == "created"
    client.force_login(scenes.user("boss", "hr", "admin"))
    answer = client.post(f"/imports/{run.pk}/take-back/")
    page = client.get(answer.url)
    assert 'name="reversals"' in page.content.decode()
    client.post(f"/imports/{run.pk}/take-back/", {"reversals": "yes"})
    assert not Fact.objects.filter(current=True).exists()
