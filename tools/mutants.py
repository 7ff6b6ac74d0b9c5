"""Mutation testing of the plan language and the engine: a fixed random sample of each module's mutants, or all of one.

    python tools/mutants.py run [MODULE …] [--each N]     python tools/mutants.py rates
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

_ROOT = Path(__file__).parents[1]
_MUTANTS = _ROOT / "mutants"
_MUTMUT = [str(Path(sys.executable).with_name("mutmut")), "run", "--max-children", "1"]
_KILLED, _SURVIVED = (1, 3), (0, 33)  # what pytest ends with; 33: no test comes by


def main() -> None:
    """Runs a sample, or tells the rates of what has been run."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("verb", choices=["run", "rates"])
    asked.add_argument("modules", nargs="*")
    asked.add_argument("--each", type=int, default=15, help="mutants of each module; 0: all")
    given = asked.parse_args()
    if given.verb == "run":
        if not (_MUTANTS / "liji").exists():
            subprocess.run([*_MUTMUT, "liji.plan.lexer.x_tokens__mutmut_1"], cwd=_ROOT, check=True)  # noqa: S603 makes all
        names = [name for module, own in _known(given.modules).items() for name in _sample(module, own, given.each)]
        subprocess.run([*_MUTMUT, *names], cwd=_ROOT, check=True)  # noqa: S603 our own command
    _print_rates(given.modules)


def _known(modules: list[str]) -> dict[str, dict[str, int | None]]:
    """Module → its mutants and how the tests ended on each; None: not run."""
    found = {}
    for path in sorted(_MUTANTS.glob("liji/**/*.py.meta")):
        module = ".".join(path.relative_to(_MUTANTS).parts).removesuffix(".py.meta")
        if not modules or module in modules:
            found[module] = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def _sample(module: str, names: dict[str, int | None], each: int) -> list[str]:
    every = sorted(names)
    return every if not each or len(every) <= each else Random(module).sample(every, each)  # noqa: S311 no secret


def _print_rates(modules: list[str]) -> None:
    total: Counter[str] = Counter()
    for module, ends in _known(modules).items():
        seen = Counter(_said(end) for end in ends.values() if end is not None)
        if seen:
            print(f"{module:32} {_rate(seen)}")
            total += seen
    print(f"{'all':32} {_rate(total)}")


def _said(end: int) -> str:
    return "killed" if end in _KILLED else "survived" if end in _SURVIVED else "timeout"


def _rate(seen: Counter[str]) -> str:
    dead = seen["killed"] + seen["timeout"]
    return f"{dead:5} of {seen.total():5} found  {dead / max(1, seen.total()):6.1%}"


if __name__ == "__main__":
    main()
