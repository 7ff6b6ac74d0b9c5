"""One scene for the pages: a team on the accelerator plan with orders, its manager, and HR."""

from dataclasses import dataclass

import pytest

from liji.access.models import Role
from liji.people.models import Employee
from tests import scenes
from tests.server import Crm
from tests.server import Installation
from tests.server import eventually


@dataclass(frozen=True)
class Scene:
    """Who is there, and every piece of data that may stand on a page in whatever language."""

    rep: Employee
    manager: Employee
    hr: str
    data: tuple[str, ...]


_scenes: dict[str, Scene] = {}


@pytest.fixture
def scene(served: Installation, crm: Crm) -> Scene:
    """Made once per installation; the tests that use it only look."""
    if served.url not in _scenes:
        _scenes[served.url] = _made(crm)
    return _scenes[served.url]


def _made(crm: Crm) -> Scene:
    team = scenes.team("王晓阳", "李静", plan="accelerator", target="666666.67")
    for name, amount in (("王晓阳", "400000.00"), ("王晓阳", "100000.00"), ("李静", "548000.00")):
        assert crm.post(scenes.order(team[name], amount))[0] == 201
    eventually(lambda: scenes.total(team["王晓阳"]) == 7500 and scenes.total(team["李静"]) == 8220)
    scenes.user("hr", Role.HR, Role.ADMIN)
    order = scenes.order(team["王晓阳"], "1.00")
    data = (order["customer"], order["product"], *team.reps, team.manager.name, team.unit.name, "测试公司")
    data += ("sales_rep", "sales_manager", "王", "陈")  # positions, and the initials in the round pictures
    return Scene(team["王晓阳"], team.manager, "hr", data)
