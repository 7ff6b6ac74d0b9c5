"""The demo company's wall: badges that were given, praise with comments and thanks, a few points."""

from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from typing import Any

from liji.access.models import User
from liji.demo.dice import dice
from liji.demo.roster import TEAMS
from liji.people import queries as people
from liji.people.models import Assignment
from liji.people.models import Employee
from liji.people.models import Unit
from liji.recognition import services
from liji.recognition.built_in import ensure_built_in
from liji.recognition.models import Grant
from liji.recognition.models import Praise

WANG, LI, CHEN, FANG, HE = "E1001", "E1010", "E2001", "E2002", "E3001"
# badge, whom, how many days ago, why
_BADGES = (
    ("first_order", LI, 200, "加入公司后的第一单"),
    ("sales_star", WANG, 68, "与上海云帆科技有限公司签下年度合同"),
    ("new_customers", LI, 41, "一个季度带来 9 家新客户"),
    ("sales_star", LI, 33, "签下华星集团"),
    ("learning", LI, 26, "通过谈判考试, 92 分"),
    ("mentor", WANG, 19, "带新同事跑完前三个客户"),
    ("streak", WANG, 12, "连续三个月达标"),
    ("sales_star", WANG, 6, "签下北辰制造"),
)
# who, whom, kind, how many days ago, words, comments (who, words)
_PRAISE = (
    (
        CHEN, WANG, "result", 6, "北辰这一单谈了四个月, 价格压力那么大也没有让步。漂亮!",
        ((LI, "学到了, 能分享一下怎么谈的吗?"), (FANG, "向晓阳学习")),
    ),
    (LI, WANG, "helping", 9, "帮我改了三遍方案, 客户当场点头。谢谢晓阳!", ((WANG, "你讲得好, 我只是搭把手"),)),
    (
        FANG, LI, "customer", 15, "客户系统半夜出问题, 李静一直陪到凌晨两点, 第二天客户主动续签。",
        ((CHEN, "了不起"),),
    ),
    (HE, LI, "learning", 26, "谈判考试 92 分, 还把笔记整理好发给了全队。", ()),
    (CHEN, LI, "teamwork", 32, "两个队一起打的投标, 李静把材料理得清清楚楚。", ((WANG, "合作愉快!"),)),
)
_POINTS = ((WANG, 50, "带新同事"), (WANG, 30, "连续三个月达标"), (LI, 40, "谈判考试"), (LI, 30, "新客户"))


def fill(day: date) -> None:
    """Fills the wall once; what rules have given meanwhile stands beside it."""
    ensure_built_in()
    if Grant.objects.filter(occasion__startswith="demo").exists():
        return
    numbers = (WANG, LI, CHEN, FANG, HE)
    persons = {one.number: one for one in Employee.objects.filter(number__in=numbers)}
    users = {user.employee.number: user for user in User.objects.filter(employee__number__in=numbers)}
    for code, whom, ago, why in _BADGES:
        given = services.grant_badge(code, persons[whom].pk, occasion=_occasion(code, ago), because={}, reason=why)
        _back(given, day, ago)
    best = Unit.objects.get(code=TEAMS[0].code)
    won = services.grant_team_badge("team_of_month", best.pk, occasion="demo", because={}, reason="全队上月达成率第一")
    _back(won, day, 21)
    for giver, whom, kind, ago, words, comments in _PRAISE:
        made = services.praise(persons[whom].pk, words, by=users.get(giver), kind=kind, occasion=_occasion(whom, ago))
        for who, said in comments:
            if made and who in users:
                services.comment(made, said, by=users[who])
        _thanked(made, [user for number, user in users.items() if number != giver])
        _back(made, day, ago)
    for whom, points, why in _POINTS:
        services.give_points(persons[whom].pk, points, occasion=f"demo:{why}", because={"reason": why})
    _among_teams(day)


def _occasion(thing: str, ago: int) -> str:
    return f"demo:{thing}:{ago}"


def _among_teams(day: date) -> None:
    """In every team somebody holds a badge for learning or for keeping customers."""
    for team in TEAMS[1:]:
        members = Assignment.objects.on(people.today()).filter(unit__code=team.code, main=True)
        chance, numbers = dice("recognition", team.code), sorted(members.values_list("employee", flat=True))
        code = chance.choice(("customer_keeper", "team_spirit", "learning", "comeback"))
        given = services.grant_badge(code, chance.choice(numbers), occasion=f"demo:{team.code}", because={})
        _back(given, day, chance.randint(3, 45))


def _thanked(made: Praise | None, users: list[User]) -> None:
    for user in users if made else ():
        services.thank(made, by=user)


def _back(made: Any, day: date, ago: int) -> None:
    """Dates what was just given: some days ago, in the afternoon."""
    if made is not None:
        at = datetime.combine(day - timedelta(days=ago), time(15, 20), people.zone())
        type(made).objects.filter(pk=made.pk).update(at=at)
