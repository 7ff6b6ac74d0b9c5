"""What the pages load is there: every icon that a template or the code names, and catalogues without a gap."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from liji.web import assets
from liji.web.messages import PACKAGE
from liji.web.messages import sources

WORDS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}
_TRANSLATE = re.compile(r"{%-?\s*translate\s+(\"(?:[^\"]*)\"|'(?:[^']*)')")
_BLOCK = re.compile(r"{%\s*blocktranslate\b([^%]*)%}(.*?){%\s*(?:plural|endblocktranslate)\b", re.DOTALL)


def test_every_icon_is_in_the_sprite():
    built = set(re.findall(r'<symbol id="([^"]+)"', (assets.TARGET / "icons.svg").read_text()))
    assert set(assets.icons()) <= built, "run: python -m liji.web.assets"


def in_templates(text: str) -> Iterator[str]:
    """As Django looks them up: a percent sign of a template is two in the catalogue."""
    yield from (quoted[1:-1].replace("%", "%%") for quoted in _TRANSLATE.findall(text))
    for options, body in _BLOCK.findall(text):
        if "trimmed" in options:
            body = " ".join(line.strip() for line in body.splitlines() if line.strip())
        yield re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", body.replace("%", "%%"))


def in_code(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WORDS and node.args):
            continue
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            yield node.args[0].value


def test_every_sentence_of_templates_and_code_is_in_a_catalogue():
    known = {entry.msgid for path in sources() for entry in polib.pofile(str(path)) if entry.translated()}
    said = {(path, one) for path in PACKAGE.rglob("*.html") for one in in_templates(path.read_text())}
    said |= {(path, one) for path in PACKAGE.rglob("*.py") for one in in_code(path.read_text())}
    missing = [f"{path.relative_to(PACKAGE)}: {one}" for path, one in said if one not in known]
    assert sorted(missing) == []


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(PACKAGE).parts[0])
def test_a_catalogue_has_no_gap_and_a_translation_keeps_its_places_to_fill(path: Path):
    catalogue = polib.pofile(str(path))
    assert [entry.msgid for entry in catalogue if not entry.translated() and not entry.obsolete] == []
    for entry in catalogue:
        for text in filter(None, [entry.msgstr, *entry.msgstr_plural.values()]):
            wanted = set(re.findall(r"%\(\w+\)s|\{\w+\}", entry.msgid))
            assert wanted == set(re.findall(r"%\(\w+\)s|\{\w+\}", text)), entry.msgid


def test_a_sentence_stands_in_one_catalogue_alone():
    places: dict[tuple[str, str], list[str]] = {}
    for path in sources():
        for entry in polib.pofile(str(path)):
            places.setdefault((entry.msgid, entry.msgctxt or ""), []).append(path.relative_to(PACKAGE).parts[0])
    assert {sentence: rooms for sentence, rooms in places.items() if len(rooms) > 1} == {}
