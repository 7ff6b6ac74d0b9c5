"""Recognition: badges and who holds them, praise with thanks and comments, points, stars of the month, contests.

Nothing here is money: a contest's prize is paid by the plan that the contest made.
"""

from datetime import date
from datetime import timedelta
from zlib import crc32

from django.db import models

from liji.access.models import User
from liji.base.fields import Moment
from liji.people.models import Employee
from liji.people.models import Unit
from liji.plans.models import IncentivePlan


class Badge(models.Model):
    """A badge of the catalogue. Its picture is drawn from shape, symbol and colour, or is the one in `picture`."""

    code = models.SlugField(max_length=64, unique=True)
    zh = models.CharField(max_length=60)
    en = models.CharField(max_length=60)
    meaning_zh = models.CharField(max_length=200, blank=True)
    meaning_en = models.CharField(max_length=200, blank=True)
    shape = models.CharField(max_length=20, default="medal")
    symbol = models.CharField(max_length=40, default="star")
    colour = models.CharField(max_length=20, default="vermilion")
    picture = models.TextField(blank=True)  # an SVG that was uploaded and cleaned
    built_in = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.zh

    @property
    def mark(self) -> str:
        """Changes whenever the picture does, so that a browser may keep it for long."""
        looks = self.picture or f"{self.shape} {self.symbol} {self.colour}"
        return f"{crc32(looks.encode()):08x}"


class Grant(models.Model):
    """That an employee or a unit was given a badge on one occasion; once withdrawn it stays as history."""

    badge = models.ForeignKey(Badge, models.PROTECT, related_name="grants")
    employee = models.ForeignKey(Employee, models.CASCADE, null=True, related_name="badges")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="badges")
    occasion = models.CharField(max_length=200)
    reason = models.CharField(max_length=200, blank=True)  # the words of who granted it by hand
    because = models.JSONField(default=dict)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = Moment(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="granted_to_a_person_or_a_unit",
                condition=models.Q(employee__isnull=True) ^ models.Q(unit__isnull=True),
            ),
            models.UniqueConstraint(fields=["badge", "employee", "occasion"], name="badge_granted_once"),
            models.UniqueConstraint(fields=["badge", "unit", "occasion"], name="team_badge_granted_once"),
        ]
        indexes = [models.Index(fields=["-at"])]


class Praise(models.Model):
    """Public words about somebody. `by` is None when a rule praised; `about` is the fact it speaks of."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="praises")
    kind = models.CharField(max_length=20)
    text = models.CharField(max_length=500)
    about = models.BigIntegerField(null=True)  # a fact
    occasion = models.CharField(max_length=200)
    because = models.JSONField(default=dict)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="praises")
    at = Moment(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "occasion"], name="praised_once")]
        indexes = [models.Index(fields=["-at"])]


class Comment(models.Model):
    """A colleague's words under a praise."""

    praise = models.ForeignKey(Praise, models.CASCADE, related_name="comments")
    text = models.CharField(max_length=300)
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = Moment(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)


class Thanks(models.Model):
    """One tap: a colleague is glad with them."""

    praise = models.ForeignKey(Praise, models.CASCADE, related_name="thanks")
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = Moment(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["praise", "by"], name="thanked_once")]


class PointsEntry(models.Model):
    """A line of the points ledger: given, or with a minus taken back. Points are never money."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="points")
    points = models.IntegerField()
    occasion = models.CharField(max_length=200)
    because = models.JSONField(default=dict)
    at = Moment(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "occasion"], name="points_given_once")]


class WallSettings(models.Model):
    """What the company chose for its wall, and the rule of the star of the month. One row."""

    shows_amounts = models.BooleanField(default=False)  # of the deals that praise speaks of
    star_measure = models.CharField(max_length=20, default="sales")
    star_least_orders = models.PositiveIntegerField(default=3)
    star_unit = models.ForeignKey(Unit, models.SET_NULL, null=True)  # None: the whole company
    star_active = models.BooleanField(default=False)
    star_by_itself = models.BooleanField(default=False)  # else HR confirms


class Star(models.Model):
    """Who leads a month by the company's rule, and what was decided. Equal leaders are proposed together."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        CONFIRMED = "confirmed"
        DECLINED = "declined"

    month = models.DateField()
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="stars")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    because = models.JSONField(default=dict)  # the rule and the figures
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = Moment(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "employee"], name="star_of_a_month_once")]


class Contest(models.Model):
    """A contest. `terms` say what is ranked and what is won; the plan that it published pays the prizes.

    `start` is the first day, `end` the day after the last.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        RUNNING = "running"
        ENDED = "ended"
        CANCELLED = "cancelled"

    zh = models.CharField(max_length=60)
    en = models.CharField(max_length=60)
    start = models.DateField()
    end = models.DateField()
    terms = models.JSONField(default=dict)
    units = models.ManyToManyField(Unit, related_name="+")
    employees = models.ManyToManyField(Employee, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    plan = models.OneToOneField(IncentivePlan, models.PROTECT, null=True, related_name="contest")
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return self.zh

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - timedelta(days=1)


class Winner(models.Model):
    """Who has won a contest that has ended, as it stands now: a late cancellation may still change it."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="winners")
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="+")
    place = models.PositiveIntegerField()
    things = models.JSONField(default=list)  # what is won beside money, as (zh, en, count)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contest", "employee"], name="wins_once")]
