"""Filters of the pages of growth: names in the reader's language, what is missing in a criterion, states in words."""

from decimal import Decimal

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import ngettext

from liji.people import numbers
from liji.people import queries as people

register = template.Library()

ORIGINS = {
    "rule": gettext_lazy("recommended for you"),
    "preference": gettext_lazy("by your preference"),
    "manager": gettext_lazy("from your manager"),
    "hr": gettext_lazy("from HR"),
    "self": gettext_lazy("chosen by yourself"),
    "next": gettext_lazy("opened by what you finished"),
    "renewal": gettext_lazy("before it expires"),
}
STATES = {
    "held": gettext_lazy("held"),
    "expiring": gettext_lazy("expiring"),
    "expired": gettext_lazy("expired"),
    "none": gettext_lazy("not yet"),
}
STEPS = {
    "manager": gettext_lazy("waits for the manager"),
    "hr": gettext_lazy("waits for HR"),
    "agreed": gettext_lazy("agreed"),
    "declined": gettext_lazy("not this time"),
    "lapsed": gettext_lazy("lapsed"),
}
OUTCOMES = {
    "reached": gettext_lazy("goal reached"),
    "improved": gettext_lazy("improved"),
    "not_reached": gettext_lazy("goal not reached"),
    "left": gettext_lazy("has left the company"),
    "none": gettext_lazy("no outcome recorded"),
}
_WORDS = {**ORIGINS, **STATES, **STEPS, **OUTCOMES}


@register.filter
def called(thing) -> str:
    """The name of a course, skill, track … in the reader's language."""
    return thing.en if (get_language() or "zh").startswith("en") else thing.zh


@register.filter
def in_words(code: str) -> str:
    """An origin, a state or an outcome in words."""
    return str(_WORDS.get(code, code))


@register.filter
def figure(value: Decimal | None, kind: str) -> str:
    """A criterion's figure in its unit: money, a share, a count."""
    if value is None:
        return "–"
    if kind == "money":
        return numbers.money(value, people.company().currency)
    return numbers.percent(value) if kind == "rate" else numbers.plain(value)


@register.filter
def reached(asked) -> str:
    """“¥200,000.00 of ¥250,000.00”; the present month's where months count."""
    own, kind = asked.measured, asked.criterion.kind
    if own is None:
        return _("not measured yet")
    if asked.criterion.needed is None and own.run is None:
        return _("holds") if own.met else _("does not hold yet")
    if asked.criterion.needed is None:
        return ""
    words = {"value": figure(own.current, kind), "needed": figure(asked.criterion.needed, kind)}
    return (_("%(value)s of %(needed)s") if own.run is None else _("this month %(value)s of %(needed)s")) % words


@register.filter
def missing(asked) -> str:
    """What is missing, in money, counts or months: the next step of who is on the track."""
    own, criterion = asked.measured, asked.criterion
    if own is None:
        return _("not measured yet")
    if own.met:
        return _("reached")
    to_go = figure(own.missing, criterion.kind) if own.missing else ""
    if own.run is None:
        return _("%(amount)s to go") % {"amount": to_go} if to_go else _("does not hold yet")
    months = asked.months_missing
    left = ngettext("%(months)s month in a row to go", "%(months)s months in a row to go", months) % {"months": months}
    return _("%(left)s; this month %(amount)s more") % {"left": left, "amount": to_go} if to_go else left
