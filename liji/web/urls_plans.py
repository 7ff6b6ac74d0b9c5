"""The addresses of plans, targets and periods."""

from django.urls import path

from liji.web.pages import periods
from liji.web.pages import plan_work
from liji.web.pages import plans
from liji.web.pages import targets

urlpatterns = [
    path("plans/", plans.plans, name="plans"),
    path("plans/<slug:code>/", plans.plan, name="plan"),
    path("plans/<slug:code>/edit/", plan_work.edit, name="plan_edit"),
    path("plans/<slug:code>/publish/", plan_work.publish, name="plan_publish"),
    path("plans/<slug:code>/participants/", plan_work.participants, name="plan_participants"),
    path(
        "plans/<slug:code>/participants/<int:assignment>/end/",
        plan_work.end_participation,
        name="plan_participation_end",
    ),
    path("targets/", targets.targets, name="targets"),
    path("periods/", periods.periods, name="periods"),
]
