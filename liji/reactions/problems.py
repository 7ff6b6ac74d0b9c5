"""What is wrong with a rule, in words: they join those that every room knows."""

from django.utils.translation import gettext_noop as _

from liji.people.problems import WORDS

WORDS.update(
    {
        "rule_not_mapping": (_("The rule is not a document of named parts."), _("Write rule, names, when, if and do.")),
        "rule_part": (_("“{value}” is not a part of a rule."), _("Use: {known}.")),
        "rule_code": (_("“{value}” is not a code."), _("Use small letters, digits and _, at most 60.")),
        "unknown_happening": (_("Nothing tells of “{value}”{hint}."), _("Use one of: {known}.")),
        "unknown_whom": (_("“{value}” is nobody{hint}."), _("Use one of: {known}.")),
        "unknown_action": (_("“{value}” is nothing that a rule can do{hint}."), _("Use one of: {known}.")),
        "unknown_place": (_("The text names “{value}”, which is not known here{hint}."), _("Known are: {known}.")),
        "unknown_format": (_("“{value}” is not a format."), _("Use one of: {known}.")),
        "open_place": (_("A curly bracket stands alone."), _("Write a name between two: {{name}}.")),
        "no_action": (_("The rule does nothing."), _("Add at least one action.")),
        "unknown_level": (_("“{value}” cannot cross a level{hint}."), _("Use one of: {known}.")),
        "wrong_level": (_("“{value}” is not a level."), _("Write 80% or 160000.")),
        "wrong_clock": (_("“{value}” is not a time of day."), _("Write 18:30.")),
        "unknown_choice": (_("“{value}” is not among the choices."), _("Use one of: {known}.")),
        "unknown_thing": (_("There is no “{value}”{hint}."), _("Choose one of: {known}.")),
        "not_whole": (_("“{value}” is not a whole number."), _("Write digits.")),
        "rule_formula": (_("The condition, line {line}, column {column}: {found}."), _("{cure}.")),
        "rule_circle": (
            _("The rules would set each other off for ever: {circle}."),
            _("Change what one of them does or waits for."),
        ),
        "pay_to_others": (
            _("“{value}” is pay, and not everybody whom this reaches may see it."),
            _("Leave it out, or choose the person, those above, finance or HR."),
        ),
        "rule_taken": (_("There is a rule with the code “{value}”."), _("Choose another code.")),
    }
)
