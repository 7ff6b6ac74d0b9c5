"""What winners get beside money: the badge and recognition points, brought in line with the place as it stands now."""

from liji.recognition import services
from liji.recognition.models import Contest
from liji.recognition.models import Grant
from liji.recognition.models import PointsEntry
from liji.recognition.plan_text import Terms
from liji.recognition.rankings import Row


def give(contest: Contest, employee: int, row: Row | None) -> None:
    """Badge and points of a winner; `row` is None for who wins no longer. What is right already stays untouched."""
    terms = Terms.from_json(contest.terms)
    because = {"contest": contest.zh, "contest_en": contest.en, "place": row.place if row else None}
    if terms.badge:
        _badge(terms.badge, contest, employee, because, due=row is not None)
    points = row.points if row else 0
    entries = PointsEntry.objects.filter(employee=employee, occasion__startswith=_occasion(contest))
    there = sum(entries.values_list("points", flat=True))
    if points != there:
        occasion = f"{_occasion(contest)}{len(entries)}"
        services.give_points(employee, points - there, occasion=occasion, because=because)


def _badge(code: str, contest: Contest, employee: int, because: dict[str, object], *, due: bool) -> None:
    """One that was withdrawn stays as history; who wins again gets it anew. One that HR has retired since is given to
    nobody: the places and the prizes stand without it."""
    grants = Grant.objects.filter(badge__code=code, employee=employee, occasion__startswith=_occasion(contest))
    held = next((grant for grant in grants if grant.withdrawn_at is None), None)
    if due and held is None and services.is_given(code):
        services.grant_badge(code, employee, occasion=f"{_occasion(contest)}{len(grants)}", because=because)
    elif held and not due:
        services.withdraw(held, by=None)


def _occasion(contest: Contest) -> str:
    return f"contest:{contest.pk}:"
