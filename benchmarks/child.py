"""Measures that run in a process of their own, so that their memory can be told."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any


def run(module: str, *arguments: object, python: str = sys.executable) -> dict[str, Any]:
    """What `python -m module arguments` answers. Its errors are shown; raises CalledProcessError when it fails."""
    command = [python, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return read(done.stdout)


def read(said: str) -> dict[str, Any]:
    """The figures in what a child has written."""
    return json.loads(said.splitlines()[-1])


def answer(figures: dict[str, Any]) -> None:
    """The child's last line."""
    print(json.dumps(figures))


def peak() -> float:
    """The most memory that this process has held, in MB; not what its parent held when it was started."""
    told = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", told)[1]) / 1024
