"""What the SMART check finds, in words."""

from django.utils.translation import gettext_lazy

from liji.performance.smart import Finding

SENTENCES = {
    "named": gettext_lazy("named in the plan"),
    "arriving": gettext_lazy("records have arrived in the last 30 days"),
    "nothing_arrives": gettext_lazy("no record has arrived in the last 30 days: connect its source"),
    "used": gettext_lazy("the plan pays for it"),
    "not_used": gettext_lazy("no component of the plan reads it, and it has no weight"),
    "in_force": gettext_lazy("the plan is in force, period by period"),
    "out_of_force": gettext_lazy("the plan is not valid on this day"),
    "no_amount": gettext_lazy("no target is set for this month"),
    "amount": gettext_lazy("a target is set"),
    "no_history": gettext_lazy("nothing to compare with in the last six months"),
    "too_high": gettext_lazy("%(times)s × the best of the last six months"),
    "too_low": gettext_lazy("less than half of the average of the last six months"),
    "within_reach": gettext_lazy("within reach"),
}


def sentence(finding: Finding) -> str:
    """A finding in words."""
    return str(SENTENCES[finding.code]) % finding.values
