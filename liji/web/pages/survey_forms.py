"""The forms of surveys: answering one, and writing one."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liji.people.models import Unit
from liji.preferences.models import Preference
from liji.surveys import services
from liji.surveys.models import Survey
from liji.surveys.questions import CHOICE
from liji.surveys.questions import LEAST
from liji.surveys.questions import LONGEST
from liji.surveys.questions import MOST
from liji.surveys.questions import RANKING
from liji.surveys.questions import SCALE
from liji.surveys.questions import TEXT
from liji.surveys.questions import TYPES
from liji.surveys.questions import Option
from liji.surveys.questions import Question
from liji.web.pages.preference_forms import Stated
from liji.web.pages.staff_forms import day
from liji.web.templatetags.liji import called

SPARE = 2  # empty lines that wait for a further question
MOST_LINES = 30


class Answers(forms.Form):
    """A field for each question; whether the answers fit is judged by the survey's own services."""

    def __init__(
        self,
        *args,
        questions: Sequence[Question],
        draft: Mapping[str, Any],
        held: Sequence[Preference] = (),
        **kwargs,
    ) -> None:
        super().__init__(*args, initial=draft, **kwargs)
        self.questions = questions
        self.rankings: dict[str, Stated] = {}
        for question in questions:
            if question.type == RANKING:
                before = draft.get(question.code) or [[row.kind.code, row.strength] for row in held]
                self.rankings[question.code] = self._ranking(question, before)
            else:
                self.fields[question.code] = _field(question)

    def _ranking(self, question: Question, before: Sequence[Sequence[Any]]) -> Stated:
        initial = {f"strength-{code}": strength for code, strength in before}
        if before:
            initial["first"] = before[0][0]
        stated = Stated(self.data if self.is_bound else None, prefix=question.code, initial=initial)
        stated.fields["first"].required = False  # the survey says whether it must be answered
        return stated

    def is_valid(self) -> bool:
        """Whether every field can be read."""
        return all([super().is_valid(), *(each.is_valid() for each in self.rankings.values())])

    def given(self) -> dict[str, Any]:
        """Question's code → answer, as the services take it."""
        rankings = {
            code: stated.ranking() if stated.cleaned_data["first"] else [] for code, stated in self.rankings.items()
        }
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")} | rankings

    def refuse(self, field: str, words: str) -> None:
        """Says what is wrong at its question."""
        if field in self.rankings:
            self.rankings[field].add_error("first", words)
        else:
            self.add_error(field if field in self.fields else None, words)

    def lines(self) -> list[tuple[Question, forms.BoundField | Stated]]:
        """Each question with its field, or with the form of its ranking."""
        return [(one, self.rankings.get(one.code) or self[one.code]) for one in self.questions]


def _field(question: Question) -> forms.Field:
    label = called(question)
    if question.type == SCALE:
        attrs = {"inputmode": "numeric", "min": LEAST, "max": MOST}
        return forms.IntegerField(label=label, required=False, widget=forms.NumberInput(attrs))
    if question.type == CHOICE:
        choices = [(each.code, called(each)) for each in question.options]
        return forms.ChoiceField(label=label, required=False, choices=choices, widget=forms.RadioSelect)
    return forms.CharField(label=label, required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 3}))


TYPE_NAMES = {
    SCALE: _("Scale 1 to 100"),
    CHOICE: _("Choice"),
    RANKING: _("Preferences, ranked"),
    TEXT: _("Free text"),
}


class SurveyForm(forms.Form):
    """A survey: its names, who is asked and when, and its questions line by line; an empty line is no question."""

    zh = forms.CharField(label=_("Name in Chinese"), max_length=100)
    en = forms.CharField(label=_("Name in English"), max_length=100)
    zh_about = forms.CharField(label=_("What it is for, in Chinese"), max_length=300, required=False)
    en_about = forms.CharField(label=_("What it is for, in English"), max_length=300, required=False)
    anonymous = forms.BooleanField(label=_("Anonymous: shown only for five answers or more"), required=False)
    starts = day(_("Opens on"))
    days = forms.IntegerField(label=_("Open for so many days"), min_value=1, max_value=365)
    every = forms.ChoiceField(
        label=_("Asked again"),
        required=False,
        choices=[
            (Survey.Every.ONCE, _("never")),
            (Survey.Every.MONTH, _("every month")),
            (Survey.Every.QUARTER, _("every quarter")),
            (Survey.Every.YEAR, _("every year")),
        ],
    )
    remind = forms.IntegerField(
        label=_("Reminder, days before it closes"), min_value=0, max_value=60, help_text=_("0: no reminder.")
    )
    units = forms.ModelMultipleChoiceField(
        label=_("Only these units and those below"), required=False, queryset=Unit.objects.order_by("name"),
        widget=forms.CheckboxSelectMultiple, help_text=_("None: the whole company."),
    )  # fmt: skip
    entered_since = day(_("Only who entered from"))
    entered_until = day(_("Only who entered until"))
    lines = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=MOST_LINES)

    def __init__(self, *args, survey: Survey | None, count: int, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].label_from_instance = lambda unit: unit.name
        for name in ("entered_since", "entered_until"):
            self.fields[name].required = False
        if survey and survey.kind == Survey.Kind.ENTRY:
            self.fields["starts"].label = _("Asked of who enters from")
            self.fields["days"].label = _("To be answered within so many days")
            for name in ("anonymous", "every", "entered_since", "entered_until"):
                del self.fields[name]
        self.count = count
        for place in range(count):
            self.fields |= {f"{name}-{place}": field for name, field in _line(place + 1).items()}

    def heads(self) -> list[forms.BoundField]:
        """What it is called and for."""
        return [self[name] for name in ("zh", "en", "zh_about", "en_about")]

    def times(self) -> list[forms.BoundField]:
        """When it is asked."""
        return [self[name] for name in ("starts", "days", "every", "remind") if name in self.fields]

    def whom(self) -> list[forms.BoundField]:
        """Who is asked."""
        return [self[name] for name in ("units", "entered_since", "entered_until") if name in self.fields]

    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each question."""
        return [[self[f"{name}-{place}"] for name in _line(place)] for place in range(self.count)]

    def draft(self) -> services.Draft:
        """The survey as it is written here."""
        given = self.cleaned_data
        names = (*(name for name in given if "-" not in name and name not in ("lines", "units")),)
        head = {name: given[name] for name in names}
        return services.Draft(**head, questions=self._questions(), units=[unit.pk for unit in given["units"]])

    def _questions(self) -> list[Question]:
        given, found = self.cleaned_data, []
        taken = {given[f"code-{place}"] for place in range(self.count)}
        free = iter(code for number in range(1, 99) if (code := f"q{number}") not in taken)
        for place in range(self.count):
            zh, en = given[f"zh-{place}"], given[f"en-{place}"]
            if not (zh or en):
                continue
            kind = given[f"type-{place}"]
            options = _options(given[f"options_zh-{place}"], given[f"options_en-{place}"]) if kind == CHOICE else ()
            made = Question(
                given[f"code-{place}"] or next(free), kind, zh, en, given[f"required-{place}"], options
            )
            found.append((given[f"order-{place}"] or place + 1, place, made))
        return [made for _, _, made in sorted(found, key=lambda one: one[:2])]


def initial(survey: Survey | None, questions: Sequence[Question]) -> dict[str, Any]:
    """What the form shows of a survey at first."""
    if survey is None:
        return {"days": 14, "remind": 3}
    names = ("zh", "en", "zh_about", "en_about", "anonymous", "starts", "days", "every", "remind", "entered_since",
             "entered_until")  # fmt: skip
    shown: dict[str, Any] = {name: getattr(survey, name) for name in names} | {"units": survey.units.all()}
    for place, one in enumerate(questions):
        options = {
            "options_zh": "\n".join(each.zh for each in one.options),
            "options_en": "\n".join(each.en for each in one.options),
        }
        line = {"order": place + 1, "code": one.code, "type": one.type, "zh": one.zh, "en": one.en,
                "required": one.required, **options}  # fmt: skip
        shown |= {f"{name}-{place}": value for name, value in line.items()}
    return shown


def _line(number: int) -> dict[str, forms.Field]:
    lines = forms.Textarea({"rows": 2})
    return {
        "order": forms.IntegerField(label=_("Order"), min_value=1, max_value=99, required=False),
        "type": forms.ChoiceField(label=_("Kind"), choices=[(one, TYPE_NAMES[one]) for one in TYPES]),
        "zh": forms.CharField(label=_("Question in Chinese"), max_length=200, required=False),
        "en": forms.CharField(label=_("Question in English"), max_length=200, required=False),
        "options_zh": forms.CharField(label=_("Answers in Chinese"), required=False, max_length=1000, widget=lines),
        "options_en": forms.CharField(label=_("Answers in English"), required=False, max_length=1000, widget=lines),
        "required": forms.BooleanField(label=_("Must be answered"), required=False, initial=True),
        "code": forms.SlugField(widget=forms.HiddenInput, required=False, max_length=40),
    }


def _options(zh: str, en: str) -> tuple[Option, ...]:
    """One answer a line, the same line in both languages."""
    ours, theirs = ([line.strip() for line in text.splitlines() if line.strip()] for text in (zh, en))
    longest = max(len(ours), len(theirs))
    padded = zip(ours + [""] * (longest - len(ours)), theirs + [""] * (longest - len(theirs)), strict=True)
    return tuple(Option(str(number), *names) for number, names in enumerate(padded, start=1))
