"""The administrator's pages: users and roles, API keys, jobs; and the audit list, which finance reads too."""

import csv
import logging
import re
from collections.abc import Iterator
from smtplib import SMTPException

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from liji.access import links
from liji.access import queries as access
from liji.access import services
from liji.access.guards import needs
from liji.access.models import ApiKey
from liji.access.models import AuditEntry
from liji.access.models import Role
from liji.access.models import User
from liji.base import gate
from liji.base.gate.identity import identity
from liji.connectors.files.returned import harmless
from liji.people import queries as people
from liji.people.models import Employee
from liji.web import asked
from liji.web import jobs
from liji.web.context import ROLE_NAMES
from liji.web.pages.audit_words import ACTIONS
from liji.web.pages.invitations import one_link
from liji.web.pages.staff_forms import NumberAndNameChoice

log = logging.getLogger(__name__)
PAGE = 50
AUDIT_PAGE = 100


@needs(Role.ADMIN)
def index(request: HttpRequest) -> HttpResponse:
    """Where an administrator goes from."""
    return render(request, "web/admin/index.html", {"failed": len(jobs.failed()), "counts": jobs.counts()})


# --- users ----------------------------------------------------------------------------------------------------


class UserForm(forms.Form):
    """What a user is: sign-in, address, language, roles, the employee behind it."""

    username = forms.RegexField(r"^[\w.@+-]+$", label=gettext_lazy("User name"), max_length=150)
    employee = NumberAndNameChoice(
        label=gettext_lazy("Employee"), queryset=Employee.objects.order_by("number"), required=False
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=list(ROLE_NAMES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    active = forms.BooleanField(label=gettext_lazy("May sign in"), required=False, initial=True)

    def __init__(self, *args, user: User | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if user:
            self.fields["username"].disabled = True

    def clean_username(self) -> str:
        name = self.cleaned_data["username"]
        if self.user is None and User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("This name is taken. Choose another."))
        return name

    def clean_employee(self) -> Employee | None:
        employee = self.cleaned_data["employee"]
        taken = employee and User.objects.filter(employee=employee).exclude(pk=self.user and self.user.pk).first()
        if taken:
            raise forms.ValidationError(_("%(name)s signs in for this employee already.") % {"name": taken.username})
        return employee


@needs(Role.ADMIN)
def users(request: HttpRequest) -> HttpResponse:
    """Everybody who may sign in, found by name, number or role."""
    search, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    found = User.objects.select_related("employee").prefetch_related("grants").order_by("username")
    if search:
        found = found.filter(Q(username__icontains=search) | Q(employee__name__icontains=search))
    if role in ROLE_NAMES:
        found = found.filter(grants__role=role)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines = [(user, [ROLE_NAMES[grant.role] for grant in user.grants.all()]) for user in page]
    kept = {key: value for key, value in (("q", search), ("role", role)) if value}
    context = {"page": page, "lines": lines, "roles": ROLE_NAMES.items(), "search": search, "role": role}
    return render(request, "web/admin/users.html", context | {"query": f"&{urlencode(kept)}" if kept else ""})


@needs(Role.ADMIN)
def user_new(request: HttpRequest) -> HttpResponse:
    """A new user, who chooses a password with a link that is mailed or, without mail, shown to be handed over."""
    form = UserForm(request.POST or None, initial={"language": "zh-hans"})
    if form.is_valid():
        given = form.cleaned_data
        with transaction.atomic():
            made = services.make_user(
                given["username"],
                given["roles"],
                email=given["email"],
                employee=given["employee"],
                language=given["language"],
            )
            services.audit(request, "user_made", about=made.employee_id, detail={"user": made.username})
        if _mailed(request, made):
            return redirect("admin_user", made.pk)
        return one_link(request, made)
    context = {
        "form": form,
        "title": _("New user"),
        "text": _("The user chooses a password with a one-time link. It is mailed, or shown to you to hand over."),
        "back": "/admin/users/",
    }
    return render(request, "web/form_page.html", context, status=400 if form.is_bound else 200)


@needs(Role.ADMIN)
def user(request: HttpRequest, user: int) -> HttpResponse:
    """One user: roles, address, whether they may sign in; where they are signed in."""
    found = get_object_or_404(User, pk=user)
    initial = {
        "username": found.username,
        "employee": found.employee_id,
        "email": found.email,
        "language": found.language,
        "roles": sorted(access.roles(found)),
        "active": found.is_active,
    }
    form = UserForm(request.POST or None, initial=initial, user=found)
    if form.is_valid():
        try:
            services.change_user(found, by=request.user, **{key: form.cleaned_data[key] for key in list(initial)[1:]})
        except services.LastAdmin:
            form.add_error("roles", _("This is the last administrator. Make another one first."))
        else:
            messages.success(request, _("Saved."))
            return redirect("admin_user", found.pk)
    context = {"one": found, "form": form, "sessions": UserSession.objects.filter(user=found).count()}
    context["mails"] = settings.EMAIL_CONFIGURED
    return render(request, "web/admin/user.html", context, status=400 if form.is_bound else 200)


@needs(Role.ADMIN)
@require_POST
def user_reset(request: HttpRequest, user: int) -> HttpResponse:
    """Mails a link for a new password, or shows it where no mail can be sent; ends all sessions."""
    found = get_object_or_404(User, pk=user)
    services.end_sessions(found)
    return redirect("admin_user", found.pk) if _mailed(request, found) else one_link(request, found)


def _mailed(request: HttpRequest, user: User) -> bool:
    """Mails a link to choose a password; false when no mail could be sent."""
    if not (settings.EMAIL_CONFIGURED and user.email):
        return False
    context = {"user": user, "password_reset_url": links.password_link(user, by=request)}
    try:
        get_adapter().deliver("account/email/password_reset_key", user.email, context)
    except (OSError, SMTPException):
        log.exception("mail not sent", extra={"user": user.username})
        messages.warning(request, _("The mail server can't be reached. Hand over a link instead."))
        return False
    services.audit(request, "password_reset_sent", about=user.employee_id, detail={"user": user.username})
    messages.success(request, _("A link was mailed to %(email)s.") % {"email": user.email})
    return True


# --- API keys --------------------------------------------------------------------------------------------------


@needs(Role.ADMIN)
def keys(request: HttpRequest) -> HttpResponse:
    """The keys of outside systems; a new one's secret is shown once, here."""
    shown = None
    if request.method == "POST":
        name = request.POST.get("name", "").strip()[:200]
        if name:
            made, secret = services.make_api_key(
                name, by=request.user, reads_pay="reads_pay" in request.POST, sources=_sources(request)
            )
            shown = {"name": name, "key": made.key, "secret": secret}
        else:
            messages.error(request, _("Give the key a name, such as the system that uses it."))
    keys = list(ApiKey.objects.select_related("made_by__employee").order_by("ended_at", "-made_at"))
    employees = {key.made_by.employee_id for key in keys if key.made_by and key.made_by.employee_id}
    left = employees - people.employed(employees, people.today())
    for key in keys:
        key.maker_has_left = key.made_by is not None and key.made_by.employee_id in left
    orphaned = sum(key.maker_has_left and key.ended_at is None for key in keys)
    return render(request, "web/admin/keys.html", {"keys": keys, "shown": shown, "orphaned": orphaned})


@needs(Role.ADMIN)
@require_POST
def key_end(request: HttpRequest, api_key: int) -> HttpResponse:
    """From now on the key opens nothing."""
    found = get_object_or_404(ApiKey, pk=api_key)
    if found.ended_at is None:
        services.end_api_key(found, by=request.user)
        messages.success(request, _("The key %(name)s opens nothing any more.") % {"name": found.name})
    return redirect("admin_keys")


def _sources(request: HttpRequest) -> list[str]:
    return [source.strip() for source in re.split("[,，]", request.POST.get("sources", "")) if source.strip()]


@needs(Role.ADMIN)
@require_POST
def key_sources(request: HttpRequest, api_key: int) -> HttpResponse:
    """Which sources the key may write from now on."""
    found = get_object_or_404(ApiKey, pk=api_key, ended_at=None)
    services.bind_api_key(found, _sources(request), by=request.user)
    messages.success(request, _("The sources of the key were changed."))
    return redirect("admin_keys")


# --- the audit list ---------------------------------------------------------------------------------------------


def _audited(request: HttpRequest):
    """The entries that are asked for, and the question as it stands in the address."""
    given = {key: request.GET.get(key, "").strip() for key in ("action", "actor", "about", "from", "to")}
    found = AuditEntry.objects.select_related("about").order_by("-at", "-pk")
    if given["action"]:
        found = found.filter(action=given["action"])
    if given["actor"]:
        found = found.filter(actor__icontains=given["actor"])
    if given["about"]:
        found = found.filter(Q(about__key=identity(given["about"]).key) | Q(about__name__icontains=given["about"]))
    for key, lookup, shift in (("from", "at__date__gte", 0), ("to", "at__date__lt", 1)):
        if day := asked.day(given[key]):
            found = found.filter(**{lookup: gate.shift(day, shift)})
        else:
            given[key] = ""
    return found, given


@needs(Role.ADMIN, Role.FINANCE)
def audit(request: HttpRequest) -> HttpResponse:
    """Who looked at or changed what, newest first."""
    found, given = _audited(request)
    page = Paginator(found, AUDIT_PAGE).get_page(request.GET.get("page"))
    there = AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct()
    actions = [(code, ACTIONS.get(code, code)) for code in there]
    kept = urlencode({key: value for key, value in given.items() if value})
    context = {"page": page, "given": given, "since": given["from"], "actions": actions, "words": ACTIONS}
    context |= {"query": f"&{kept}" if kept else "", "kept": kept}
    return render(request, "web/admin/audit.html", context)


class _Echo:
    def write(self, text: str) -> str:
        return text


def _lines(found) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(["at", "actor", "action", "about", "detail", "address"])
    for entry in found.iterator(chunk_size=2000):
        about = entry.about.number if entry.about else ""
        detail = "; ".join(f"{key}={value}" for key, value in entry.detail.items())
        cells = [entry.at.isoformat(), entry.actor, entry.action, about, detail, entry.address or ""]
        yield writer.writerow([harmless(cell) for cell in cells])


@needs(Role.ADMIN, Role.FINANCE)
def audit_csv(request: HttpRequest) -> HttpResponse:
    """The filtered list as a file that no spreadsheet runs; the export is audited itself."""
    found, given = _audited(request)
    services.audit(request, "audit_exported", detail={key: value for key, value in given.items() if value})
    response = StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


# --- jobs --------------------------------------------------------------------------------------------------------


@needs(Role.ADMIN)
def failures(request: HttpRequest) -> HttpResponse:
    """Jobs that failed, what waits and runs; failed ones are queued again, one or all."""
    if request.method == "POST":
        one = request.POST.get("job", "")
        count = jobs.retry_failed(int(one) if one.isdecimal() else None)
        services.audit(request, "jobs_retried", detail={"count": count})
        messages.success(request, _("%(count)s jobs queued again.") % {"count": count})
        return redirect("admin_jobs")
    context = {"failed": jobs.with_reasons(jobs.failed()), "counts": jobs.counts()}
    return render(request, "web/admin/jobs.html", context)
