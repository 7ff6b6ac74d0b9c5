"""Filters of the pages of surveys."""

from django import template

from liji.web.templatetags.liji import called

register = template.Library()


@register.filter
def topic(question) -> str:
    """What a question is about, for the head of a column: its text up to the first colon."""
    return called(question).replace("\uff1a", ":").partition(":")[0]
