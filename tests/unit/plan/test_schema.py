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
    ],
)
def test_a_slip_is_found_where_it_stands(change: dict[str, Any], where: str) -> None:
    found = [error.json_path for error in _CHECK.iter_errors({"plan": "p", "currency": "CNY", **change})]
    assert found == [where]
