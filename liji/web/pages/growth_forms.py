"""The forms of growth: offering a course, entering a track, opening a coaching plan, giving a task, deciding."""

from django import forms
from django.utils.translation import gettext_lazy as _

from liji.coaching import queries as coaching
from liji.people.models import Employee
from liji.people.models import Unit
from liji.tracks import queries as tracks
from liji.training import queries as training
from liji.web.pages.staff_forms import NameChoice
from liji.web.pages.staff_forms import NumberAndNameChoice
from liji.web.pages.staff_forms import day
from liji.web.templatetags.growth import OUTCOMES
from liji.web.templatetags.growth import called


class OfferCourse(forms.Form):
    """A course for somebody, by a day or whenever."""

    course = forms.ChoiceField(label=_("Course or exam"))
    due = forms.DateField(
        label=_("By"), required=False, help_text=_("May stay empty."),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course"].choices = [(one.code, called(one)) for one in training.courses()]


class EnterTrack(forms.Form):
    """A track for somebody."""

    track = forms.ChoiceField(label=_("Track"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["track"].choices = [(one.code, called(one)) for one in tracks.tracks() if one.active]


class OpenPlan(forms.Form):
    """A coaching plan by a template; the manager coaches."""

    template = forms.ChoiceField(label=_("Template"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = [(one.code, one.title) for one in coaching.templates()]


class GiveTask(forms.Form):
    """Something to do by a day."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    due = day(_("By"))


class Propose(forms.Form):
    """Why somebody should be promoted."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea({"rows": 3}))


class Decide(forms.Form):
    """The manager's word on a promotion."""

    agree = forms.ChoiceField(
        label=_("Decision"), choices=[("yes", _("Agree")), ("no", _("Not this time"))], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=_("Needed when you do not agree; the person reads it."),
    )


class DecideAndPlace(Decide):
    """HR's decision: from when on, where, under whom."""

    on = day(_("From"))
    unit = NameChoice(label=_("Unit"), queryset=Unit.objects.order_by("name"))
    manager = NumberAndNameChoice(
        label=_("Manager"), queryset=Employee.objects.order_by("number"), required=False, empty_label=_("Nobody")
    )


class CheckIn(forms.Form):
    """A talk, dated."""

    on = day(_("Day of the talk"))
    note = forms.CharField(label=_("What was said"), max_length=5000, widget=forms.Textarea({"rows": 4}))


class Close(forms.Form):
    """What came of a coaching plan."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(code, OUTCOMES[code]) for code in ("reached", "improved", "not_reached")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), max_length=5000, required=False, widget=forms.Textarea({"rows": 3}))


class NewTemplate(forms.Form):
    """A coaching plan for many; its steps are written one a line."""

    code = forms.RegexField(
        r"^[a-z][a-z0-9_]*$", label=_("Code"), max_length=64, help_text=_("A known code changes that template.")
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    goal = forms.CharField(label=_("Goal"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2}))
    days = forms.IntegerField(label=_("Days from opening to close"), min_value=1, max_value=730, initial=60)
    steps = forms.CharField(
        label=_("Steps"),
        max_length=5000,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("One a line: how many days after the opening, what is to be done; with a * the coachee does it."),
    )

    def clean_steps(self) -> list[tuple[str, int, bool]]:
        found = []
        for number, line in enumerate(filter(None, map(str.strip, self.cleaned_data["steps"].splitlines())), start=1):
            days, _blank, title = line.partition(" ")
            title = title.strip()
            if not days.isdecimal() or int(days) > 730 or not title.lstrip("*").strip():
                message = _("Line %(number)s: begin with the day, such as “3 First talk”.") % {"number": number}
                raise forms.ValidationError(message)
            found.append((title.lstrip("*").strip()[:200], int(days), not title.startswith("*")))
        return found
