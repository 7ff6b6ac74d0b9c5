"""What can be wrong with tasks and coaching plans, in words."""

from django.utils.translation import gettext_noop as _

from liji.people.problems import WORDS

WORDS.update(
    {
        "unknown_template": (_("There is no coaching template “{value}”."), _("Use the code of a template.")),
        "no_coach": (_("{value} has no manager who could coach."), _("Name a coach, or record the manager first.")),
        "own_coach": (_("{value} cannot coach themselves."), _("Name somebody else.")),
        "coaching_closed": (_("This coaching plan is closed."), _("Open another one.")),
    }
)
