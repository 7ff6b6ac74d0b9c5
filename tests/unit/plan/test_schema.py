"""The published JSON Schema takes every plan that the product takes, and refuses what it would misread."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from liji.plan import templates
from liji.plan.loading import _KEYS
from liji.plan.schema import json_schema

_ROOT = Path(__file__).parents[3]
_CHECK = jsonschema.Draft202012Validator(json_schema())


def _plans() -> Iterator[tuple[str, str]]:
    yield from templates()
    for path in sorted((_ROOT / "tests/casebook").glob("*.yaml")):
        yield path.stem, path.read_text(encoding="utf-8")
    for page in sorted((_ROOT / "docs").rglob("*.md")):
        for number, block in enumerate(re.findall(r"```yaml\n(plan:.*?)```", page.read_text(encoding="utf-8"), re.S)):
            yield f"{page.stem}-{number}", block


def _read(text: str) -> Any:
    """As JSON would have it: whatever is no list and no mapping is a text."""
    return json.loads(json.dumps(yaml.load(text, Loader=yaml.BaseLoader)))


def test_the_published_file_is_the_schema() -> None:
    published = json.loads((_ROOT / "docs/plan.schema.json").read_text(encoding="utf-8"))
    assert published == json_schema(), "write it anew: liji plan schema > docs/plan.schema.json"
    jsonschema.Draft202012Validator.check_schema(published)


@pytest.mark.parametrize(("name", "text"), [pytest.param(*plan, id=plan[0]) for plan in _plans()])
def test_every_plan_is_valid(name: str, text: str) -> None:
    assert [error.json_path + " " + error.message for error in _CHECK.iter_errors(_read(text))] == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"componentz": {}}, "$"),
        ({"currency": "YUAN"}, "$.currency"),
        ({"measures": {"Sales": {"of": "order_closed", "sum": "amount"}}}, "$.measures"),
        ({"tables": {"t": {"bands": [{"under": 5, "rate": "1%"}]}}}, "$.tables.t.bands[0]"),
        ({"components": {"c": {"formula": [1, 2]}}}, "$.components.c.formula"),
        ({"targets": {"sales": {"default": "many"}}}, "$.targets.sales"),
        ({"period": "week"}, "$.period"),
        ({"pools": {"p": {"by": "sales"}}}, "$.pools.p"),
        ({"balances": {"b": {"closing": "1", "resets": "week"}}}, "$.balances.b.resets"),
        ({"crediting": {"c": {"of": "order_closed", "rollup": ["1%"]}}}, "$.crediting.c"),
        ({"exchange": {"usd": "7.1"}}, "$.exchange"),
        ({"components": {"c": {"formula": "1", "reward": "car"}}}, "$.components.c.reward"),
        ({"components": {"c": {"formula": "1", "due": {"weekday": "5"}}}}, "$.components.c.due"),
        ({"components": {"c": {"per": "x", "formula": "1", "clawback": {"of": "y"}}}}, "$.components.c.clawback"),
        ({"measures": {"m": {"of": "x", "average": "amount"}}}, "$.measures.m"),
        ({"fields": {"cost": "euro"}}, "$.fields.cost"),
        ({"valid": {"from": "31.12.2026"}}, "$.valid.from"),
        ({"examples": [{"expects": {}}]}, "$.examples[0]"),
    ],
)
def test_a_slip_is_found_where_it_stands(change: dict[str, Any], where: str) -> None:
    found = {error.json_path for error in _CHECK.iter_errors({"plan": "p", "currency": "CNY", **change})}
    assert found == {where}


def test_every_documented_key_is_in_the_schema() -> None:
    """The keys that the tables of the reference list, and the sections that the loader knows."""
    page = (_ROOT / "docs/plan-language.md").read_text(encoding="utf-8")
    listed = {
        key
        for table in re.findall(r"\| key \| meaning.*?\n\n", page, re.S)
        for cell in re.findall(r"^\| (`[^|]*?) \|", table, re.M)
        for key in re.findall(r"`([a-z_]+)`", cell)
    }
    assert len(listed) > 20
    known = set(re.findall(r'"([a-z_ ]+)": \{', json.dumps(json_schema())))
    assert listed - known == set()
    assert set(_KEYS) == set(json_schema()["properties"])
