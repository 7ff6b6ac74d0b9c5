"""The first visit of an empty installation: one company, one admin, whoever comes at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection

from liji.access.first import AlreadySetUp
from liji.access.first import set_up
from liji.access.models import User
from liji.access.queries import roles
from liji.people.models import Company

PASSWORD = "vermilion-and-warm-grey"


def test_of_two_first_visits_at_once_one_makes_the_company(blank):
    start = Barrier(2)

    def visit(name: str) -> str:
        start.wait()
        try:
            set_up(f"公司{name}", name, f"{name}@test.example", PASSWORD)
        except AlreadySetUp:
            return "told"
        finally:
            connection.close()
        return "made"

    with blank().entered(), ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(visit, ("one", "other"))) == ["made", "told"]
        assert (User.objects.count(), Company.objects.count()) == (1, 1)


@pytest.mark.parametrize("password", ["short", "password123", "1234567890", "adminadmin1"])
def test_a_weak_password_makes_nothing(blank, password):
    with blank().entered():
        with pytest.raises(ValueError, match=r"\w"):
            set_up("公司", "adminadmin", "admin@test.example", password)
        assert (User.objects.count(), Company.objects.count()) == (0, 0)


def test_the_first_admin_sees_no_pay_by_being_admin_alone(blank):
    with blank().entered():
        admin = set_up("公司", "boss", "boss@test.example", PASSWORD)
        assert "admin" in roles(admin)
        assert "finance" not in roles(admin)


def test_the_command_line_sets_up_too_and_only_once(blank):
    installation = blank()
    arguments = ("init", "--company", "公司", "--admin", "boss", "--password-stdin")
    assert installation.liji(*arguments, given=PASSWORD + "\n").returncode == 0
    again = installation.liji(*arguments, given=PASSWORD + "\n")
    assert again.returncode == 2
    assert "Traceback" not in again.stderr
    with installation.entered():
        assert PBKDF2PasswordHasher().verify(PASSWORD, User.objects.get(username="boss").password)
