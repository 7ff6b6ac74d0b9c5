"""`liji user …`: accounts, roles and one-time links from the command line, for who owns the installation's folder."""

import argparse
import sys

NAME = "liji user"


class _Wrong(Exception):
    """What was asked for cannot be done; the message says why."""


def add(commands: argparse._SubParsersAction) -> argparse.ArgumentParser:
    """Adds the command and its actions to the command line; returns the command's parser."""
    user = commands.add_parser("user", help="accounts: add, link, roles, disable, list")
    actions = user.add_subparsers(required=True, metavar="ACTION", dest="action")
    new = actions.add_parser("add", help="make an account; with the number of an employee it is that person's")
    new.add_argument("name", help="employee number or user name")
    new.add_argument("--roles", help="separated by commas: rep, manager, hr, finance, designer, admin")
    new.add_argument("--email", default="")
    for action, text in (("link", "print a one-time link to choose a password"), ("disable", "close an account")):
        actions.add_parser(action, help=text).add_argument("name")
    roles = actions.add_parser("roles", help="replace the roles of an account")
    roles.add_argument("name")
    roles.add_argument("roles", help="separated by commas; '-' for none")
    actions.add_parser("list", help="all accounts: name, roles, state, person")
    return user


def run(given: argparse.Namespace) -> int:
    """Does what is asked, with Django set up; 0 when it was done, 2 with the reason on standard error when not."""
    from liji.access.services import acting_as

    try:
        with acting_as(NAME):
            for line in _ACTIONS[given.action](given):
                print(line)
    except _Wrong as why:
        print(why, file=sys.stderr)
        return 2
    return 0


def _add(given: argparse.Namespace) -> list[str]:
    from liji.access import links
    from liji.access.models import Role
    from liji.access.services import audit
    from liji.access.services import make_user
    from liji.people.queries import employee_by_number

    employee = employee_by_number(given.name)
    name = employee.number if employee else given.name
    if links.is_taken(name, employee):
        raise _Wrong(f"{name} 已有账号 / has an account already: liji user link {name}")
    roles = _roles(given.roles) if given.roles is not None else [Role.REP] if employee else []
    user = make_user(name, roles, email=given.email, employee=employee)
    audit(None, "user_made", about=user.employee_id, detail={"user": user.username, "roles": roles})
    return [f"✓ {user.username}: {', '.join(roles) or '–'}", links.password_link(user, by=None)]


def _link(given: argparse.Namespace) -> list[str]:
    from liji.access import links

    return [links.password_link(_user(given.name), by=None)]


def _set_roles(given: argparse.Namespace) -> list[str]:
    user = _user(given.name)
    roles = [] if given.roles == "-" else _roles(given.roles)
    _change(user, roles=roles)
    return [f"✓ {user.username}: {', '.join(roles) or '–'}"]


def _disable(given: argparse.Namespace) -> list[str]:
    user = _user(given.name)
    _change(user, active=False)
    return [f"✓ {user.username} 不能再登录 / can no longer sign in"]


def _list(_given: argparse.Namespace) -> list[str]:
    from liji.access.models import User

    users = User.objects.select_related("employee").prefetch_related("grants").order_by("username")
    return [
        "\t".join(
            (
                user.username,
                ",".join(sorted(grant.role for grant in user.grants.all())) or "-",
                "active" if user.is_active else "disabled",
                user.employee.name if user.employee else "-",
            )
        )
        for user in users
    ]


def _change(user, **changes) -> None:
    from liji.access import queries
    from liji.access.services import LastAdmin
    from liji.access.services import change_user

    kept = {
        "email": user.email, "language": user.language, "roles": sorted(queries.roles(user)),
        "active": user.is_active, "employee": user.employee,
    }  # fmt: skip
    try:
        change_user(user, by=None, **kept | changes)
    except LastAdmin:
        raise _Wrong("这是最后一位管理员 / This is the last administrator: make another one first.") from None


def _user(name: str):
    from liji.access.models import User
    from liji.access.queries import username_of

    user = User.objects.filter(username__iexact=username_of(name)).first()
    if user is None:
        raise _Wrong(f"没有账号 {name} / There is no account {name}: liji user list")
    return user


def _roles(text: str) -> list[str]:
    from liji.access.models import Role

    roles = list(dict.fromkeys(role.strip() for role in text.replace("，", ",").split(",") if role.strip()))
    for role in roles:
        if role not in Role.values:
            raise _Wrong(f"没有角色 {role} / There is no role {role}: {', '.join(Role.values)}")
    return roles


_ACTIONS = {"add": _add, "link": _link, "roles": _set_roles, "disable": _disable, "list": _list}
