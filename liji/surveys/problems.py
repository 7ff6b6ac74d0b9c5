"""What can be wrong with surveys and answers, in words."""

from django.utils.translation import gettext_noop as _

from liji.people.problems import WORDS

WORDS.update(
    {
        "no_question": (_("There is no question yet."), _("Write at least one.")),
        "half_question": (_("“{value}” is not written in both languages."), _("Write the question in both.")),
        "too_few_options": (_("“{value}” offers no choice."), _("Give at least two answers, one a line.")),
        "half_option": (
            _("The answers of “{value}” are not the same number in both languages."),
            _("Write them in the same order, one a line."),
        ),
        "two_rankings": (
            _("The preferences are asked twice."),
            _("Keep one of the questions: what is stated last would count."),
        ),
        "entry_is_named": (
            _("A form on entry cannot be anonymous: it is one person's."),
            _("Ask anonymously in a survey of many."),
        ),
        "no_start": (_("The first day is missing."), _("Give the day on which it opens first.")),
        "longer_than_period": (
            _("Open for {value} days, the next wave would begin before this one ends."),
            _("Let it be open for fewer days, or ask less often."),
        ),
        "entered_never": (_("Nobody can have entered in these days."), _("Correct one of the two dates.")),
        "too_few_asked": (
            _("Only {value} people would be asked: too few to stay anonymous."),
            _("Ask at least {least}, or say openly that it is not anonymous."),
        ),
        "unanswered": (_("This question is not answered yet."), _("Please answer it.")),
        "off_the_scale": (_("“{value}” is not on the scale."), _("Give a whole number from 1 to 100.")),
        "no_such_option": (_("“{value}” is not one of the answers."), _("Choose one of them.")),
        "answered_before": (
            _("You have answered already."),
            _("Each answer counts once; a preference can be changed under “My preferences”."),
        ),
        "survey_over": (_("This survey is over."), _("There is nothing left to do.")),
        "no_drafts": (_("An anonymous survey keeps no drafts."), _("Answer it in one go.")),
    }
)
