"""`/styleguide`: every component once, so that people and tests can look at them."""

from datetime import UTC
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from liji.access.guards import signed_in


class Sample(forms.Form):
    """A form with a right, a wrong and a helped field."""

    name = forms.CharField(label=_("Name"), initial="王晓阳")
    amount = forms.DecimalField(label=_("Amount"), help_text=_("In yuan, such as 1234.50."))
    remember = forms.BooleanField(label=_("Mark all as read"), required=False)


def _bands() -> tuple[SimpleNamespace, ...]:
    low, high = Decimal(100_000), Decimal(200_000)
    rows = (("1%", None, low, "1", False), ("1.5%", low, high, "0.6", True), ("2%", high, None, "0", False))
    return tuple(
        SimpleNamespace(rate=rate, low=start, high=end, is_share=False, here=here, filled=Decimal(filled))
        for rate, start, end, filled, here in rows
    )


def _earning() -> SimpleNamespace:
    distance, gain = Decimal("166666.67"), Decimal(2500)
    target = SimpleNamespace(kind="target", measure="sales", distance=distance, gain=gain)
    band = SimpleNamespace(kind="band", measure="sales", distance=2 * distance, gain=None, rate=Decimal("0.02"))
    progress = SimpleNamespace(measure="sales")
    return SimpleNamespace(payee_period=0, currency="CNY", steps=(target, band), progress=progress)


@signed_in
def styleguide(request: HttpRequest) -> HttpResponse:
    """The components with samples; nothing here is anybody's."""
    deal = SimpleNamespace(
        fact_id=0,
        title="华星科技",
        at=datetime(2026, 11, 23, 1, 42, tzinfo=UTC),
        type="order_closed",
        amount=Decimal(100_000),
        brought=Decimal(1500),
        rerated=Decimal(500),
        rate=Decimal("0.015"),
    )
    context = {
        "form": Sample({"name": "", "amount": "12"}),
        "bands": _bands(),
        "share": Decimal("0.75"),
        "full": Decimal("1.234"),
        "deal": deal,
        "earning": _earning(),
        "page": Paginator(range(40), 10).page(2),
        "colours": ("ground", "paper", "ink", "muted", "accent", "accent-tint", "gain", "bad"),
        "rows": [("王晓阳", Decimal("0.75"), Decimal(7500)), ("李静", Decimal("0.8"), Decimal(2400))],
    }
    return render(request, "web/styleguide.html", context)
