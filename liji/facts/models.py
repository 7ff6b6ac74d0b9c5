"""What happened and whose it is: sources, raw records as they came, typed facts, credits."""

from django.db import models
from django.db.models.fields.json import KeyTextTransform

from liji.people.models import Employee

# A foreign key has no index of its own where another index begins with it: millions of rows are written here.
# 18 digits before the point and 6 behind: money of any currency, quantities, rates.
AMOUNT = {"max_digits": 24, "decimal_places": 6}


class Source(models.Model):
    """An outside system or a file from which records come."""

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class FactType(models.Model):
    """A kind of fact. `fields` declares its own fields: [{"name", "type", "zh", "en", "required"}].

    A reversing type (a return, a cancellation) names the fact that it takes back and credits negatively. It takes back
    the types in `takes_back`, and the company's own types that have an amount.
    """

    code = models.SlugField(max_length=64, unique=True)
    zh = models.CharField(max_length=100)
    en = models.CharField(max_length=100)
    has_amount = models.BooleanField(default=False)
    reverses = models.BooleanField(default=False)
    takes_back = models.JSONField(default=list)  # codes of the types that a reversal of this type may name
    fields = models.JSONField(default=list)
    built_in = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.code


class RawRecord(models.Model):
    """A record kept exactly as it came. `run` is the import that brought it, if it was one.

    What was `withdrawn` with its import stays readable, and may be sent again under the same version.
    """

    source = models.ForeignKey(Source, models.PROTECT, db_index=False)
    external_id = models.CharField(max_length=200)
    version = models.PositiveIntegerField()
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    updated_at = models.DateTimeField(null=True)  # when the source changed it, if it says so
    retracts = models.BooleanField(db_default=False)  # the source took the record back; there is no fact of it
    key = models.BigIntegerField(null=True)  # the API key that brought it; a lower room cannot refer to its table
    run = models.BigIntegerField(null=True, db_index=True)
    withdrawn = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id", "version"],
                condition=models.Q(withdrawn=False),
                name="raw_record_once",
            )
        ]


class Fact(models.Model):
    """A typed fact. A correction is a new version; only the newest one that was not withdrawn is `current`.

    `amount` is in `currency`, never negative; `occurred_at` is when it happened, `credit_date` the day
    (company's time zone) on which it counts.
    """

    raw = models.OneToOneField(RawRecord, models.PROTECT, related_name="fact")
    source = models.ForeignKey(Source, models.PROTECT, db_index=False)
    external_id = models.CharField(max_length=200)
    version = models.PositiveIntegerField()
    type = models.CharField(max_length=64)
    owner = models.ForeignKey(Employee, models.PROTECT, related_name="facts", db_index=False)
    amount = models.DecimalField(null=True, **AMOUNT)
    currency = models.CharField(max_length=3)
    occurred_at = models.DateTimeField()
    credit_date = models.DateField()
    reversed_id = models.CharField(max_length=200, blank=True)  # external id of what this one takes back
    fields = models.JSONField(default=dict)
    current = models.BooleanField(default=True)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id", "version"],
                condition=models.Q(withdrawn=False),
                name="fact_version_once",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=models.Q(current=True), name="one_current_version"
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "credit_date"]),
            # Whether an order is its customer's first is asked of every order that a performance file shows.
            models.Index(
                KeyTextTransform("customer", "fields"),
                "credit_date",
                "occurred_at",
                "id",
                condition=models.Q(current=True, type="order_closed"),
                name="orders_by_customer",
            ),
            models.Index(
                fields=["source", "reversed_id"], condition=~models.Q(reversed_id=""), name="reversals_by_original"
            ),
        ]


class Credit(models.Model):
    """What a payee is credited with from one fact: signed, on a day, with a share and in a role.

    `amount` is the fact's whole amount; what counts of it is for the plan to say.
    """

    fact = models.ForeignKey(Fact, models.CASCADE, related_name="credits")
    payee = models.ForeignKey(Employee, models.PROTECT, related_name="credits", db_index=False)
    credit_date = models.DateField()
    amount = models.DecimalField(**AMOUNT)
    share = models.DecimalField(max_digits=12, decimal_places=8, default=1)
    role = models.CharField(max_length=32, db_default="owner")
    current = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["payee", "credit_date"], condition=models.Q(current=True), name="current_credits_by_payee"
            )
        ]
