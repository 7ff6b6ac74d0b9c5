"""What the guides of training and tracks show is what the product does."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from liji.events.happenings import kinds
from liji.facts import services as facts
from liji.tracks.criteria import Draft
from liji.tracks.criteria import check
from liji.training import results
from liji.training import services as training
from liji.training.models import Completion
from tests import scenes

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).parents[2] / "docs"


def guide(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_example_of_a_result_is_recorded_and_matched():
    rep = scenes.team("小李")["小李"]
    training.save_course("product_exam", kind="exam", zh="新产品考试", en="New product exam", pass_mark=Decimal(60))
    (example,) = re.findall(r"```json\n(.*?)```", guide("training.md"), re.DOTALL)
    body = json.loads(example) | {"employee": rep.number}
    assert facts.record(body).status == "created"
    results.follow([rep.pk])
    assert Completion.objects.get(employee=rep).score == 88


def test_the_example_criteria_are_right():
    training.save_course("negotiation_exam", kind="exam", zh="谈判", en="Negotiation")
    rows = re.findall(r"^\| .+? \| `(.+?)` \| (\d*) *\| (\d*) *\| (\d+) \|$", guide("tracks.md"), re.MULTILINE)
    assert len(rows) == 4
    drafts = [
        Draft("a", "a", formula, Decimal(needed) if needed else None, int(months or 0), Decimal(weight))
        for formula, needed, months, weight in rows
    ]
    assert check(drafts)[1] == []


@pytest.mark.parametrize("name", ["training.md", "tracks.md", "surveys.md"])
def test_every_happening_that_a_guide_names_is_told(name):
    listed = guide(name).split("What rules can listen to")[1]
    named = set(re.findall(r"`(\w+)`", listed))
    assert named
    assert named <= set(kinds())
