"""`liji verify` on the terminal: one line for each difference, then what was verified."""

import json
import os
import re
from collections.abc import Iterable
from datetime import date
from datetime import timedelta
from random import SystemRandom
from typing import Any

from liji.access.services import audit
from liji.base import clock
from liji.earnings.models import PayeePeriod
from liji.earnings.verification.findings import Difference
from liji.earnings.verification.findings import Findings
from liji.earnings.verification.nightly import run_nightly
from liji.earnings.verification.records import broken_records
from liji.earnings.verification.scope import Days
from liji.earnings.verification.scope import Scope
from liji.earnings.verification.sentences import money
from liji.earnings.verification.verifying import Unknown
from liji.earnings.verification.verifying import verify
from liji.plan.periods import add_months

LATEST = timedelta(minutes=10)  # that a result may wait
_PERIOD = re.compile(r"(?P<year>\d{4})(-(Q(?P<quarter>[1-4])|(?P<month>\d{2})(-(?P<day>\d{2}))?))?")


def run(
    *,
    period: str | None = None,
    payee: str | None = None,
    plan: str | None = None,
    sample: int | None = None,
    records: bool = False,
    as_json: bool = False,
    lang: str = "zh",
    nightly: bool = False,
) -> int:
    """Verifies and prints; returns 0 when nothing is wrong, 1 when something is, 2 when it could not be done."""
    try:
        if nightly:
            os.nice(10)
            found = run_nightly()
        else:
            found = verify(_sampled(Scope(plan, payee, _days(period)), sample))
    except (Unknown, ValueError) as error:
        print(f"没有这个方案、人员或周期: {error} / no such plan, payee or period: {error}")
        return 2
    broken = broken_records() if records else []
    audit(None, "results_verified", detail=_numbers(found, broken))
    _print(found, broken, as_json, lang)
    return _code(found, broken)


def _days(period: str | None) -> Days | None:
    """The days of 2026, 2026-Q3, 2026-07 or 2026-07-15. Raises ValueError."""
    if period is None:
        return None
    told = _PERIOD.fullmatch(period)
    if told is None:
        raise ValueError(period)
    year = int(told["year"])
    if told["quarter"]:
        start = date(year, 3 * int(told["quarter"]) - 2, 1)
        return start, add_months(start, 3)
    if told["day"]:
        start = date.fromisoformat(period)
        return start, start + timedelta(days=1)
    start = date(year, int(told["month"] or 1), 1)
    return start, add_months(start, 1 if told["month"] else 12)


def _sampled(scope: Scope, sample: int | None) -> Scope:
    """The scope with so many of its stored payee-periods, drawn at random."""
    if sample is None:
        return scope
    rows = PayeePeriod.objects.all()
    if scope.plan is not None:
        rows = rows.filter(plan__code=scope.plan)
    if scope.payee is not None:
        rows = rows.filter(payee__number=scope.payee)
    if scope.days is not None:
        rows = rows.filter(start__lt=scope.days[1], end__gt=scope.days[0])
    there = list(rows.values_list("pk", flat=True))
    drawn = SystemRandom().sample(there, min(sample, len(there)))
    return Scope(scope.plan, scope.payee, scope.days, frozenset(drawn))


def _code(found: Findings, broken: list[Difference]) -> int:
    if found.unread or not found.finished:
        return 2
    waits_too_long = found.oldest is not None and clock.now() - found.oldest > LATEST
    return 1 if found.differences or broken or waits_too_long else 0


def _numbers(found: Findings, broken: list[Difference]) -> dict[str, Any]:
    return {
        "cells": found.cells,
        "differences": len(found.differences) + len(broken),
        "pending": found.pending,
        "late": len(found.late),
        "seconds": round(found.seconds, 1),
    }


def _print(found: Findings, broken: list[Difference], as_json: bool, lang: str) -> None:
    if as_json:
        for each in (*found.differences, *broken):
            print(json.dumps({"counts_as": "difference", **_told(each)}, ensure_ascii=False))
        for each in found.late:
            print(json.dumps({"counts_as": "late", **_told(each)}, ensure_ascii=False))
        print(json.dumps({"summary": _numbers(found, broken), "unread": found.unread}, ensure_ascii=False))
        return
    for each in (*found.differences, *broken):
        print(getattr(each, lang))
    for line in found.unread:
        print(line)
    for line in _summary(found, broken, lang):
        print(line)


def _told(each: Difference) -> dict[str, Any]:
    amounts = {name: None if (value := getattr(each, name)) is None else f"{value:f}" for name in ("stored", "right")}
    days = {name: value and value.isoformat() for name, value in (("start", each.start), ("end", each.end))}
    more = {"kind": each.kind, "payee": each.payee, "plan": each.plan, "currency": each.currency}
    return {**more, **days, **amounts, "cause": list(each.cause), "zh": each.zh, "en": each.en}


def _summary(found: Findings, broken: list[Difference], lang: str) -> Iterable[str]:
    zh = lang == "zh"
    count, largest = len(found.differences) + len(broken), found.largest
    if found.pending:
        age = f"{(clock.now() - found.oldest).total_seconds():.0f}" if found.oldest else "?"
        waits = f"{found.pending} 个结果待计算, 最久的等了 {age} 秒", f"{found.pending} wait, the oldest {age} s"
        yield waits[0] if zh else waits[1]
    if found.late:
        still = f"{len(found.late)} 个已关账的结果今天会不同", f"{len(found.late)} in closed periods would differ today"
        yield still[0] if zh else still[1]
    if not found.finished:
        yield "时间用完, 没有核对完" if zh else "out of time, not everything was verified"
    most = money(largest.amount, largest.currency) if largest else ("无" if zh else "none")
    mark = "✓" if not count else "✗"
    if zh:
        yield f"{mark} 核对 {found.cells:,} 个结果: {count:,} 处不同, 最大差额 {most}, {found.seconds:.1f} 秒"
    else:
        yield (
            f"{mark} {found.cells:,} results verified: {count:,} differences, the largest {most}, {found.seconds:.1f} s"
        )
