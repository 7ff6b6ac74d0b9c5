"""Who works in the demo company, and how that changed: a pure function of a seed and the first month."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from datetime import timedelta
from decimal import Decimal
from random import Random

from liji.demo.dice import dice
from liji.demo.names import GIVEN
from liji.demo.names import LEFT_BECAUSE
from liji.demo.names import SURNAMES
from liji.plan.periods import add_months

MONTHS = 18  # of history
REP, MANAGER = "sales_rep", "sales_manager"
POSITIONS = {
    REP: "销售代表",
    MANAGER: "销售经理",
    "sales_director": "销售总监",
    "general_manager": "总经理",
    "hr": "人力资源专员",
    "finance": "财务专员",
    "sales_ops": "销售运营",
    "it_admin": "系统管理员",
}
UNITS = {"SALES": "销售中心", "HR": "人力资源部", "FIN": "财务部", "OPS": "销售运营部", "IT": "信息部"}
DIRECTOR, HEAD = "E2000", "E0001"


@dataclass(frozen=True)
class Team:
    """A sales team: the plan that it runs (code), how many reps, the monthly target of each (CNY)."""

    code: str
    name: str
    plan: str
    reps: int
    target: Decimal
    manager: str


# The guide's two rules: S5 is played on the first team, S6 on the second (2,000,000 = 10 × 200,000, S9).
TEAMS = (
    Team("HD1", "华东一队", "accelerator", 9, Decimal("666666.67"), "E2001"),
    Team("HD2", "华东二队", "ladder", 10, Decimal(200000), "E2002"),
    Team("HN", "华南队", "ladder", 9, Decimal(200000), "E2003"),
    Team("HB", "华北队", "ladder", 9, Decimal(180000), "E2004"),
    Team("XB", "西部队", "ladder", 8, Decimal(160000), "E2005"),
)
TEAM = {team.code: team for team in TEAMS}

# Those with a sign-in of their own; the rest of the names are drawn.
NAMED = {
    HEAD: "秦远山", DIRECTOR: "周岚", "E2001": "陈志远", "E2002": "方敏", "E1001": "王晓阳", "E1010": "李静",
    "E3001": "何雨", "E3101": "沈立", "E3201": "林一凡", "E3301": "高峰",
}


@dataclass(frozen=True)
class Post:
    """From `since` on: where, as what, under whom.

    A manager stands in the unit above the team that he or she `leads`, so as not to take part in its plan.
    """

    since: date
    unit: str
    position: str
    manager: str | None
    leads: str = ""


@dataclass(frozen=True)
class Person:
    """Someone of the company. `tier`: top 20 %, middle 60 %, bottom 20 % (S11); `left` is the last day."""

    number: str
    name: str
    entered: date
    posts: tuple[Post, ...]
    tier: str = "middle"
    left: date | None = None
    reason: str = ""

    def post(self, day: date) -> Post | None:
        """The post held on a day; None outside the employment."""
        if day < self.entered or (self.left and day > self.left):
            return None
        begun = [post for post in self.posts if post.since <= day]
        return max(begun, key=lambda post: post.since, default=None)

    def sells(self, day: date) -> Team | None:
        """The team for which the person sells on a day."""
        post = self.post(day)
        return TEAM.get(post.unit) if post and post.position == REP else None


@dataclass
class _Namer:
    """Draws names that nobody has yet."""

    chance: Random
    used: set[str] = field(default_factory=lambda: set(NAMED.values()))

    def name(self, number: str) -> str:
        if number in NAMED:
            return NAMED[number]
        while (drawn := self.chance.choice(SURNAMES) + self.chance.choice(GIVEN)) in self.used:
            pass
        self.used.add(drawn)
        return drawn


def roster(seed: int, first: date) -> list[Person]:
    """Everybody who has worked in the company since `first` (the first of a month), in order of number."""
    chance = dice(seed, "roster")
    namer = _Namer(chance)
    people = [*_office(namer, first), *_managers(namer, first), *_reps(namer, chance, first)]
    people = _promote(people, add_months(first, 9))
    people = [*_moved(people, first), *_left_and_followed(people, namer, chance, first)]
    return sorted({person.number: person for person in people}.values(), key=lambda person: person.number)


def _office(namer: _Namer, first: date) -> Iterator[Person]:
    since = first - timedelta(days=900)
    for number, unit, position in (
        (HEAD, "SALES", "general_manager"),
        ("E3001", "HR", "hr"),
        ("E3002", "HR", "hr"),
        ("E3101", "FIN", "finance"),
        ("E3102", "FIN", "finance"),
        ("E3201", "OPS", "sales_ops"),
        ("E3202", "OPS", "sales_ops"),
        ("E3301", "IT", "it_admin"),
    ):
        manager = None if number == HEAD else HEAD
        yield Person(number, namer.name(number), since, (Post(since, unit, position, manager),))


def _managers(namer: _Namer, first: date) -> Iterator[Person]:
    since = first - timedelta(days=700)
    director = (Post(since, "SALES", "sales_director", HEAD),)
    yield Person(DIRECTOR, namer.name(DIRECTOR), since, director)
    for team in TEAMS:
        post = Post(since, "SALES", MANAGER, DIRECTOR, leads=team.code)
        yield Person(team.manager, namer.name(team.manager), since, (post,))


def _reps(namer: _Namer, chance: Random, first: date) -> Iterator[Person]:
    number = 1000
    for team in TEAMS:
        for place in range(team.reps):
            number += 1
            since = first - timedelta(days=chance.randint(30, 1200))
            tier = "top" if place % 5 == 0 else "bottom" if place % 5 == 3 else "middle"
            code = f"E{number}"
            yield Person(code, namer.name(code), since, (Post(since, team.code, REP, team.manager),), tier)


def _promote(people: list[Person], day: date) -> list[Person]:
    """The manager of the last team leaves; its best rep is promoted and leads it from `day` on."""
    team = TEAMS[-1]
    heir = next(p for p in people if p.sells(day) == team)
    return [_after_promotion(person, team, heir.number, day) for person in people]


def _after_promotion(person: Person, team: Team, heir: str, day: date) -> Person:
    if person.number == team.manager:
        return replace(person, left=day - timedelta(days=1), reason="个人发展")
    if person.number == heir:
        return replace(person, posts=(*person.posts, Post(day, "SALES", MANAGER, DIRECTOR, leads=team.code)))
    if person.sells(day) == team:
        return replace(person, posts=(*person.posts, Post(day, team.code, REP, heir)))
    return person


def manager_of(team: Team, people: list[Person], day: date) -> str:
    """Who leads a team on a day."""
    for person in people:
        post = person.post(day)
        if post and post.leads == team.code:
            return person.number
    return DIRECTOR


# (rep's place in the company, months after the first, day of the month, to which team)
_TRANSFERS = ((22, 5, 1, "HD2"), (31, 8, 16, "HN"), (14, 13, 1, "HB"))


def _moved(people: list[Person], first: date) -> list[Person]:
    """Some change teams: on the first of a month, one in the middle of it."""
    moves = {
        f"E{1001 + place}": (add_months(first, months).replace(day=day), TEAM[team])
        for place, months, day, team in _TRANSFERS
    }
    return [_transferred(person, *moves[person.number], people) if person.number in moves else person
            for person in people]


def _transferred(person: Person, day: date, team: Team, people: list[Person]) -> Person:
    post = Post(day, team.code, REP, manager_of(team, people, day))
    return replace(person, posts=(*person.posts, post))


# Rep's place and the month in which they leave: many in the first year, few in the last half (S19: 18 → 5 %).
_LEAVERS = ((7, 2), (12, 3), (20, 4), (27, 6), (33, 7), (38, 8), (16, 10), (25, 11), (36, 15))


def _left_and_followed(people: list[Person], namer: _Namer, chance: Random, first: date) -> Iterator[Person]:
    """Some leave, and somebody else enters a few weeks later in their place."""
    known = {person.number: person for person in people}
    for count, (place, months) in enumerate(_LEAVERS):
        leaver = known[f"E{1001 + place}"]
        last = add_months(first, months) + timedelta(days=chance.randint(5, 25))
        yield replace(leaver, left=last, reason=chance.choice(LEFT_BECAUSE))
        entered = last + timedelta(days=chance.randint(10, 40))
        number, team = f"E{1046 + count}", TEAM[leaver.posts[-1].unit]
        post = Post(entered, team.code, REP, manager_of(team, people, entered))
        yield Person(number, namer.name(number), entered, _with_promotion(post, team, people, first))


def _with_promotion(post: Post, team: Team, people: list[Person], first: date) -> tuple[Post, ...]:
    """The posts of someone who entered: their manager changes when the team's does."""
    day = add_months(first, 9)
    after = manager_of(team, people, day)
    return (post, Post(day, team.code, REP, after)) if post.since < day and after != post.manager else (post,)


def target(team: Team, month: date, first: date) -> Decimal:
    """A rep's target in a month: the first half year's was a tenth lower."""
    early = month < add_months(first, 6)
    return (team.target * Decimal("0.9")).quantize(Decimal(1)) if early else team.target
