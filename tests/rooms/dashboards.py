"""Dashboards and wall displays."""

from typing import Any

from liji.dashboards.registry import ROLES

KNOWN = {"dashboard/<slug:board>/"}


def ids(world: Any) -> dict[str, list[Any]]:
    return {"board": [*ROLES, "nonsense"]}


PAGES = {"rep": [("dashboard", "/", ""), ("arrange", "/dashboard/own/", "")]}
