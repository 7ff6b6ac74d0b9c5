"""Filters and tags that every template has: figures as readers expect them, icons, rings and bars."""

import calendar
import json
from collections.abc import Mapping
from datetime import date
from datetime import datetime
from decimal import Decimal

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liji.base.clock import local
from liji.base.clock import local_day
from liji.base.clock import today
from liji.people import numbers

register = template.Library()
NOTHING = "–"


def _decimal(value: object) -> Decimal | None:
    """An exact number, or None for nothing. A float is refused: it is not what the books say."""
    if value is None or value == "":
        return None
    if isinstance(value, float):
        raise TypeError("a float is not shown as a figure; give a Decimal")
    return Decimal(value)


@register.filter
def money(value: object, currency: str = "CNY") -> str:
    """¥160,000.00"""
    number = _decimal(value)
    return NOTHING if number is None else numbers.money(number, currency or "CNY")


@register.filter
def delta(value: object, currency: str = "") -> str:
    """+1,500.00, or +¥1,500.00 with a currency; a true minus sign below zero."""
    number = _decimal(value)
    if number is None:
        return NOTHING
    if currency:
        return numbers.money(number, currency, signed=True)
    return ("−" if number < 0 else "+") + numbers.plain(abs(number), 2)


@register.filter
def wan(value: object) -> str:
    """16 万 in Chinese, 160K in English."""
    number = _decimal(value)
    return NOTHING if number is None else numbers.short(number)


@register.filter
def wan_money(value: object, currency: str = "CNY") -> str:
    """¥16 万 in Chinese, ¥160K in English."""
    number = _decimal(value)
    if number is None:
        return NOTHING
    sign = "−" if number < 0 else ""
    return f"{sign}{numbers.SIGNS.get(currency, currency + ' ')}{numbers.short(abs(number))}"


@register.filter
def number(value: object) -> str:
    """1,234.5: with separators, with the places that it has."""
    given = _decimal(value)
    return NOTHING if given is None else numbers.plain(given)


@register.filter
def percent(value: object) -> str:
    """0.75 → 75%; 0.625 → 62.5%."""
    share = _decimal(value)
    return NOTHING if share is None else numbers.percent(share)


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def _day(value: date | datetime) -> date:
    return local_day(value) if isinstance(value, datetime) else value


@register.filter
def day(value: date | datetime | None) -> str:
    """11 月 24 日 / 24 Nov; with the year when it is not the present one."""
    if not value:
        return NOTHING
    on = _day(value)
    year = "" if on.year == today().year else str(on.year)
    if _chinese():
        return (f"{year} 年 " if year else "") + f"{on.month} 月 {on.day} 日"
    return f"{on.day} {calendar.month_abbr[on.month]}" + (f" {year}" if year else "")


@register.filter
def month(value: date | None) -> str:
    """2026 年 11 月 / Nov 2026."""
    if not value:
        return NOTHING
    if _chinese():
        return f"{value.year} 年 {value.month} 月"
    return f"{calendar.month_abbr[value.month]} {value.year}"


@register.filter
def clock(value: datetime | None) -> str:
    """09:42 on the company's clock."""
    return local(value).strftime("%H:%M") if value else NOTHING


@register.filter
def moment(value: datetime | None) -> str:
    """Today 09:42, or the day and the time."""
    if not value:
        return NOTHING
    on = _("Today") if _day(value) == today() else day(value)
    return f"{on} {clock(value)}"


@register.filter
def initial(name: str) -> str:
    """The first character of a name, for its round picture."""
    return str(name)[:1].upper()


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the sprite; it only decorates, so a reader is told nothing."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        static("vendor/icons.svg"),
        name,
    )


@register.filter
def hundredths(share: object) -> str:
    """A share as a length in a drawing that is 100 long, between 0 and 100."""
    given = _decimal(share) or Decimal(0)
    return f"{min(max(given, Decimal(0)), Decimal(1)) * 100:.2f}"


@register.simple_tag
def now_clock() -> str:
    """09:42:17 on the company's clock."""
    return local().strftime("%H:%M:%S")


@register.filter
def control(field) -> SafeString:
    """A form field's control, in our look; it says by itself whether it is wrong."""
    field.field.widget.attrs.pop("placeholder", None)  # the label says it, and stays
    if field.widget_type in ("radioselect", "checkboxselectmultiple"):
        return field.as_widget()
    css = "form-select" if field.widget_type in ("select", "selectmultiple") else "form-control"
    return field.as_widget(attrs={"class": css})


# What a browser calls itself → what people call it; the first that fits.
_BROWSERS = {
    "MicroMessenger": "WeChat",
    "DingTalk": "DingTalk",
    "Edg/": "Edge",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "HarmonyOS": "HarmonyOS",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


@register.filter
def device(user_agent: str) -> str:
    """“Chrome · Android” from what a browser says of itself."""
    known = [
        name
        for names in (_BROWSERS, _SYSTEMS)
        for name in [next((name for mark, name in names.items() if mark in user_agent), "")]
        if name
    ]
    return " · ".join(known) or _("Unknown device")


@register.filter
def of_type(value: object, kind: str) -> str:
    """A figure as its type is read: money in short, a share in percent, other numbers with two places at most."""
    if kind == "rate":
        return percent(value)
    if kind == "money":
        return wan_money(value)
    given = _decimal(value)
    return NOTHING if given is None else numbers.plain(Decimal(numbers.plain(given, 2).replace(",", "")))


@register.filter
def exact(value: object) -> str:
    """A figure as plain exact text, for scripts and sorting; empty for nothing."""
    given = _decimal(value)
    return "" if given is None else f"{given:f}"




@register.filter
def month_name(value: date) -> str:
    """11 月 / November."""
    return f"{value.month} 月" if _chinese() else calendar.month_name[value.month]


@register.filter
def month_short(value: date) -> str:
    """11 月 / Nov: for the narrow places of a picture."""
    return f"{value.month} 月" if _chinese() else calendar.month_abbr[value.month]


@register.filter
def named(code: str, names: Mapping[str, str]) -> str:
    """The name that goes with a code; the code itself when it has none."""
    return names.get(code, code)


@register.filter
def called(thing: object) -> str:
    """The name of something that has one in Chinese (`zh`) and one in English (`en`), in the reader's language."""
    return getattr(thing, "en" if (get_language() or "zh").startswith("en") else "zh", NOTHING)


@register.filter
def at(things: Mapping, key: object) -> object:
    """What stands under a key; None when nothing does."""
    return things.get(key)


@register.filter
def pretty(record: object) -> str:
    """A record laid out for reading, in its own words."""
    return json.dumps(record, ensure_ascii=False, indent=2, default=str)


_NOTICE_ICONS = {
    "order_credited": "confetti",
    "praise_suggested": "heart-handshake",
    "near_target": "target-arrow",
    "target_reached": "target-arrow",
    "big_deal": "trophy",
    "commission_to_finance": "receipt",
    "course_offered": "school",
    "course_praise": "school",
    "daily_results": "chart-line",
    "first_order": "flag",
    "survey_opened": "clipboard-list",
    "survey_due": "clipboard-list",
}


@register.filter
def notice_icon(kind: str) -> str:
    """The icon of a kind of notice."""
    return _NOTICE_ICONS.get(kind, "bell")


@register.filter
def band_range(band, currency: str = "CNY") -> str:
    """“up to 10 万”, “10 万 – 20 万”, “over 20 万”: from where to where a band goes."""
    show = percent if band.is_share else wan
    low, high = (show(edge) if edge else "" for edge in (band.low, band.high))
    if low and high:
        return f"{low} – {high}"
    if low:
        return _("over %(edge)s") % {"edge": low}
    return _("up to %(edge)s") % {"edge": high} if high else ""


@register.filter
def holds(node, wanted: str) -> bool:
    """Whether an explanation's node, or one below it, is the one that was asked for."""
    return bool(wanted) and (node.name == wanted or any(holds(child, wanted) for child in node.children))


@register.filter
def difference(change) -> str:
    """By how much a node would be different, in its unit: +¥900.00, +0.5%, +1."""
    value = change.change
    if value is None:
        return ""
    sign = "+" if value > 0 else ""
    if change.unit == "%":
        return sign + percent(value)
    return delta(value, change.unit) if len(change.unit) == 3 and change.unit.isupper() else sign + number(value)


@register.filter
def answer(node) -> str:
    """The value of an explanation's node in its unit: money, a share, a count, yes or no."""
    value = node.value
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal | int):
        if node.unit == "%":
            return percent(value)
        return money(value, node.unit) if len(node.unit) == 3 and node.unit.isupper() else number(value)
    return NOTHING if value is None else str(value)


@register.filter
def said(finding) -> str:
    """A finding of the SMART check in words."""
    from liji.web.pages.smart_words import sentence

    return sentence(finding)


@register.simple_tag
def plan_word(zh: str, en: str) -> str:
    """The name of something that a plan names in both languages, in the reader's."""
    return zh if _chinese() else en
