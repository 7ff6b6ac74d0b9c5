"""A mapping is proposed from the file's own words, and the proposal is a document that can be used."""

from pathlib import Path

import openpyxl
import pytest

from liji.connectors.files.guess import compose
from liji.connectors.files.guess import guess
from liji.connectors.files.loading import load
from liji.connectors.files.mapping import Reading

OWN = {"customer": "text", "product": "text", "quantity": "number", "cost": "money"}


@pytest.mark.parametrize(
    ("text", "encoding", "what", "delimiter", "fields"),
    [
        (
            '订单号,工号,签单日期,金额,客户名称\nA1,1001,2026/1/5,"1,000.50",甲\n',
            "gb18030",
            "facts",
            ",",
            {
                "type": {"constant": "order_closed"},
                "external_id": "订单号",
                "employee": "工号",
                "occurred_at": {"column": "签单日期", "date": "YYYY/M/D"},
                "amount": "金额",
                "customer": "客户名称",
            },
        ),
        (
            "Order ID;Sales Rep;Order Date;Amount;Qty\nA1;1001;05.01.2026;1.000,50 €;2\n",
            "cp1252",
            "facts",
            ";",
            {
                "type": {"constant": "order_closed"},
                "external_id": "Order ID",
                "employee": "Sales Rep",
                "occurred_at": {"column": "Order Date", "date": "DD.MM.YYYY"},
                "amount": {"column": "Amount", "number": "1.234,56 €"},
                "quantity": "Qty",
            },
        ),
        (
            "工号|姓名|入职日期|部门|岗位|上级工号\n1001|王芳|2024-01-08|销售部|代表|1000\n",
            "utf-8-sig",
            "people",
            "|",
            {
                "number": "工号",
                "name": "姓名",
                "entry": "入职日期",
                "unit_path": "部门",
                "position": "岗位",
                "manager": "上级工号",
            },
        ),
        (
            "工号\t月份\t指标\n1001\t2026年1月\t100000\n",
            "utf-8",
            "quotas",
            "\t",
            {
                "employee": "工号",
                "measure": {"constant": "sales"},
                "month": {"column": "月份", "date": "YYYY年M月"},
                "amount": "指标",
            },
        ),
    ],
)
def test_columns_are_known_by_their_names(tmp_path: Path, text, encoding, what, delimiter, fields):
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode(encoding))
    found = guess(path, "file.csv", what, own_fields=OWN, type="order_closed")
    assert found.reading.delimiter == delimiter
    assert found.fields == fields
    document = compose("from-file", what, found.fields, reading=found.reading, name="来自文件", source="crm")
    loaded = load(document)
    assert loaded.problems == (), document
    assert loaded.mapping.reading == found.reading
    assert "来自文件" in document


def test_a_workbook_is_known_by_its_content(tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.append(["订单号", "金额"])
    path = tmp_path / "0"
    book.save(path.with_suffix(".xlsx"))
    path.with_suffix(".xlsx").rename(path)
    assert guess(path, "订单", "facts", own_fields=OWN).reading == Reading(format="xlsx")


def test_names_that_nobody_knows_are_left_to_people(tmp_path: Path):
    path = tmp_path / "file.csv"
    path.write_text("foo,bar\n1,2\n")
    assert guess(path, "file.csv", "people", own_fields={}).fields == {}
