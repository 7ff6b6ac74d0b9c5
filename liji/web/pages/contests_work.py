"""Making contests: the form of a draft, publishing, ending early, cancelling."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liji.access.guards import needs
from liji.access.models import User
from liji.people.problems import Refused
from liji.recognition import contests as services
from liji.recognition.models import Contest
from liji.web.pages.contests import MAKES
from liji.web.pages.contests_forms import ContestForm
from liji.web.pages.contests_forms import initial
from liji.web.pages.filling import done


@needs(*MAKES)
def edit(request: HttpRequest, contest: int | None = None) -> HttpResponse:
    """A new draft, or one that is there; what is published is not changed any more."""
    there = get_object_or_404(Contest, pk=contest) if contest else None
    if there and there.state != Contest.State.DRAFT:
        raise Http404
    form = ContestForm(request.POST or None, initial=initial(there))
    kept: list[Contest] = []
    if done(form, lambda: kept.append(services.save(there, form.draft(), by=request.user)), "zh"):
        messages.success(request, _("Saved. Look at the preview, then publish it."))
        return redirect("contest", kept[0].pk)
    context = {"form": form, "contest": there}
    return render(request, "web/contests/edit.html", context, status=400 if form.is_bound else 200)


def _acted(request: HttpRequest, contest: int, act: Callable[..., Contest], words: str) -> HttpResponse:
    there = get_object_or_404(Contest, pk=contest)
    user: User = request.user
    try:
        act(there, by=user)
        messages.success(request, words)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, f"{problem.message} {problem.mend}")
    return redirect("contest", contest)


@needs(*MAKES)
@require_POST
def publish(request: HttpRequest, contest: int) -> HttpResponse:
    """Publishes a draft."""
    return _acted(request, contest, services.publish, _("Published. Everybody who takes part sees it now."))


@needs(*MAKES)
@require_POST
def end(request: HttpRequest, contest: int) -> HttpResponse:
    """Ends a running contest with today as its last day; the winners stand within a minute."""
    return _acted(request, contest, services.end, _("Ended. The winners stand here as soon as all is worked out."))


@needs(*MAKES)
@require_POST
def cancel(request: HttpRequest, contest: int) -> HttpResponse:
    """Calls a contest off."""
    return _acted(request, contest, services.cancel, _("Cancelled. Nobody wins or is paid."))
