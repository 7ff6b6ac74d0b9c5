"""Pictures that are uploaded for badges: plain SVG alone. What could run, load or lead elsewhere is refused.

The file is read as XML without entities and written anew from a list of what is allowed, so that nothing unknown
reaches a browser.
"""

import re
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from liji.people.problems import Problem
from liji.people.problems import Refused

LARGEST = 64 * 1024  # bytes
_SVG = "http://www.w3.org/2000/svg"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TAGS = _words(
    "svg g defs title desc path circle ellipse rect line polyline polygon text tspan linearGradient radialGradient stop"
    " clipPath mask"
)
_ATTRIBUTES = _words(
    "id d x y x1 y1 x2 y2 cx cy r rx ry fx fy width height points offset transform viewBox preserveAspectRatio opacity"
    " fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-dasharray"
    " stroke-dashoffset stroke-miterlimit clip-path clip-rule mask gradientUnits gradientTransform spreadMethod"
    " stop-color stop-opacity clipPathUnits maskUnits maskContentUnits font-size font-family font-weight text-anchor"
    " dominant-baseline letter-spacing"
)
# What drawing programs leave behind; it shows nothing and is left out.
_IGNORED = _words("metadata namedview")
_IGNORED_ATTRIBUTES = _words("version class space docname role aria-label aria-hidden data-name")
_ELSEWHERE = re.compile(r"url\(\s*(?!['\"]?#[\w-]+['\"]?\s*\))|javascript:|data:|@import|expression\(", re.IGNORECASE)


def cleaned(sent: bytes) -> str:
    """The picture as it may be kept. Raises Refused: "svg_too_large", "no_svg", "svg_forbidden" with what it holds."""
    if len(sent) > LARGEST:
        raise _refused("svg_too_large", limit=str(LARGEST // 1024))
    try:
        root = fromstring(sent, forbid_dtd=True)
    except DefusedXmlException as error:
        raise _refused("svg_forbidden", value="<!DOCTYPE>") from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise _refused("no_svg") from error
    if root.tag != f"{{{_SVG}}}svg":
        raise _refused("no_svg")
    made = _copied(root)
    if not made.get("viewBox"):
        made.set("viewBox", f"0 0 {_length(made, 'width')} {_length(made, 'height')}")
    made.set("xmlns", _SVG)
    return ElementTree.tostring(made, encoding="unicode")


def _copied(node: ElementTree.Element) -> ElementTree.Element:
    made = ElementTree.Element(_local(node.tag))
    for name, value in (*node.attrib.items(), *_declared(node.get("style", ""))):
        local = _local(name)
        if name == "style":
            continue
        if name == local and local in _ATTRIBUTES:
            if _ELSEWHERE.search(value):
                raise _refused("svg_forbidden", value=f"{local}={value[:40]}")
            made.set(local, value)
        elif local in ("href", "src") or local.lower().startswith("on"):
            raise _refused("svg_forbidden", value=local)
        elif name == local and local not in _IGNORED_ATTRIBUTES:
            raise _refused("svg_forbidden", value=local[:40])
    made.text, made.tail = node.text, None
    for child in node:
        name = _local(child.tag)
        if name in _IGNORED or (name not in _TAGS and not child.tag.startswith(f"{{{_SVG}}}")):
            continue
        if name not in _TAGS:
            raise _refused("svg_forbidden", value=f"<{name}>")
        made.append(_copied(child))
    return made


def _declared(style: str) -> list[tuple[str, str]]:
    """What a style says, as attributes; properties that we do not know show nothing here."""
    pairs = [declaration.partition(":")[::2] for declaration in style.split(";")]
    return [(name.strip(), value.strip()) for name, value in pairs if name.strip() in _ATTRIBUTES]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _length(node: ElementTree.Element, side: str) -> str:
    found = re.match(r"\d+(?:\.\d+)?", node.get(side, ""))
    return found.group() if found else "160"


def _refused(code: str, **values: str) -> Refused:
    return Refused(Problem("picture", code, values))
