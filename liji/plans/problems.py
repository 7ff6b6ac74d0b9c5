"""What is refused about targets, in words: they join those that every room knows."""

from django.utils.translation import gettext_noop as _

from liji.people.problems import WORDS

WORDS.update(
    {
        "no_target": (_("There is no target to change."), _("Set one on the targets page.")),
        "outside_period": (
            _("{value} does not lie in the period from {start} to {end}."),
            _("Choose a day of the period."),
        ),
        "no_reason": (_("The reason is missing."), _("Say in a sentence why the target changes.")),
        "change_open": (
            _("A change of this target is waiting for its approval."),
            _("Have it approved or refused first."),
        ),
        "change_decided": (_("The change has been decided already."), _("Propose another one.")),
        "own_proposal": (
            _("Who proposes a change cannot approve it."),
            _("Ask HR, finance or the manager above."),
        ),
        "moved_since": (
            _("The target has become {value} since the change was proposed."),
            _("Refuse it and propose it anew."),
        ),
        "copy_undone": (_("The copy has been undone already."), _("Copy again.")),
    }
)
