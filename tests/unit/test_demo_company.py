"""The demo company is the same for the same seed, never ahead of the clock, and as the guide says."""

from collections import Counter
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from statistics import mean
from zoneinfo import ZoneInfo

import pytest

from liji.demo.activity import STORY
from liji.demo.activity import Scene
from liji.demo.activity import month_records
from liji.demo.roster import MONTHS
from liji.demo.roster import TEAMS
from liji.demo.roster import manager_of
from liji.demo.roster import roster
from liji.facts.types import BUILT_IN
from liji.plan.periods import add_months

SHANGHAI = ZoneInfo("Asia/Shanghai")
MIDDLE = datetime(2026, 11, 23, 15, 0, tzinfo=SHANGHAI)
MOMENTS = [
    MIDDLE,
    datetime(2026, 11, 1, 0, 5, tzinfo=SHANGHAI),  # five minutes into a month that begins on a Sunday
    datetime(2027, 3, 1, 0, 0, 10, tzinfo=SHANGHAI),  # ten seconds into one
    datetime(2028, 2, 29, 23, 59, tzinfo=SHANGHAI),  # its last minute, in a leap year
    datetime(2027, 1, 2, 12, 0, tzinfo=SHANGHAI),  # a month without a working day so far
]


def everything(now: datetime, seed: int = 1):
    first = add_months(now.date().replace(day=1), -MONTHS)
    people = roster(seed, first)
    months = [add_months(first, n) for n in range(MONTHS + 1)]
    scenes = (Scene(seed, person, month, first, now) for month in months for person in people)
    return people, [record for scene in scenes for record in month_records(scene)]


@pytest.fixture(scope="module")
def middle():
    return everything(MIDDLE)


def test_the_same_seed_makes_the_same_company(middle):
    assert everything(MIDDLE) == middle
    assert everything(MIDDLE, seed=2)[1] != middle[1]


def test_about_sixty_people_work_in_five_teams(middle):
    people, _ = middle
    there = [person for person in people if person.post(MIDDLE.date())]
    assert 55 <= len(there) <= 65
    assert len({person.name for person in people}) == len({person.number for person in people}) == len(people)
    selling = Counter(person.sells(MIDDLE.date()).code for person in there if person.sells(MIDDLE.date()))
    assert set(selling) == {team.code for team in TEAMS}
    assert min(selling.values()) >= 5


def test_everybody_has_a_manager_who_is_there(middle):
    people, _ = middle
    known = {person.number: person for person in people}
    first = add_months(MIDDLE.date().replace(day=1), -MONTHS)
    for day in (add_months(first, n) for n in range(MONTHS + 1)):
        for person in people:
            if team := person.sells(day):
                manager = person.post(day).manager
                assert manager == manager_of(team, people, day), (person, day)
                assert known[manager].post(day), (person, day)


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_nothing_lies_in_the_future_or_outside_an_employment(now):
    people, records = everything(now)
    known = {person.number: person for person in people}
    for record in records:
        assert record["occurred_at"] <= now
        if record["type"] not in ("payment_received", "order_returned"):
            assert known[record["employee"]].post(record["occurred_at"].date()), record


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_the_guides_two_reps_have_sold_exactly_what_the_guide_says(now):
    _, records = everything(now)
    sold = defaultdict(Decimal)
    for record in records:
        if record["type"] == "order_closed" and record["occurred_at"].date() >= now.date().replace(day=1):
            sold[record["employee"]] += record["amount"]
    assert {number: sold[number] for number in STORY} == {"E1001": 400_000, "E1010": 150_000}
    assert len(sold) > 40  # the others have sold something too, be it the month's first minute


def test_records_are_unique_and_of_known_types_with_known_fields(middle):
    _, records = middle
    assert len({(record["source"], record["external_id"]) for record in records}) == len(records)
    common = {"source", "external_id", "version", "type", "employee", "occurred_at", "currency", "amount"}
    for record in records:
        assert set(record) - common <= {field.name for field in BUILT_IN[record["type"]][4]}, record


def test_amounts_are_exact_and_positive(middle):
    for record in middle[1]:
        if "amount" in record:
            assert isinstance(record["amount"], Decimal)
            assert record["amount"] > 0
            assert record["amount"].as_tuple().exponent >= -2


def test_a_fill_after_months_adds_to_what_was_recorded_and_changes_none_of_it(middle):
    """The next fill sends the same numbers with version 1 again; what is new has new numbers."""
    later = datetime(2026, 11, 23, 16, 0, tzinfo=SHANGHAI)
    before = {record["external_id"] for record in middle[1]}
    after = {record["external_id"] for record in everything(later)[1]}
    assert before <= after


# --- what the guide says about performance ---------------------------------------------------------------


def by_tier(people, records, kind: str) -> dict[str, float]:
    selling = [person for person in people if not person.left and person.sells(MIDDLE.date())]
    tiers = {person.number: person.tier for person in selling}
    count = Counter(record["employee"] for record in records if record["type"] == kind)
    months = MONTHS + MIDDLE.day / 30
    found = defaultdict(list)
    for number, tier in tiers.items():
        if number < "E1046":  # of those who were there all the time
            found[tier].append(count[number] / (months * 30.4 / 7))
    return {tier: mean(values) for tier, values in found.items()}


def test_high_performers_follow_up_four_times_a_week_low_ones_once(middle):
    weekly = by_tier(*middle, "follow_up")
    assert 3.3 < weekly["top"] < 4.5
    assert 0.7 < weekly["bottom"] < 1.3


def test_who_follows_up_often_converts_about_a_fifth_better(middle):
    people, records = middle
    won, lost, followed = Counter(), Counter(), Counter()
    for record in records:
        for kind, counted in (("opportunity_won", won), ("opportunity_lost", lost), ("follow_up", followed)):
            counted[record["employee"]] += record["type"] == kind
    rates = {True: [], False: []}
    for person in people:
        if won[person.number] > 30:
            often = followed[person.number] > 2.6 * (MONTHS + 0.7) * 30.4 / 7
            rates[often].append(won[person.number] / (won[person.number] + lost[person.number]))
    assert 1.12 < mean(rates[True]) / mean(rates[False]) < 1.32


def test_more_people_left_in_the_first_year_than_in_the_last_half(middle):
    people, _ = middle
    first = add_months(MIDDLE.date().replace(day=1), -MONTHS)
    early = [person for person in people if person.left and person.left < add_months(first, 12)]
    late = [person for person in people if person.left and person.left >= add_months(first, 12)]
    assert len(early) > 3 * len(late) > 0
