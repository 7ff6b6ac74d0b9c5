"""What a wave has brought: pictures with their tables, and the same as a file. What may be shown is decided below."""

import csv
from collections.abc import Iterable
from collections.abc import Iterator
from io import BytesIO
from io import StringIO

from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from liji.access.guards import needs
from liji.access.models import Role
from liji.access.services import audit
from liji.connectors.files.returned import MARK
from liji.connectors.files.returned import harmless
from liji.preferences.queries import names
from liji.surveys import queries
from liji.surveys.models import Wave
from liji.surveys.questions import CHOICE
from liji.surveys.questions import RANKING
from liji.surveys.questions import Question
from liji.surveys.questions import read
from liji.web.templatetags.liji import called

Row = list[str | int | float]


@needs(Role.HR)
def results(request: HttpRequest, wave: int) -> HttpResponse:
    """The figures of a wave; a look at answers with names is audited."""
    there = _wave(wave)
    if not there.anonymous:
        audit(request, "survey_answers_seen", detail={"survey": there.survey_id, "wave": there.pk})
    context = {
        "wave": there,
        "found": queries.results(there),
        "trend": queries.trend(there.survey),
        "named": list(_named(there)),
    }
    return render(request, "web/surveys/results.html", context)


@needs(Role.HR)
def csv_file(request: HttpRequest, wave: int) -> HttpResponse:
    """The results as a file that no spreadsheet runs."""
    text = StringIO(newline="")
    text.write(MARK)
    csv.writer(text).writerows(_audited(request, wave, "csv"))
    return _file(text.getvalue().encode(), "text/csv; charset=utf-8", wave, "csv")


@needs(Role.HR)
def workbook(request: HttpRequest, wave: int) -> HttpResponse:
    """The results as a workbook; a control character that was pasted into an answer has no place in one."""
    book, kept = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet(_("Results"))
    for row in _audited(request, wave, "xlsx"):
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell for cell in row])
    book.save(kept)
    return _file(kept.getvalue(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", wave, "xlsx")


def _audited(request: HttpRequest, wave: int, kind: str) -> Iterator[Row]:
    there = _wave(wave)
    audit(request, "survey_exported", detail={"survey": there.survey_id, "wave": there.pk, "format": kind})
    rows = _summary(queries.results(there)) if there.anonymous else _people(there)
    return ([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)


def _file(content: bytes, kind: str, wave: int, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="survey-{wave}.{ending}"'
    return response


def _wave(number: int) -> Wave:
    there = queries.wave(number)
    if there is None:
        raise Http404
    return there


def _summary(found: queries.Results) -> Iterator[Row]:
    """Question by question: the whole, how it is spread, each unit that may be shown; texts in no order."""
    yield [_("Question"), _("Unit"), _("Answer"), _("Answers"), _("Mean")]
    for outcome in found.outcomes:
        if outcome.n is None:
            continue
        asked = called(outcome.question)
        yield [asked, _("All units"), "", outcome.n, _number(outcome.mean)]
        for share in outcome.shares:
            yield [asked, _("All units"), called(share), share.count, _number(share.strength)]
        for text in outcome.texts:
            yield [asked, _("All units"), text, "", ""]
    for line in found.lines:
        for outcome, figure in zip(found.scales, line.figures, strict=True):
            if figure:
                yield [called(outcome.question), line.unit.name, "", figure.n, _number(figure.mean)]


def _number(value) -> float | str:
    return "" if value is None else float(value)  # a cell of a spreadsheet; nothing is worked out with it here


def _people(wave: Wave) -> Iterator[Row]:
    yield [_("Number"), _("Name"), _("Day"), *(called(one) for one in read(wave.questions))]
    for sheet, cells in _named(wave):
        yield [sheet.employee.number, sheet.employee.name, sheet.day.isoformat(), *cells]


def _named(wave: Wave) -> Iterator[tuple[queries.Sheet, list[str]]]:
    """Each answer with its person; nothing of an anonymous wave."""
    questions, kinds = read(wave.questions), names()
    for sheet in queries.by_person(wave):
        yield sheet, [_said(one, sheet.answers.get(one.code), kinds) for one in questions]


def _said(question: Question, value: object, kinds: dict[str, object]) -> str:
    if value is None:
        return ""
    if question.type == CHOICE:
        return next((called(each) for each in question.options if each.code == value), "")
    if question.type == RANKING:
        return _ranking(value, kinds)
    return str(value)


def _ranking(value: Iterable, kinds: dict[str, object]) -> str:
    return " > ".join(f"{called(kinds[code]) if code in kinds else code} {strength}" for code, strength in value)
