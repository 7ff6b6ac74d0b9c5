"""Every page, phone and desk, Chinese and English, light and dark: readable by all, in one language, nothing cut off.

With LIJI_SHOTS=FOLDER the pictures are kept there, for eyes.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page

from liji.access.models import User
from liji.dashboards.models import Display
from liji.earnings.models import PayeePeriod
from liji.facts.models import Fact
from liji.people.models import Company
from liji.people.models import Employee
from liji.people.models import Position
from liji.people.models import Unit
from liji.recognition.models import Praise
from tests import scenes
from tests.browser.conftest import Scene
from tests.pages import sign_in
from tests.rooms import rooms
from tests.server import Installation

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = os.environ.get("LIJI_SHOTS")
SIZES = {"phone": (390, 844), "desk": (1440, 900)}
# Words that are the same in every language: proper names, abbreviations, codes.
PROPER = re.compile(
    r"\S+@\S+|English|简体中文|CSV|TSV|XLSX|Excel|JSON|Chrome|Linux|Headless\w*|HR|Liji|[A-Z]{1,3}-?[A-Z]?\d[\w-]*|crm|CNY|hr\b|[A-Z][A-Za-z]+(?:/[\w+-]+)+"
)
STYLE_GUIDE_DATA = ("王晓阳", "李静", "华星科技", "152.6 万", "accent-tint")
STYLE_GUIDE_DATA += ("accent", "ground", "paper", "ink", "muted", "gain", "bad")

# Pages full of codes and of other tests' data, in which a word of the other language tells nothing.
CODES = {"audit", "types", "keys", "users", "staff-units"}
OWN_LANGUAGE = {"wall", "wall-en"}  # a wall display speaks the language that it was made for

# Both languages and both themes; every pair of them when the pictures are wanted.
LOOKS = [("zh-hans", "light"), ("en", "dark"), *([("zh-hans", "dark"), ("en", "light")] if SHOTS else [])]
# who looks: (name of the picture, address, what to click first)
PAGES = {
    "": [
        ("login", "/login/", ""),
        ("reset", "/password/", ""),
        ("sent", "/password/sent/", ""),
        ("404", "/nowhere", ""),
    ],
    "rep": [
        ("today", "/", ""),
        ("why", "/", "a.hero[data-sheet]"),
        ("what-if", "/what-if/{pay}/?amount=300000", ""),
        ("what-if-sheet", "/", "a.what-if"),
        ("deal", "/", "li[id^=deal-] a"),
        ("months", "/months/", ""),
        ("notices", "/notices/", ""),
        ("me", "/me/", ""),
        ("sessions", "/me/sessions/", ""),
        ("password", "/me/password/", ""),
        ("styleguide", "/styleguide", ""),
        ("403", "/team/", ""),
    ],
    "manager": [("team", "/team/", ""), ("months-empty", "/months/", "")],
    "hr": [
        ("team-hr", "/team/", ""),
        ("imports", "/imports/", ""),
        ("plans", "/plans/", ""),
        ("plan", "/plans/accelerator/", ""),
        ("staff", "/staff/", ""),
        ("staff-file", "/staff/{rep}/", ""),
        ("staff-enter", "/staff/enter/", ""),
        ("staff-transfer", "/staff/{rep}/transfer/", ""),
        ("staff-exit", "/staff/{rep}/exit/", ""),
        ("staff-units", "/staff/units/", ""),
        ("plan-edit", "/plans/accelerator/edit/", ""),
        ("plan-publish", "/plans/accelerator/publish/", ""),
        ("participants", "/plans/accelerator/participants/", ""),
        ("targets", "/targets/", ""),
        ("periods", "/periods/", ""),
        ("records", "/records/", ""),
        ("admin", "/admin/", ""),
        ("users", "/admin/users/", ""),
        ("user-new", "/admin/users/new/", ""),
        ("invite", "/admin/users/invite/", ""),
        ("keys", "/admin/keys/", ""),
        ("audit", "/admin/audit/", ""),
        ("jobs", "/admin/jobs/", ""),
        ("types", "/admin/types/", ""),
        ("setup", "/setup/steps/", ""),
        ("setup-people", "/setup/steps/people/", ""),
        ("setup-plan", "/setup/steps/plan/", ""),
    ],
}


for room in rooms():
    for person, pages in getattr(room, "PAGES", {}).items():
        PAGES[person] = PAGES.get(person, []) + pages

# Waits until no part of the page is being fetched and nothing moves.
SETTLED = """async () => {
    const moves = (each) => each.playState === 'running' && each.effect.getTiming().iterations !== Infinity;
    while (document.querySelector('.htmx-request') || document.getAnimations().some(moves))
        await new Promise(requestAnimationFrame);
}"""
_prepared: dict[str, tuple[dict[str, object], tuple[str, ...]]] = {}


def _furnished(served: Installation, scene: Scene) -> tuple[dict[str, object], tuple[str, ...]]:
    """What fills the addresses, and all data; the rooms' own is made once per installation."""
    if served.url not in _prepared:
        own = {"start": scenes.this_month(), "plan__code": scenes.load_id("accelerator")}
        earned = PayeePeriod.objects.get(payee=scene.rep, **own)
        filling: dict[str, object] = {"rep": scene.rep.pk, "pay": earned.pk}
        data = scene.data
        for room in rooms():
            if hasattr(room, "prepare"):
                filled, more = room.prepare(scene)
                filling, data = filling | filled, data + tuple(more)
        _prepared[served.url] = filling, data
    return _prepared[served.url]


@pytest.mark.parametrize(("language", "theme"), LOOKS)
@pytest.mark.parametrize("who", PAGES)
def test_every_page_is_right(
    who: str, language: str, theme: str, chromium: Browser, served: Installation, scene: Scene
) -> None:
    filling, data = _furnished(served, scene)
    context = chromium.new_context(
        base_url=served.base_url, color_scheme=theme, locale="zh-CN" if language == "zh-hans" else "en-US",
        reduced_motion="reduce",
    )
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    username = {"rep": scene.rep.number, "manager": scene.manager.number, "hr": scene.hr}.get(who)
    if username:
        User.objects.filter(username=username).update(language=language)
        sign_in(page, username)
    wrong = []
    for name, address, click in PAGES[who]:
        for size, (width, height) in SIZES.items():
            complaints.clear()
            page.set_viewport_size({"width": width, "height": height})
            page.goto(address.format(**filling))
            if click:
                page.locator(click).first.click()
                page.locator("#sheet h2").wait_for()
            page.evaluate(SETTLED)
            if SHOTS:
                Path(SHOTS).mkdir(parents=True, exist_ok=True)
                page.screenshot(path=Path(SHOTS, f"{name}-{size}-{language}-{theme}.png"), full_page=not click)
            found = [*_cut_off(page), *_foreign(page, language, data, name), *_hard_to_use(page)]
            found += _complaints(complaints, name)
            wrong += [f"{name} {size}: {each}" for each in found]
    context.close()
    assert not wrong, "\n".join(wrong)


def _complaints(said: list[str], name: str) -> list[str]:
    """What the browser complains of, other than the status that an error page has to have."""
    return [text for text in said if not (name in ("403", "404", "wall-ended") and "Failed to load resource" in text)]


def _cut_off(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return ["the page is wider than the screen"] if wide else []


def _of_other_tests() -> list[str]:
    """Names that other tests of this run have left in the installation: data too, where a page lists everybody."""
    kinds = (Display, Company, Employee, Position, Unit)
    names = {name for kind in kinds for name in kind.objects.values_list("name", flat=True)}
    for customer, product in Fact.objects.values_list("fields__customer", "fields__product").distinct():
        names |= {customer or "", product or ""}
    names |= set(Employee.objects.values_list("number", flat=True)) | set(Unit.objects.values_list("code", flat=True))
    for own, source in Fact.objects.values_list("external_id", "source__code").distinct():
        names |= {own, source}
    return sorted((name for name in names if len(name) > 1), key=len, reverse=True)


def _initials(names: list[str]) -> str:
    """A pattern of what stands alone in somebody's round picture."""
    return rf"^\s*[{re.escape(''.join({name[0] for name in names}))}]\s*$" if names else r"(?!)"


def _foreign(page: Page, language: str, data: tuple[str, ...], name: str) -> list[str]:
    """Words of the other language, apart from data and proper names."""
    if name in CODES | OWN_LANGUAGE:
        return []
    others = _of_other_tests()
    text = re.sub(_initials(others), "", page.inner_text("body"), flags=re.MULTILINE)
    guide = STYLE_GUIDE_DATA if name == "styleguide" else ()
    # Praise is written once, by people or by a rule in the company's language; a rule may fire while pages are shown.
    said = Praise.objects.values_list("text", flat=True)
    for known in sorted((*data, *others, *guide, *said), key=len, reverse=True):  # one may be a part of a longer one
        text = text.replace(known, "")
    text = PROPER.sub("", text)
    pattern = r"[A-Za-z]{2,}" if language == "zh-hans" else r"[一-鿿]+"
    return [f"not in {language}: {word}" for word in sorted(set(re.findall(pattern, text)))]


def _hard_to_use(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"
        for violation in result["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
