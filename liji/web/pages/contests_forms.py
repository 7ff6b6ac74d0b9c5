"""The form of a contest and of the rule of the star of the month."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liji.facts import queries as facts
from liji.people import queries as people
from liji.people.models import Employee
from liji.people.models import Unit
from liji.people.problems import Problem
from liji.recognition.built_in import ensure_built_in
from liji.recognition.contests import Draft
from liji.recognition.models import Badge
from liji.recognition.models import Contest
from liji.recognition.plan_text import MEASURES
from liji.recognition.plan_text import THINGS
from liji.recognition.plan_text import Prize
from liji.recognition.plan_text import Terms
from liji.recognition.rankings import TYPES
from liji.recognition.stars import MEASURES as STAR_MEASURES
from liji.web.pages.staff_forms import NameChoice
from liji.web.pages.staff_forms import day
from liji.web.templatetags.liji import called
from liji.web.templatetags.liji import plan_word

PLACES = 5  # prizes that fit into the form
MOST_PEOPLE = 500  # named one by one
_HUNDRED = Decimal(100)


class UnitsChoice(forms.ModelMultipleChoiceField):
    """A choice of units by name."""

    def label_from_instance(self, obj: Unit) -> str:
        return obj.name


class ContestForm(forms.Form):
    """What is ranked, among whom, when, and what each place wins; an empty line is no prize."""

    zh = forms.CharField(label=_("Name in Chinese"), max_length=60)
    en = forms.CharField(label=_("Name in English"), max_length=60)
    start = day(_("First day of the contest"))
    last = day(_("Last day of the contest"))
    measure = forms.ChoiceField(label=_("What is ranked"))
    of = forms.ChoiceField(label=_("Records that the formula counts"), required=False)
    formula = forms.CharField(
        label=_("Formula"), max_length=500, required=False,
        help_text=_("Only when a formula is ranked: what each record is worth, in the plan language. amount * share"),
    )
    least = forms.DecimalField(
        label=_("Least result that can win"), max_digits=18, decimal_places=2, min_value=0, required=False,
        help_text=_("In percent where attainment or growth is ranked."),
    )
    least_orders = forms.IntegerField(label=_("Least orders"), min_value=0, max_value=1000, required=False)
    shared = forms.ChoiceField(
        label=_("When several stand on the same place"),
        choices=[("yes", _("they share the money of the places that they take")),
                 ("no", _("each wins the whole prize of the place"))],
    )
    units = UnitsChoice(
        label=_("Everybody of"), queryset=Unit.objects.order_by("name"), required=False,
        widget=forms.SelectMultiple({"size": 6}), help_text=_("With the units below it; several may be chosen."),
    )
    numbers = forms.CharField(
        label=_("And these employees"), required=False, max_length=20000, widget=forms.Textarea({"rows": 2}),
        help_text=_("Their numbers, with spaces between."),
    )
    badge = forms.ChoiceField(label=_("Badge for the winners"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ensure_built_in()
        self.fields["measure"].choices = [(code, plan_word(*names)) for code, names in MEASURES.items()]
        self.fields["of"].choices = [(kind.code, called(kind)) for kind in facts.types() if not kind.reverses]
        badges = Badge.objects.filter(active=True).order_by("-built_in", "pk")
        self.fields["badge"].choices = [("", _("none")), *((badge.code, called(badge)) for badge in badges)]
        rewards = [("", "–"), ("money", _("money")), *((code, plan_word(*names)) for code, names in THINGS.items())]
        for place in range(1, PLACES + 1):
            number = {"place": place}
            self.fields[f"reward-{place}"] = forms.ChoiceField(
                label=_("Place %(place)s wins") % number, choices=rewards, required=False
            )
            self.fields[f"amount-{place}"] = forms.DecimalField(
                label=_("How much, place %(place)s") % number, max_digits=12, decimal_places=2, required=False,
            )

    def named(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names]

    def what(self) -> list[forms.BoundField]:
        return self.named("zh", "en", "start", "last")

    def ranked(self) -> list[forms.BoundField]:
        return self.named("measure", "least", "least_orders", "formula", "of")

    def whom(self) -> list[forms.BoundField]:
        return self.named("units", "numbers")

    def lines(self) -> list[list[forms.BoundField]]:
        """The two fields of each place."""
        return [self.named(f"reward-{place}", f"amount-{place}") for place in range(1, PLACES + 1)]

    def rest(self) -> list[forms.BoundField]:
        return self.named("shared", "badge")

    def clean_numbers(self) -> list[Employee]:
        """The employees with these numbers."""
        wanted = list(dict.fromkeys(re.split(r"[\s,;、,;]+", self.cleaned_data["numbers"].strip())))
        wanted = [number for number in wanted if number][:MOST_PEOPLE]
        known = people.employees_by_number(wanted)
        for number in wanted:
            if number not in known:
                problem = Problem("numbers", "unknown_employee", {"value": number})
                raise forms.ValidationError(f"{problem.message} {problem.mend}")
        return list({each.pk: each for each in known.values()}.values())

    def clean(self) -> dict[str, Any]:
        """A prize has an amount, whole for things, and no place before it is without one."""
        given = super().clean()
        if given.get("measure") == "formula" and not given.get("formula"):
            self.add_error("formula", _("Write what each record is worth."))
        ended = False
        for place in range(1, PLACES + 1):
            reward, amount = given.get(f"reward-{place}"), given.get(f"amount-{place}")
            if not reward:
                ended = True
            elif ended:
                self.add_error(f"reward-{place}", _("The places before it have no prize."))
            elif amount is None or amount <= 0:
                self.add_error(f"amount-{place}", _("Give an amount above zero."))
            elif reward != "money" and amount != amount.to_integral_value():
                self.add_error(f"amount-{place}", _("Give a whole number."))
        return given

    def draft(self) -> Draft:
        """What was written down."""
        given = self.cleaned_data
        prizes = [
            Prize(given[f"reward-{place}"], given[f"amount-{place}"])
            for place in range(1, PLACES + 1)
            if given[f"reward-{place}"]
        ]
        least = given["least"] or Decimal(0)
        formula = given["measure"] == "formula"
        terms = Terms(
            given["measure"], tuple(prizes),
            least=least / _HUNDRED if TYPES.get(given["measure"]) == "rate" else least,
            least_orders=given["least_orders"] or 0,
            shared=given["shared"] == "yes",
            formula=given["formula"] if formula else "",
            of=given["of"] if formula and given["of"] else "order_closed",
            badge=given["badge"],
        )
        names = given["zh"], given["en"], given["start"], given["last"]
        return Draft(*names, terms, units=list(given["units"]), employees=given["numbers"])


def initial(contest: Contest | None) -> dict[str, Any]:
    """What the form shows first: a draft as it is kept, or a sound beginning."""
    if contest is None:
        today = people.today()
        return {"start": today, "measure": "sales", "shared": "yes", "badge": "contest_winner", "reward-1": "money"}
    terms = Terms.from_json(contest.terms)
    least = terms.least * _HUNDRED if TYPES.get(terms.measure) == "rate" else terms.least
    shown: dict[str, Any] = {
        "zh": contest.zh, "en": contest.en, "start": contest.start, "last": contest.last, "measure": terms.measure,
        "formula": terms.formula, "of": terms.of, "least": f"{least.normalize():f}" if least else None,
        "least_orders": terms.least_orders or None, "shared": "yes" if terms.shared else "no", "badge": terms.badge,
        "units": contest.units.all(), "numbers": " ".join(each.number for each in contest.employees.all()),
    }
    for place, prize in enumerate(terms.prizes[:PLACES], 1):
        shown |= {f"reward-{place}": prize.reward, f"amount-{place}": f"{prize.amount.normalize():f}"}
    return shown


class StarForm(forms.Form):
    """The rule of the star of the month."""

    active = forms.BooleanField(label=_("Propose the star when a month has ended"), required=False)
    measure = forms.ChoiceField(label=_("What is ranked"))
    least_orders = forms.IntegerField(label=_("Least orders"), min_value=0, max_value=1000)
    unit = NameChoice(
        label=_("Among"), queryset=Unit.objects.order_by("name"), required=False, empty_label=_("the whole company")
    )
    by_itself = forms.BooleanField(label=_("Give the badge without HR confirming it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = [(code, plan_word(zh, en)) for code, (zh, en, _type) in STAR_MEASURES.items()]
