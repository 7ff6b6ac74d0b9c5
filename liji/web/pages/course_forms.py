"""The forms of the catalogue: a course or exam, a skill, a certification path."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liji.people.models import Position
from liji.people.models import Unit
from liji.training import queries
from liji.training.models import Course
from liji.training.models import Skill
from liji.web.templatetags.growth import called

CODE = r"^[a-z][a-z0-9_]*$"
CODE_HELP = _("Small letters, digits and _; criteria of tracks and rules name it.")


class NamesChoice(forms.ModelMultipleChoiceField):
    """A choice of several positions or units, by name."""

    def label_from_instance(self, obj: Position | Unit) -> str:
        return obj.name


class CourseForm(forms.Form):
    """An entry of the catalogue. Below it, for each skill, whether passing proves it and for how long."""

    code = forms.RegexField(CODE, label=_("Code"), max_length=60, help_text=CODE_HELP)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("course", _("Course")), ("exam", _("Exam"))])
    zh = forms.CharField(label=_("Chinese name"), max_length=100, help_text=_("Results are matched by it."))
    en = forms.CharField(label=_("English name"), max_length=100)
    about = forms.CharField(
        label=_("Description"), required=False, max_length=5000, widget=forms.Textarea({"rows": 3})
    )
    link = forms.URLField(label=_("Link to the course"), required=False, max_length=500, assume_scheme="https")
    hours = forms.DecimalField(label=_("Hours"), required=False, min_value=0, max_digits=6, decimal_places=1)
    pass_mark = forms.DecimalField(
        label=_("Pass mark"), required=False, min_value=0, max_digits=6, decimal_places=1,
        help_text=_("For exams only."),
    )
    mandatory = forms.BooleanField(label=_("Mandatory"), required=False)
    active = forms.BooleanField(label=_("May be offered"), required=False, initial=True)
    requires = forms.MultipleChoiceField(
        label=_("First to be finished"), required=False, widget=forms.CheckboxSelectMultiple
    )
    positions = NamesChoice(
        label=_("For the positions"), required=False, queryset=Position.objects.order_by("name"),
        widget=forms.SelectMultiple({"size": 4}), help_text=_("None chosen: for all."),
    )
    units = NamesChoice(
        label=_("For the units, with those below"), required=False, queryset=Unit.objects.order_by("name"),
        widget=forms.SelectMultiple({"size": 4}), help_text=_("None chosen: for all."),
    )

    def __init__(self, *args, course: Course | None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        others = [one for one in queries.courses() if course is None or one.pk != course.pk]
        self.fields["requires"].choices = [(one.code, called(one)) for one in others]
        if not others:
            del self.fields["requires"]
        self.fields["code"].disabled = course is not None
        self.skills = queries.skills()
        for skill in self.skills:
            label = _("Proves: %(skill)s") % {"skill": called(skill)}
            self.fields[f"proves-{skill.code}"] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=600,
                help_text=_("Months for which it holds; 0 for good; empty: not proved. For exams only."),
            )

    @staticmethod
    def initial_of(course: Course) -> dict[str, object]:
        """What stands in the form of an entry that is there."""
        plain = ("code", "kind", "zh", "en", "about", "link", "hours", "pass_mark", "mandatory", "active")
        return {
            **{name: getattr(course, name) for name in plain},
            "requires": [one.code for one in course.requires.all()],
            "positions": course.positions.all(),
            "units": course.units.all(),
            **{f"proves-{proof.skill.code}": proof.months or 0 for proof in course.proofs.select_related("skill")},
        }

    @property
    def values(self) -> dict[str, object]:
        """As `training.services.save_course` takes it."""
        given = dict(self.cleaned_data)
        told = {skill.code: given.pop(f"proves-{skill.code}") for skill in self.skills}
        if given["kind"] != "exam":
            given["pass_mark"] = None
        given.setdefault("requires", [])
        given["proves"] = {code: months or None for code, months in told.items() if months is not None}
        return given

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if not self.fields["code"].disabled and Course.objects.filter(code=code).exists():
            raise forms.ValidationError(_("This code is taken. Choose another."))
        return code


class SkillForm(forms.Form):
    """A skill; a known code renames it."""

    code = forms.RegexField(CODE, label=_("Code"), max_length=60, help_text=CODE_HELP)
    zh = forms.CharField(label=_("Chinese name"), max_length=100)
    en = forms.CharField(label=_("English name"), max_length=100)

    def clean(self) -> dict:
        """One word for one skill."""
        given = super().clean()
        same = Q(zh=given.get("zh", "")) | Q(en=given.get("en", ""))
        if Skill.objects.filter(same).exclude(code=given.get("code", "")).exists():
            self.add_error("zh", _("Another skill has this name. Choose another name."))
        return given


class PathForm(SkillForm):
    """A certification path; a known code changes it."""

    courses = forms.MultipleChoiceField(
        label=_("Courses and exams"), widget=forms.CheckboxSelectMultiple,
        help_text=_("In the order of the catalogue's codes."),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["courses"].choices = [(one.code, called(one)) for one in queries.courses()]

    def clean(self) -> dict:
        return forms.Form.clean(self)
