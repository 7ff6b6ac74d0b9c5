"""Menus of rewards of equal worth: made and offered by HR, chosen from by whom they are offered to."""

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
from liji.access.guards import signed_in
from liji.access.models import Role
from liji.access.services import audit
from liji.people.problems import Refused
from liji.preferences import queries
from liji.preferences import services
from liji.preferences.models import Menu
from liji.preferences.models import Offer
from liji.web.pages import preference_forms as the

ROLES = (Role.HR,)


@signed_in
@require_POST
def choose(request: HttpRequest, offer: int) -> HttpResponse:
    """Takes one of the rewards that are offered to oneself."""
    mine = get_object_or_404(Offer, pk=offer, employee=request.user.employee_id)
    option = request.POST.get("option", "")
    try:
        services.choose(mine, int(option) if option.isdecimal() else 0)
        messages.success(request, _("Chosen. It comes on top of your pay."))
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, f"{problem.message} {problem.mend}")
    return redirect("my_preferences")


@needs(*ROLES)
def listed(request: HttpRequest) -> HttpResponse:
    """Every menu with what it costs."""
    return render(request, "web/preferences/menus.html", {"costs": [queries.cost_of(each) for each in queries.menus()]})


@needs(*ROLES)
def edit(request: HttpRequest, menu: int | None = None) -> HttpResponse:
    """A new menu, or one that has not been offered yet."""
    there = _menu(menu) if menu else None
    form = the.MenuForm(request.POST or None, initial=_initial(there))
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("zh", "en", "worth", "closes")}
        try:
            made = services.save_menu(there, **given, options=form.options(), by=request.user)
        except Refused as refused:
            for problem in refused.problems:
                form.add_error(None, f"{problem.message} {problem.mend}")
        else:
            messages.success(request, _("Saved."))
            return redirect("menu", made.pk)
    context = {"form": form, "menu": there}
    return render(request, "web/preferences/menu_edit.html", context, status=400 if form.errors else 200)


def _menu(number: int) -> Menu:
    there = queries.menu(number)
    if there is None:
        raise Http404
    return there


def _initial(menu: Menu | None) -> dict[str, object]:
    if menu is None:
        return {}
    initial: dict[str, object] = {name: getattr(menu, name) for name in ("zh", "en", "worth", "closes")}
    for place, option in enumerate(menu.options.all()[: the.OPTIONS]):
        initial |= {f"kind-{place}": option.kind.code, f"zh-{place}": option.zh, f"en-{place}": option.en}
        initial |= {f"quantity-{place}": option.quantity, f"unit_cost-{place}": option.unit_cost}
    return initial


@needs(*ROLES)
def one(request: HttpRequest, menu: int) -> HttpResponse:
    """One menu: its rewards, to whom it is offered, what has been chosen, what it costs; offered from here."""
    there = _menu(menu)
    form = the.Audience(request.POST or None)
    if form.is_valid():
        many = services.publish_menu(there, form.employees())
        audit(request, "menu_offered", detail={"menu": there.pk, "people": many})
        messages.success(request, _("Offered to %(count)s people.") % {"count": many})
        return redirect("menu", there.pk)
    context = {"menu": there, "cost": queries.cost_of(there), "form": form}
    return render(request, "web/preferences/menu.html", context, status=400 if form.is_bound else 200)
