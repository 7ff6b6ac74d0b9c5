"""The addresses of contests and of the star of the month."""

from django.urls import path

from liji.web.pages import contests
from liji.web.pages import contests_stars as stars
from liji.web.pages import contests_work as work

urlpatterns = [
    path("contests/", contests.listed, name="contests"),
    path("contests/fragment", contests.list_fragment),
    path("contests/new/", work.edit, name="contest_new"),
    path("contests/stars/", stars.stars, name="stars"),
    path("contests/stars/<int:star>/", stars.decide, name="star_decide"),
    path("contests/<int:contest>/", contests.one, name="contest"),
    path("contests/<int:contest>/fragment", contests.fragment, name="contest_fragment"),
    path("contests/<int:contest>/edit/", work.edit, name="contest_edit"),
    path("contests/<int:contest>/publish/", work.publish, name="contest_publish"),
    path("contests/<int:contest>/end/", work.end, name="contest_end"),
    path("contests/<int:contest>/cancel/", work.cancel, name="contest_cancel"),
]
