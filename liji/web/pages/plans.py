"""Plans: all of them, a new one from a template, and one with its document and versions."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import QueryDict
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import get_language

from liji.access import queries as access
from liji.access.guards import needs
from liji.access.models import Role
from liji.people import queries as people
from liji.plan import load
from liji.plan import templates
from liji.plan.types import Kind
from liji.plans import queries
from liji.plans import services
from liji.plans.curve import curve
from liji.plans.curve import drawn_over
from liji.plans.curve import supposed_target
from liji.plans.models import PlanVersion
from liji.web.pages.curve_form import CurveForm

READERS = (Role.DESIGNER, Role.ADMIN, Role.FINANCE, Role.HR)
WRITERS = (Role.DESIGNER, Role.ADMIN)


def _language() -> str:
    return "en" if (get_language() or "zh").startswith("en") else "zh"


def _new_ones(offered: dict[str, str]) -> list[tuple[str, str]]:
    """The templates that are no plan of this company yet: (name, what it is called)."""
    taken = {each.code for each in queries.all_plans()}
    read = {name: load(text).plan for name, text in offered.items()}
    return [(name, plan.names(_language())) for name, plan in read.items() if plan.id not in taken]


def _tables(version: PlanVersion | None, lang: str) -> list[dict[str, object]]:
    """The rate tables of a version, for reading."""
    if version is None:
        return []
    return [
        {
            "name": table.names(lang),
            "shares": table.input is Kind.RATE,
            "gives_shares": table.gives is Kind.RATE,
            "rows": queries.rate_rows(table),
        }
        for table in queries.parsed(version).tables.values()
    ]


def _curve(version: PlanVersion | None, asked: QueryDict, lang: str) -> dict[str, object] | None:
    """The payout curve of a version, with the names that its picture wants and the form of what it supposes."""
    parsed = queries.parsed(version) if version else None
    measure = drawn_over(parsed) if parsed else None
    if measure is None:
        return None
    usual = queries.usual_target(version.plan_id, parsed, measure, people.today())
    form = CurveForm(parsed, asked, target=usual or supposed_target(parsed), lang=lang)
    found = curve(parsed, target=form.target, attributes=form.attributes)
    names = {"measure": parsed.measures[measure].names(lang), "currency": parsed.currency}
    return {"curve": found, "form": form, "usual": usual is not None and form.target == usual, **names}


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
        "templates": _new_ones(offered),
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
        "writes": access.has_role(request.user, *WRITERS),
        "name": found.en if lang == "en" else found.zh,
        "newest": versions[0] if versions else None,
        "versions": versions,
        "tables": _tables(versions[0] if versions else None, lang),
        "curve": _curve(versions[0] if versions else None, request.GET, lang),
        "warnings": [(each.line, each.message(lang), each.mend(lang)) for each in problems],
    }
    return render(request, "web/plans/plan.html", context)
