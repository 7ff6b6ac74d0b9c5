"""Changing what figures and layers mean, and writing the layers: each change audited."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from liji.access.models import User
from liji.access.services import audit
from liji.base.terms import writes_terms
from liji.people import services as people
from liji.people.models import Employee
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.people.queries import LAYER
from liji.performance import layering
from liji.performance import queries
from liji.performance.layering import Standing
from liji.performance.models import Definitions
from liji.performance.models import LayerRule
from liji.performance.models import LayerRun

_DEFINED = (
    *("conversion_by", "conversion_months", "new_customer_by", "retention_months", "course_months", "exchange"),
)


@transaction.atomic
def set_definitions(*, by: User | None, **values: object) -> Definitions:
    """Sets what is named and keeps the rest; holds for all months from now on. Raises Refused("wrong_type")."""
    before = queries.definitions()
    kept = {name: getattr(before, name) for name in _DEFINED}
    made = Definitions(**kept | values, set_by=by)
    try:
        made.clean_fields(exclude=["exchange", "set_by"])
    except ValidationError as error:
        name = next(iter(error.message_dict))
        raise Refused(Problem(name, "wrong_type", {"value": str(values.get(name)), "type": "1–12"})) from error
    made.save()
    changed = {name: [kept[name], getattr(made, name)] for name in _DEFINED if kept[name] != getattr(made, name)}
    audit(by, "definitions_set", detail=changed)
    return made


@transaction.atomic
def set_layer_rule(*, by: User | None, indicator: str, months: int, within: str, smallest: int) -> LayerRule:
    """From the next time on layers are worked out like this."""
    rule = LayerRule.objects.create(indicator=indicator, months=months, within=within, smallest=smallest, set_by=by)
    audit(by, "layer_rule_set", detail={"indicator": indicator, "months": months, "within": within})
    return rule


@writes_terms
def write_layers(day: date, *, by: User | None) -> Sequence[Standing]:
    """Works out the layers and writes them as the attribute `layer`, holding from `day` on; plans are worked out anew.

    Who stands where they stood keeps the row that they have. Raises Refused("missing") without a rule.
    """
    rule = layering.rule()
    if rule is None:
        raise Refused(Problem("rule", "missing"))
    standings = layering.standings(rule, day)
    moved = [standing for standing in standings if standing.layer != standing.before]
    employees = Employee.objects.in_bulk([standing.employee for standing in moved])
    for standing in moved:
        people.set_attribute(employees[standing.employee], LAYER, standing.layer, on=day)
    LayerRun.objects.create(day=day, rule=rule, moved=len(moved), by=by)
    audit(by, "layers_written", detail={"day": str(day), "people": len(standings), "moved": len(moved)})
    return standings
