"""What is wrong with something that came from outside, as a value: where, what, and how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from liji.base.gate import Wrong

# code → (what is wrong, how to mend it). One sentence each, for the person who has to mend it.
WORDS = {
    "missing": (_("{field} is missing."), _("Give {field} a value.")),
    "unknown_field": (_("“{field}” is not a field of {type}."), _("Remove it, or use one of: {known}.")),
    "unknown_type": (_("There is no fact type “{value}”."), _("Use one of: {known}.")),
    "unknown_employee": (
        _("No employee has the number “{value}”."),
        _("Correct the number, or add the employee first."),
    ),
    "mixed_scripts": (
        _("“{value}” mixes letters of two alphabets that look alike."),
        _("Type it again with letters of one alphabet."),
    ),
    "unknown_unit": (
        _("There is no unit “{value}”, or more than one of this name."),
        _("Correct it, or add the unit first; an import of people makes it when you confirm that."),
    ),
    "not_employed": (
        _("{value} is not employed on {day}."),
        _("Correct the date or the employee number, or record the entry first."),
    ),
    "no_exit": (_("No exit of {value} is recorded."), _("There is nothing to take back.")),
    "unit_circle": (
        _("From {day} on, “{value}” would stand below this unit and above it at once."),
        _("Choose another place, or move “{value}” first."),
    ),
    "manager_circle": (
        _("On {day} {value} reports to this person."),
        _("Choose somebody else, or transfer {value} first."),
    ),
    "not_a_number": (_("“{value}” is not a number."), _("Write digits with a point, such as 1234.50.")),
    "not_a_decimal": (
        _("“{value}” is written in another way than numbers are here."),
        _("Write digits with a point, such as 1234.50."),
    ),
    "date_range": (
        _("{value} does not lie between {first} and {last}."),
        _("Correct the date. If it is right, an administrator widens the range."),
    ),
    "bad_text": (
        _("“{field}” holds characters that cannot be kept: {chars}."),
        _("Remove them: they are invisible or change the direction of writing."),
    ),
    "not_iso_currency": (
        _("“{value}” is not an ISO 4217 currency; did you mean {guess}?"),
        _("Write the code {guess} if it is meant."),
    ),
    "wrong_share": (_("“{value}” is not a share."), _("Write a share above 0 such as 60% or 0.6.")),
    "shares_over": (
        _("The shares of the owners add up to {sum}, more than 100%."),
        _("Correct the shares; whoever is credited beside the owners gets a role of their own."),
    ),
    "not_yet": (_("Nothing has been worked out yet."), _("Ask again in a moment.")),
    "not_above_zero": (_("“{value}” is not an amount above 0."), _("Write the amount of the deal, such as 50000.")),
    "more_than_amount": (
        _("This plan judges a deal by more than its amount."),
        _("What it brings shows as soon as it has been entered."),
    ),
    "not_finite": (_("“{value}” is not a finite number."), _("Write an ordinary number.")),
    "too_precise": (_("“{value}” has more than {places} decimal places."), _("Round it before sending it.")),
    "too_large": (_("“{value}” is too large."), _("The largest amount is 10 to the power of 18.")),
    "negative": (
        _("The amount {value} is negative."),
        _("Send a positive amount; money that goes back is a return (order_returned)."),
    ),
    "not_a_date": (
        _("“{value}” is not a date."),
        _("Write it as 2026-11-23 or 2026-11-23T09:42:00+08:00."),
    ),
    "mixed_dates": (
        _("“{value}” does not follow the date format {format} of this file."),
        _("Write every date of the column in the same format."),
    ),
    "future": (_("{value} lies in the future."), _("Send it when it has happened.")),
    "closed": (
        _("The period of {value} is closed."),
        _("Give a credit_date in an open period; the first open day is {open}."),
    ),
    "period_edge": (
        _("{value} lies inside a period, and this version has other periods than the one before."),
        _("Begin it with a period of both; the next one begins on {next}."),
    ),
    "wrong_currency": (_("“{value}” is not a currency of ISO 4217 in use."), _("Use its three letters, such as CNY.")),
    "wrong_type": (_("“{value}” is not of the type {type}."), _("Send a value of the type {type}.")),
    "wrong_credits": (
        _("“{value}” does not say who is credited."),
        _("Write it as E001:60%; E002:40%; E003:100%:presales, each person and role once."),
    ),
    "wrong_version": (_("“{value}” is not a version."), _("Use a whole number from 1.")),
    "version_taken": (
        _("Version {value} of this record exists with other content."),
        _("Send a correction with a higher version."),
    ),
    "version_old": (
        _("Version {value} is older than the current version {current}."),
        _("Send a correction with a higher version."),
    ),
    "unknown_original": (
        _("There is no record “{value}” to take back."),
        _("Send the original first, or correct the number in “{field}”."),
    ),
    "more_than_left": (
        _("{value} is more than the {left} that is left of this order."),
        _("Correct the amount of the return."),
    ),
    "unknown_kind": (_("There is no kind of incentive “{value}”."), _("Use one of: {known}.")),
    "twice": (_("“{value}” is named twice."), _("Name it once.")),
    "out_of_steps": (
        _("“{value}” is not a strength."),
        _("Use a whole number from 1 (a little) to {most} (very much)."),
    ),
    "not_whole": (_("“{value}” is not a whole number above zero."), _("Write 1, 2, 3 …")),
    "published": (_("This menu has been offered already."), _("Make a new menu instead.")),
    "too_few": (_("A menu of fewer than two rewards is no choice."), _("Add another reward of the same worth.")),
    "unequal": (
        _("“{value}” costs {cost}, the menu is worth {worth}."),
        _("Change quantity or unit cost, so that whoever chooses it is neither better nor worse off."),
    ),
    "not_positive": (_("{value} is not more than zero."), _("Give an amount above zero.")),
    "past": (_("{value} has passed."), _("Give a day from today on.")),
    "closed_menu": (_("This choice was open until {value}."), _("Ask HR whether it can be opened again.")),
    "unknown_option": (_("This reward is not on the menu."), _("Choose one of the menu's rewards.")),
    "has_reversals": (
        _("{id} has {count} reversals: {reversals}."),
        _("Retract them first, or all together."),
    ),
    "not_reversible": (
        _("A record of the type {type} cannot take back one of the type {original}."),
        _("Name a record that can be taken back, or retract the record itself."),
    ),
    "currency_of_original": (
        _("The original {id} is in {value}."),
        _("Send the amount in that currency, or leave the currency out."),
    ),
    "payee_of_original": (
        _("The original {id} is credited to others than “{field}” says."),
        _("Leave it out: a reversal goes to whom the original is credited."),
    ),
    "before_original": (
        _("{value} lies before the original of {day}."),
        _("Correct the date; a reversal counts from the original's day on."),
    ),
    "other_type": (
        _("{id} is recorded as {known}; it does not become {value}."),
        _("Use another id or another source, or retract the record first."),
    ),
    "stale": (
        _("{id}: same content as the older version {version}, not applied."),
        _("To restore it, send a higher version or a later updated_at."),
    ),
    "after_exit": (
        _("{value} is no longer employed on {day}; the record is kept."),
        _("Nothing needs to be done if it is right."),
    ),
    "source_not_bound": (
        _("The key {key} may not write the source {source}."),
        _("Use a source of the key, or have an administrator bind the key to it."),
    ),
    "counted_elsewhere": (
        _("{count} rows look like records of {source} (same id, person, amount and day) and would count twice."),
        _("Give the mapping that source, or confirm that they are other records."),
    ),
    "unknown_record": (_("There is no record “{value}”."), _("Correct the id or the source.")),
    "unknown_status": (_("“{value}” is not a status."), _("Use retracted, or leave it out.")),
    "internal": (
        _("The record could not be taken because of an error in the product; reference {reference}."),
        _("Give the reference to your administrator: the log says more."),
    ),
    "too_long": (_("The value has more than {limit} characters."), _("Shorten it.")),
    "overlap": (
        _("The dates overlap with what is already recorded from {start} to {end}."),
        _("Correct the dates, or end the earlier record first."),
    ),
    "not_over": (_("{value} is not over yet."), _("Close it when it has ended.")),
    "number_in_use": (
        _("The number “{value}” is or was {name}'s."),
        _("Choose another number. If {name} returns, say so; a name is corrected on the person's page."),
    ),
    "changed_since": (
        _("{name} ({value}) has been changed since the import, and stays as it is."),
        _("Correct what is wrong on the person's page, or take the later change back first."),
    ),
    "in_use": (
        _("{name} ({value}) is named elsewhere by now (records, targets, reports, a user …), and stays."),
        _("Remove what names the person first, or record an exit."),
    ),
    "rounded_id": (
        _("“{value}” was rounded by a spreadsheet: its last digits are lost."),
        _("Set the column to text where the file comes from, and export it again."),
    ),
    "not_yes_or_no": (_("“{value}” is neither yes nor no."), _("Write yes or no.")),
    "unknown_position": (
        _("There is no position “{value}”."),
        _("Correct it, or confirm in the import that it is to be made."),
    ),
    "twice_in_file": (_("The record “{value}” stands in this file twice."), _("Keep one of the rows.")),
    "too_few_cells": (_("The row has {value} cells instead of {expected}."), _("Complete the row.")),
    "no_match": (_("“{value}” is not found in {file}."), _("Add the row to that file or correct the key.")),
    "not_ended": (_("The import has not ended."), _("Wait until it has.")),
    "stays": (
        _("Targets and preferences cannot be taken back as a whole: they may have been changed since."),
        _("Import a file with the right values; it replaces them."),
    ),
    "own_manager": (
        _("{value} cannot be their own manager."),
        _("Name another manager, or leave the field empty."),
    ),
    "ends_before": (_("{value} lies before the start {start}."), _("Correct one of the two dates.")),
    "too_many_cells": (
        _("The row has {value} cells instead of {expected}."),
        _("Put cells that hold the delimiter into quotes, or remove what is too much."),
    ),
    "cell_error": (_("The cell shows the error {value}."), _("Mend the formula in the workbook.")),
    "wrong_encoding": (
        _("“{value}” holds characters that cannot be read in this encoding."),
        _("Correct the characters, or name the encoding of the file in the mapping."),
    ),
    "wrong_number": (
        _("“{value}” does not follow the number format {format} of this file."),
        _("Write every number of the column in the same format."),
    ),
    "not_an_object": (_("The record is not an object."), _("Send a JSON object with named fields.")),
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in one field. `code` is stable; the words follow the reader's language."""

    field: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, wrong: Wrong) -> "Problem":
        """What the entry gate found wrong, in the field that it stands in."""
        return cls(name, wrong.code, wrong.values)

    def _say(self, text: str) -> str:
        return gettext(text).format_map({"field": self.field, **self.values})

    @property
    def message(self) -> str:
        return self._say(WORDS[self.code][0])

    @property
    def mend(self) -> str:
        return self._say(WORDS[self.code][1])

    def as_json(self) -> dict[str, object]:
        return {"field": self.field, "code": self.code, "values": dict(self.values)}

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "Problem":
        return cls(stored["field"], stored["code"], stored["values"])


class Refused(Exception):
    """A request that is refused as a whole, with the problems that say why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{p.field}: {p.code}" for p in problems))
        self.problems = problems
