"""Dashboards and wall displays."""

from typing import Any

from liji.dashboards.registry import ROLES

KNOWN = {"dashboard/<slug:board>/", "company/", "company/fragment"}


def ids(world: Any) -> dict[str, list[Any]]:
    return {"board": [*ROLES, "nonsense"]}


PAGES = {
    "rep": [("dashboard", "/", ""), ("arrange", "/dashboard/own/", "")],
    "manager": [("dashboard-team", "/team/", ""), ("arrange-team", "/dashboard/team/", "")],
    "hr": [("dashboard-company", "/company/", ""), ("dashboard-team-hr", "/team/", "")],
}
