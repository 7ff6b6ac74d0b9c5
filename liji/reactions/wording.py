"""What notices say. The text is made when it is read, in the reader's language."""

from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from liji.people.numbers import money
from liji.people.numbers import percent
from liji.reactions.models import Notice

# kind → (subject, body)
WORDS = {
    "order_credited": (
        _("Congratulations on your order of {amount}!"),
        _("{title}: {brought} are added to this month's pay. Keep it up!"),
    ),
    "praise_suggested": (
        _("{name} closed an order of {amount}"),
        _("{title}. A word of praise in public would be well placed now."),
    ),
    "near_target": (
        _("{percent} reached: {to_go} to go"),
        _("{done} of this month's sales are done, {to_go} to go. Keep it up!"),
    ),
}
_MONEY = ("amount", "brought", "done", "to_go")


def _filled(notice: Notice) -> dict[str, str]:
    values = dict(notice.values)
    for name in _MONEY:
        if name in values:
            values[name] = money(Decimal(values[name]), values.get("currency", ""))
    if "percent" in values:
        values["percent"] = percent(Decimal(values["percent"]))
    return values


def subject(notice: Notice) -> str:
    """The notice in one line."""
    return gettext(WORDS[notice.kind][0]).format_map(_filled(notice))


def body(notice: Notice) -> str:
    """The notice's text."""
    return gettext(WORDS[notice.kind][1]).format_map(_filled(notice))
