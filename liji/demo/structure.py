"""Writing the demo company's people: units, positions, entries, transfers, exits, all dated."""

from collections.abc import Sequence
from datetime import date

from liji.demo.roster import POSITIONS
from liji.demo.roster import TEAMS
from liji.demo.roster import UNITS
from liji.demo.roster import Person
from liji.demo.roster import Post
from liji.people import services as people
from liji.people.models import Employee
from liji.people.models import Position
from liji.people.models import Unit

NAME = "晨星软件(演示公司)"


def found(everybody: Sequence[Person], first: date) -> None:
    """Makes the company and everybody who has worked in it since `first`."""
    people.save_company(name=NAME, currency="CNY", setup={})
    units = _units()
    positions = {code: people.position(code, name) for code, name in POSITIONS.items()}
    employees = {person.number: _enter(person) for person in everybody}
    for person in everybody:
        for post in person.posts:
            if person.left is None or post.since <= person.left:
                _transfer(employees, units, positions, person, post)
    for person in everybody:
        if person.left:
            people.leave(employees[person.number], last_day=person.left, reason=person.reason)


def _units() -> dict[str, Unit]:
    top = people.unit("CO", NAME)
    units = {code: people.unit(code, name, parent=top) for code, name in UNITS.items()}
    teams = {team.code: people.unit(team.code, team.name, parent=units["SALES"]) for team in TEAMS}
    return units | teams


def _enter(person: Person) -> Employee:
    email = f"{person.number.lower()}@liji.example"
    return people.enter(person.number, person.name, on=person.entered, email=email)


def _transfer(
    employees: dict[str, Employee],
    units: dict[str, Unit],
    positions: dict[str, Position],
    person: Person,
    post: Post,
) -> None:
    people.transfer(
        employees[person.number],
        on=post.since,
        unit=units[post.unit],
        position=positions[post.position],
        manager=employees[post.manager] if post.manager else None,
    )
