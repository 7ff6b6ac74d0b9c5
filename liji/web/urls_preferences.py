"""The addresses of what motivates whom."""

from django.urls import path

from liji.web.pages import menus
from liji.web.pages import preferences

urlpatterns = [
    path("preferences/", preferences.mix, name="preferences"),
    path("preferences/mine/", preferences.mine, name="my_preferences"),
    path("preferences/mine/<int:offer>/", menus.choose, name="menu_choose"),
    path("preferences/people/<int:employee>/", preferences.person, name="preferences_person"),
    path("preferences/kinds/", preferences.kinds, name="preference_kinds"),
    path("preferences/kinds/<slug:kind>/", preferences.kind, name="preference_kind"),
    path("preferences/menus/", menus.listed, name="menus"),
    path("preferences/menus/new/", menus.edit, name="menu_new"),
    path("preferences/menus/<int:menu>/", menus.one, name="menu"),
    path("preferences/menus/<int:menu>/edit/", menus.edit, name="menu_edit"),
]
