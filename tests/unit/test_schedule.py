"""What the clock sets off: how often, whatever the minute of the hour."""

from itertools import pairwise

import pytest
from procrastinate.contrib.django import app

MINUTE = 60


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("liji.earnings.sweep", 20),
        ("liji.jobs.revive", 30),
        ("liji.earnings.open_periods", 5 * MINUTE),
        ("liji.earnings.open_all_periods", 24 * 60 * MINUTE),
        ("liji.connectors.tidy", 24 * 60 * MINUTE),
    ],
)
def test_every_pause_is_as_long_as_meant(name: str, seconds: int):
    periodic = {task.task.name: task for task in app.periodic_registry.periodic_tasks.values()}
    schedule = periodic[name].croniter
    schedule.set_current(1_795_453_259.0)  # an odd second of an hour's first minute
    moments = [schedule.get_next() for _ in range(500)]
    assert {later - earlier for earlier, later in pairwise(moments)} == {seconds}
