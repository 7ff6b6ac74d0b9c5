"""What can be wrong with tracks, memberships and promotions, in words."""

from django.utils.translation import gettext_noop as _

from liji.people.problems import WORDS

WORDS.update(
    {
        "unknown_track": (_("There is no track “{value}”."), _("Use the code of a track.")),
        "not_for_position": (
            _("The track is for the position {value}."),
            _("Choose somebody who holds it, or another track."),
        ),
        "no_criteria": (_("A track without criteria leads nowhere."), _("Add at least one.")),
        "no_measure": (
            _("The formula gives neither a figure nor true or false."),
            _("Name a figure such as sales, or write a comparison."),
        ),
        "needs_nothing": (_("A condition holds or not; no amount is needed."), _("Leave it empty.")),
        "needs_amount": (_("How much is needed is missing."), _("Write an amount above 0.")),
        "too_many_months": (_("Months in a row are 0 to 12."), _("Write 0 when the present day alone counts.")),
        "no_weight": (_("A weight is above 0."), _("Write 1 for each when all weigh the same.")),
        "not_yours": (_("This is not for you to decide."), _("Ask the person's manager or HR.")),
        "decided": (_("This has been decided already."), _("Propose the promotion anew.")),
        "open_already": (_("A promotion is proposed already."), _("Decide that one first.")),
        "no_reason": (_("A reason is missing."), _("Write one sentence; the person reads it.")),
    }
)
