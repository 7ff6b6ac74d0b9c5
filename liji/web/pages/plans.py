"""Plans: all of them, a new one from a template, and one with its document and versions."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import get_language

from liji.access import queries as access
from liji.access.guards import needs
from liji.access.models import Role
from liji.people import queries as people
from liji.plan import load
from liji.plan import templates
from liji.plans import queries
from liji.plans import services

READERS = (Role.DESIGNER, Role.ADMIN, Role.FINANCE, Role.HR)
WRITERS = (Role.DESIGNER, Role.ADMIN)


def _language() -> str:
    return "en" if (get_language() or "zh").startswith("en") else "zh"


@needs(*READERS)
def plans(request: HttpRequest) -> HttpResponse:
    """Every plan and how it stands today; a template becomes a new plan."""
    writes = access.has_role(request.user, *WRITERS)
    offered = dict(templates())
    mistake = False
    if request.method == "POST":
        if not writes:
            raise PermissionDenied
        if text := offered.get(request.POST.get("template", "")):
            return redirect("plan", services.save_version(text, by=request.user).plan.code)
        mistake = True
    context = {
        "standings": queries.standings(people.today()),
        "templates": [(name, load(text).plan.names(_language())) for name, text in offered.items()],
        "writes": writes,
        "mistake": mistake,
        "language": _language(),
    }
    return render(request, "web/plans/list.html", context, status=400 if mistake else 200)


@needs(*READERS)
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """One plan: its newest document, what to look at in it, and its versions."""
    found = queries.plan_by_code(code)
    if found is None:
        raise Http404
    versions = queries.versions_of(found.pk)
    lang = _language()
    problems = load(versions[0].text).problems if versions else ()
    context = {
        "plan": found,
        "name": found.en if lang == "en" else found.zh,
        "newest": versions[0] if versions else None,
        "versions": versions,
        "warnings": [(each.line, each.message(lang), each.mend(lang)) for each in problems],
    }
    return render(request, "web/plans/plan.html", context)
