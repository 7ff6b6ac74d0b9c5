"""The addresses of dashboards and wall displays. The own board is the home page, the team's stands at /team/."""

from django.urls import path

from liji.web.pages import boards

urlpatterns = [
    path("dashboard/<slug:board>/", boards.arrange, name="arrange"),
]
