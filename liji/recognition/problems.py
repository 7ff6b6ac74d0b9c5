"""What recognition refuses, in words: they join those that every room knows."""

from django.utils.translation import gettext_noop as _

from liji.people.problems import WORDS

WORDS.update(
    {
        "has_left": (_("{value} no longer works here."), _("Choose a colleague.")),
        "own_praise": (_("One does not praise oneself."), _("Choose a colleague.")),
        "nobody_called": (
            _("Nobody who works here has the name or number “{value}”."),
            _("Write the whole name, or the employee number."),
        ),
        "several_called": (_("Several colleagues are called {value}."), _("Write the employee number.")),
        "tells_pay": (_("Everybody reads this, and it tells of pay."), _("Say what was done well, without the pay.")),
        "tells_amount": (
            _("Everybody reads this, and the company shows no amounts."),
            _("Leave the amount out, or ask HR to show amounts on the wall."),
        ),
        "praise_gone": (_("This praise is no longer on the wall."), _("Look at the wall anew.")),
        "badge_code_taken": (_("There is a badge with the code “{value}” already."), _("Choose another code.")),
        "unknown_badge": (_("There is no badge “{value}”."), _("Choose one of the catalogue.")),
        "unknown_kind": (_("“{value}” is no kind of praise."), _("Choose one of the list.")),
        "too_long_text": (_("The text has more than {limit} characters."), _("Shorten it.")),
        "no_svg": (_("The file is no SVG picture that can be read."), _("Save it as plain SVG.")),
        "svg_too_large": (_("The picture has more than {limit} KB."), _("Simplify it, or save it without metadata.")),
        "svg_forbidden": (
            _("The picture holds “{value}”, which may not be shown."),
            _("Save it as plain SVG: shapes, gradients and text, without scripts, links and pictures from elsewhere."),
        ),
        "contest_ends": (_("The contest ends before it starts."), _("Correct one of the two days.")),
        "contest_over": (_("The last day of the contest has passed."), _("Choose a later last day.")),
        "contest_closed": (_("The period of {value} is closed."), _("Let the contest begin in an open period.")),
        "contest_too_long": (
            _("No period of a plan holds the days from {start} to {end}."),
            _("Keep them within one fiscal year, for example with the last day {mend}."),
        ),
        "contest_month": (
            _("Targets are set for months, and these days lie in more than one."),
            _("Keep the contest within a month, or rank something else than attainment."),
        ),
        "contest_growth": (
            _("Growth is measured against the time before, so the contest begins with a period of its plan."),
            _("Let it begin on {mend}."),
        ),
        "contest_state": (_("This contest is no longer a draft."), _("Make a new one, or end this one.")),
        "contest_not_running": (_("This contest is not running."), _("Publish it first, or choose another.")),
        "contest_not_begun": (_("This contest has not begun."), _("Cancel it instead.")),
        "star_decided": (_("This has been decided already."), _("Look at the stars of the months before.")),
        "contest_nobody": (_("Nobody takes part."), _("Choose a unit with people in it, or employees.")),
        "contest_prizes": (_("There is no prize."), _("Give the first place a prize.")),
        "contest_formula": (_("The formula cannot be used: {value}"), _("Correct the formula: {mend}")),
    }
)
