"""What a payout curve supposes, chosen by the reader: the target, and each attribute that the plan asks for."""

from decimal import Decimal

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from liji.plan import Plan
from liji.plan.model import Field
from liji.plan.numbers import trimmed
from liji.plan.results import lookups
from liji.plan.typed import Reference
from liji.plan.typed import Role
from liji.plan.types import Kind
from liji.web.suggesting import Suggesting


class CurveForm(forms.Form):
    """`target` and one field for each attribute; what the address does not say is supposed, and stands in the form."""

    def __init__(self, plan: Plan, asked: QueryDict, *, target: Decimal | None, lang: str) -> None:
        super().__init__()
        self.target = _number(asked.get("target", "")) or target
        if self.target is not None and target is not None:
            shown = f"{trimmed(self.target):f}"
            self.fields["target"] = forms.DecimalField(label=_("Target"), initial=shown, min_value=0)
        self.attributes: dict[str, str] = {}
        for name, own in plan.attributes.items():
            known = _known(plan, own)
            missing = "" if own.missing is None else str(own.missing)
            self.attributes[name] = asked.get(name, "") or (known[0] if known else missing)
            widget = Suggesting(known) if known else forms.TextInput()
            if own.kind is Kind.DATE:
                widget = forms.DateInput({"type": "date"}, "%Y-%m-%d")
            self.fields[name] = forms.CharField(label=own.names(lang), initial=self.attributes[name], widget=widget)


def _number(text: str) -> Decimal | None:
    try:
        given = Decimal(text)
    except ArithmeticError:
        return None
    return given if given.is_finite() and given > 0 else None


def _known(plan: Plan, own: Field) -> list[str]:
    """The values of an attribute for which the plan's tables have a row."""
    found: dict[str, None] = {}
    for reading in lookups(plan).values():
        asked = reading.argument
        if isinstance(asked, Reference) and asked.role is Role.ATTRIBUTE and asked.name == own.id:
            found |= dict.fromkeys(text for band in plan.tables[reading.table].bands for text in band.texts)
    return [*found]
