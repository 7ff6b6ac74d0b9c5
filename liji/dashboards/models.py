"""What each user has made of a dashboard, and the wall displays that show one to everybody in the room."""

from django.db import models

from liji.access.models import User
from liji.base.fields import Moment


class Dashboard(models.Model):
    """The widgets of a user's board in their order: [[code, size], …]. Without a row it is the default."""

    user = models.ForeignKey(User, models.CASCADE, related_name="dashboards")
    board = models.CharField(max_length=20)
    widgets = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "board"], name="one_board_of_a_kind")]


class Display(models.Model):
    """A screen on a wall. Its address is signed and opens nothing else; ended, it opens nothing at all."""

    name = models.CharField(max_length=60)
    language = models.CharField(max_length=10, default="zh-hans")
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = Moment(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
