"""The plans that histories are played on: each has a second text of the same kind of period, and a third of another."""

PER_DEAL = """\
plan: h-per-deal
currency: CNY
attributes: {grade: {type: number, missing: 1}}
components:
  commission:
    per: [order_closed, order_returned, order_cancelled]
    formula: amount * RATE * grade
    floor: none
"""
MARGINAL = """\
plan: h-marginal
currency: CNY
measures:
  sales: {of: [order_closed, order_returned, order_cancelled], sum: credit}
targets: {sales: {missing: none}}
tables:
  ladder: {reads: marginal, bands: [{below: 1000, rate: 2%}, {below: 3000, rate: RATE}, {beyond, rate: 9%}]}
components:
  commission: {formula: "pay(ladder, MAX(0, sales))"}
  beyond_target: {when: attainment(sales) >= 100%, formula: 10 * attainment(sales)}
"""
OVERRIDE = """\
plan: h-override
currency: CNY
crediting:
  below: {of: [order_closed, order_returned, order_cancelled], roll_up: [RATE, 1%]}
measures:
  own: {of: [order_closed, order_returned, order_cancelled], sum: credit}
  override: {of: below, sum: credit}
  deals_below: {of: below, count: }
components:
  pay: {formula: override + own * 2%, floor: none}
  per_deal_below: {formula: 3 * deals_below}
"""
POOL = """\
plan: h-pool
currency: CNY
attributes: {unit: text}
measures:
  sales: {of: [order_closed, order_returned, order_cancelled], sum: credit}
pools:
  shared: {amount: "MAX(0, total(sales, unit)) * RATE", among: unit, by: sales}
components:
  part: {formula: pool(shared)}
  guaranteed: {formula: 300}
"""
RANK = """\
plan: h-rank
currency: CNY
attributes: {team: text}
measures:
  sales: {of: [order_closed, order_returned, order_cancelled], sum: credit}
values:
  place: rank(sales, team)
components:
  prize: {when: place = 1, formula: 1000 * RATE * headcount(team)}
"""
WINDOW = """\
plan: h-window
currency: CNY
crediting:
  below: {of: order_closed, roll_up: [1%]}
measures:
  sales: {of: [order_closed, order_returned, order_cancelled], sum: credit}
  before: {of: [order_closed, order_returned, order_cancelled], sum: credit, window: previous 3}
  team_before: {of: below, sum: credit, window: previous}
components:
  growth: {when: "sales > before / 3", formula: (sales - before / 3) * RATE}
  team: {formula: team_before}
"""
YEAR_TO_DATE = """\
plan: h-year
currency: CNY
measures:
  sales: {of: [order_closed, order_returned, order_cancelled], sum: credit}
  this_year: {of: order_closed, sum: credit, window: year to date}
tables:
  yearly: {bands: [{through: 5000, rate: 2%}, {beyond, rate: RATE}]}
values:
  sales_to_date: opening(sold) + sales
  earned_to_date: marginal(yearly, MAX(0, sales_to_date))
components:
  commission: {formula: earned_to_date - opening(paid), floor: none}
  volume: {when: this_year > 8000, formula: 50}
balances:
  sold: {resets: year, closing: sales_to_date}
  paid: {resets: year, closing: opening(paid) + total}
"""
DATED = """\
plan: h-dated
currency: CNY
fields: {paid_on: date}
crediting:
  cash: {of: contract_paid, date: paid_on}
measures:
  collected: {of: cash, sum: credit}
components:
  commission: {formula: collected * RATE}
"""
DRAW = """\
plan: h-draw
currency: CNY
measures:
  sales: {of: [order_closed, order_returned, order_cancelled], sum: credit}
values:
  earned: "MAX(0, sales) * RATE"
  repaid: "MIN(opening(owed), MAX(0, earned - 200))"
  lent: "MAX(0, 200 - earned)"
components:
  net: {formula: earned + lent - repaid}
balances:
  owed: {resets: quarter, closing: opening(owed) + lent - repaid}
"""
CLAWBACK = """\
plan: h-clawback
currency: CNY
fields: {original_date: date}
measures:
  sales: {of: order_closed, sum: amount}
tables:
  ladder: {bands: [{below: 1000, rate: 4%}, {below: 2500, rate: RATE}, {beyond, rate: 8%}]}
components:
  commission:
    per: order_closed
    formula: marginal(ladder, running(sales) + amount) - marginal(ladder, running(sales))
    clawback: {of: [order_returned, order_cancelled], since: original_date, within: 6, take: all}
"""
QUARTER = """\
plan: h-quarter
currency: CNY
period: quarter
measures:
  sales: {of: [order_closed, order_returned, order_cancelled], sum: credit}
targets: {sales: {missing: 0%}}
components:
  bonus: {when: attainment(sales) >= 50%, formula: sales * RATE}
"""
HALF_MONTH = """\
plan: h-half
currency: CNY
period: half-month
attributes: {grade: {type: number, missing: 1}}
measures:
  sales: {of: [order_closed, order_returned, order_cancelled], sum: credit}
components:
  commission: {formula: sales * RATE * grade, floor: none}
"""
PLANS = (
    PER_DEAL, MARGINAL, OVERRIDE, POOL, RANK, WINDOW, YEAR_TO_DATE, DATED, DRAW, CLAWBACK, QUARTER, HALF_MONTH,
)  # fmt: skip
# Where other periods make sense: balances and windows are counted in the plan's own.
_OTHER_PERIOD = {PER_DEAL: "quarter", MARGINAL: "quarter", QUARTER: "month", HALF_MONTH: "month"}


def texts(plan: str) -> list[str]:
    """The versions of a plan: as it is, with another rate, and with other periods where that makes sense."""
    first, second = plan.replace("RATE", "5%"), plan.replace("RATE", "6.5%")
    if (other := _OTHER_PERIOD.get(plan)) is None:
        return [first, second]
    header, rest = first.split("currency: CNY\n", 1)
    rest = "".join(line for line in rest.splitlines(keepends=True) if not line.startswith("period:"))
    return [first, second, f"{header}currency: CNY\nperiod: {other}\n{rest}"]
