"""Imports: a file comes in, one looks at its first rows, starts it, sees it go, mends what was refused."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liji.access.guards import needs
from liji.access.models import Role
from liji.connectors import queries
from liji.connectors import services
from liji.connectors.builder import builder
from liji.connectors.builder import rebuilt
from liji.connectors.files import mapping
from liji.connectors.files.tables import Unreadable
from liji.connectors.models import ImportRun
from liji.connectors.preview import preview
from liji.events import queries as events
from liji.facts import queries as facts
from liji.people.problems import Refused
from liji.web.pages import import_words as words

ROLES = (Role.HR, Role.FINANCE, Role.ADMIN)
PAGE = 50


def _run(number: int) -> ImportRun:
    found = queries.run(number)
    if found is None:
        raise Http404
    return found


@needs(*ROLES)
def imports(request: HttpRequest) -> HttpResponse:
    """The imports, newest first."""
    page = Paginator(queries.runs(limit=1_000), PAGE).get_page(request.GET.get("page"))
    return render(request, "web/imports/list.html", {"page": page, "since": events.latest(), **_list(page)})


@needs(*ROLES)
def list_fragment(request: HttpRequest) -> HttpResponse:
    """The list anew."""
    page = Paginator(queries.runs(limit=1_000), PAGE).get_page(request.GET.get("page"))
    return render(request, "web/imports/list_fragment.html", {"page": page, **_list(page)})


def _list(page) -> dict[str, object]:
    return {"listed": [words.summary(run) for run in page]}


# --- taking in ----------------------------------------------------------------------------------------------


@needs(*ROLES)
def new(request: HttpRequest) -> HttpResponse:
    """Which file, read how: a saved mapping, or one that is proposed from the file."""
    context: dict[str, object] = {
        "mappings": queries.mappings(),
        "kinds": [(kind.code, kind.zh if words.chinese() else kind.en) for kind in facts.types()],
        "given": {"how": "facts:order_closed"},
        "limit": services.upload_limit(),
    }
    if request.method == "POST":
        try:
            return redirect("import", _taken_in(request).pk)
        except (Unreadable, services.MappingRefused) as problem:
            context |= {"mistakes": words.mistakes(problem), "given": request.POST}
    return render(request, "web/imports/new.html", context, status=400 if "mistakes" in context else 200)


def _taken_in(request: HttpRequest) -> ImportRun:
    files = [(file.name, file) for file in request.FILES.getlist("files")]
    how, _colon, kind = request.POST.get("how", "").partition(":")
    if how == "mapping" and (saved := queries.mapping(kind)):
        return services.receive(saved.text, files, by=request.user)
    if len(files) != 1:
        raise Unreadable("请选择一个文件。", "Choose one file.")
    if how not in mapping.KINDS:
        raise Unreadable("请选择这是什么文件。", "Say what the file holds.")
    return services.propose(*files[0], how, kind=kind, by=request.user)


# --- a draft: looked at, its mapping changed, started -------------------------------------------------------


@needs(*ROLES)
def one(request: HttpRequest, run: int) -> HttpResponse:
    """One import: a draft with its first rows, or how far it is and what came of it."""
    found = _run(run)
    if found.state == ImportRun.State.DRAFT:
        return _draft(request, found)
    ask = request.GET.get("reversals") == "ask"
    context = {"run": found, "since": events.latest(), "reversals": ask, **_progress(found)}
    return render(request, "web/imports/run.html", context)


def _draft(
    request: HttpRequest,
    run: ImportRun,
    *,
    text: str | None = None,
    mistakes: list | None = None,
    asked: bool = False,
) -> HttpResponse:
    seen = preview(run)
    try:
        form = builder(run)
    except Unreadable:
        form = None
    context = {
        "run": run,
        "seen": seen,
        "rows": [words.preview_row(row, seen.fields) for row in seen.rows],
        "heads": words.labels(seen.fields),
        "form": form and words.form(form),
        "text": run.mapping if text is None else text,
        "mistakes": mistakes or words.mistakes_of(seen),
        "files": ", ".join(str(each["name"]) for each in run.files),
        "new": words.to_confirm(seen),
        "empties": words.empties(seen),
        "elsewhere": services.counted_elsewhere(run) if seen.good else [],
    }
    return render(request, "web/imports/draft.html", context, status=400 if mistakes or asked else 200)


@needs(*ROLES)
@require_POST
def change(request: HttpRequest, run: int) -> HttpResponse:
    """The mapping of a draft: by the form, or by its text."""
    found = _run(run)
    if found.state != ImportRun.State.DRAFT:
        return redirect("import", run)
    given = request.POST
    try:
        text = given["text"] if "text" in given else _from_form(found, given)
        services.change_mapping(found.pk, text)
        if "keep" in given:
            saved = services.save_mapping(text, by=request.user)
            messages.success(request, _("The mapping is kept as “%(name)s”.") % {"name": saved.name})
    except services.MappingRefused as problem:
        if "text" not in given:  # an unfinished form is kept as it is, so that one goes on filling it in
            services.keep_unfinished(found.pk, text)
            found.refresh_from_db()
        return _draft(request, found, text=text, mistakes=words.mistakes(problem))
    except Unreadable as problem:
        return _draft(request, found, mistakes=words.mistakes(problem))
    return redirect("import", run)


def _from_form(run: ImportRun, given) -> str:
    fields = given.getlist("field")
    lines = [(name, given.get(f"column-{name}", ""), given.get(f"format-{name}", "").strip()) for name in fields]
    before = {line.field: line for line in form.lines} if (form := builder(run)) else {}
    # A column that was changed brings its own format, unless one was written by hand at the same time.
    lines = [
        (name, column, "" if name in before and column != before[name].column and form == before[name].format else form)
        for name, column, form in lines
    ]
    return rebuilt(
        run,
        name=given.get("name", "").strip()[:100],
        source=given.get("source", "").strip()[:64],
        kind=given.get("kind", ""),
        measure=given.get("measure", "").strip(),
        lines=lines,
    )


@needs(*ROLES)
@require_POST
def start(request: HttpRequest, run: int) -> HttpResponse:
    """From now on it runs by itself."""
    try:
        confirmed = {kind: request.POST.getlist(kind) for kind in mapping.CREATED}
        twice = "counted_elsewhere" in request.POST
        services.begin(_run(run).pk, by=request.user, confirmed=confirmed, twice=twice)
    except (services.MappingRefused, Unreadable) as problem:
        return _draft(request, _run(run), mistakes=words.mistakes(problem))
    except Refused:  # the draft asks what is to become of rows that would count twice
        return _draft(request, _run(run), asked=True)
    return redirect("import", run)


@needs(*ROLES)
@require_POST
def discard(request: HttpRequest, run: int) -> HttpResponse:
    """A draft that is not wanted."""
    if _run(run).state == ImportRun.State.DRAFT:
        services.discard(run)
    return redirect("imports")


# --- under way and after ------------------------------------------------------------------------------------


def _progress(run: ImportRun) -> dict[str, object]:
    return {
        "summary": words.summary(run),
        "refused": [words.refusal(each) for each in queries.refused(run.pk, limit=PAGE)],
        "more": max(0, run.refused - PAGE),
        "stopped": words.stopped(run),
        "notes": words.notes(run),
    }


@needs(*ROLES)
def fragment(request: HttpRequest, run: int) -> HttpResponse:
    """How far it is, anew."""
    found = _run(run)
    return render(request, "web/imports/run_fragment.html", {"run": found, **_progress(found)})


@needs(*ROLES)
def error_file(request: HttpRequest, run: int) -> HttpResponse:
    """The refused rows as a file to mend and give back."""
    found = _run(run)
    language = get_language()
    response = StreamingHttpResponse(words.in_language(language, queries.error_file(found)), "text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = words.attachment(queries.error_file_name(found))
    return response


@needs(*ROLES)
@require_POST
def take_back(request: HttpRequest, run: int) -> HttpResponse:
    """Everything that the import brought is taken back, while its period is open."""
    try:
        count = services.take_back(_run(run).pk, by=request.user, reversals="reversals" in request.POST)
    except Refused as refusal:
        for problem in refusal.problems:
            messages.error(request, f"{problem.message} {problem.mend}")
        if any(problem.code == "has_reversals" for problem in refusal.problems):
            return redirect(f"{reverse('import', args=[run])}?reversals=ask")
    else:
        messages.success(request, _("%(count)s records were taken back.") % {"count": count})
        if _run(run).state != ImportRun.State.TAKEN_BACK:
            messages.error(request, _("Some rows stay as they are. They stand below, with the cause."))
    return redirect("import", run)
