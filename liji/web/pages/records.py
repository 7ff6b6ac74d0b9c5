"""Records: what came in, in all its versions, the credits it made, and the raw record; and the types of facts."""


from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db import transaction
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liji.access.guards import needs
from liji.access.models import Role
from liji.access.services import audit
from liji.facts import queries
from liji.facts import services
from liji.web import asked

READERS = (Role.HR, Role.FINANCE)  # what was sold leads to pay: an administrator sees neither
PAGE = 50
FIELD_TYPES = ("text", "number", "count", "money", "rate", "date", "true/false")


def _labels(code: str) -> dict[str, str]:
    """Field → what it is called, for a type of facts."""
    english = (get_language() or "zh").startswith("en")
    kind = next((kind for kind in queries.types() if kind.code == code), None)
    return {field["name"]: field["en" if english else "zh"] for field in kind.fields} if kind else {}


@needs(*READERS)
def listed(request: HttpRequest) -> HttpResponse:
    """The current records, newest first."""
    given = {key: request.GET.get(key, "").strip() for key in ("number", "type", "external_id", "from", "to")}
    found = queries.search(
        number=given["number"],
        type=given["type"],
        external_id=given["external_id"],
        since=asked.day(given["from"]),
        until=asked.day(given["to"]),
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    kept = urlencode({key: value for key, value in given.items() if value})
    context = {"page": page, "given": given, "since_day": given["from"], "types": queries.types()}
    context |= {"query": f"&{kept}" if kept else "", "narrowed": bool(kept)}
    return render(request, "web/records/list.html", context)


@needs(*READERS)
def one(request: HttpRequest, fact: int) -> HttpResponse:
    """One record; the look is audited, for it may lead to somebody's pay."""
    found = queries.versions_of(fact)
    if not found:
        raise Http404
    shown = next(view for view in found if view.id == fact)
    audit(request, "record_seen", about=shown.owner, detail={"fact": fact})
    context = {"fact": shown, "versions": found, "credits": queries.credits(fact), "owner": queries.owner(fact)}
    context["labels"] = _labels(shown.type)
    return render(request, "web/records/one.html", context)


class TypeForm(forms.Form):
    """A type of the company's own. Its fields one a line: name, type, Chinese, English, and ! when it is needed."""

    code = forms.RegexField(
        r"^[a-z][a-z0-9_]{1,63}$",
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Small letters, digits and _, such as demo_given."),
    )
    zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=100)
    en = forms.CharField(label=gettext_lazy("Name in English"), max_length=100)
    has_amount = forms.BooleanField(label=gettext_lazy("Has an amount"), required=False)
    fields_text = forms.CharField(
        label=gettext_lazy("Own fields"),
        required=False,
        widget=forms.Textarea({"rows": 5}),
        help_text=gettext_lazy("One a line: name type 中文 English; a ! at the end when it is needed."),
    )

    def clean_fields_text(self) -> list[dict[str, object]]:
        fields: list[dict[str, object]] = []
        for number, line in enumerate(self.cleaned_data["fields_text"].splitlines(), start=1):
            words = line.split()
            if not words:
                continue
            needed = words[-1] == "!"
            words = words[:-1] if needed else words
            if len(words) < 4 or words[1] not in FIELD_TYPES or not words[0].isidentifier():
                known = ", ".join(FIELD_TYPES)
                raise forms.ValidationError(
                    _("Line %(number)s: write name, type (%(known)s), Chinese, English.")
                    % {"number": number, "known": known}
                )
            if any(field["name"] == words[0] for field in fields):
                raise forms.ValidationError(_("Line %(number)s: the name stands there twice.") % {"number": number})
            english = " ".join(words[3:])
            fields.append({"name": words[0], "type": words[1], "zh": words[2], "en": english, "required": needed})
        return fields


@needs(Role.ADMIN)
def types(request: HttpRequest) -> HttpResponse:
    """All types of facts, and a form for one more."""
    form = TypeForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                services.add_type(
                    given["code"],
                    given["zh"],
                    given["en"],
                    has_amount=given["has_amount"],
                    fields=given["fields_text"],
                )
        except IntegrityError:
            form.add_error("code", _("There is a type with this code. Choose another."))
        else:
            audit(request, "fact_type_added", detail={"code": given["code"]})
            messages.success(request, _("Saved."))
            return redirect("admin_types")
    context = {"form": form, "types": queries.types()}
    return render(request, "web/admin/types.html", context, status=400 if form.is_bound else 200)
