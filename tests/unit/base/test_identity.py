"""Numbers and codes have one normal form: what looks alike is the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liji.base.gate.identity import external_id
from liji.base.gate.identity import identity

ALIKE = [
    "e1012",
    "Ｅ１０１２",  # full-width
    "E1012\u200b",  # zero-width space
    "\ufeffE1012",  # byte-order mark
    "E\u00ad1012",  # soft hyphen
    "E1012\ufe0f",  # variation selector
    "E10\u202e12\u202c",  # right-to-left override
    "E1012\u3164",  # Hangul filler
    "E1012\u2800",  # empty Braille cell
    "\u3000E1012\u00a0",  # ideographic and no-break blanks
    "E1012\x00",
    "𝐄𝟏𝟎𝟏𝟐",  # mathematical bold
]


@pytest.mark.parametrize("text", ALIKE)
def test_what_looks_alike_has_one_key(text):
    assert identity(text).key == identity("E1012").key == "e1012"


@pytest.mark.parametrize(("one", "other"), [("00123", "123"), ("E1012", "E1021"), ("E-1", "E1"), ("E 1", "E1")])
def test_what_looks_different_stays_different(one, other):
    assert identity(one).key != identity(other).key


def test_the_shown_form_keeps_case_and_zeros_and_joins_blanks():
    assert identity(" North \u3000 East ").shown == "North East"
    assert identity("Ｅ00１").shown == "E001"
    assert identity("\u200b\u3164 ").shown == ""


@pytest.mark.parametrize(
    ("text", "mixed"),
    [
        ("Е1012E", True),  # the first letter is Cyrillic, the last one Latin
        ("ΑB1", True),  # Greek and Latin
        ("Е1012", False),  # Cyrillic alone
        ("销售A组", False),
        ("サポート営業", False),
        ("销售Б组", True),
        ("E1012", False),
    ],
)
def test_letters_of_two_scripts_are_noticed(text, mixed):
    assert identity(text).mixes_scripts is mixed


def test_an_external_id_keeps_its_case():
    assert external_id(" SO-ａ1\u200b") == "SO-a1"
    assert external_id("SO-A1") != external_id("SO-a1")


@given(st.text())
def test_the_normal_form_of_a_normal_form_is_itself(text):
    found = identity(text)
    assert identity(found.shown) == found
    assert identity(found.key).key == found.key
