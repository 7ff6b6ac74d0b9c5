"""The forms of the wall: praise, a comment, a badge, giving it."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from liji.people.models import Employee
from liji.people.models import Unit
from liji.people.problems import Problem
from liji.people.problems import Refused
from liji.recognition import queries
from liji.recognition.built_in import KINDS
from liji.recognition.models import Badge
from liji.recognition.pictures import LARGEST
from liji.recognition.services import LONGEST_COMMENT
from liji.recognition.services import LONGEST_PRAISE
from liji.recognition.services import LONGEST_REASON
from liji.web.pages import badge_words
from liji.web.pages.staff_forms import NameChoice
from liji.web.templatetags.liji import plan_word


def kinds() -> list[tuple[str, str]]:
    """The kinds of praise in the reader's language."""
    return [(code, plan_word(*names)) for code, names in KINDS.items()]


def refusal(form: forms.Form, refused: Refused) -> None:
    """Says in the form what was refused."""
    for problem in refused.problems:
        form.add_error(problem.field if problem.field in form.fields else None, f"{problem.message} {problem.mend}")


def colleague(text: str) -> Employee:
    """The one who works here under this whole name or number. Raises Refused "nobody_called", "several_called"."""
    found = queries.people_called(text)
    if len(found) == 1:
        return found[0]
    raise Refused(Problem("who", "several_called" if found else "nobody_called", {"value": text.strip()}))


class _Who(forms.Form):
    """A field that finds a colleague by the whole name or the number alone."""

    who = forms.CharField(
        label=_("Colleague"), max_length=100, help_text=_("The whole name, or the employee number.")
    )

    def clean_who(self) -> Employee:
        try:
            return colleague(self.cleaned_data["who"])
        except Refused as refused:
            problem = refused.problems[0]
            raise forms.ValidationError(f"{problem.message} {problem.mend}") from refused


class PraiseForm(_Who):
    """Praise of a colleague, in public."""

    kind = forms.ChoiceField(label=_("For what"), widget=forms.RadioSelect, initial="result")
    text = forms.CharField(
        label=_("Your words"),
        max_length=LONGEST_PRAISE,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Say what was done and what it has brought. Everybody here can read it."),
    )

    def __init__(self, *args, known: bool = False, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds()
        if known:
            self.fields["who"].widget.attrs["list"] = "known"


class CommentForm(forms.Form):
    """A colleague's words under a praise."""

    text = forms.CharField(label=_("Your comment"), max_length=LONGEST_COMMENT)


class BadgeForm(forms.Form):
    """A badge: what it is called and means, and how it looks."""

    code = forms.SlugField(label=_("Code"), max_length=64, help_text=_("Small letters; rules name the badge so."))
    zh = forms.CharField(label=_("Name in Chinese"), max_length=60)
    en = forms.CharField(label=_("Name in English"), max_length=60)
    meaning_zh = forms.CharField(label=_("What it is given for, in Chinese"), max_length=200)
    meaning_en = forms.CharField(label=_("What it is given for, in English"), max_length=200)
    shape = forms.ChoiceField(label=_("Shape"), choices=badge_words.SHAPES, initial="medal", widget=forms.RadioSelect)
    symbol = forms.ChoiceField(label=_("Symbol"), choices=badge_words.SYMBOLS, initial="star", widget=forms.RadioSelect)
    colour = forms.ChoiceField(
        label=_("Colour"), choices=badge_words.COLOURS, initial="vermilion", widget=forms.RadioSelect
    )
    picture = forms.FileField(
        label=_("Or an SVG picture of your own"),
        required=False,
        help_text=_("Plain SVG, at most 64 KB. It stands for the drawing above."),
        widget=forms.FileInput({"accept": ".svg,image/svg+xml"}),
    )
    drawn = forms.BooleanField(label=_("Go back to the drawing"), required=False)
    active = forms.BooleanField(label=_("Can be given"), required=False, initial=True)

    WORDS = ("zh", "en", "meaning_zh", "meaning_en")
    LOOKS = ("shape", "symbol", "colour")

    def __init__(self, *args, badge: Badge | None = None, **kwargs) -> None:
        kept = {name: getattr(badge, name) for name in ("code", *self.WORDS, *self.LOOKS, "active")} if badge else {}
        super().__init__(*args, initial=kept, **kwargs)
        if badge:
            self.fields["code"].disabled = True
        if not (badge and badge.picture):
            del self.fields["drawn"]
        if badge is None:
            del self.fields["active"]
            small = RegexValidator(r"^[a-z0-9_-]+\Z", _("Small letters, digits, _ and -."))
            self.fields["code"].validators.append(small)

    def words(self) -> list[forms.BoundField]:
        """What stands in words."""
        return [field for field in self if field.name not in (*self.LOOKS, "picture", "drawn")]

    def looks(self) -> list[forms.BoundField]:
        """Of what the drawing is made."""
        return [self[name] for name in self.LOOKS]

    def values(self) -> dict[str, object]:
        """What the badge is to have."""
        wanted = {name: self.cleaned_data[name] for name in (*self.WORDS, *self.LOOKS)}
        return wanted | {"active": self.cleaned_data.get("active", True)}

    def sent_picture(self) -> bytes | None:
        """The file, read no further than it takes to see that it is too large."""
        sent = self.cleaned_data.get("picture")
        return sent.read(LARGEST + 1) if sent else None


class GrantForm(_Who):
    """A badge for a person or a team, with the reason that everybody reads."""

    unit = NameChoice(Unit.objects.none(), label=_("Or a whole team"), required=False, empty_label="–")
    reason = forms.CharField(label=_("What for"), max_length=LONGEST_REASON)

    field_order = ("who", "unit", "reason")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].required = False
        self.fields["unit"].queryset = Unit.objects.order_by("name")

    def clean_who(self) -> Employee | None:
        return super().clean_who() if self.cleaned_data["who"] else None

    def clean(self) -> dict[str, object]:
        given = super().clean()
        if "who" in given and bool(given["who"]) == bool(given.get("unit")):
            self.add_error("who", _("Choose a person or a team: one of the two."))
        return given


class WallForm(forms.Form):
    """What the wall shows."""

    shows_amounts = forms.BooleanField(
        label=_("Show the amounts of the deals for which praise and badges are given"), required=False
    )
