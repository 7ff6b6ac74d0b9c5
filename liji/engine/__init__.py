"""The engine: a plan becomes SQL once and then runs on facts, with every named value kept. No Django, no
files.
"""

from liji.engine.compiler import Compiled
from liji.engine.compiler import compile_plan
from liji.engine.data import Fact
from liji.engine.data import Line
from liji.engine.data import Node
from liji.engine.data import PayeePeriod
from liji.engine.data import Result
from liji.engine.data import Step
from liji.engine.errors import EngineError
from liji.engine.examples import Difference
from liji.engine.examples import ExampleOutcome
from liji.engine.examples import coverage
from liji.engine.examples import run_examples
from liji.engine.explanation import explain
from liji.engine.running import run
from liji.engine.running import run_arrow
from liji.engine.running import told
from liji.engine.running import walk
from liji.engine.running import walk_to_result
from liji.engine.steps import next_steps

__all__ = [
    "Compiled",
    "Difference",
    "EngineError",
    "ExampleOutcome",
    "Fact",
    "Line",
    "Node",
    "PayeePeriod",
    "Result",
    "Step",
    "compile_plan",
    "coverage",
    "explain",
    "next_steps",
    "run",
    "run_arrow",
    "run_examples",
    "told",
    "walk",
    "walk_to_result",
]
