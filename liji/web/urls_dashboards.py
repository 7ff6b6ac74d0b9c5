"""The addresses of dashboards and wall displays. The own board is the home page, the team's stands at /team/."""

from django.urls import path

from liji.web.pages import boards
from liji.web.pages import company

urlpatterns = [
    path("company/", company.company, name="company"),
    path("company/fragment", company.fragment),
    path("dashboard/<slug:board>/", boards.arrange, name="arrange"),
]
