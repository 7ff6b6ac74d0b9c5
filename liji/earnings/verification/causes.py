"""Why a stored result is not the right one, as far as it can be told: which inputs differ, read from both results."""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from typing import NamedTuple

from liji.earnings.inputs import Inputs
from liji.earnings.models import PayeePeriod
from liji.engine import Result
from liji.engine import compile_plan
from liji.facts.models import Credit
from liji.facts.models import Fact
from liji.people.models import Assignment
from liji.plans import queries as plans


class Cause(NamedTuple):
    """An input that differs: version, credits, tree, target, attribute, balance, group; in both languages."""

    part: str
    zh: str
    en: str


@dataclass(frozen=True)
class Seen:
    """What both sides hold of one payee-period: stored row, inputs and the right result with its lines' facts."""

    row: PayeePeriod
    given: Inputs
    right: Result
    facts: frozenset[int]


def causes(seen: Seen) -> list[Cause]:
    """The inputs that differ; empty when they are the same and the calculation gives another result."""
    stored = Result.from_json(seen.row.result) if seen.row.result else None
    found = [*_version(seen), *_credits(seen)]
    if stored is not None and seen.row.version_id == seen.given.version.pk:
        found += _terms(seen, stored.values)
    return found


def _version(seen: Seen) -> Iterable[Cause]:
    stored, right = seen.row.version, seen.given.version
    if stored is not None and stored.pk != right.pk:
        yield Cause(
            "version",
            f"按方案第 {stored.number} 版算, 生效的是第 {right.number} 版",
            f"worked out by version {stored.number} of the plan, version {right.number} is in force",
        )


def _terms(seen: Seen, stored: Mapping[str, Any]) -> Iterable[Cause]:
    """Targets, balances, attributes and group values that both results state."""
    compiled = compile_plan(plans.parsed(seen.given.version))
    right = seen.right.values
    parts = dict.fromkeys(compiled.plan.attributes, ("attribute", "属性", "attribute"))
    parts |= {f"target({name})": ("target", "目标", "target") for name in compiled.plan.targets}
    parts |= {f"quota({name})": ("target", "目标", "target") for name in compiled.plan.targets}
    parts |= {f"opening({name})": ("balance", "期初结余", "balance brought forward") for name in compiled.plan.balances}
    parts |= {output.name: ("group", "小组数值", "value of the group") for output in compiled.groups}
    for name, (part, zh, en) in parts.items():
        if name in right and stored.get(name) != right[name]:
            before, after = _written(stored.get(name)), _written(right[name])
            yield Cause(part, f"{zh} {name} 应为 {after}, 存的是 {before}", f"{en} {name} is {after}, stored {before}")


def _written(value: object) -> str:
    return "—" if value is None else f"{value}"


def _credits(seen: Seen) -> Iterable[Cause]:
    """Records that the stored walk holds and that do not count here any more, and the other way round."""
    stored = {line["fact_id"] for line in seen.row.lines}
    for numbers, zh, en in (
        (sorted(seen.facts - stored), "未计入", "not counted"),
        (sorted(stored - seen.facts), "不再计入却仍在", "counted though no longer credited"),
    ):
        if numbers:
            yield _records(seen.row, numbers, zh, en)


def _records(row: PayeePeriod, numbers: list[int], zh: str, en: str) -> Cause:
    names = list(Fact.objects.filter(pk__in=numbers).order_by("pk").values_list("external_id", flat=True)[:3])
    more = "…" if len(numbers) > len(names) else ""
    listed = ", ".join(names) + more
    where = _of_others(row, numbers)
    part = "tree" if where else "credits"
    return Cause(
        part,
        f"{len(numbers)} 条业绩{zh} ({listed}){where and f'; {where[0]}'}",
        f"{len(numbers)} records {en} ({listed}){where and f'; {where[1]}'}",
    )


def _of_others(row: PayeePeriod, numbers: list[int]) -> tuple[str, str] | tuple[()]:
    """Whose records they are and where that person belongs, when they are credited to somebody else."""
    credit = Credit.objects.filter(fact__in=numbers, current=True).exclude(payee=row.payee_id).order_by("pk").first()
    own = Credit.objects.filter(fact__in=numbers, current=True, payee=row.payee_id).exists()
    if credit is None or own:
        return ()
    held = Assignment.objects.on(credit.credit_date).filter(employee=credit.payee_id, main=True)
    place = held.select_related("manager").first()
    who = f"{credit.payee.name} ({credit.payee.number})"
    if place is None or place.manager is None:
        return f"{who} 当日没有上级", f"{who} reports to nobody on that day"
    since: date | None = place.since
    return (
        f"{who} 自 {since} 起归 {place.manager.name}",
        f"{who} belongs to {place.manager.name} since {since}",
    )
