"""The widgets: each a question with its query and its template. Whoever adds one adds a line to `WIDGETS`."""

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liji.access.models import Role
from liji.dashboards import company
from liji.dashboards import own
from liji.dashboards import team
from liji.dashboards.look import Look

Context = dict[str, Any]
SIZES = ("third", "half", "most", "full")  # of the width of a desk; a phone shows one below the other

OWN, TEAM, COMPANY = "own", "team", "company"
ROLES: Mapping[str, frozenset[str]] = {
    OWN: frozenset({Role.REP}),
    TEAM: frozenset({Role.MANAGER, Role.HR, Role.FINANCE}),
    COMPANY: frozenset({Role.HR}),
}


@dataclass(frozen=True)
class Widget:
    """A widget of one board. `data` gives what its template shows; None when there is nothing to show now.

    `hears`: the kind of event after which it is fetched by itself; without one it is fetched with the board.
    `shared`: whoever may see somebody's pay sees it on that person's page too.
    """

    code: str
    zh: str
    en: str
    icon: str
    board: str
    size: str
    data: Callable[[Look], Context | None]
    default: bool = True
    hears: str = ""
    shared: bool = False
    ranks: bool = False  # only where the company shows rankings

    @property
    def template(self) -> str:
        """Where it is drawn."""
        return f"web/dashboards/{self.code}.html"


WIDGETS: Mapping[str, Widget] = {
    widget.code: widget
    for widget in (
        Widget("commission", "本月佣金", "Commission", "coin-yuan", OWN, "half", own.commission, shared=True),
        Widget("forecast", "按当前进度预计", "At this pace", "chart-line", OWN, "half", own.forecast, hears="earnings"),
        Widget("attainment", "目标达成", "Attainment", "target-arrow", OWN, "half", own.attainment, shared=True),
        Widget("next", "下一步能多拿多少", "Next step", "stairs-up", OWN, "half", own.next_steps, shared=True),
        Widget("deals", "最近订单", "Latest orders", "receipt", OWN, "half", own.deals, shared=True),
        Widget("tasks", "待办", "To do", "checklist", OWN, "half", own.tasks, hears="notice"),
        Widget("new_customers", "新客户", "New customers", "user-plus", OWN, "half", own.new_customers),
        Widget("track", "晋升进度", "Promotion", "route", OWN, "half", own.track, hears="notice"),
        Widget("badges", "我的勋章", "Badges", "award", OWN, "half", own.badges, hears="recognition"),
        Widget("courses", "课程", "Courses", "school", OWN, "half", own.courses, hears="notice"),
        Widget("rank", "团队名次", "Place in the team", "trophy", OWN, "half", own.rank, default=False, ranks=True),
        Widget("trend", "近几个月", "Month by month", "calendar-stats", OWN, "half", own.trend, default=False),
        Widget("team_total", "团队合计", "The team as a whole", "sum", TEAM, "full", team.total),
        Widget("team_calls", "今天该找谁", "Who needs me today", "message-circle", TEAM, "third", team.calls),
        Widget("team_points", "达成率与跟进", "Attainment and follow-ups", "chart-dots", TEAM, "most", team.members),
        Widget("team_heat", "热力图", "Heat map", "grid-dots", TEAM, "full", team.heat, hears="earnings"),
        Widget("team_table", "全员", "Everybody", "table", TEAM, "full", team.members),
        Widget("company_total", "公司合计", "The company as a whole", "building", COMPANY, "full", company.total),
        Widget("company_spread", "达成率分布", "Attainment", "chart-bar", COMPANY, "half", company.distribution),
        Widget("company_risks", "需要关注", "What needs a look", "alert-triangle", COMPANY, "half", company.risks),
        Widget("company_layers", "分层", "Layers", "stack-2", COMPANY, "full", company.layers),
        Widget("company_units", "各部门", "Units", "hierarchy", COMPANY, "full", company.units),
    )
}


def offered(board: str, look: Look) -> list[Widget]:
    """The widgets that a board may have."""
    return [one for one in WIDGETS.values() if one.board == board and (look.rankings or not one.ranks)]
