"""What can be wrong with courses, exams and offers, in words."""

from django.utils.translation import gettext_noop as _

from liji.people.problems import WORDS

WORDS.update(
    {
        "unknown_course": (_("There is no course or exam “{value}”."), _("Use a code of the catalogue.")),
        "course_circle": (
            _("These would require one another in a circle: {circle}."),
            _("Take one of them out of the prerequisites."),
        ),
        "course_taken": (
            _("“{value}” names another entry of the catalogue already."),
            _("Results are matched by code and name, so each must be of its own."),
        ),
        "first_finish": (_("First to be finished: {value}."), _("Offer that first.")),
        "below_mark": (
            _("{value} is below the pass mark of {mark}."),
            _("Only an exam that was passed is recorded; enter the result of the next try."),
        ),
        "needs_score": (_("An exam needs a score."), _("Enter the score that was reached.")),
        "only_exams_prove": (_("A course proves no skill."), _("Let an exam prove it, and require the course there.")),
    }
)
