"""What the product does by itself: rules, what each of them has done, and the notices that people get."""

from django.db import models

from liji.access.models import User
from liji.base.fields import Moment
from liji.people.models import Employee


class Rule(models.Model):
    """When something happens, do something. `document` of the published version is what holds.

    `changed_at` moves with every change, so that each process notices.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        PAUSED = "paused"

    code = models.SlugField(max_length=60, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.ForeignKey("RuleVersion", models.PROTECT, null=True, related_name="+")  # the one in force
    changed_at = Moment(auto_now=True)

    def __str__(self) -> str:
        return self.code


class RuleVersion(models.Model):
    """A rule's document as it was saved; never changed."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    made_by = models.ForeignKey(User, models.SET_NULL, null=True)
    made_at = Moment(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="rule_version_once")]


class Firing(models.Model):
    """That a rule acted on an occasion of a person: the database lets it be once, whoever works it out how often.

    `values` are those of the happening, decimals as text; `done` says what was done to whom; `problem` why not.
    """

    class State(models.TextChoices):
        DONE = "done"
        FAILED = "failed"
        RETRACTED = "retracted"

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="firings")
    version = models.ForeignKey(RuleVersion, models.PROTECT)
    employee = models.ForeignKey(Employee, models.CASCADE, related_name="firings")
    occasion = models.CharField(max_length=200)
    at = models.DateTimeField()
    values = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DONE)
    done = models.JSONField(default=list)
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "employee", "occasion"], name="fired_once")]
        indexes = [
            models.Index(fields=["rule", "-at"]),
            models.Index(fields=["employee", "occasion"]),
            models.Index(fields=["-at"], condition=models.Q(state="failed"), name="firings_that_failed"),
        ]


class Tick(models.Model):
    """That a rule has looked by the clock on a day of the company's: once, also with two workers."""

    rule = models.ForeignKey(Rule, models.CASCADE)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "day"], name="looked_once_a_day")]


class Notice(models.Model):
    """A message to one user about one occasion.

    `occasion` names what it is about, so that recalculations, replays and crashes never send it twice.
    `words` are {"zh": [subject, body], "en": …} with places that `values` fill, when it is read, in the reader's
    language. The mail goes out from `mail_after` on.
    """

    class Mail(models.TextChoices):
        NONE = "none"
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)  # the code of the rule
    occasion = models.CharField(max_length=200)
    values = models.JSONField(default=dict)
    words = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)
    made_at = Moment(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=10, choices=Mail.choices, default=Mail.NONE)
    mail_after = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "occasion"], name="told_once")]
        indexes = [
            models.Index(fields=["user", "-id"]),
            models.Index(fields=["user", "id"], condition=models.Q(mail="waiting"), name="mails_that_wait"),
        ]


class Manners(models.Model):
    """How people are told: the company's (no user), and what a user has chosen instead.

    Between `quiet_from` and `quiet_to` (company's clock) no mail goes out. With a `digest`, mails are gathered and sent
    at that hour, once a day. More than `mails_an_hour` wait for the hour's end; `notices_an_hour` come without
    moving open pages. Notices about pay are not gathered and not held back by a limit.
    """

    user = models.OneToOneField(User, models.CASCADE, null=True, related_name="manners")
    by_mail = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    digest = models.TimeField(null=True, blank=True)
    mails_an_hour = models.PositiveIntegerField(default=20)
    notices_an_hour = models.PositiveIntegerField(default=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(user__isnull=True), name="one_for_the_company"
            )
        ]
