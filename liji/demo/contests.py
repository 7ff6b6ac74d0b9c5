"""The demo company's contests: one that runs this month, one that was won last month, and last month's star."""

from datetime import date
from datetime import timedelta
from decimal import Decimal

from liji.earnings.services import recalculate_all
from liji.people.models import Unit
from liji.plan.periods import add_months
from liji.recognition import contests
from liji.recognition import stars
from liji.recognition.contests import Draft
from liji.recognition.models import Contest
from liji.recognition.models import Star
from liji.recognition.plan_text import Prize
from liji.recognition.plan_text import Terms

# Not those teams on which the guide's figures are played: a prize is pay too.
TEAMS = ("HN", "HB", "XB")
BADGE = "contest_winner"


def fill(day: date) -> None:
    """What is missing of them; `day` is the company's present one."""
    month = day.replace(day=1)
    if not Contest.objects.exists():
        terms = Terms(
            "sales", (Prize("money", Decimal(3000)), Prize("money", Decimal(2000)), Prize("money", Decimal(1000))),
            least=Decimal(50000), badge=BADGE,
        )
        _publish("月度销售冲刺赛", "Sales sprint of the month", add_months(month, -1), terms)
        recalculate_all()
        contests.end_due()
    if not Contest.objects.filter(start=month).exists():
        prizes = (Prize("money", Decimal(2000)), Prize("ticket", Decimal(2)), Prize("points", Decimal(100)))
        _publish("新客户争夺赛", "New customer race", month, Terms("new_customers", prizes, badge=BADGE))
    if not Star.objects.exists():
        stars.set_rule(measure="sales", least_orders=3, unit=None, active=True, by_itself=False, by=None)
        for star in stars.propose_due():
            stars.decide(star, confirm=True, by=None)


def _publish(zh: str, en: str, month: date, terms: Terms) -> None:
    last = add_months(month, 1) - timedelta(days=1)
    draft = Draft(zh, en, month, last, terms, list(Unit.objects.filter(code__in=TEAMS)))
    contests.publish(contests.save(None, draft, by=None), by=None, today=month)
