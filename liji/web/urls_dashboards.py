"""The addresses of dashboards and wall displays. The own board is the home page, the team's stands at /team/."""

from django.urls import path

from liji.web import live
from liji.web.pages import boards
from liji.web.pages import company
from liji.web.pages import displays

urlpatterns = [
    path("company/", company.company, name="company"),
    path("company/fragment", company.fragment),
    path("dashboard/<slug:board>/", boards.arrange, name="arrange"),
    path("displays/", displays.displays, name="displays"),
    path("displays/<int:display>/end/", displays.end, name="display_end"),
    path("display/<str:token>/", displays.display, name="display"),
    path("display/<str:token>/fragment", displays.fragment),
    path("live/<str:token>", live.display, name="display_stream"),
]
