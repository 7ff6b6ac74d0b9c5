"""The forms of preferences and menus."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from liji.people import queries as people
from liji.people.models import Assignment
from liji.people.models import Unit
from liji.preferences import queries
from liji.preferences.models import STRONGEST
from liji.preferences.models import Kind
from liji.preferences.models import Preference
from liji.preferences.schemes import ELEMENTS
from liji.web.pages.staff_forms import NameChoice
from liji.web.pages.staff_forms import day
from liji.web.templatetags.liji import called

OPTIONS = 6  # rewards that fit into the form of a menu


class Stated(forms.Form):
    """What matters most, and how much each kind matters."""

    def __init__(self, *args, rows: Sequence[Preference] = (), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = queries.kinds()
        strengths = {row.kind.code: row.strength for row in rows}
        steps = [(0, _("not at all")), *((n, str(n)) for n in range(1, STRONGEST + 1))]
        self.fields["first"] = forms.ChoiceField(
            label=_("What matters most to you?"),
            choices=[(kind.code, called(kind)) for kind in self.kinds],
            widget=forms.RadioSelect,
            initial=rows[0].kind.code if rows else None,
        )
        for kind in self.kinds:
            self.fields[f"strength-{kind.code}"] = forms.TypedChoiceField(
                label=called(kind), choices=steps, coerce=int, initial=strengths.get(kind.code, 0)
            )

    def ranking(self) -> list[tuple[str, int]]:
        """(kind, strength): what matters most, then the others by strength; those that do not matter are left out.

        What matters most does so at least as much as anything else.
        """
        strengths = {kind.code: self.cleaned_data[f"strength-{kind.code}"] for kind in self.kinds}
        first = self.cleaned_data["first"]
        rest = sorted((code for code in strengths if code != first and strengths[code]), key=lambda c: -strengths[c])
        return [(first, max([1, *strengths.values()])), *((code, strengths[code]) for code in rest)]

    def lines(self) -> list[tuple[Kind, forms.BoundField]]:
        """Each kind with the field of its strength."""
        return [(kind, self[f"strength-{kind.code}"]) for kind in self.kinds]


class KindForm(forms.Form):
    """A kind of incentive and what its scheme brings."""

    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_("Small letters; plans and rules name it so."))
    zh = forms.CharField(label=_("Name in Chinese"), max_length=60)
    en = forms.CharField(label=_("Name in English"), max_length=60)
    zh_about = forms.CharField(label=_("What it means, in Chinese"), max_length=200, required=False)
    en_about = forms.CharField(label=_("What it means, in English"), max_length=200, required=False)
    elements = forms.MultipleChoiceField(
        label=_("What it brings to those who prefer it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    active = forms.BooleanField(label=_("Can be preferred"), required=False, initial=True)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["elements"].choices = [(code, called(element)) for code, element in ELEMENTS.items()]


class MenuForm(forms.Form):
    """A menu: its names, what each reward is worth, and the rewards line by line; an empty line is no reward."""

    zh = forms.CharField(label=_("Name in Chinese"), max_length=100)
    en = forms.CharField(label=_("Name in English"), max_length=100)
    worth = forms.DecimalField(label=_("What each reward is worth"), max_digits=12, decimal_places=2)
    closes = day(_("Choice open until"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        kinds = [("", "–"), *((kind.code, called(kind)) for kind in queries.kinds())]
        for place in range(OPTIONS):
            number = {"place": place + 1}
            self.fields[f"kind-{place}"] = forms.ChoiceField(
                label=_("Reward %(place)s: kind") % number, choices=kinds, required=False
            )
            self.fields[f"zh-{place}"] = forms.CharField(label=_("in Chinese"), max_length=100, required=False)
            self.fields[f"en-{place}"] = forms.CharField(label=_("in English"), max_length=100, required=False)
            self.fields[f"quantity-{place}"] = forms.DecimalField(
                label=_("how many"), max_digits=9, decimal_places=2, min_value=0, required=False
            )
            self.fields[f"unit_cost-{place}"] = forms.DecimalField(
                label=_("at each"), max_digits=12, decimal_places=2, min_value=0, required=False
            )

    def heads(self) -> list[forms.BoundField]:
        """The fields of the menu itself."""
        return [self[name] for name in ("zh", "en", "worth", "closes")]

    def lines(self) -> list[list[forms.BoundField]]:
        """The fields of each reward."""
        return [
            [self[f"{name}-{place}"] for name in ("kind", "zh", "en", "quantity", "unit_cost")]
            for place in range(OPTIONS)
        ]

    def options(self) -> list[tuple[str, str, str, Decimal, Decimal]]:
        """(kind, zh, en, quantity, unit cost) of every line that has a kind."""
        given = self.cleaned_data
        return [
            (
                given[f"kind-{place}"],
                given[f"zh-{place}"] or given[f"en-{place}"],
                given[f"en-{place}"] or given[f"zh-{place}"],
                given[f"quantity-{place}"] or Decimal(0),
                given[f"unit_cost-{place}"] or Decimal(0),
            )
            for place in range(OPTIONS)
            if given.get(f"kind-{place}")
        ]


class Audience(forms.Form):
    """To whom a menu is offered."""

    unit = NameChoice(label=_("To everybody of"), queryset=Unit.objects.order_by("name"))

    def employees(self) -> set[int]:
        """Those whose main assignment is there today, or in a unit below."""
        today = people.today()
        units = people.units_below([self.cleaned_data["unit"].pk], today, today + timedelta(days=1))
        rows = Assignment.objects.on(today).filter(unit__in=units, main=True)
        return set(rows.values_list("employee_id", flat=True))
