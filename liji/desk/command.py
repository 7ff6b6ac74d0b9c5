"""`liji plan check|test|run|explain|whatif|diff|fmt`: what a designer does with plans that are files."""

import argparse
import csv
import difflib
import json
import os
import sys
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from liji.desk import records
from liji.desk.layout import tidy
from liji.engine import Case
from liji.engine import Change
from liji.engine import EngineError
from liji.engine import Fact
from liji.engine import Node
from liji.engine import Result
from liji.engine import compile_plan
from liji.engine import coverage
from liji.engine import explain
from liji.engine import frame
from liji.engine import run_examples
from liji.engine import run_in_turn
from liji.engine import uncounted
from liji.engine import what_if
from liji.plan import Plan
from liji.plan import Problem
from liji.plan import Severity
from liji.plan import load
from liji.plan.schema import json_schema


class Unusable(Exception):
    """A plan or a file that cannot be worked with; what is wrong has been said."""


def add(commands: argparse._SubParsersAction) -> None:
    """Adds `plan` and its verbs to the command line."""
    verbs = commands.add_parser("plan", help="check, test, run and compare plans that are files").add_subparsers(
        required=True, metavar="VERB"
    )
    for name, act, text in (
        ("check", _check, "say what is wrong, where, and how to mend it"),
        ("test", _test, "run the examples inside the plans"),
        ("fmt", _fmt, "lay the documents out in the one way"),
    ):
        verb = _verb(verbs, name, act, text)
        verb.add_argument("files", type=Path, nargs="+")
        if name == "fmt":
            verb.add_argument("--check", action="store_true", help="change nothing; exit with 1 if something would")
    _verb_on_facts(_verb(verbs, "run", _run, "work out pay for facts from a file"), needed=True)
    one = _verb_on_facts(_verb(verbs, "explain", _explain, "say why a payee is paid what"), needed=True)
    one.add_argument("--payee", required=True)
    one.add_argument("--period", type=date.fromisoformat, help="any day in it; needed when the facts lie in several")
    asked = _verb_on_facts(_verb(verbs, "whatif", _whatif, "say what a payee would be paid if"), needed=True)
    asked.add_argument("--payee", required=True)
    asked.add_argument("--period", type=date.fromisoformat, help="any day in it; needed when the facts lie in several")
    line = 'a fact more: "order_closed 100000 2026-05-20 cost=60000"'
    asked.add_argument("--add", action="append", default=[], metavar="FACT", help=line)
    number = "a fact less: its external_id, or its row in the file"
    asked.add_argument("--without", action="append", default=[], metavar="ID", help=number)
    asked.add_argument("--plan", type=Path, help="another plan in the place of FILE")
    _verb(verbs, "schema", _schema, "print the JSON Schema of plan documents, for an editor")
    old = _verb(verbs, "diff", _diff, "compare two plans: in text and, given facts, in pay")
    old.add_argument("old", type=Path)
    _verb_on_facts(old, needed=False)


def _verb(verbs: argparse._SubParsersAction, name: str, act: object, text: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=text)
    verb.add_argument("--lang", choices=["zh", "en"], default=language())
    verb.set_defaults(run=_guarded, act=act)
    return verb


def _verb_on_facts(verb: argparse.ArgumentParser, *, needed: bool) -> argparse.ArgumentParser:
    verb.add_argument("file", type=Path, help="the plan")
    about = "CSV or Parquet: payee, type, amount, credit_date, fields"
    verb.add_argument("--facts", type=Path, required=needed, help=about)
    payees = "CSV or Parquet: payee, period, target:<measure>, balance:<balance>, manager, attributes"
    verb.add_argument("--payees", type=Path, help=payees)
    return verb


def language() -> str:
    """The language of the terminal: `zh` or `en`."""
    return "zh" if os.environ.get("LANG", "zh").startswith(("zh", "C", "POSIX")) else "en"


def _guarded(given: argparse.Namespace) -> int:
    try:
        return given.act(given)
    except Unusable:
        return 1
    except (OSError, records.RecordError) as error:
        print(error, file=sys.stderr)
        return 2
    except EngineError as error:
        print(error.message(given.lang), file=sys.stderr)
        return 1


# --- the plan alone -----------------------------------------------------------------------------------------


def _plan(path: Path, lang: str) -> Plan:
    loaded = load(path.read_text(encoding="utf-8"), filename=str(path))
    if loaded.plan is None:
        _say(path, loaded.problems, lang)
        raise Unusable
    return loaded.plan


def _say(path: Path, problems: Iterable[Problem], lang: str) -> None:
    text = path.read_text(encoding="utf-8")
    for problem in problems:
        kind = "" if problem.severity is Severity.ERROR else ("警告: " if lang == "zh" else "warning: ")
        print(f"{path}:{kind and ' ' + kind}{problem.shown(text, lang)}\n")


def _check(given: argparse.Namespace) -> int:
    failed = 0
    for path in given.files:
        loaded = load(path.read_text(encoding="utf-8"), filename=str(path))
        _say(path, loaded.problems, given.lang)
        failed += loaded.plan is None
        if loaded.plan:
            print(f"✓ {path}: {loaded.plan.names(given.lang)}")
    return 1 if failed else 0


def _test(given: argparse.Namespace) -> int:
    failed = 0
    for path in given.files:
        plan = _plan(path, given.lang)
        for outcome in run_examples(plan):
            failed += not outcome.passed
            mark, said = ("✓", "") if outcome.passed else ("✗", f": {outcome.message(given.lang)}")
            print(f"{mark} {path}:{outcome.line} {outcome.name}{said}")
            for fact in outcome.uncounted:
                print(f"  {_left_out(plan, f'{fact.type} {_plain(fact.amount)}', fact, given.lang)}")
        _say(path, coverage(plan), given.lang)
    return 1 if failed else 0


def _fmt(given: argparse.Namespace) -> int:
    changed = 0
    for path in given.files:
        _plan(path, given.lang)  # what cannot be read is not laid out anew
        before = path.read_text(encoding="utf-8")
        after = tidy(before)
        if after != before:
            changed += 1
            print(path)
            if not given.check:
                path.write_text(after, encoding="utf-8")
    return 1 if given.check and changed else 0


# --- with facts -----------------------------------------------------------------------------------------------


def _schema(given: argparse.Namespace) -> int:
    print(json.dumps(json_schema(), ensure_ascii=False, indent=1))
    return 0


def _results(plan: Plan, found: records.Given) -> list[Result]:
    """Raises EngineError, which calls the payee as the files do."""
    try:
        return run_in_turn(compile_plan(plan), found.ordered(plan), found.facts, found.links(plan))
    except EngineError as error:
        if error.period != date.min:
            error.named(found.names[error.payee])
        raise


def _run(given: argparse.Namespace) -> int:
    plan = _plan(given.file, given.lang)
    found = records.read(plan, given.facts, given.payees)
    results = _results(plan, found)
    out = csv.writer(sys.stdout)
    out.writerow(["payee", "period", *plan.components, "total"])
    for result in results:
        amounts = [result.values[name] for name in plan.components]
        out.writerow([found.names[result.payee], result.period, *map(_plain, [*amounts, result.total])])
    for fact in uncounted(compile_plan(plan), found.facts):
        row = f"{given.facts}, row {fact.id}: {found.names[fact.payee]} {_plain(fact.amount)}"
        print(_left_out(plan, row, fact, given.lang), file=sys.stderr)
    return 0


def _left_out(plan: Plan, told: str, fact: Fact, lang: str) -> str:
    """That a fact is in another currency and does not count."""
    what = f"{told} {fact.fields.get('currency')}"
    if lang == "zh":
        return f"未计入: {what} (方案按 {plan.currency} 计算, 没有写汇率 exchange)"
    return f"not counted: {what} (the plan counts in {plan.currency} and states no rates under exchange)"


def _case(plan: Plan, found: records.Given, given: argparse.Namespace) -> Case:
    """The one payee-period that is asked about. Raises RecordError when it is not one."""
    mine = [result for result in _results(plan, found) if found.names[result.payee] == given.payee]
    if given.period:
        start = records.period_in(plan, given.period)[0]
        mine = [result for result in mine if result.period == start]
    if len(mine) != 1:
        periods = ", ".join(result.period.isoformat() for result in mine) or "-"
        raise records.RecordError(f"{given.payee}: {len(mine)} periods ({periods}). Choose one with --period.")
    seen = frame(found.facts, mine[0].payee, found.links(plan))
    return Case(compile_plan(plan), mine[0], [fact for fact in seen if fact.period <= mine[0].period])


def _explain(given: argparse.Namespace) -> int:
    plan = _plan(given.file, given.lang)
    case = _case(plan, records.read(plan, given.facts, given.payees), given)
    _print(explain(case.compiled, case.result, case.facts, given.lang))
    return 0


def _print(node: Node, depth: int = 0) -> None:
    print(f"{'  ' * depth}{node.label}: {node.sentence}")
    for child in node.children:
        _print(child, depth + 1)


def _whatif(given: argparse.Namespace) -> int:
    """The difference between what is and what would be, node by node."""
    plan = _plan(given.file, given.lang)
    other = _plan(given.plan, given.lang) if given.plan else plan
    before = _case(plan, records.read(plan, given.facts, given.payees), given)
    given.period = before.result.period
    found = records.read(other, given.facts, given.payees)
    for number in given.without:
        records.take_out(found, number)
    for line in given.add:
        records.put_in(other, found, given.payee, line, before.result.period)
    _print_change(what_if(before, _case(other, found, given), given.lang))
    return 0


def _print_change(change: Change, depth: int = 0) -> None:
    print(f"{'  ' * depth}{change.sentence}")
    for child in change.children:
        _print_change(child, depth + 1)


def _diff(given: argparse.Namespace) -> int:
    """Exit code 0 when nothing differs, as diff has it."""
    texts = [path.read_text(encoding="utf-8").splitlines(keepends=True) for path in (given.old, given.file)]
    lines = list(difflib.unified_diff(*texts, str(given.old), str(given.file)))
    sys.stdout.writelines(lines)
    if given.facts is None:
        return 1 if lines else 0
    return 1 if _gains(given) or lines else 0


def _gains(given: argparse.Namespace) -> bool:
    """Who gains and who loses how much, the largest change first; whether anybody does."""
    plans = [_plan(path, given.lang) for path in (given.old, given.file)]
    pay: list[dict[tuple[str, str], Result]] = []
    for plan in plans:
        found = records.read(plan, given.facts, given.payees)
        pay.append({(found.names[r.payee], r.period.isoformat()): r for r in _results(plan, found)})
    parts = list(dict.fromkeys(name for plan in plans for name in plan.paid))
    rows = [(key, *(_amounts(own.get(key), parts) for own in pay)) for key in sorted(pay[0].keys() | pay[1].keys())]
    changed = [(key, before, after) for key, before, after in rows if before != after]
    out = csv.writer(sys.stdout)
    out.writerow(["payee", "period", "before", "after", "change", *parts])
    for key, before, after in sorted(changed, key=lambda row: (-abs(row[2][0] - row[1][0]), row[0])):
        out.writerow([*key, *_told(before, after)])
    sums = [[sum(column, Decimal(0)) for column in zip(*own, strict=True)] for own in list(zip(*rows, strict=True))[1:]]
    out.writerow(["total", "", *(_told(*sums) if rows else ())])
    return bool(changed)


def _amounts(result: Result | None, parts: list[str]) -> list[Decimal]:
    """The total and the amount of each component; nothing where a plan does not have it."""
    amounts = result.amounts if result else {}
    return [result.total if result else Decimal(0), *(amounts.get(name, Decimal(0)) for name in parts)]


def _told(before: list[Decimal], after: list[Decimal]) -> list[str]:
    """The totals, and the change of the whole and of each component."""
    changes = [b - a for a, b in zip(before, after, strict=True)]
    return [_plain(before[0]), _plain(after[0]), *(f"{'+' if one > 0 else ''}{_plain(one)}" for one in changes)]


def _plain(value: Decimal | int) -> str:
    return f"{Decimal(value):f}"
