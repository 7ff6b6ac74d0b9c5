"""Proposing a mapping from a file: its delimiter, and which column could be which field, by name and by content.

A proposal is never carried out unseen: it fills in the form that a person looks at.
"""

import csv
import io
import re
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ruamel.yaml import YAML

from liji.connectors.files import cells as c
from liji.connectors.files import encodings
from liji.connectors.files import mapping as m
from liji.connectors.files.mapping import Reading
from liji.connectors.files.tables import open_table

_SAMPLE = 200
_DELIMITERS = (",", "\t", ";", "|")
_DATE_FORMATS = (
    "YYYY-MM-DD", "YYYY/MM/DD", "YYYY/M/D", "YYYY-M-D", "YYYY.M.D", "YYYYMMDD", "YYYY年M月D日", "DD.MM.YYYY",
    "DD/MM/YYYY",
    "MM/DD/YYYY", "D/M/YYYY", "M/D/YYYY", "D.M.YYYY", "DD-MMM-YYYY", "YYYY-MM-DD HH:mm:ss", "YYYY/MM/DD HH:mm:ss",
    "YYYY/M/D H:mm", "YYYY-MM-DD HH:mm", "YYYY-MM-DD HH:mm:ss.fff", "YYYY-MM", "YYYY/MM", "YYYY年M月",
)  # fmt: skip
_NUMBER_FORMATS = ("1,234.56", "1.234,56", "1 234,56", "¥1,234.56", "$1,234.56", "€1,234.56", "1.234,56 €")
# field → words by which people call it, in both languages, without spaces and marks, lower case.
WORDS: dict[str, tuple[str, ...]] = {
    "external_id": ("订单号", "订单编号", "单号", "编号", "合同号", "合同编号", "流水号", "orderid",
        "ordernumber", "orderno", "order", "salesordernumber", "externalid", "id", "invoice", "recordid",
        "contract"),
    "employee": ("工号", "员工编号", "员工工号", "业务员工号", "销售工号", "销售员", "employee", "employeeid",
        "employeenumber", "employeeno", "rep", "salesrep", "salesperson", "owner", "staffid"),
    "occurred_at": ("日期", "签单日期", "订单日期", "成交日期", "下单时间", "回款日期", "发生日期", "date",
        "orderdate", "occurredat", "closedate", "closedon", "day", "time", "createdat"),
    "credit_date": ("计入日期", "归属日期", "creditdate"),
    "amount": ("金额", "订单金额", "合同金额", "成交金额", "回款金额", "含税金额", "指标", "目标", "指标金额",
        "amount", "sales", "total", "revenue", "value", "price", "quota", "target", "targetamount"),
    "currency": ("币种", "货币", "currency"),
    "version": ("版本", "version"),
    "customer": ("客户", "客户名称", "customer", "customername", "account", "client", "reseller"),
    "product": ("产品", "产品名称", "商品", "product", "productname", "item", "sku"),
    "quantity": ("数量", "quantity", "qty"),
    "cost": ("成本", "cost", "cogs"),
    "new_customer": ("新客户", "是否新客户", "newcustomer"),
    "order": ("原订单", "原订单号", "originalorder"),
    "number": ("工号", "员工编号", "员工工号", "编号", "number", "employeeid", "employeenumber", "employeeno",
        "staffid", "id"),
    "name": ("姓名", "员工姓名", "名字", "name", "employeename", "fullname"),
    "email": ("邮箱", "电子邮件", "邮件", "email", "mail", "emailaddress"),
    "phone": ("手机", "手机号", "电话", "联系电话", "phone", "mobile", "telephone"),
    "entry": ("入职日期", "入职时间", "入职", "hiredate", "entry", "startdate", "joined", "joindate"),
    "last_day": ("离职日期", "最后工作日", "离职时间", "lastday", "exitdate", "terminationdate", "leavedate"),
    "exit_reason": ("离职原因", "exitreason"),
    "reason": ("原因", "变更原因", "调整原因", "reason", "why"),
    "unit": ("部门编码", "部门代码", "unitcode", "departmentcode", "部门", "团队", "department", "unit", "team"),
    "unit_path": ("部门", "所属部门", "团队", "组织", "department", "unit", "team", "unitpath", "org"),
    "position": ("岗位", "职位", "职务", "position", "title", "jobtitle", "role", "job"),
    "manager": ("上级工号", "直属上级", "上级", "主管工号", "主管", "经理工号", "manager", "managerid",
        "managernumber", "reportsto"),
    "from": ("生效日期", "调动日期", "from", "effectivedate"),
    "until": ("结束日期", "截止日期", "until", "enddate"),
    "returns": ("返聘", "是否返聘", "returns", "rehire", "rehired"),
    "former_name": ("曾用名", "原姓名", "原名", "formername", "previousname"),
    "measure": ("指标名称", "指标项", "measure", "metric"),
    "kind": ("偏好", "激励偏好", "偏好类型", "激励类型", "preference", "kind", "incentive"),
    "strength": ("强度", "偏好强度", "程度", "strength", "score"),
    "rank": ("排序", "排名", "顺序", "优先级", "rank", "priority", "order"),
    "month": ("月份", "月", "期间", "month", "period", "targetmonth"),
}  # fmt: skip


@dataclass(frozen=True)
class Guess:
    """A proposal: how the file is read and field → rule (as in a mapping document)."""

    reading: Reading
    columns: tuple[str, ...]
    sample: tuple[tuple[c.Cell, ...], ...]
    fields: MappingType[str, object]


def guess(path: Path, name: str, what: str, *, own_fields: MappingType[str, str], type: str = "") -> Guess:
    """What the file could be. `own_fields` are the fields of the fact type. Raises Unreadable."""
    reading = _reading(path, name)
    with open_table(path, reading) as table:
        columns = table.columns
        sample = tuple(tuple(cells) for _, cells in islice(table.rows, _SAMPLE))
    known = known_fields(what, own_fields)
    fields: dict[str, object] = {"type": {"constant": type}} if what == "facts" else {}
    if what in m.TARGETS:
        fields["measure"] = {"constant": "sales"}
    for field, column in _pairs(known, columns).items():
        fields[field] = rule_for(field, column, own_fields, columns, sample)
    return Guess(reading, columns, sample, {field: fields[field] for field in ("type", *known) if field in fields})


def guess_columns(
    path: Path, reading: Reading, chosen: MappingType[str, str], own_fields: MappingType[str, str]
) -> dict[str, object]:
    """The rules for chosen columns (field → column), with the formats that fit the file. Raises Unreadable."""
    with open_table(path, reading) as table:
        columns = table.columns
        sample = tuple(tuple(cells) for _, cells in islice(table.rows, _SAMPLE))
    return {
        field: rule_for(field, column, own_fields, columns, sample)
        for field, column in chosen.items()
        if column in columns
    }


def known_fields(what: str, own_fields: MappingType[str, str]) -> tuple[str, ...]:
    """The fields to which columns may be mapped, the needed ones first."""
    known = m.FIELDS.get(what)
    if known is None:
        known = ("external_id", "employee", "occurred_at", "amount", *own_fields, "credit_date", "currency", "version")
    needed = [field for field in m.REQUIRED[what] if field in known]
    return tuple(dict.fromkeys([*needed, *known]))


def rule_for(
    field: str,
    column: str,
    own_fields: MappingType[str, str],
    columns: Sequence[str],
    sample: Sequence[Sequence[c.Cell]],
) -> object:
    """The rule that reads `field` from `column`, with the format that fits the sample."""
    place = list(columns).index(column)
    texts = [row[place] for row in sample if len(row) > place and type(row[place]) is str and row[place].strip()]
    kind = m.kind_of(field, own_fields)
    if kind == "date":
        form = _first(_DATE_FORMATS, lambda form: c.date_reader(form), texts)
        return {"column": column, "date": form} if form and form != c.ISO else column
    if kind == "number":
        form = _first(_NUMBER_FORMATS, lambda form: c.number_reader(form), texts)
        return {"column": column, "number": form} if form and form != c.PLAIN else column
    return column if not re.search(r"[{}]", column) else {"column": column}


def _first(forms: Sequence[str], reader, texts: Sequence[str]) -> str:
    """The first format that fits all of the sample; empty when none does or there is nothing to fit."""
    if not texts:
        return ""
    for form in forms:
        read = reader(form)
        if all(read(text) is not None for text in texts):
            return form
    return ""


def _reading(path: Path, name: str) -> Reading:
    with path.open("rb") as file:
        start = file.read(256 * 1024)
    if start.startswith(b"PK\x03\x04") or name.lower().endswith((".xlsx", ".xlsm")):
        return Reading(format="xlsx")
    text = start.decode(encodings.detect(path), errors="replace").lstrip("\ufeff")
    first = next((line for line in text.splitlines() if line.strip()), "")
    counts = {each: len(next(csv.reader(io.StringIO(first), delimiter=each), [])) for each in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: counts[delimiter])
    return Reading(delimiter=best if counts[best] > 1 else ",")


def _plain(word: str) -> str:
    return re.sub(r"[\s_\-./()（）:：#*]+", "", word).lower()


def _pairs(fields: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """Field → column, each column at most once; the better word first, then in the order of the fields."""
    found: dict[str, str] = {}
    names = {column: _plain(column) for column in columns}
    matches = []
    for order, field in enumerate(fields):
        words = (_plain(field), *WORDS.get(field, ()))
        for column, name in names.items():
            if name in words:
                matches.append((words.index(name), order, field, column))
    for _rank, _order, field, column in sorted(matches):
        if field not in found and column not in found.values():
            found[field] = column
    return found


def compose(
    code: str, what: str, fields: MappingType[str, object], *, reading: Reading, name: str = "", source: str = ""
) -> str:
    """A mapping document as text."""
    default = Reading()
    read = {
        key: getattr(reading, key)
        for key in ("format", "encoding", "delimiter", "sheet", "quoting", "header", "skip")
        if getattr(reading, key) != getattr(default, key)
    }
    document: dict[str, object] = {"mapping": code, "name": name or code, "what": what}
    if source and what == "facts":
        document["source"] = source
    if read:
        document["read"] = read
    document["fields"] = dict(fields)
    yaml, text = YAML(), io.StringIO()
    yaml.width = 4096
    yaml.allow_unicode = True
    yaml.dump(document, text)
    return text.getvalue()
