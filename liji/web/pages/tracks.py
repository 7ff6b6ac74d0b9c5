"""Tracks as HR sets them up: criteria with the check of their formulas, and what they would say of the people today."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liji.access.guards import needs
from liji.access.models import Role
from liji.people.models import Position
from liji.people.problems import WORDS
from liji.people.problems import Problem
from liji.people.services import position
from liji.tracks import criteria
from liji.tracks import queries
from liji.tracks import services
from liji.tracks.criteria import Draft
from liji.tracks.models import Track
from liji.web.pages.course_forms import CODE
from liji.web.pages.course_forms import CODE_HELP
from liji.web.pages.filling import done
from liji.web.pages.staff_forms import NameChoice

ROLES = (Role.HR, Role.ADMIN)
ROWS = 6  # criteria of a track: more is no track but a labyrinth


class TrackForm(forms.Form):
    """What the track is called, from which position to which."""

    code = forms.RegexField(CODE, label=gettext_lazy("Code"), max_length=60, help_text=CODE_HELP)
    zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=100)
    en = forms.CharField(label=gettext_lazy("English name"), max_length=100)
    about = forms.CharField(
        label=gettext_lazy("Description"), required=False, max_length=5000, widget=forms.Textarea({"rows": 2})
    )
    start = NameChoice(
        label=gettext_lazy("From the position"), queryset=Position.objects.order_by("name"), required=False,
        empty_label=gettext_lazy("Any"),
    )
    goal = NameChoice(label=gettext_lazy("To the position"), queryset=Position.objects.order_by("name"), required=False)
    new_goal = forms.CharField(
        label=gettext_lazy("Or a new position"), max_length=64, required=False,
        help_text=gettext_lazy("Only when it is not in the list."),
    )
    active = forms.BooleanField(label=gettext_lazy("May be entered"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("goal") and not given.get("new_goal"):
            self.add_error("goal", _("Choose a position, or write a new one."))
        if given.get("goal") and given.get("goal") == given.get("start"):
            self.add_error("goal", _("A track leads to another position."))
        return given


class CriterionForm(forms.Form):
    """One line of the criteria; a line without a formula is none."""

    zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=100, required=False)
    en = forms.CharField(label=gettext_lazy("English name"), max_length=100, required=False)
    formula = forms.CharField(label=gettext_lazy("Formula"), max_length=500, required=False)
    needed = forms.DecimalField(label=gettext_lazy("Needed"), required=False, max_digits=18, decimal_places=6)
    months = forms.IntegerField(label=gettext_lazy("Months in a row"), required=False, min_value=0, max_value=12)
    weight = forms.DecimalField(label=gettext_lazy("Weight"), required=False, max_digits=6, decimal_places=2)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("formula"):
            for name in ("zh", "en"):
                if not given.get(name):
                    self.add_error(name, _("A name is missing."))
        return given

    @property
    def draft(self) -> Draft:
        given = self.cleaned_data
        weight = given["weight"] if given.get("weight") is not None else Decimal(1)
        return Draft(
            given["zh"], given["en"], given["formula"], given.get("needed"), given.get("months") or 0, weight
        )


Lines = forms.formset_factory(CriterionForm, extra=0, max_num=ROWS, absolute_max=ROWS, validate_max=True)


@needs(*ROLES)
def listed(request: HttpRequest) -> HttpResponse:
    """Every track with its criteria and how many are on it."""
    return render(request, "web/growth/tracks.html", {"tracks": queries.tracks()})


@needs(*ROLES)
def edit(request: HttpRequest, track: str = "") -> HttpResponse:
    """A new track or one that is there; “check” says what is wrong without saving."""
    there = get_object_or_404(Track, code=track) if track else None
    form = TrackForm(request.POST or None, initial=_initial(there))
    form.fields["code"].disabled = there is not None
    lines = Lines(request.POST or None, initial=_rows(there), prefix="c")
    if request.method == "POST":
        right = lines.is_valid()
        drafts = [line for line in lines if right and line.cleaned_data.get("formula")]
        _, slips = criteria.check([line.draft for line in drafts]) if right else ([], [])
        for slip in slips:
            drafts[slip.place].add_error(slip.field, _said(slip))
        if right and not slips and request.POST.get("do") != "check":
            if done(form, lambda: _save(request, form, [line.draft for line in drafts]), "code"):
                messages.success(request, _("Saved. Whoever is on the track is measured anew."))
                return redirect("tracks")
        elif right and not slips and drafts and form.is_valid():
            messages.success(request, _("All formulas are right. Nothing is saved yet."))
    context = {
        "form": form,
        "lines": lines,
        "track": there,
        "names": criteria.names(),
        "monthly": criteria.names_of_a_month(),
        "checked": request.POST.get("do") == "check",
    }
    wrong = form.is_bound and (bool(form.errors) or any(line.errors for line in lines))
    return render(request, "web/growth/track.html", context, status=400 if wrong else 200)


def _said(slip: criteria.Slip) -> str:
    if slip.code in WORDS and not slip.message:
        problem = Problem(slip.field, slip.code)
        return f"{problem.message} {problem.mend}"
    return f"{slip.message} {slip.mend}"


def _initial(track: Track | None) -> dict[str, Any]:
    if track is None:
        return {"active": True}
    return {name: getattr(track, name) for name in ("code", "zh", "en", "about", "start", "goal", "active")}


def _rows(track: Track | None) -> list[dict[str, Any]]:
    rows = [
        {
            "zh": one.zh, "en": one.en, "formula": one.formula, "months": one.months or "",
            "needed": None if one.needed is None else f"{one.needed.normalize():f}",
            "weight": f"{one.weight.normalize():f}",
        }
        for one in (track.criteria.all() if track else ())
    ]
    return rows + [{}] * (ROWS - len(rows))


def _save(request: HttpRequest, form: TrackForm, drafts: list[Draft]) -> None:
    given = dict(form.cleaned_data)
    new = given.pop("new_goal")
    if new:
        given["goal"] = Position.objects.filter(name=new).first() or position(new, new)
    services.save_track(given.pop("code"), given.pop("zh"), given.pop("en"), criteria=drafts, by=request.user, **given)
