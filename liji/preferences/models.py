"""What motivates whom: kinds of incentive, each person's dated preferences, and menus of equal worth to choose from."""

from decimal import Decimal

from django.db import models

from liji.access.models import User
from liji.base.fields import Moment
from liji.people.dated import Dated
from liji.people.dated import never_two_at_once
from liji.people.models import Employee

MONEY = {"max_digits": 18, "decimal_places": 2}
STRONGEST = 5


class Kind(models.Model):
    """A kind of incentive that people may prefer. `elements` names what its scheme brings (see `schemes`)."""

    code = models.SlugField(max_length=40, unique=True)
    zh = models.CharField(max_length=60)
    en = models.CharField(max_length=60)
    zh_about = models.CharField(max_length=200, blank=True)
    en_about = models.CharField(max_length=200, blank=True)
    elements = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["place", "code"]


class Preference(Dated):
    """How strongly somebody prefers a kind on which days (1 to 5), and its rank among the own ones (1: first)."""

    class Source(models.TextChoices):
        SELF = "self"
        ENTRY = "entry"  # the form on entry
        SURVEY = "survey"
        IMPORT = "import"
        HR = "hr"

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="preferences")
    kind = models.ForeignKey(Kind, models.PROTECT)
    strength = models.PositiveSmallIntegerField()
    rank = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=10, choices=Source.choices)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = Moment(auto_now_add=True)

    class Meta:
        constraints = [
            never_two_at_once("one_preference_of_a_kind_a_day", "employee_id", "kind_id"),
            never_two_at_once("one_preference_of_a_rank_a_day", "employee_id", "rank"),
            models.CheckConstraint(
                name="strength_in_steps", condition=models.Q(strength__gte=1, strength__lte=STRONGEST)
            ),
        ]


class SchemePart(models.Model):
    """That something a scheme brings (the code of an element, see `schemes`) holds for somebody, until it ends."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="+")
    element = models.CharField(max_length=40)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "element"], condition=models.Q(ended_at=None), name="a_part_holds_once"
            )
        ]


class Menu(models.Model):
    """Rewards of equal worth among which those to whom it is offered choose one, on top of all pay they have earned.

    `worth` is what each option costs the company, in `currency`. A published menu is not changed any more.
    """

    zh = models.CharField(max_length=100)
    en = models.CharField(max_length=100)
    worth = models.DecimalField(**MONEY)
    currency = models.CharField(max_length=3)
    closes = models.DateField()
    published_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")


class Option(models.Model):
    """One reward of a menu, priced: so many at so much each."""

    menu = models.ForeignKey(Menu, models.CASCADE, related_name="options")
    kind = models.ForeignKey(Kind, models.PROTECT)
    zh = models.CharField(max_length=100)
    en = models.CharField(max_length=100)
    quantity = models.DecimalField(max_digits=9, decimal_places=2, default=1)
    unit_cost = models.DecimalField(**MONEY)

    class Meta:
        ordering = ["pk"]

    @property
    def cost(self) -> Decimal:
        """What the option costs, in the menu's currency."""
        return self.quantity * self.unit_cost


class Offer(models.Model):
    """That a menu is offered to somebody, and what was chosen."""

    menu = models.ForeignKey(Menu, models.CASCADE, related_name="offers")
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="menu_offers")
    offered_at = Moment(auto_now_add=True)
    chosen = models.ForeignKey(Option, models.PROTECT, null=True, related_name="chosen_by")
    chosen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["menu", "employee"], name="menu_offered_once")]
