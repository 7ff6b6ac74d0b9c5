"""The one layout of a plan document: comments, order and flow lines stay; indents and blank lines become regular."""

import io
import re

from ruamel.yaml import YAML

from liji.plan import load

_WORD = re.compile(r"\b(beyond|otherwise|count): ?(?:null)?(?=[,}])")
_SECTION = re.compile(r"^[a-z]+:\s*(#.*)?$")


def tidy(text: str) -> str:
    """The document laid out anew; doing it twice changes nothing more. The text must be a readable plan.

    A layout that would change what the document says is not made: then the text comes back as it was.
    """
    before, made = load(text).plan, _laid_out(text)
    after = load(made).plan
    return made if before and after and before.digest == after.digest else text


def _laid_out(text: str) -> str:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000  # a formula stays on its line
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(yaml.load(text), out)
    return _spaced(_WORD.sub(r"\1", out.getvalue()))


def _spaced(text: str) -> str:
    """One blank line before each section (with the comments that lead to it), none elsewhere at a line's end."""
    lines: list[str] = []
    for line in (line.rstrip() for line in text.splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    spaced: list[str] = []
    for line in lines:
        if _SECTION.match(line):
            at = len(spaced)
            while at and spaced[at - 1].startswith("#"):
                at -= 1
            if at and spaced[at - 1]:
                spaced.insert(at, "")
        spaced.append(line)
    return "\n".join(spaced).strip("\n") + "\n"
