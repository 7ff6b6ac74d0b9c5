"""Forms that stand on a page of their own: shown, sent, and what the services refuse said at its field."""

from collections.abc import Callable

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render

from liji.people.problems import Refused


def filled(request: HttpRequest, form: forms.Form, title: str, text: str, back: str) -> HttpResponse:
    """The page of a form; what was wrong with it answers 400."""
    context = {"form": form, "title": title, "text": text, "back": back}
    return render(request, "web/form_page.html", context, status=400 if form.is_bound else 200)


def done(form: forms.Form, act: Callable[[], object], at: str | None) -> bool:
    """Whether it could be done; what is refused stands at its field, or at the field `at` (None: above them all)."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            act()
    except Refused as refused:
        for problem in refused.problems:
            field = problem.field if problem.field in form.fields else at
            form.add_error(field, f"{problem.message} {problem.mend}")
        return False
    return True
