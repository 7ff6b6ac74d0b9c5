"""What motivates the demo company's people, and a menu of rewards from which one team may choose."""

from datetime import date
from datetime import timedelta
from decimal import Decimal

from liji.demo import case
from liji.demo.dice import dice
from liji.demo.roster import TEAMS
from liji.people import queries as people
from liji.people.models import Assignment
from liji.people.models import Employee
from liji.people.models import Unit
from liji.plan import templates
from liji.plan.periods import add_months
from liji.plans import services as plan_services
from liji.preferences import services
from liji.preferences.models import Menu
from liji.preferences.models import Preference

LI = "E1010"  # S8: first training, later promotion
KINDS = ("cash", "cash", "cash", "training", "training", "promotion", "team", "flexible_hours")


def fill(day: date) -> None:
    """Everybody who sells has stated a preference, but for the few who have not been asked yet."""
    if Preference.objects.exists():
        return
    codes = [team.code for team in TEAMS]
    sellers = Employee.objects.filter(
        assignments__in=Assignment.objects.on(day).filter(unit__code__in=codes, main=True)
    )
    asked = day - timedelta(days=200)
    for employee in sellers:
        employed = employee.employments.filter(days__contains=asked).exists()
        chance = dice("preferences", employee.number)
        first = chance.choice(KINDS)
        if employee.number != LI and employed and chance.random() < 0.9:
            rest = [code for code in dict.fromkeys(KINDS) if code != first and chance.random() < 0.5]
            ranking = [(first, 5), *((code, chance.randint(1, 4)) for code in rest)]
            services.state(employee, ranking, on=asked, source=Preference.Source.SURVEY)
    for number, kind in case.PREFERENCES.items():
        begun = add_months(day.replace(day=1), case.BEFORE - case.MONTHS)
        services.state(Employee.objects.get(number=number), [(kind, 5)], on=begun, source=Preference.Source.SURVEY)
    li = Employee.objects.get(number=LI)
    services.state(li, [("training", 5), ("cash", 3)], on=asked, source=Preference.Source.ENTRY)
    services.state(li, [("promotion", 5), ("training", 4), ("cash", 3)], on=day, source=Preference.Source.SELF)
    _menu(day)


def _menu(day: date) -> None:
    code = TEAMS[-1].code
    version = plan_services.save_version(dict(templates())["chosen-rewards"], by=None)
    plan_services.publish(version, since=day.replace(day=1), by=None)
    plan_services.assign(version.plan, since=day.replace(day=1), unit=Unit.objects.get(code=code))
    menu: Menu = services.save_menu(
        None,
        zh="季度自选奖励",
        en="Reward of the quarter",
        worth=Decimal(800),
        closes=day + timedelta(days=21),
        options=[
            ("cash", "现金", "Money", Decimal(1), Decimal(800)),
            ("training", "谈判课程", "Course on negotiating", Decimal(1), Decimal(800)),
            ("flexible_hours", "弹性工时", "Hours off", Decimal(8), Decimal(100)),
        ],
        by=None,
    )
    team = Assignment.objects.on(people.today()).filter(unit__code=code, main=True)
    services.publish_menu(menu, set(team.values_list("employee_id", flat=True)))
