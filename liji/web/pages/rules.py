"""The rules by which the product reacts: all of them, one with its firings, the editor, and how people are told."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from liji.access import queries as access
from liji.access.guards import needs
from liji.access.guards import signed_in
from liji.access.models import Role
from liji.access.services import audit
from liji.people import queries as people
from liji.people.problems import Refused
from liji.reactions import manners as ways
from liji.reactions import preview as previews
from liji.reactions import queries
from liji.reactions import services
from liji.reactions.documents import Rule as Document
from liji.reactions.documents import read
from liji.reactions.models import Firing
from liji.reactions.models import Rule
from liji.web.pages import rule_form
from liji.web.pages import rule_words

WRITERS = (Role.HR, Role.DESIGNER, Role.ADMIN)


@needs(*WRITERS)
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule and how often it fired; what failed."""
    listed = [{"one": one, "happens": rule_words.kind(one.kind)} for one in queries.standings()]
    return render(request, "web/reactions/list.html", {"listed": listed, "failures": queries.failures()})


@needs(*WRITERS)
def rule(request: HttpRequest, rule_code: str) -> HttpResponse:
    """One rule: what it says, its state, its firings; published or paused from here."""
    row = get_object_or_404(Rule, code=rule_code)
    newest = row.versions.latest("number")
    refused: list[str] = []
    if request.method == "POST":
        if request.POST.get("do") == "pause":
            services.pause(row, by=request.user)
            return redirect("rule", rule_code)
        try:
            services.publish(row, by=request.user)
        except Refused as error:
            refused = [f"{problem.message} {problem.mend}" for problem in error.problems]
        else:
            return redirect("rule", rule_code)
    shown = read((row.version or newest).document)
    document = shown if isinstance(shown, Document) else None
    context = {
        "row": row,
        "newest": newest,
        "name": document.name if document else row.code,
        "said": rule_words.said(document) if document else None,
        "refused": refused,
        "firings": rule_words.firings(queries.firings(row), document, figures=_figures(request, row.code)),
    }
    return render(request, "web/reactions/rule.html", context)


@needs(*WRITERS)
def edit(request: HttpRequest, rule_code: str | None = None) -> HttpResponse:
    """When, if, whom, do: checked while it is written, tried on a past month, sent to oneself, saved, published."""
    row = get_object_or_404(Rule, code=rule_code) if rule_code else None
    if request.method == "POST":
        document = rule_form.document(request.POST, code=rule_code)
    else:
        document = row.versions.latest("number").document if row else rule_form.EMPTY
    do = request.POST.get("do", "")
    asked = do in ("check", "preview", "test", "save", "publish")
    problems = services.problems(document, code=rule_code) if asked else []
    if row is None and do in ("save", "publish") and Rule.objects.filter(code=document["rule"]).exists():
        problems = [*problems, *rule_form.taken(document["rule"])]
    if do in ("save", "publish") and not problems:
        return _kept(request, document, publish=do == "publish")
    month = rule_form.month(request.POST.get("month", ""))
    context = {
        "row": row,
        "form": rule_form.form(document),
        "month": month,
        "checked": asked,
        "problems": problems,
    }
    if do == "preview" and not problems:
        figures = _figures(request, document["rule"])
        context["preview"] = previews.preview(read(document), month, figures=figures)
    if do == "test" and not problems:
        context["sent"] = services.test_send(document, rule_words.examples(document), to=request.user)
    if "HX-Request" in request.headers and do in ("check", "preview", "test"):
        return render(request, "web/reactions/found.html", context)
    return render(request, "web/reactions/edit.html", context)


def _figures(request: HttpRequest, code: str) -> bool:
    """Whether the user may see everybody's figures; a look at them is audited."""
    if access.visible_payees(request.user, people.today()) is not None:
        return False
    audit(request, "rule_seen", detail={"rule": code})
    return True


def _kept(request: HttpRequest, document: dict, *, publish: bool) -> HttpResponse:
    row = services.save(document, by=request.user)
    if publish:
        services.publish(row, by=request.user)
    messages.success(request, _("The rule is published.") if publish else _("The rule is saved."))
    return redirect("rule", row.code)


@needs(Role.ADMIN, Role.HR)
@require_POST
def retry(request: HttpRequest, firing: int) -> HttpResponse:
    """Tries again what failed."""
    row = get_object_or_404(Firing, pk=firing)
    well = services.retry(row, by=request.user)
    messages.success(request, _("It went well this time.") if well else _("It failed again."))
    return redirect("rules")


class OwnManners(forms.Form):
    """How one is told."""

    by_mail = forms.BooleanField(label=gettext_lazy("Send e-mails too"), required=False)
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=forms.TimeInput({"type": "time"})
    )
    quiet_to = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TimeInput({"type": "time"}),
        help_text=gettext_lazy("No e-mail goes out in between; nothing is lost."),
    )
    digest = forms.TimeField(
        label=gettext_lazy("All e-mails of a day together at"),
        required=False,
        widget=forms.TimeInput({"type": "time"}),
        help_text=gettext_lazy("Leave it empty to get each at once. What is about pay always comes at once."),
    )


class CompanyManners(OwnManners):
    """How people are told who have chosen nothing else."""

    mails_an_hour = forms.IntegerField(label=gettext_lazy("E-mails an hour, at most"), min_value=1, max_value=1000)
    notices_an_hour = forms.IntegerField(
        label=gettext_lazy("Notices an hour that move open pages, at most"), min_value=1, max_value=1000
    )


@needs(*WRITERS)
def manners(request: HttpRequest) -> HttpResponse:
    """The company's quiet hours and limits."""
    form = CompanyManners(request.POST or None, initial=vars(ways.of_company()))
    if form.is_valid():
        ways.save(None, **form.cleaned_data)
        messages.success(request, _("Kept."))
        return redirect("rule_manners")
    return render(request, "web/reactions/manners.html", {"form": form, "own": False})


@signed_in
def my_manners(request: HttpRequest) -> HttpResponse:
    """The own ones."""
    form = OwnManners(request.POST or None, initial=vars(ways.of(request.user)))
    if form.is_valid():
        ways.save(request.user, **form.cleaned_data)
        messages.success(request, _("Kept."))
        return redirect("my_manners")
    return render(request, "web/reactions/manners.html", {"form": form, "own": True})
