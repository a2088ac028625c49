"""A page as different people see it: axe-core (WCAG 2.2 AA), light, dark, in large letters, and as narrow as when it is magnified four times."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.world import ROOT

AXE = ROOT / "node_modules/axe-core/axe.min.js"
SHOTS = ROOT / "var/screenshots/pages"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS: dict[str, dict[str, str]] = {"light": {}, "dark": {"bsTheme": "dark"}, "large": {"size": "large"}}
#: 1280 pixels at 400 % (WCAG 1.4.10).
NARROW = 320

Look = Callable[[Page, str], None]


def faults(page: Page, name: str) -> list[str]:
    """What is wrong with the page as it stands, in each dress; a picture of each lies in var/screenshots/pages."""
    found, file = [], re.sub(r"[^\w-]+", "_", name).strip("_") or "home"
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    for dress, values in LOOKS.items():
        page.evaluate("values => Object.assign(document.documentElement.dataset, values)", values)
        page.screenshot(path=SHOTS / f"{file}-{dress}.png", full_page=True)
        unstick(page)
        result = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", RULES)
        unstick(page, again=True)
        found += [f"{name} {dress}: {v['id']} {v['nodes'][0]['html'][:120]}" for v in result["violations"]]
        if page.evaluate(wide):
            found.append(f"{name} {dress}: wider than the screen")
        page.evaluate("names => names.forEach(name => delete document.documentElement.dataset[name])", [key for key in values if key != "bsTheme"])
        page.evaluate("document.documentElement.dataset.bsTheme = 'light'")
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": NARROW, "height": size["height"]})
    if page.evaluate(wide):
        page.screenshot(path=SHOTS / f"{file}-narrow.png", full_page=True)
        found.append(f"{name}: wider than {NARROW} pixels")
    page.set_viewport_size(size)
    return found


def unstick(page: Page, *, again: bool = False) -> None:
    """What sticks to an edge covers, wherever the page happens to stand, what a finger scrolls free. To axe it would be covered for good: let it lie for a moment."""
    if again:
        page.evaluate(
            "document.querySelectorAll('[data-unstuck]').forEach(one => { one.style.removeProperty('position'); one.removeAttribute('data-unstuck') })"
        )
        return
    page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(one => ['sticky', 'fixed'].includes(getComputedStyle(one).position) && !one.closest('dialog'))
        .forEach(one => { one.dataset.unstuck = ''; one.style.setProperty('position', 'static', 'important') })"""
    )


@pytest.fixture
def look() -> Look:
    """Looks at the page as it stands; what is wrong fails the test, all at once."""

    def one(page: Page, name: str) -> None:
        found = faults(page, name)
        assert found == [], found

    return one
