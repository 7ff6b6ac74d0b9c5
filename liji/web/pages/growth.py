"""Growth: the own track, courses and skills; for managers and HR those of the team, and what they do about them."""

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
from liji.access.guards import look_at_pay
from liji.access.guards import needs
from liji.access.guards import signed_in
from liji.access.models import Role
from liji.access.services import audit
from liji.base import clock
from liji.coaching import queries as coaching
from liji.coaching import services as coaching_services
from liji.people import queries as people
from liji.people.models import Employee
from liji.tracks import queries as tracks
from liji.tracks import services as track_services
from liji.training import queries as training
from liji.training import services as training_services
from liji.training.models import Offer
from liji.web.pages import growth_forms as the
from liji.web.pages.filling import done
from liji.web.pages.filling import filled

LEADS = (Role.MANAGER, Role.HR)


def _shown(employee: Employee) -> dict[str, object]:
    """What a page of one person's growth is made of."""
    day = people.today()
    return {
        "person": employee,
        "standings": tracks.standings([employee.pk]),
        "growth": training.growth(employee.pk, day),
        "open_to": training.open_to(employee.pk, day),
        "today": day,
    }


@signed_in
def growth(request: HttpRequest) -> HttpResponse:
    """The own page; whoever only leads goes on to the team."""
    own = request.user.employee
    if own is None:
        return redirect("growth_team") if access.has_role(request.user, *LEADS) else _without_file(request)
    context = _shown(own) | {"own": True, "leads": access.has_role(request.user, *LEADS)}
    return render(request, "web/growth/growth.html", context)


def _without_file(request: HttpRequest) -> HttpResponse:
    return render(request, "web/growth/growth.html", {"person": None})


@signed_in
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Takes up a course that is open to oneself."""
    own = request.user.employee
    open_ = {one.code: one for one in training.open_to(own.pk, people.today())} if own else {}
    course = open_.get(request.POST.get("course", ""))
    if course and training_services.choose(course.code, own.pk):
        messages.success(request, _("It is among your courses now."))
    return redirect("growth")


@signed_in
@require_POST
def offer(request: HttpRequest, offer: int) -> HttpResponse:
    """Begins an own course, or takes back what one has offered to somebody."""
    found = get_object_or_404(Offer, pk=offer, finished=None, withdrawn_at=None)
    if found.employee_id == request.user.employee_id:
        training_services.start(found)
        return redirect("growth")
    if not tracks.may_place(request.user, found.employee_id, people.today()):
        return HttpResponse(status=403)
    training_services.withdraw(found)
    messages.success(request, _("The offer has been taken back."))
    return redirect("growth_person", found.employee_id)


@needs(*LEADS)
def team(request: HttpRequest) -> HttpResponse:
    """Everybody's track, courses and skills; HR chooses whose team."""
    day = people.today()
    managers, chosen = _choice(request)
    members = list(Employee.objects.filter(pk__in=people.subtree(chosen.pk, day)).order_by("number")) if chosen else []
    numbers = [one.pk for one in members]
    if chosen and chosen.pk != request.user.employee_id:
        audit(request, "team_growth_seen", about=chosen.pk, detail={"employees": len(members)})
    standings = tracks.standings(numbers)
    waiting = training.open_offers(numbers)
    passed = training.finished_codes(numbers)
    on_track = {one.membership.employee_id: one for one in reversed(standings)}
    context = {
        "managers": managers,
        "chosen": chosen,
        "members": [(one, on_track.get(one.pk), waiting.get(one.pk, 0), len(passed[one.pk])) for one in members],
        "picture": training.team_skills(members, day),
        "promotions": tracks.open_promotions(request.user, day),
        "decided": [one for one in tracks.promotions(numbers, limit=10) if one.state not in tracks.OPEN],
        "sees_all": access.has_role(request.user, Role.HR),
    }
    return render(request, "web/growth/team.html", context)


def _choice(request: HttpRequest) -> tuple[list[Employee], Employee | None]:
    """Whose team may be chosen (nobody's, for a manager: it is the own), and whose it is."""
    own = request.user.employee
    if not access.has_role(request.user, Role.HR):
        return [], own
    managers = people.managers(people.today())
    by_id = {str(one.pk): one for one in managers}
    first = by_id.get(str(own.pk)) if own else None
    return managers, by_id.get(request.GET.get("manager", "")) or first or (managers[0] if managers else None)


@needs(*LEADS)
def person(request: HttpRequest, employee: int) -> HttpResponse:
    """Somebody's growth, for the manager and HR; audited, for it shows their sales."""
    look_at_pay(request, employee, "growth_seen")
    found = get_object_or_404(Employee, pk=employee)
    context = _shown(found) | {
        "own": False,
        "acts": tracks.may_place(request.user, employee, people.today()),
        "tasks": coaching.tasks(employee, people.today(), done=0),
        "coaching": [one for one in coaching.plans(employee) if coaching.may_see(request.user, one)],
    }
    return render(request, "web/growth/growth.html", context)


def _occasion(request: HttpRequest) -> str:
    """What somebody does by hand is an occasion of its own."""
    return f"by:{request.user.pk}:{clock.now().isoformat()}"


def _origin(request: HttpRequest) -> str:
    return "hr" if access.has_role(request.user, Role.HR) else "manager"


def _offer_course(request: HttpRequest, to: Employee, given: dict) -> object:
    audit(request, "course_offered", about=to.pk, detail={"course": given["course"]})
    return training_services.offer_course(
        given["course"], to.pk, occasion=_occasion(request), because={}, by=request.user, origin=_origin(request),
        due=given["due"],
    )


def _enter_track(request: HttpRequest, to: Employee, given: dict) -> object:
    return track_services.enter_track(
        given["track"], to.pk, occasion=_occasion(request), because={}, by=request.user, origin=_origin(request)
    )


def _open_plan(request: HttpRequest, to: Employee, given: dict) -> object:
    made = coaching_services.open_plan(to.pk, template=given["template"], occasion=_occasion(request), because={})
    audit(request, "coaching_opened", about=to.pk, detail={"template": given["template"]})
    return made


def _give_task(request: HttpRequest, to: Employee, given: dict) -> object:
    audit(request, "task_given", about=to.pk, detail={"title": given["title"]})
    return coaching_services.add_task(
        to.pk, given["title"], due=given["due"], occasion=_occasion(request), because={}, by=request.user
    )


# what → (form, title, text, what is done, the field at which a refusal stands)
ACTS = {
    "course": (
        the.OfferCourse, gettext_lazy("Offer a course: %(name)s"),
        gettext_lazy("It stands on the person's page at once."), _offer_course, "course",
    ),
    "track": (
        the.EnterTrack, gettext_lazy("Put on a track: %(name)s"),
        gettext_lazy("The progress is measured at once and shown to the person."), _enter_track, "track",
    ),
    "coaching": (
        the.OpenPlan, gettext_lazy("Open a coaching plan: %(name)s"),
        gettext_lazy("The manager coaches. The steps become tasks with due dates."), _open_plan, "template",
    ),
    "task": (
        the.GiveTask, gettext_lazy("Give a task: %(name)s"),
        gettext_lazy("It stands among the person's tasks, and is told on its day."), _give_task, "title",
    ),
}


@needs(*LEADS)
def act(request: HttpRequest, employee: int, what: str) -> HttpResponse:
    """Offering a course, entering a track, opening a coaching plan, giving a task."""
    found = get_object_or_404(Employee, pk=employee)
    if not tracks.may_place(request.user, employee, people.today()):
        return HttpResponse(status=403)
    wanted = ACTS.get(what)
    if wanted is None:
        return HttpResponse(status=404)
    kind, title, text, do, at = wanted
    form = kind(request.POST or None, initial={"due": people.today()} if what == "task" else None)
    made: list[object] = []
    if done(form, lambda: made.append(do(request, found, form.cleaned_data)), at):
        messages.success(request, _("Saved.") if made[0] else _("It was there already; nothing has changed."))
        return redirect("growth_person", employee)
    return filled(request, form, str(title) % {"name": found.name}, str(text), f"/growth/people/{employee}/")
