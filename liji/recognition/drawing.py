"""Draws a badge from its shape, symbol and colour: one family, readable at 32 pixels, on light and dark grounds."""

import math
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("symbols")
LIGHT = "#fff7ea"

# name: (light, main, deep)
COLOURS: dict[str, tuple[str, str, str]] = {
    "vermilion": ("#f0724a", "#c8421f", "#7c2410"),
    "amber": ("#f3b54a", "#d4821b", "#83480a"),
    "rose": ("#ee7f8f", "#c9405a", "#7a1e33"),
    "plum": ("#b583c4", "#83499b", "#4b2360"),
    "sky": ("#6fa8d8", "#3273b0", "#173f6b"),
    "teal": ("#56b3a4", "#1f8074", "#0c4a43"),
    "leaf": ("#8fbb5e", "#56893a", "#2b4d1a"),
}


def _scalloped(petals: int, radius: float, depth: float) -> str:
    """A closed line of `petals` arcs around the middle."""
    points = []
    for place in range(petals):
        angle = 2 * math.pi * place / petals - math.pi / 2
        points.append(f"{80 + radius * math.cos(angle):.1f} {80 + radius * math.sin(angle):.1f}")
    arcs = " ".join(f"A{depth} {depth} 0 0 1 {point}" for point in [*points[1:], points[0]])
    return f"M{points[0]} {arcs}Z"


def _burst(points: int, outer: float, inner: float) -> str:
    """A star of many short points around the middle."""
    corners = []
    for place in range(2 * points):
        angle, radius = math.pi * place / points - math.pi / 2, inner if place % 2 else outer
        corners.append(f"{80 + radius * math.cos(angle):.1f} {80 + radius * math.sin(angle):.1f}")
    return "M" + "L".join(corners) + "Z"


def _circle(radius: float) -> str:
    return f"M{80 - radius} 80A{radius} {radius} 0 1 1 {80 + radius} 80A{radius} {radius} 0 1 1 {80 - radius} 80Z"


_HEXAGON = "M80 8L142 44V116L80 152L18 116V44Z"
_SHIELD = "M80 8C98 20 120 24 140 24V78C140 116 114 140 80 154C46 140 20 116 20 78V24C40 24 62 20 80 8Z"
# name: outline
SHAPES: dict[str, str] = {
    "medal": _circle(70),
    "burst": _burst(14, 76, 66),
    "hexagon": _HEXAGON,
    "shield": _SHIELD,
    "flower": _scalloped(10, 68, 24),
}


@cache
def symbols() -> dict[str, str]:
    """The symbols that can stand on a badge, by name: parts of an SVG in a square of 160."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.svg"))}


@cache
def draw(shape: str, symbol: str, colour: str) -> str:
    """The picture as SVG. What is not known is drawn as a vermilion medal with a star."""
    light, main, deep = COLOURS.get(colour, COLOURS["vermilion"])
    outline = SHAPES.get(shape, SHAPES["medal"])
    inner = symbols().get(symbol, symbols()["star"]).replace("LIGHT", LIGHT).replace("DEEP", deep)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 160" width="160" height="160">'
        f'<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{light}"/>'
        f'<stop offset="1" stop-color="{main}"/></linearGradient></defs>'
        f'<path d="{outline}" fill="url(#g)" stroke="{deep}" stroke-width="5" stroke-linejoin="round"/>'
        f'<path d="{outline}" transform="translate(80 80) scale(.86) translate(-80 -80)" fill="none"'
        f' stroke="{LIGHT}" stroke-opacity=".55" stroke-width="3" stroke-linejoin="round"/>'
        f'<g transform="translate(80 81) scale(.98) translate(-80 -82)">{inner}</g></svg>'
    )
