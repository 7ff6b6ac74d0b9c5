"""The performance file 员工绩效档案: a person's month, figure by figure, down to the records that make it up."""

from datetime import date
from decimal import Decimal
from decimal import InvalidOperation

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liji.access import queries as access
from liji.access.guards import look_at_pay
from liji.access.guards import needs
from liji.access.guards import signed_in
from liji.access.models import Role
from liji.earnings import queries as earnings
from liji.people import queries as people
from liji.people.models import Employee
from liji.performance import queries
from liji.performance import services
from liji.performance.indicators import INDICATORS
from liji.performance.models import Definitions
from liji.plan.periods import add_months
from liji.web import asked
from liji.web.sections import rendered
from liji.web.sections import section

SEES_OTHERS = (Role.MANAGER, Role.HR)
DEFINES = (Role.HR, Role.DESIGNER)
MOST = 300  # people in the choice


def names() -> dict[str, str]:
    """Indicator → its name in the reader's language."""
    english = (get_language() or "zh").startswith("en")
    return {name: each.en if english else each.zh for name, each in INDICATORS.items()}


def defined(held: Definitions) -> dict[str, str]:
    """Indicator → its definition, as it holds, in a sentence."""
    new = {
        "source": _("Customers whom the source marks as new; where it says nothing, those with their first order."),
        "first_order": _("Customers whose first order with the company lies in the month."),
        "marked": _("Customers whom the source marks as new."),
    }
    count = _("Opportunities won ÷ opportunities decided, by count, in %(months)s months.")
    amount = _("Opportunities won ÷ opportunities decided, by amount, in %(months)s months.")
    return {
        "sales": _("Orders credited to the person as owner, by share, less returns and cancellations on their day."),
        "contract_amount": _("Orders signed in the month, by share, before returns; without those taken back in full."),
        "contracts": _("Orders signed in the month, without those taken back in full; a shared one counts for each."),
        "largest_contract": _("The largest order signed in the month, by share."),
        "conversion": (amount if held.conversion_by == "amount" else count) % {"months": held.conversion_months},
        "new_customers": new[held.new_customer_by],
        "retention": _(
            "Customers with an order in the last %(months)s months and in those before ÷ customers of those before."
        )
        % {"months": held.retention_months},
        "follow_ups": _("Follow-ups recorded in the month."),
        "follow_ups_a_week": _("Follow-ups × 7 ÷ calendar days employed in the month so far."),
        "meeting_participation": _("Meetings attended ÷ meetings in which anybody of the own unit took part."),
        "courses": _("Different courses completed in the month."),
        "course_completion": _("Courses completed ÷ courses completed by anybody of the own unit in %(months)s months.")
        % {"months": held.course_months},
        "exam_score": _("The mean of the scores of the exams passed in the month."),
    }


@signed_in
def performance(request: HttpRequest) -> HttpResponse:
    """The own file; whoever looks after others and has none begins with the first of them."""
    if not access.has_role(request.user, Role.REP, *SEES_OTHERS):
        raise PermissionDenied
    if access.has_role(request.user, *SEES_OTHERS):
        choice = _choice(request)
        if choice and not access.has_role(request.user, Role.REP):
            return redirect("performance_of", choice[0].pk)
    if request.user.employee_id is None:
        return render(request, "web/performance/nobody.html")
    return _file(request, request.user.employee_id)


@signed_in
def of(request: HttpRequest, employee: int) -> HttpResponse:
    """Somebody's file: for HR, and managers of the dated subtree; the look is audited."""
    if employee != request.user.employee_id and not access.has_role(request.user, *SEES_OTHERS):
        raise PermissionDenied
    look_at_pay(request, employee, "performance_seen")
    return _file(request, employee)


def _file(request: HttpRequest, employee: int) -> HttpResponse:
    month = _month(request.GET.get("month", ""))
    chosen = request.GET.get("indicator", "")
    found = queries.performance_file(employee, month)
    chosen = chosen if chosen in INDICATORS else "sales"
    held = queries.definitions()
    context = {
        "person": Employee.objects.get(pk=employee),
        "file": found,
        "names": names(),
        "defined": defined(held),
        "chosen": INDICATORS[chosen],
        "trend": [(each, values[chosen]) for each, values in reversed(found.months)],
        "months": [add_months(people.today().replace(day=1), -back) for back in range(12)],
        "people": _choice(request),
        "own": employee == request.user.employee_id,
        "sections": rendered(request, employee),
        "defines": access.has_role(request.user, *DEFINES),
        "layers": access.has_role(request.user, Role.HR),
        "exchange": held.exchange,
    }
    return render(request, "web/performance/file.html", context)


def _month(text: str) -> date:
    """A month from an address; the present one when there is none, or it lies in the future."""
    present = people.today().replace(day=1)
    found = asked.month(text)
    return found if found and date(2000, 1, 1) <= found <= present else present


def _choice(request: HttpRequest) -> list[Employee]:
    """Whose files may be opened: those who sell, below a manager, or everybody's for HR."""
    if not access.has_role(request.user, *SEES_OTHERS):
        return []
    visible = access.visible_payees(request.user, people.today())
    found = Employee.objects.filter(employments__days__contains=people.today())
    if visible is not None:
        found = found.filter(pk__in=visible - {request.user.employee_id})
    return list(found.filter(assignments__isnull=False).distinct().order_by("number")[:MOST])


@signed_in
def records(request: HttpRequest, employee: int, indicator: str) -> HttpResponse:
    """The very records that make a figure up, in the sheet or as a page."""
    if employee != request.user.employee_id and not access.has_role(request.user, *SEES_OTHERS):
        raise PermissionDenied
    if indicator not in INDICATORS:
        raise Http404
    month = _month(request.GET.get("month", ""))
    look_at_pay(request, employee, "performance_records_seen", indicator=indicator, month=str(month))
    values = queries.month_values([employee], month)[employee]
    context = {
        "person": Employee.objects.get(pk=employee),
        "indicator": INDICATORS[indicator],
        "name": names()[indicator],
        "definition": defined(queries.definitions())[indicator],
        "month": month,
        "value": values[indicator],
        "records": queries.records(employee, indicator, month),
        "reads_records": access.has_role(request.user, Role.HR, Role.FINANCE),
    }
    sheet = "HX-Request" in request.headers
    return render(request, f"web/performance/{'records' if sheet else 'records_page'}.html", context)


class DefinitionsForm(forms.Form):
    """What conversion, new customer and retention mean in this company."""

    conversion_by = forms.ChoiceField(
        label=gettext_lazy("Conversion rate"),
        choices=[("count", gettext_lazy("by count")), ("amount", gettext_lazy("by amount"))],
    )
    conversion_months = forms.IntegerField(label=gettext_lazy("Conversion: months"), min_value=1, max_value=12)
    new_customer_by = forms.ChoiceField(
        label=gettext_lazy("New customer"),
        choices=[
            ("source", gettext_lazy("marked by the source, else the first order")),
            ("first_order", gettext_lazy("the first order with the company")),
            ("marked", gettext_lazy("only marked by the source")),
        ],
    )
    retention_months = forms.IntegerField(label=gettext_lazy("Retention: months"), min_value=1, max_value=12)
    course_months = forms.IntegerField(label=gettext_lazy("Course completion: months"), min_value=1, max_value=12)
    rates = forms.CharField(
        label=gettext_lazy("Rates of other currencies"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("One a line, such as USD 7.10. Amounts in a currency without a rate are left out."),
    )

    def clean_rates(self) -> dict[str, str]:
        rates: dict[str, str] = {}
        for line in self.cleaned_data["rates"].splitlines():
            words = line.split()
            if not words:
                continue
            try:
                rate = Decimal(words[1])
            except (IndexError, InvalidOperation):
                rate = Decimal(0)
            if len(words) != 2 or len(words[0]) != 3 or not rate.is_finite() or not 0 < rate < 10**6:
                raise forms.ValidationError(_("“%(line)s” is no rate. Write USD 7.10.") % {"line": line[:40]})
            rates[words[0].upper()] = f"{rate:f}"
        return rates


@needs(*DEFINES)
def definitions(request: HttpRequest) -> HttpResponse:
    """The definitions that hold, and the form that changes them; each change is audited."""
    held = queries.definitions()
    names_ = ("conversion_by", "conversion_months", "new_customer_by", "retention_months", "course_months")
    initial = {name: getattr(held, name) for name in names_}
    initial["rates"] = "\n".join(f"{code} {rate}" for code, rate in held.exchange.items())
    form = DefinitionsForm(request.POST or None, initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        services.set_definitions(
            by=request.user, exchange=given["rates"], **{name: given[name] for name in names_}
        )
        messages.success(request, _("Saved. All months are now shown by these definitions."))
        return redirect("performance_definitions")
    context = {"form": form, "defined": defined(held), "names": names(), "history": queries.definition_history()}
    return render(request, "web/performance/definitions.html", context, status=400 if form.is_bound else 200)


@section("received", place=10)
def received(request: HttpRequest, employee: int) -> str:
    """What the person has earned by the plans: the months are one click away."""
    months = earnings.months(employee)[:6]
    if not months:
        return ""
    return render_to_string("web/performance/received.html", {"months": months}, request)
