"""How figures and layers are defined: each change is a row of its own, the newest holds; and when layers were made."""

from django.core.validators import MaxValueValidator
from django.core.validators import MinValueValidator
from django.db import models

from liji.access.models import User
from liji.base.fields import Moment

WINDOW = [MinValueValidator(1), MaxValueValidator(12)]


class Definitions(models.Model):
    """What the company means by conversion, new customer and retention; windows in calendar months.

    One definition holds for all months that are shown, so that a trend compares like with like. `exchange` gives the
    rates by which amounts in other currencies are multiplied (decimals as text); without a rate they are left out.
    """

    CONVERSION = ("count", "amount")
    NEW_CUSTOMER = ("source", "first_order", "marked")

    conversion_by = models.CharField(max_length=10, default="count")
    conversion_months = models.PositiveSmallIntegerField(default=1, validators=WINDOW)
    new_customer_by = models.CharField(max_length=12, default="source")
    retention_months = models.PositiveSmallIntegerField(default=3, validators=WINDOW)
    course_months = models.PositiveSmallIntegerField(default=3, validators=WINDOW)
    exchange = models.JSONField(default=dict)
    set_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    set_at = Moment(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="conversion_is_known", condition=models.Q(conversion_by__in=["count", "amount"])
            ),
            models.CheckConstraint(
                name="new_customer_is_known",
                condition=models.Q(new_customer_by__in=["source", "first_order", "marked"]),
            ),
        ]


class LayerRule(models.Model):
    """How people are layered: by which indicator over how many full months, in their team or in the whole company."""

    indicator = models.CharField(max_length=40, default="sales")
    months = models.PositiveSmallIntegerField(default=3, validators=WINDOW)
    within = models.CharField(max_length=10, default="team")  # team or company
    smallest = models.PositiveSmallIntegerField(default=5)  # a smaller group is ranked with the other small ones
    set_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    set_at = Moment(auto_now_add=True)


class LayerRun(models.Model):
    """That the layers were worked out for a day, by which rule; the layers themselves are attributes of people."""

    day = models.DateField()
    rule = models.ForeignKey(LayerRule, models.PROTECT, related_name="runs")
    moved = models.PositiveIntegerField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")  # None: the monthly job
    at = Moment(auto_now_add=True)
