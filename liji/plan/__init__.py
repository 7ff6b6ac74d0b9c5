"""The plan language: a document is read, checked and becomes a value that the engine can run. No I/O, no
Django.
"""

from importlib.resources import files

from liji.plan.loading import Loaded
from liji.plan.loading import load
from liji.plan.model import Component
from liji.plan.model import Measure
from liji.plan.model import Plan
from liji.plan.model import Table
from liji.plan.problems import Problem
from liji.plan.problems import Severity

__all__ = ["Component", "Loaded", "Measure", "Plan", "Problem", "Severity", "Table", "load", "templates"]


def templates() -> list[tuple[str, str]]:
    """The plans that come with the product: (id, document)."""
    found = [entry for entry in files("liji.plan").joinpath("templates").iterdir() if entry.name.endswith(".yaml")]
    return sorted((entry.name.removesuffix(".yaml"), entry.read_text(encoding="utf-8")) for entry in found)
