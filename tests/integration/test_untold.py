"""A plan that pays by layer is explained to the rep without the layer; managers see it."""

from datetime import date

import pytest

from liji.earnings import queries
from liji.earnings.models import PayeePeriod
from liji.earnings.services import recalculate_all
from liji.engine import Node
from liji.facts import services as facts
from liji.people import services as people
from liji.plans import services as plans
from tests import scenes

pytestmark = pytest.mark.django_db

BY_LAYER = """\
plan: by-layer-{number}
currency: CNY
attributes:
  layer: {{names: {{zh: 分层, en: Layer}}, type: text, missing: middle}}
  region: {{names: {{zh: 大区, en: Region}}, type: text, missing: east}}
measures:
  sales: {{names: {{zh: 销售额, en: Sales}}, of: order_closed, sum: credit}}
tables:
  rates:
    names: {{zh: 费率, en: Rates}}
    rows: [{{is: top, rate: 1%}}, {{is: bottom, rate: 3%}}, {{otherwise, rate: 2%}}]
values:
  standing: {{names: {{zh: 所在, en: Standing}}, formula: 'IF(layer = "top", "gold", "bronze")'}}
components:
  commission: {{names: {{zh: 佣金, en: Commission}}, formula: "sales * rate(rates, layer)"}}
  base: {{names: {{zh: 达标奖, en: Base}}, when: 'AND(layer = "middle", sales > 1)', formula: 1000}}
  other: {{names: {{zh: 其他奖, en: Other}}, when: 'AND(IN(layer, "bottom", "top"), region = "east")', formula: 100}}
  third: {{names: {{zh: 第三奖, en: Third}}, when: 'standing = "gold"', formula: 10}}
"""
SECRETS = ("bottom", "middle", "top", "gold", "bronze", "分层 ", "Layer")


def said(node: Node) -> str:
    own = f"{node.label} {node.sentence} {node.value}"
    return "\n".join([own, *(said(child) for child in node.children)])


@pytest.fixture
def team():
    made = scenes.team("小王")
    version = plans.save_version(BY_LAYER.format(number=made.code.lower()), by=None)
    plans.publish(version, since=date(2020, 1, 1), by=None)
    plans.assign(version.plan, since=scenes.this_month(), employee=made["小王"])
    people.set_attribute(made["小王"], "layer", "bottom", on=scenes.LONG_AGO)
    assert not facts.record(scenes.order(made["小王"], "1000")).problems
    recalculate_all()
    return made


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_rep_reads_no_layer_neither_the_own_nor_those_that_it_is_not(team, language):
    row = PayeePeriod.objects.get(payee=team["小王"])
    assert row.total == 130
    own = said(queries.why(row.pk, language=language, own=True))
    assert [word for word in SECRETS if word in own] == []
    assert ("大区" if language == "zh" else "Region") in own and "3%" in own, "what is no secret is explained as before"
    above = said(queries.why(row.pk, language=language))
    assert "bottom" in above and "bronze" in above


def test_on_the_pages_the_rep_reads_no_layer_and_the_manager_does(team, client):
    number = PayeePeriod.objects.get(payee=team["小王"]).pk
    for user, sees in ((team["小王"].user, False), (team.manager.user, True)):
        client.force_login(user)
        page = client.get(f"/why/{number}/").content.decode()
        assert "佣金" in page
        assert ("“bottom”" in page) is sees
