"""Layers for HR: the rule, what it would give today, who moved, and writing it by hand."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liji.access.guards import needs
from liji.access.models import Role
from liji.access.services import audit
from liji.people import queries as people
from liji.people.models import Attribute
from liji.performance import layering
from liji.performance import services
from liji.performance.indicators import INDICATORS
from liji.web.pages.performance import names


def _indicators() -> list[tuple[str, str]]:
    english = (get_language() or "zh").startswith("en")
    return [(name, each.en if english else each.zh) for name, each in INDICATORS.items()]


class RuleForm(forms.Form):
    """By which indicator, over how many months, among whom."""

    indicator = forms.ChoiceField(label=gettext_lazy("Ranked by"), choices=_indicators)
    months = forms.IntegerField(label=gettext_lazy("Full months"), min_value=1, max_value=12)
    within = forms.ChoiceField(
        label=gettext_lazy("Among"),
        choices=[("team", gettext_lazy("those of the same unit")), ("company", gettext_lazy("the whole company"))],
    )
    smallest = forms.IntegerField(
        label=gettext_lazy("Smallest group"),
        min_value=3,
        max_value=100,
        help_text=gettext_lazy(
            "Smaller groups are ranked together; where they are too few as well, all are in the middle."
        ),
    )


def layer_names() -> dict[str, str]:
    """Layer → what HR calls it. No rep reads these words."""
    return {"top": _("Top 20%"), "middle": _("Middle 60%"), "bottom": _("Bottom 20%")}


def attribute_words(attribute: Attribute) -> dict[str, str]:
    """The name and the value of a person's attribute as HR reads them; layers are named in the reader's language."""
    if attribute.kind.code == people.LAYER:
        return {"name": _("Layer"), "value": layer_names().get(attribute.value, attribute.value)}
    return {"name": attribute.kind.name, "value": attribute.value}


@needs(Role.HR)
def layers(request: HttpRequest) -> HttpResponse:
    """The distribution as it would be today, beside the one that holds."""
    rule, today = layering.rule(), people.today()
    given = {"indicator": "sales", "months": 3, "within": "team", "smallest": 5}
    initial = {name: getattr(rule, name) for name in given} if rule else given
    form = RuleForm(request.POST if "rule" in request.POST else None, initial=initial)
    if form.is_valid():
        services.set_layer_rule(by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. Look at the preview, then write the layers."))
        return redirect("layers")
    if "write" in request.POST and rule:
        services.write_layers(today.replace(day=1), by=request.user)
        messages.success(request, _("The layers hold from the first of this month."))
        return redirect("layers")
    standings = layering.standings(rule, today) if rule else []
    audit(request, "layers_seen", detail={"people": len(standings)})
    known = layer_names()
    context = {
        "form": form,
        "rule": rule,
        "standings": standings,
        "moved": [each for each in standings if each.layer != each.before],
        "counts": [(name, sum(each.layer == layer for each in standings)) for layer, name in known.items()],
        "layer_names": known,
        "indicator": INDICATORS[rule.indicator] if rule else None,
        "names": names(),
        "last": layering.last_run(),
    }
    return render(request, "web/performance/layers.html", context, status=400 if form.is_bound else 200)
