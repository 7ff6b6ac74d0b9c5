"""The engine: a plan becomes SQL once and then runs on facts, with every named value kept. No Django."""

from liji.engine.batch import Room
from liji.engine.batch import lines_arrow
from liji.engine.batch import lines_parquet
from liji.engine.batch import run_arrow
from liji.engine.batch import run_parquet
from liji.engine.carrying import brought_forward
from liji.engine.carrying import run_in_turn
from liji.engine.compiler import Compiled
from liji.engine.compiler import compile_plan
from liji.engine.data import Fact
from liji.engine.data import Line
from liji.engine.data import Link
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
from liji.engine.needs import earned_field
from liji.engine.payouts import Payout
from liji.engine.payouts import payouts
from liji.engine.rows import frame
from liji.engine.rows import uncounted
from liji.engine.running import as_given
from liji.engine.running import group_values
from liji.engine.running import measured
from liji.engine.running import run
from liji.engine.running import together
from liji.engine.running import told
from liji.engine.running import walk
from liji.engine.running import walk_to_result
from liji.engine.running import walk_to_results
from liji.engine.steps import next_steps
from liji.engine.whatif import Case
from liji.engine.whatif import Change
from liji.engine.whatif import what_if

__all__ = [
    "Case",
    "Change",
    "Compiled",
    "Difference",
    "EngineError",
    "ExampleOutcome",
    "Fact",
    "Line",
    "Link",
    "Node",
    "PayeePeriod",
    "Payout",
    "Result",
    "Room",
    "Step",
    "as_given",
    "brought_forward",
    "compile_plan",
    "coverage",
    "earned_field",
    "explain",
    "frame",
    "group_values",
    "lines_arrow",
    "lines_parquet",
    "measured",
    "next_steps",
    "payouts",
    "run",
    "run_arrow",
    "run_examples",
    "run_in_turn",
    "run_parquet",
    "together",
    "told",
    "uncounted",
    "walk",
    "walk_to_result",
    "walk_to_results",
    "what_if",
]
