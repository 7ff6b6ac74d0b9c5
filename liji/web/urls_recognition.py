"""The addresses of the wall of fame, praise and badges."""

from django.urls import path

from liji.web.pages import badges
from liji.web.pages import wall

urlpatterns = [
    path("wall/", wall.wall, name="wall"),
    path("wall/fragment", wall.fragment, name="wall_fragment"),
    path("wall/settings/", wall.settings, name="wall_settings"),
    path("wall/<int:employee>/", wall.card, name="card"),
    path("wall/praise/", wall.praise, name="praise"),
    path("wall/praise/<int:praise>/", wall.one, name="praise_one"),
    path("wall/praise/<int:praise>/thanks/", wall.thanks, name="thanks"),
    path("wall/praise/<int:praise>/comment/", wall.comment, name="comment"),
    path("wall/praise/<int:praise>/delete/", wall.delete_praise, name="praise_delete"),
    path("wall/comments/<int:comment>/delete/", wall.delete_comment, name="comment_delete"),
    path("wall/badges/", badges.listed, name="badges"),
    path("wall/badges/new/", badges.edit, name="badge_new"),
    path("wall/badges/drawn.svg", badges.drawn, name="badge_drawn"),
    path("wall/badges/drawn/", badges.preview, name="badge_preview"),
    path("wall/badges/<slug:badge>.svg", badges.picture, name="badge_picture"),
    path("wall/badges/<slug:badge>/", badges.one, name="badge"),
    path("wall/badges/<slug:badge>/edit/", badges.edit, name="badge_edit"),
    path("wall/badges/<slug:badge>/grant/", badges.grant, name="badge_grant"),
    path("wall/grants/<int:grant>/withdraw/", badges.withdraw, name="badge_withdraw"),
]
