"""Badges' pictures: each built-in one is its own, and an uploaded one can do nothing but be seen."""

from xml.etree import ElementTree

import pytest

from liji.people.problems import Refused
from liji.recognition.built_in import BADGES
from liji.recognition.drawing import COLOURS
from liji.recognition.drawing import SHAPES
from liji.recognition.drawing import draw
from liji.recognition.drawing import symbols
from liji.recognition.pictures import LARGEST
from liji.recognition.pictures import cleaned

XMLNS = 'xmlns="http://www.w3.org/2000/svg"'


def test_every_built_in_badge_has_a_symbol_of_its_own():
    drawn = [row[5] for row in BADGES.values()]
    assert len(drawn) >= 12
    assert len(set(drawn)) == len(drawn)
    assert all(row[4] in SHAPES and row[5] in symbols() and row[6] in COLOURS for row in BADGES.values())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("symbol", symbols())
def test_every_shape_and_symbol_makes_a_picture_that_our_own_rules_let_in(shape, symbol):
    picture = draw(shape, symbol, "amber")
    ElementTree.fromstring(picture)
    assert cleaned(picture.encode())


def test_a_plain_picture_is_kept_as_it_looks():
    inner = '<metadata>x</metadata><path d="M0 0h9" style="fill:red;-inkscape-x:1"/>'
    kept = cleaned(f'<svg {XMLNS} width="10" height="20">{inner}</svg>'.encode())
    assert 'fill="red"' in kept
    assert 'viewBox="0 0 10 20"' in kept
    assert 'd="M0 0h9"' in kept
    assert "metadata" not in kept


@pytest.mark.parametrize(
    ("inner", "named"),
    [
        ("<script>alert(1)</script>", "script"),
        ("<foreignObject><p/></foreignObject>", "foreignObject"),
        ('<image href="https://evil.example/x.png"/>', "image"),
        ('<use href="#a"/>', "use"),
        ('<path d="M0 0" onclick="alert(1)"/>', "onclick"),
        ('<path d="M0 0" ONLOAD="alert(1)"/>', "ONLOAD"),
        ('<a href="javascript:alert(1)"><path/></a>', "&lt;a"),
        ('<rect fill="url(https://evil.example/#g)"/>', "url"),
        ('<rect fill="url( //evil.example/#g )"/>', "url"),
        ('<rect style="fill:url(https://evil.example/#g)"/>', "url"),
        ("<style>@import url(https://evil.example)</style>", "style"),
        ('<animate attributeName="href"/>', "animate"),
        ('<set attributeName="onload" to="alert(1)"/>', "set"),
    ],
)
def test_what_could_run_or_lead_elsewhere_is_refused_by_name(inner, named):
    with pytest.raises(Refused) as refused:
        cleaned(f"<svg {XMLNS}>{inner}</svg>".encode())
    problem = refused.value.problems[0]
    assert problem.code == "svg_forbidden"
    assert named.replace("&lt;", "<") in problem.values["value"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"", "no_svg"),
        (b"\x89PNG\r\n", "no_svg"),
        (b"<html/>", "no_svg"),
        (b"<svg/>", "no_svg"),  # of no namespace
        (b"<svg " + XMLNS.encode() + b">" + b" " * LARGEST + b"</svg>", "svg_too_large"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg ' + XMLNS.encode() + b"><text>&a;</text></svg>", "svg_forbidden"),
    ],
)
def test_what_is_no_plain_svg_is_refused(sent, code):
    with pytest.raises(Refused) as refused:
        cleaned(sent)
    assert refused.value.problems[0].code == code
