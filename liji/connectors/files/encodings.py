"""Telling the encoding of a text file by a fixed rule, from its bytes alone: the same file, the same answer."""

import codecs
from pathlib import Path

import charset_normalizer

_BLOCK = 1 << 20
_SAMPLE = 256 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def detect(path: Path) -> str:
    """The encoding of a file: its mark; UTF-8 when all of it is; GB18030 when it reads as Chinese; else a guess."""
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    if wide := _without_mark(start):
        return wide
    if _decodes(path, "utf-8"):
        return "utf-8"
    if _reads_as_chinese(start) and _decodes(path, "gb18030"):
        return "gb18030"
    if _reads_as_western(start):
        return "cp1252"
    best = charset_normalizer.from_bytes(start).best()
    return best.encoding if best else "cp1252"


def _without_mark(start: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of ordinary text is zero."""
    if len(start) < 4:
        return None
    half = len(start) // 2
    if start[1::2].count(0) > half * 0.6 and start[0::2].count(0) < half * 0.1:
        return "utf-16-le"
    if start[0::2].count(0) > half * 0.6 and start[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return None


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _reads_as_chinese(start: bytes) -> bool:
    """Whether what is not ASCII is mostly made of the characters of GB2312, as real Chinese text is.

    Western accents before a letter decode as GB18030 too, but as characters that nobody writes.
    """
    strange = [c for c in start.decode("gb18030", errors="ignore") if ord(c) > 127]
    usual = 0
    for character in strange:
        try:
            character.encode("gb2312")
        except UnicodeEncodeError:
            continue
        usual += 1
    return bool(strange) and usual >= 0.9 * len(strange)


def _reads_as_western(start: bytes) -> bool:
    """Whether accents are rare among plain letters; a statistical guess is often wrong on a few names."""
    letters = sum(start.count(letter) for letter in b"abcdefghijklmnopqrstuvwxyz")
    return sum(byte > 127 for byte in start) * 3 < letters
