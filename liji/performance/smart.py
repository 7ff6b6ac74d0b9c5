"""Are a plan's indicators and a person's targets SMART, and what is missing? 3–5 indicators, weights of 100 %.

specific: named in both languages, with an amount for the person; measurable: facts of its types have arrived in the
last 30 days; achievable: against the person's last six full months; relevant: it has a weight or a component pays for
it; time-bound: its period is in force.
"""

from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from decimal import Decimal

from liji.facts import queries as facts
from liji.performance import figures
from liji.performance import queries
from liji.performance.indicators import INDICATORS
from liji.plan import Plan
from liji.plan.periods import add_months
from liji.plan.results import formulas_of
from liji.plan.typed import Role
from liji.plan.typed import references
from liji.plans import queries as plans
from liji.plans.models import PlanVersion

FEWEST, MOST = 3, 5
RECENT = timedelta(days=30)
MONTHS = 6
TOO_HIGH, TOO_LOW = Decimal("1.2"), Decimal("0.5")  # times the best month; times the average month
OK, WARN, MISSING = "ok", "warn", "missing"


@dataclass(frozen=True)
class Finding:
    """One letter of one indicator: `code` says what is found, `values` go into its sentence."""

    letter: str
    state: str
    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """An indicator of a plan: its weight (share, or None) and the findings that hold for everybody."""

    measure: str
    zh: str
    en: str
    weight: Decimal | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class PlanCheck:
    """A plan's indicators as a whole. `weights` is their sum; None when none is weighted."""

    indicators: tuple[Checked, ...]
    weights: Decimal | None

    @property
    def count_is_good(self) -> bool:
        return FEWEST <= len(self.indicators) <= MOST

    @property
    def weights_are_good(self) -> bool:
        return self.weights is None or self.weights == 1


def check_plan(version: PlanVersion, employees: Collection[int], day: date) -> PlanCheck:
    """What can be said of a plan's indicators for all who take part in it (`employees`), on a day."""
    plan = plans.parsed(version)
    used = _used(plan)
    arriving = facts.arriving(
        sorted({kind for name in plan.targets for kind in plan.measures[name].of}), employees, day - RECENT
    )
    shares = [target.weight for target in plan.targets.values() if target.weight is not None]
    checked = []
    for name, target in plan.targets.items():
        measure = plan.measures[name]
        came = sorted(arriving & set(measure.of))
        findings = (
            Finding("S", OK, "named"),
            Finding("M", OK, "arriving", {"types": came}) if came
            else Finding("M", MISSING, "nothing_arrives", {"types": sorted(measure.of)}),
            Finding("R", OK, "used") if name in used or target.weight
            else Finding("R", WARN, "not_used"),
            _time_bound(plan, day),
        )  # fmt: skip
        checked.append(Checked(name, measure.names("zh"), measure.names("en"), target.weight, findings))
    return PlanCheck(tuple(checked), sum(shares, Decimal(0)) if shares else None)


def _used(plan: Plan) -> set[str]:
    """The measures that any component, value or balance reads, straight or as attainment or in a score."""
    read = (one for name in plan.order for formula in formulas_of(plan, name) for one in references(formula))
    return {one.name for one in read if one.role in (Role.MEASURE, Role.ATTAINMENT, Role.TARGET)}


def _time_bound(plan: Plan, day: date) -> Finding:
    late = plan.valid_to is not None and plan.valid_to < day
    early = plan.valid_from is not None and plan.valid_from > day
    values = {"period": plan.period, "from": plan.valid_from, "to": plan.valid_to}
    return Finding("T", WARN, "out_of_force", values) if late or early else Finding("T", OK, "in_force", values)


def check_targets(
    measure: str, targets: Mapping[int, Decimal | None], month: date
) -> dict[int, tuple[Finding, Finding]]:
    """Employee → specific (is there an amount?) and achievable, against the six full months before `month`.

    `targets` may be ones that are not saved yet. A measure that is no indicator of the performance file has no history.
    """
    past = _past(measure, list(targets), month)
    return {
        employee: (
            Finding("S", MISSING, "no_amount") if target is None else Finding("S", OK, "amount"),
            _achievable(target, past.get(employee, [])),
        )
        for employee, target in targets.items()
    }


def _past(measure: str, employees: list[int], month: date) -> dict[int, list[Decimal]]:
    if measure not in INDICATORS or not employees:
        return {}
    month = month.replace(day=1)
    found = queries.history(employees, add_months(month, -MONTHS), month - timedelta(days=1))
    return {
        employee: [value for each in months.values() if (value := each[measure])] for employee, months in found.items()
    }


def _achievable(target: Decimal | None, past: list[Decimal]) -> Finding:
    if target is None:
        return Finding("A", MISSING, "no_amount")
    if not past:
        return Finding("A", WARN, "no_history")
    best, average = max(past), figures.quotient(sum(past, Decimal(0)), Decimal(len(past)))
    times = figures.quotient(target, best)
    values = {"times": times.quantize(Decimal("0.1")), "share": figures.quotient(target, average)}
    if target > best * TOO_HIGH:
        return Finding("A", WARN, "too_high", values)
    if target < average * TOO_LOW:
        return Finding("A", WARN, "too_low", values)
    return Finding("A", OK, "within_reach", values)
