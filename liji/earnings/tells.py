"""What this room tells: an order was credited, and a payee's progress moved. The same code tells it of past months."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal

from liji.base import clock
from liji.earnings import inputs
from liji.earnings import named
from liji.earnings.models import PayeePeriod
from liji.engine import Line
from liji.engine import Result
from liji.engine import as_given
from liji.engine import compile_plan
from liji.engine import walk_to_result
from liji.engine.data import Answer
from liji.events.happenings import FRESH
from liji.events.happenings import Happening
from liji.events.happenings import Kind
from liji.events.happenings import Named
from liji.events.happenings import declare
from liji.facts import standing
from liji.facts.named import fields_beside
from liji.facts.named import own_of
from liji.facts.named import told
from liji.people import queries as people
from liji.plans import queries as plans

_PROGRESS = (
    Named("attainment_before", "rate", "此前达成率", "Attainment before"),
    Named("attainment", "rate", "达成率", "Attainment"),
    Named("done", "number", "已完成", "Done"),
    Named("target", "number", "目标", "Target"),
    Named("to_go", "number", "距离目标", "To go"),
    Named("currency", "text", "币种", "Currency"),
)
_CREDIT = (
    Named("type", "text", "类型", "Type"),
    Named("amount", "money", "金额", "Amount"),
    Named("credited", "money", "归属金额", "Credited"),
    Named("brought", "money", "带来的奖金", "Brought", pay=True),
    Named("title", "text", "标题", "Title"),
    Named("customer", "text", "客户", "Customer"),
    Named("product", "text", "产品", "Product"),
    Named("new_customer", "true/false", "新客户", "New_customer"),
    Named("quantity", "number", "数量", "Quantity"),
    Named("first_order", "true/false", "首单", "First_order"),
    Named("tenure_days", "count", "入职天数", "Tenure_days"),
    *_PROGRESS,
)
_THRESHOLD = (
    *_PROGRESS,
    Named("done_before", "number", "此前已完成", "Done_before"),
    Named("total_before", "money", "此前奖金", "Total_before", pay=True),
    Named("total", "money", "奖金合计", "Total", pay=True),
    Named("days_left", "count", "本期剩余天数", "Days_left"),
    Named("plan", "text", "方案", "Plan"),
)
_fields = fields_beside(_CREDIT)
KINDS = (
    Kind("credit", "业绩归属到人", "An order or another record is credited", _CREDIT, own_of(_fields, _CREDIT)),
    Kind("threshold", "数值越过一条线", "A value crosses a level", _THRESHOLD, named.own),
)
LEVELS = ("attainment", "done", "total")  # of the first target of the plan, and the pay


def levels() -> dict[str, str]:
    """What may cross a level → its name in conditions: the three, and every named value as results spell it."""
    watched = {key: own.after.name for key, own in named.catalogue().items() if key not in LEVELS}
    return dict(zip(LEVELS, LEVELS, strict=True)) | watched


def declare_kinds() -> None:
    """Makes them known to whoever writes rules."""
    declare(*KINDS)


Values = Mapping[str, Answer]


def speaks(row: PayeePeriod) -> bool:
    """Whether what a payee-period comes to is told at all.

    Where the pay depends on how one stands among others, as in a contest, no fact brings anything by itself; when the
    payee has an older plan on the same days, that one tells of the fact.
    """
    if row.version:
        grouped = bool(compile_plan(plans.parsed(row.version)).groups)
    else:
        grouped = row.plan_id in plans.reach().grouped
    if not grouped:
        return True
    others = PayeePeriod.objects.filter(payee=row.payee_id, start__lt=row.end, end__gt=row.start)
    return not others.filter(plan_id__lt=row.plan_id).exists()


def of_change(
    row: PayeePeriod,
    before: Result | None,
    after: Result | None,
    lines: Sequence[Line],
    new: Iterable[Line],
    gone: Collection[int],
    tellable: Collection[int] | None = None,
) -> list[Happening]:
    """What a calculation has to tell. `gone`: facts that counted before and count no longer for this payee; `tellable`:
    the new ones that may be told, where that is known already.

    Old records that are being loaded are not told; that something no longer holds is.
    """
    if not speaks(row):
        return []
    earlier = {line.fact_id: lines[at - 1].values if at else {} for at, line in enumerate(lines)}
    by_id = {line.fact_id: line for line in new}
    wanted = [fact for fact in by_id if tellable is None or fact in tellable] + sorted(gone)
    facts = standing.facts(row.payee_id, wanted, old=gone)
    heard = []
    for fact in facts.values():
        line = by_id.get(fact.asked)
        heard.append(_credit(row, fact, line, earlier.get(fact.asked, {})))
    today = people.today()
    if after is not None and row.start <= today < row.end:
        moments = [fact.at for fact in facts.values() if fact.asked in by_id]
        # What only old records have moved is no news; that it has fallen is told all the same.
        at = max(moments) if moments else clock.now() - (2 * FRESH if by_id else timedelta(0))
        heard.append(_moved(row, before.values if before else {}, after.values, at, today))
    return heard


def _credit(row: PayeePeriod, fact: standing.Standing, line: Line | None, before: Values) -> Happening:
    own = fact.fields
    values = {
        **told(_fields(), fact.type, own),
        "type": fact.type,
        "amount": fact.left,
        "credited": fact.credited,
        "brought": line.total_brought if line else Decimal(0),
        "title": fact.title,
        "customer": str(own.get("customer") or ""),
        "product": str(own.get("product") or ""),
        "new_customer": own.get("new_customer") is True,
        "quantity": Decimal(str(own["quantity"])) if own.get("quantity") not in (None, "") else None,
        "first_order": fact.first,
        "tenure_days": _tenure(row.payee_id, people.local_day(fact.at)),
        **_progress(row, before, line.values if line else {}),
    }
    retracted = fact.left <= 0
    return Happening("credit", f"fact:{fact.source}:{fact.external_id}", row.payee_id, fact.at, values, "/", retracted)


def _moved(row: PayeePeriod, before: Values, after: Values, at: datetime, day: date) -> Happening:
    measure = _measure(row)
    values = {
        **named.told(before, after),
        **_progress(row, before, after),
        "plan": row.plan.code,
        "done_before": _number(before.get(measure)) if measure else None,
        "total_before": _number(before.get("total")),
        "total": after.get("total"),
        "days_left": Decimal((row.end - day).days - 1),
    }
    return Happening("threshold", f"period:{row.pk}", row.payee_id, at, values, "/")


def _progress(row: PayeePeriod, before: Values, after: Values) -> dict[str, Answer]:
    measure = _measure(row)
    if measure is None:
        return {"currency": row.currency}
    done, target = after.get(measure), after.get(f"target({measure})")
    to_go = max(target - done, Decimal(0)) if isinstance(target, Decimal) and isinstance(done, Decimal) else None
    return {
        "attainment_before": _number(before.get(f"attainment({measure})")) if target else None,
        "attainment": after.get(f"attainment({measure})"),
        "done": done,
        "target": target,
        "to_go": to_go,
        "currency": row.currency,
    }


def _number(value: Answer) -> Decimal:
    """What was before the first fact is nothing."""
    return value if isinstance(value, Decimal) else Decimal(0)


def _measure(row: PayeePeriod) -> str | None:
    """The first measure for which the plan sets a target."""
    plan = plans.parsed(row.version) if row.version else None
    return next(iter(plan.targets), None) if plan else None


def _tenure(employee: int, day: date) -> Decimal | None:
    spans = people.employed_spans([employee]).get(employee, [])
    begun = [start for start, end in spans if start and start <= day and (end is None or end > day)]
    return Decimal((day - max(begun)).days) if begun else None


def of_the_past(start: date, end: date, *, most: int = 300) -> Iterator[Happening]:
    """What would have been told of the payee-periods that begin from `start` on and before `end`, fact by fact.

    Of the first `most` of them. Each fact is told as it stands today.
    """
    rows = PayeePeriod.objects.filter(start__gte=start, start__lt=end, result__isnull=False)
    for row in rows.select_related("plan", "version__plan").order_by("pk")[:most]:
        given = inputs.gather(row)
        if given is None or not speaks(row):
            continue
        compiled = compile_plan(plans.parsed(given.version))
        payee = as_given(compiled, Result.from_json(row.result))
        _, lines = walk_to_result(compiled, payee, given.facts)
        numbers = [line.fact_id for line in lines]
        known = standing.facts(row.payee_id, numbers, old=numbers)
        before: Values = {}
        for line in lines:
            fact = known.get(line.fact_id)
            if fact is not None and fact.asked == fact.id:
                day = people.local_day(fact.at)
                yield _credit(row, fact, line, before)
                yield _moved(row, before, line.values, fact.at, min(day, row.end - timedelta(days=1)))
            before = line.values


