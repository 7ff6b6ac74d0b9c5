"""What the parts of a drawn badge are called."""

from django.utils.translation import gettext_lazy as _

SHAPES = {
    "medal": _("Medal"),
    "burst": _("Rays"),
    "hexagon": _("Hexagon"),
    "shield": _("Shield"),
    "flower": _("Flower"),
}
COLOURS = {
    "vermilion": _("Vermilion"),
    "amber": _("Amber"),
    "rose": _("Rose"),
    "plum": _("Plum"),
    "sky": _("Sky blue"),
    "teal": _("Teal"),
    "leaf": _("Leaf green"),
}
SYMBOLS = {
    "star": _("Star"),
    "crown": _("Crown"),
    "cup": _("Cup"),
    "flame": _("Flame"),
    "rocket": _("Rocket"),
    "lightning": _("Lightning"),
    "target": _("Bull's eye"),
    "diamond": _("Diamond"),
    "mountain": _("Mountain"),
    "compass": _("Compass"),
    "phoenix": _("Phoenix"),
    "sprout": _("Sprout"),
    "book": _("Book"),
    "lantern": _("Lantern"),
    "hands": _("Hands"),
    "heart": _("Heart"),
    "bubble": _("Speech bubble"),
}
