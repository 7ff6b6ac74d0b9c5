"""What is wrong with a plan document, as values: where it stands, what it is and how to mend it, in two
languages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from liji.plan.wording import WORDING


class Severity(StrEnum):
    """An error keeps a plan from being used; a warning is shown to the designer."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Mark:
    """A place in the document; line and column count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Problem:
    """One finding. `path` names the place in the document's own words: `components.commission.formula`."""

    code: str
    path: str
    line: int
    column: int
    message_zh: str
    message_en: str
    mend_zh: str
    mend_en: str
    severity: Severity = Severity.ERROR

    def message(self, lang: str) -> str:
        """What is wrong, in `zh` or `en`."""
        return self.message_en if lang == "en" else self.message_zh

    def mend(self, lang: str) -> str:
        """What to do about it, in `zh` or `en`."""
        return self.mend_en if lang == "en" else self.mend_zh

    def shown(self, text: str, lang: str) -> str:
        """The finding under the line where it stands, with a caret."""
        lines = text.splitlines()
        line = lines[self.line - 1] if 0 < self.line <= len(lines) else ""
        caret = " " * (self.column - 1) + "^"
        return f"{self.line}:{self.column} {self.message(lang)}\n{line}\n{caret}\n{self.mend(lang)}"


MOST_ERRORS = 100


class TooMany(Exception):
    """There are so many errors that reading on helps nobody."""


class Findings:
    """Collects problems while a document is read, so that one reading reports all of them."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._errors = 0

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    @property
    def failed(self) -> bool:
        """Whether there is an error among them."""
        return self._errors > 0

    def add(self, code: str, path: str, mark: Mark, **words: object) -> None:
        """Notes an error; the words fill the blanks of its message. Stops the reading at the hundredth."""
        self._errors += 1
        if self._errors == MOST_ERRORS:
            self._found.append(problem("errors_many", path, mark, Severity.ERROR, limit=MOST_ERRORS))
            raise TooMany
        self._found.append(problem(code, path, mark, Severity.ERROR, **words))

    def warn(self, code: str, path: str, mark: Mark, **words: object) -> None:
        """Notes a warning."""
        self._found.append(problem(code, path, mark, Severity.WARNING, **words))

    def ordered(self) -> tuple[Problem, ...]:
        """All findings in the order of the document."""
        return tuple(sorted(self._found, key=lambda found: (found.line, found.column, found.code)))


def problem(code: str, path: str, mark: Mark, severity: Severity, **words: object) -> Problem:
    """A problem with its message filled in. A word that reads differently is given as (zh, en)."""
    zh = {key: value[0] if isinstance(value, tuple) else value for key, value in words.items()}
    en = {key: value[1] if isinstance(value, tuple) else value for key, value in words.items()}
    wording = WORDING[code]
    return Problem(
        code=code,
        path=path,
        line=mark.line,
        column=mark.column,
        message_zh=wording[0].format(**zh),
        message_en=wording[1].format(**en),
        mend_zh=wording[2].format(**zh),
        mend_en=wording[3].format(**en),
        severity=severity,
    )
