"""What is said of each difference, in Chinese and in English."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from liji.earnings.inputs import Inputs
from liji.earnings.models import PayeePeriod
from liji.earnings.verification.causes import Seen
from liji.earnings.verification.causes import causes
from liji.earnings.verification.findings import Difference
from liji.earnings.verification.scope import Stretch
from liji.earnings.verification.scope import taking_part
from liji.engine import EngineError
from liji.engine import Result
from liji.plans import queries as plans
from liji.plans.models import IncentivePlan

_SHORT = 7  # of a day in ISO form: its year and month


def period_name(row: PayeePeriod | Stretch) -> str:
    """2026-07 for a month, 2026-07-01–2026-09-30 for other periods."""
    last = row.end - timedelta(days=1)
    month = row.start.day == 1 and (last + timedelta(days=1)).day == 1 and (last - row.start).days < 31
    return row.start.isoformat()[:_SHORT] if month else f"{row.start}–{last}"


def _made(row: PayeePeriod, kind: str, zh: str, en: str, **more: Any) -> Difference:
    who, plan, period = row.payee, row.plan.code, period_name(row)
    return Difference(
        kind,
        f"{who.name} ({who.number}), 方案 {plan}, {period}: {zh}",
        f"{who.name} ({who.number}), plan {plan}, {period}: {en}",
        payee=who.number,
        plan=plan,
        start=row.start,
        end=row.end,
        **more,
    )


def money(amount: Decimal, currency: str) -> str:
    """1,200.00 CNY."""
    return f"{amount:,.2f} {currency}".strip()


def _stored(row: PayeePeriod) -> Decimal | None:
    return row.total if row.result is not None else None


def missing(row: PayeePeriod, result: Result, given: Inputs) -> Difference:
    """Somebody takes part and has no result."""
    currency = plans.parsed(given.version).currency
    since = taking_part(row.plan_id, (row.start, row.end), row.payee_id)[row.payee_id][0]
    right = money(result.total, currency)
    return _made(
        row,
        "missing",
        f"自 {since} 起参与, 却没有结果, 应为 {right}",
        f"takes part since {since}, has no result; it is {right}",
        right=result.total,
        currency=currency,
    )


def surplus(row: PayeePeriod, stretch: Stretch) -> Difference:
    """A result of somebody who takes no part, or of days that are no period of the plan."""
    stored = money(row.total, row.currency)
    if stretch.version is None:
        zh, en = "这几天不是该方案的一个周期", "these days are no period of the plan"
    else:
        zh, en = "此人这一期不参与", "takes no part in this period"
    return _made(
        row, "extra", f"存有 {stored}, 但{zh}", f"stored {stored}, but {en}", stored=row.total, currency=row.currency
    )


def failed(row: PayeePeriod, error: EngineError) -> Difference:
    """It cannot be worked out, and the stored row does not say so."""
    zh, en = (error.message(lang) for lang in ("zh", "en"))
    held = money(row.total, row.currency) if row.result is not None else "—"
    return _made(
        row,
        "failed",
        f"算不出来: {zh}; 存的是 {held}",
        f"cannot be worked out: {en}; stored is {held}",
        stored=_stored(row),
        currency=row.currency,
    )


def recovered(row: PayeePeriod, result: Result) -> Difference:
    """The stored row says that it cannot be worked out, and it can."""
    right = money(result.total, row.currency)
    return _made(
        row,
        "failed",
        f"存的是“算不出来”, 其实可以算出 {right}",
        f"stored as impossible to work out, but it is {right}",
        stored=_stored(row),
        right=result.total,
        currency=row.currency,
    )


def unknown(row: PayeePeriod) -> Difference:
    """Takes part by the records, and the calculation has no inputs for it."""
    return _made(
        row,
        "failed",
        "按记录应参与, 但计算时认为不参与",
        "takes part by the records, but not for the calculation",
        stored=_stored(row),
        currency=row.currency,
    )


def other(seen: Seen, lines: list[dict[str, Any]]) -> Difference:
    """The stored result is another one."""
    row, right = seen.row, seen.right
    currency = plans.parsed(seen.given.version).currency
    stored, now = money(row.total, row.currency), money(right.total, currency)
    why = causes(seen)
    what = _what(row, right, lines)
    if why:
        zh, en = "; ".join(each.zh for each in why), "; ".join(each.en for each in why)
    else:
        zh, en = "录入相同, 计算结果不同", "same inputs, other result"
    return _made(
        row,
        "stale" if why else "result",
        f"存的是 {stored}, 应为 {now}{what[0]}; {zh}",
        f"stored {stored}, is {now}{what[1]}; {en}",
        stored=row.total,
        right=right.total,
        currency=currency,
        cause=tuple(each.part for each in why),
    )


def _what(row: PayeePeriod, right: Result, lines: list[dict[str, Any]]) -> tuple[str, str]:
    """Where both totals are the same: which named values or lines differ."""
    if row.total != right.total:
        return "", ""
    stored, now = (row.result or {}).get("values", {}), right.to_json()["values"]
    names = sorted(name for name in stored.keys() | now.keys() if stored.get(name) != now.get(name))
    if names:
        listed = ", ".join(f"{name} {_shown(stored.get(name))} → {_shown(now.get(name))}" for name in names[:3])
        return f" ({listed})", f" ({listed})"
    if row.lines != lines:
        return " (逐笔明细不同)", " (what each record brought differs)"
    return "", ""


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return next(iter(value.values()), "—")
    return "—" if value is None else f"{value}"


def unread(stretch: Stretch, error: EngineError) -> str:
    """A plan and period that could not be verified."""
    code = IncentivePlan.objects.get(pk=stretch.plan).code
    return f"{code}, {period_name(stretch)}: {error.message('zh')} / {error.message('en')}"
