"""What the pages load is there: every icon that a template or the code names, and a catalogue without a gap."""

import re

import polib

from liji.web import assets
from liji.web.messages import LOCALE


def test_every_icon_is_in_the_sprite():
    built = set(re.findall(r'<symbol id="([^"]+)"', (assets.TARGET / "icons.svg").read_text()))
    assert set(assets.icons()) <= built, "run: python -m liji.web.assets"


def test_every_sentence_is_in_the_chinese_catalogue():
    catalogue = polib.pofile(str(LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"))
    assert [entry.msgid for entry in catalogue if not entry.translated() and not entry.obsolete] == []


def test_a_translation_keeps_its_places_to_fill():
    catalogue = polib.pofile(str(LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"))
    for entry in catalogue:
        for text in filter(None, [entry.msgstr, *entry.msgstr_plural.values()]):
            wanted = set(re.findall(r"%\(\w+\)s|\{\w+\}", entry.msgid))
            assert wanted == set(re.findall(r"%\(\w+\)s|\{\w+\}", text)), entry.msgid
