"""The sentences of all problems: code → (message zh, message en, mend zh, mend en)."""

from liji.plan.wording import document
from liji.plan.wording import formula
from liji.plan.wording import warnings

WORDING: dict[str, tuple[str, str, str, str]] = {**formula.WORDING, **document.WORDING, **warnings.WORDING}
