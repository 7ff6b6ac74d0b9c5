"""Imports: a file, how its columns are read, how far it has come, and which rows were refused and why."""

from django.db import models

from liji.access.models import User
from liji.base.fields import Moment


class Mapping(models.Model):
    """A mapping document: how a kind of file is read. The same text can be kept in a file under git."""

    code = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    text = models.TextField()


class ImportRun(models.Model):
    """One import of one file (or of files that are joined). It goes on where it stopped.

    `position` is the number of the last row of the file that was dealt with, `step` the pass over the file (people
    are read twice: themselves, then their managers).
    """

    class State(models.TextChoices):
        DRAFT = "draft"  # uploaded, not yet started
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        TAKEN_BACK = "taken_back"

    mapping = models.TextField()
    files = models.JSONField(default=list)  # [{"name", "path", "digest", "size"}]
    what = models.CharField(max_length=40)  # one of mapping.KINDS
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    columns = models.JSONField(default=list)
    step = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveBigIntegerField(default=0)
    rows_total = models.PositiveBigIntegerField(null=True)
    rows_read = models.PositiveBigIntegerField(default=0)
    created = models.PositiveBigIntegerField(default=0)
    corrected = models.PositiveBigIntegerField(default=0)
    duplicate = models.PositiveBigIntegerField(default=0)
    stale = models.PositiveBigIntegerField(default=0)  # rows that say what an older version said: not applied
    retracted = models.PositiveBigIntegerField(default=0)
    notes = models.JSONField(default=list)  # [{"row", "problems"}]: the first rows that were kept with a note
    proposed = models.PositiveBigIntegerField(default=0)  # targets whose change somebody else has to approve
    passed_over = models.PositiveBigIntegerField(default=0)  # rows that the mapping's filter leaves out
    refused = models.PositiveBigIntegerField(default=0)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True)
    made_at = Moment(auto_now_add=True)
    alive_at = models.DateTimeField(null=True)  # when somebody last worked on it, by the database's clock
    ended_at = models.DateTimeField(null=True)
    confirmed = models.JSONField(default=dict)  # {"units": [code], "positions": [code]}: what a file of people may make
    message = models.JSONField(default=dict)  # {"zh", "en"}: why the import stopped


class RefusedRow(models.Model):
    """A row that was not taken over: its number in the file, the field, what is wrong and the mend."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="refused_rows")
    row = models.PositiveBigIntegerField()
    problems = models.JSONField()  # [{"field", "code", "values"}]
    cells = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="row_refused_once")]
