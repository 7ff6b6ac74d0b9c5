"""Who may do what: users with roles, API keys, and the record of every look at and change of pay."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from liji.base.fields import Moment
from liji.people.models import Employee


class Role(models.TextChoices):
    """A role; a user may hold several. Managing is not a role by itself: it also needs people under one, dated."""

    REP = "rep"
    MANAGER = "manager"
    HR = "hr"
    FINANCE = "finance"
    DESIGNER = "designer"
    ADMIN = "admin"


class User(AbstractUser):
    """Someone who signs in; `username` is the employee number where there is an employee."""

    first_name = last_name = None
    employee = models.OneToOneField(Employee, models.SET_NULL, null=True, blank=True, related_name="user")
    language = models.CharField(max_length=10, default="zh-hans")

    def __str__(self) -> str:
        return self.employee.name if self.employee else self.username

    def get_full_name(self) -> str:
        return str(self)


class RoleGrant(models.Model):
    """That a user holds a role."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="role_granted_once")]


class ApiKey(models.Model):
    """A key with which an outside system posts facts. The secret signs requests and is encrypted at rest."""

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    secret = models.BinaryField()
    sources = models.JSONField(default=list)  # codes of the sources that it may write
    reads_pay = models.BooleanField(default=False)  # posting facts needs no sight of pay
    made_by = models.ForeignKey(User, models.SET_NULL, null=True)
    made_at = Moment(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)


class AuditEntry(models.Model):
    """Who looked at or changed what, when: never changed, never deleted by the product."""

    at = Moment(auto_now_add=True, db_index=True)
    user = models.ForeignKey(User, models.SET_NULL, null=True)
    actor = models.CharField(max_length=200)  # the name at the time; survives the user
    action = models.CharField(max_length=60, db_index=True)
    about = models.ForeignKey(Employee, models.SET_NULL, null=True)
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
