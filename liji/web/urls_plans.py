"""The addresses of plans."""

from django.urls import path

from liji.web.pages import plans

urlpatterns = [
    path("plans/", plans.plans, name="plans"),
    path("plans/<slug:code>/", plans.plan, name="plan"),
]
