"""The forms of HR's pages."""

import re
from datetime import date

from django import forms
from django.core.validators import MaxValueValidator
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from liji.people import queries as people
from liji.people import services
from liji.people.keys import of_key
from liji.people.models import AttributeKind
from liji.people.models import Employee
from liji.people.models import Position
from liji.people.models import Unit
from liji.web.suggesting import Suggesting

_NEW_CODE = re.compile(r"[a-z][a-z0-9_]*")


class NumberAndNameChoice(forms.ModelChoiceField):
    """A choice of employees by number and name."""

    def label_from_instance(self, obj: Employee) -> str:
        return f"{obj.number} {obj.name}"


class NameChoice(forms.ModelChoiceField):
    """A choice of things by name."""

    def label_from_instance(self, obj: Unit | Position) -> str:
        return obj.name


def day(label: str, help_text: str = "") -> forms.DateField:
    """A day inside the company's range, with the browser's own calendar."""
    limits = [
        MinValueValidator(lambda: people.day_limits().first),
        MaxValueValidator(lambda: people.day_limits().last),
    ]
    widget = forms.DateInput({"type": "date"}, "%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget, validators=limits)


class Search(forms.Form):
    """What the list is narrowed to."""

    q = forms.CharField(label=_("Name or number"), required=False, max_length=200)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    state = forms.ChoiceField(
        label=_("Who"),
        required=False,
        choices=[("employed", _("Employed")), ("left", _("Have left")), ("all", _("Everybody"))],
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", _("All units")), *((unit.pk, unit.name) for unit in people.units())]


class InviteSearch(Search):
    """Which of those without an account are shown."""

    state = None


class _Place(forms.Form):
    """Where somebody belongs, and to whom they report."""

    unit = NameChoice(label=_("Unit"), queryset=Unit.objects.order_by("name"))
    position = NameChoice(label=_("Position"), queryset=Position.objects.order_by("name"), required=False)
    new_position = forms.CharField(
        label=_("Or a new position"), max_length=64, required=False, help_text=_("Only when it is not in the list.")
    )
    manager = NumberAndNameChoice(
        label=_("Manager"), queryset=Employee.objects.order_by("number"), required=False, empty_label=_("Nobody")
    )


    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not people.units():
            self.fields["unit"].help_text = _("There is no unit yet. Add the first one under “Organisation”.")

    def whose(self) -> Employee | None:
        """The person whom it is about, when there is one already."""
        return None

    def post(self) -> Position:
        """The position that was chosen, or the new one, made now."""
        new = self.cleaned_data["new_position"]
        if not new:
            return self.cleaned_data["position"]
        known = of_key(Position.objects, new) or Position.objects.filter(name=new, duplicate_of=None).first()
        return known or services.position(new, new)

    def clean(self) -> dict:
        given = super().clean()
        if "position" in given and not given["position"] and not given.get("new_position"):
            self.add_error("position", _("Choose a position, or write a new one."))
        if given.get("position") and given.get("new_position"):
            self.add_error("new_position", _("Choose one from the list or write a new one, not both."))
        if given.get("manager") and given.get("on"):
            self._manager(given["manager"], given["on"])
        return given

    def _manager(self, manager: Employee, on: date) -> None:
        """Nobody reports to themselves, or to somebody who is not there."""
        person = self.whose()
        if manager == person:
            self.add_error("manager", _("Nobody reports to themselves. Choose another."))
        elif not people.is_employed(manager.pk, on):
            message = _("%(name)s is not employed on this day. Choose somebody else.") % {"name": manager.name}
            self.add_error("manager", message)


class Enter(_Place):
    """Entry: who, from when on, where."""

    number = forms.CharField(label=_("Employee number"), max_length=64)
    name = forms.CharField(label=_("Name"), max_length=200)
    on = day(_("First day"))
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    returns = forms.BooleanField(
        label=_("Returns: was here before with this number"), required=False, help_text=_("The file goes on.")
    )
    field_order = ("number", "name", "returns", "on", "unit", "position", "new_position", "manager", "email", "phone")

    def whose(self) -> Employee | None:
        return people.employee_by_number(self.cleaned_data.get("number", ""))

    def clean_number(self) -> str:
        """A number names one person; a former employee who comes back keeps it (see `services.enter`)."""
        number = self.cleaned_data["number"]
        other = people.employee_by_number(number)
        today = people.today()
        if other and people.is_employed(other.pk, today):
            raise forms.ValidationError(_("%(name)s has this number. Choose another.") % {"name": other.name})
        return number


class Transfer(_Place):
    """Transfer: from when on, where to."""

    on = day(_("From"))
    field_order = ("on", "unit", "position", "new_position", "manager")

    def __init__(self, *args, person: Employee, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def whose(self) -> Employee:
        return self.person

    def clean(self) -> dict:
        given = super().clean()
        if (on := given.get("on")) and not people.is_employed(self.person.pk, on):
            self.add_error("on", _("Not employed on this day. Correct the day, or record the entry first."))
        return given


class Leave(forms.Form):
    """Exit: the last day and why; of an exit that is recorded, another day, or that there is none after all."""

    last_day = day(_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    reports_to = NumberAndNameChoice(
        label=_("The team reports to"),
        queryset=Employee.objects.order_by("number"),
        required=False,
        help_text=_("From the day after. Left empty, the team's orders reach nobody above any more."),
    )
    stays = forms.BooleanField(label=_("The exit is taken back: the person stays"), required=False)

    def __init__(self, *args, recorded: bool, leads: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not recorded:
            del self.fields["stays"]
        if not leads:
            del self.fields["reports_to"]


class Attribute(forms.Form):
    """One attribute's value from a day on."""

    code = forms.CharField(
        label=_("Attribute"),
        max_length=64,
        help_text=_("One that is there already, or a new one as plans name it: level, region, grade."),
    )
    type = forms.ChoiceField(
        label=_("Type"), choices=[("text", _("text")), ("number", _("number")), ("date", _("date"))]
    )
    value = forms.CharField(label=_("Value"), max_length=500)
    on = day(_("From"))
    field_order = ("code", "value", "on", "type")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget = Suggesting(AttributeKind.objects.order_by("code").values_list("code", flat=True))

    def clean_code(self) -> str:
        """A known code as it is, however it came in; a new one as plans can name it."""
        code = self.cleaned_data["code"]
        if of_key(AttributeKind.objects, code) is None and not _NEW_CODE.fullmatch(code):
            raise forms.ValidationError(_("A new attribute is named with small letters, digits and _."))
        return code

    def clean(self) -> dict:
        """A known attribute keeps its type."""
        given = super().clean()
        kind = of_key(AttributeKind.objects, given.get("code", ""))
        if kind and given.get("type") != kind.type:
            given["type"] = kind.type
        return given


class Contact(forms.Form):
    """What is not dated."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)


class NewUnit(forms.Form):
    """A unit and its place; a known code is renamed or moved."""

    code = forms.SlugField(label=_("Code"), max_length=64, help_text=_("A known code moves or renames that unit."))
    name = forms.CharField(label=_("Name of the unit"), max_length=200)
    parent = NameChoice(
        label=_("Below"), queryset=Unit.objects.order_by("name"), required=False, empty_label=_("At the top")
    )
    since = day(_("From"))
