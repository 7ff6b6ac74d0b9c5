"""AdventureWorks, a real company, comes in whole and comes out to the cent."""

from decimal import Decimal

import pytest
from django.test import override_settings

from examples.adventureworks import files
from liji.people import queries as people
from liji.people.models import Employee

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def data():
    found = files.folder()
    if found is None:
        pytest.skip("the AdventureWorks files are not there (LIJI_EXAMPLE_DATA)")
    return found


@override_settings(DEBUG=False)
def test_adventureworks_is_reconciled_to_the_cent(data):
    from examples.adventureworks import load
    from examples.adventureworks.expected import expected

    load.company()
    runs = load.load(data)
    assert {name: (run.state, run.refused) for name, run in runs.items()} == dict.fromkeys(files.MAPPINGS, ("done", 0))
    account = files.account(data)
    assert account.total == Decimal("77548570.20")
    assert len(account.orders) == 3_616
    assert runs["sales"].created == account.lines
    assert load.credits() == dict(account.sales)
    assert load.quotas() == account.targets
    _people()

    rows = load.results(load.pay())
    assert set(account.sales) <= set(rows)
    assert {key: row.total for key, row in rows.items()} == {key: sum(expected(account, key)) for key in rows}
    assert any(row.total < 0 for row in rows.values()), "a month of losses is taken off"

    again = load.load(data)
    assert {name: run.created + run.corrected + run.refused for name, run in again.items()} == dict.fromkeys(
        files.MAPPINGS, 0
    )
    assert load.credits() == dict(account.sales)


def _people() -> None:
    """290 people with their history; spot checks against the files, read by eye."""
    from datetime import date

    assert Employee.objects.count() == 290
    by_number = {each.number: each for each in Employee.objects.all()}
    linda = people.assignment_on(by_number["AW-276"].pk, date(2018, 1, 1))
    assert (linda.unit.name, linda.position.name) == ("Sales", "Sales Representative")
    assert linda.manager.name == "Stephen Jiang"
    rob = by_number["AW-4"].pk
    assert people.assignment_on(rob, date(2010, 5, 30)).unit.name == "Engineering"
    assert people.assignment_on(rob, date(2010, 5, 31)).unit.name == "Tool Design"
    boss = by_number["AW-1"].pk
    assert people.assignment_on(boss, date(2018, 1, 1)).manager is None
    assert len(people.subtree(boss, date(2018, 1, 1))) == 289
