"""Looks at the pages without views or database: `PYTHONPATH=src:tests python -m web.gallery [page …]`.

Renders every page of `sample.PAGES` to var/gallery/, serves it under the real content policy, and shoots phone and desktop, light and
dark, into var/screenshots/. Prints what the browser or axe-core complains about, and every page that scrolls sideways; ends with 1 if any does.
"""

import shutil
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal, NamedTuple

import django
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
GALLERY, SHOTS = ROOT / "var/gallery", ROOT / "var/screenshots"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
BARRIERS = """tags => axe.run({runOnly: tags}).then(found => found.violations.map(rule =>
    rule.id + ": " + rule.nodes.slice(0, 4).map(node => node.target + " " + (node.any[0] ? node.any[0].message : "")).join(" | ")))"""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class View(NamedTuple):
    """A window to look through. `whole`: the picture shows the page to its end."""

    label: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    large: bool = False
    whole: bool = False
    axe: bool = False
    suffix: str = ""


VIEWS = (
    View("desktop-light", 1440, 900, axe=True),
    View("desktop-dark", 1440, 900, "dark", axe=True),
    View("phone-light", 390, 844, whole=True, axe=True),
    View("phone-dark", 390, 844, "dark", whole=True, axe=True),
    View("narrow", 320, 700),
    View("large", 390, 844, large=True, whole=True),
    View("tablet", 900, 1100),
    View("en-desktop", 1440, 900, suffix="-en"),
    View("en-narrow", 320, 700, suffix="-en"),
)
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def configure() -> None:
    """Django with nothing in it but words, addresses and static files."""
    settings.configure(
        ROOT_URLCONF="web.pages",
        STATIC_URL="/static/",
        INSTALLED_APPS=["django.contrib.staticfiles"],
        LANGUAGE_CODE="zh-hans",
        LANGUAGES=[("zh-hans", "简体中文"), ("en", "English")],
        LOCALE_PATHS=[ROOT / "src/minsheng/locale"],
        USE_TZ=True,
    )
    django.setup()


def render(wanted: list[str]) -> list[str]:
    """Write the pages (all, or those named) and what they link to; the names that were written."""
    from django.utils import translation
    from jinja2 import FileSystemLoader
    from web.sample import COMMON, PAGES

    from minsheng.web.environment import environment

    env = environment(loader=FileSystemLoader(ROOT / "src/minsheng/templates"), autoescape=True)
    shutil.rmtree(GALLERY, ignore_errors=True)
    shutil.copytree(ROOT / "src/minsheng/static", GALLERY / "static")
    shutil.copytree(ROOT / "tests/web/photos", GALLERY / "photos")
    names = [name for name in PAGES if not wanted or name in wanted]
    for name in names:
        template, context = PAGES[name]
        (GALLERY / f"{name}.html").write_text(env.get_template(template).render(COMMON | context))
        with translation.override("en"):
            display = type(COMMON["display"])(**(vars(COMMON["display"]) | {"language": "en"}))
            (GALLERY / f"{name}-en.html").write_text(env.get_template(template).render(COMMON | {"display": display} | context))
    return names


class Quiet(SimpleHTTPRequestHandler):
    """Files under the content policy of the product, without a log."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", "default-src 'self'")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def shoot(names: list[str], address: str) -> list[str]:
    """Take the pictures; returns the complaints."""
    from playwright.sync_api import sync_playwright

    complaints: list[str] = []
    SHOTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for view in VIEWS:
            context = browser.new_context(viewport={"width": view.width, "height": view.height}, color_scheme=view.scheme)
            if view.large:
                context.add_cookies([{"name": "size", "value": "large", "url": address}])
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda message, said=said: said.append(message.text[:200]) if message.type in ("error", "warning") else None)
            for name in names:
                page.goto(f"{address}/{name}{view.suffix}.html")
                over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                found = [f"scrolls sideways by {over} px"] if over > 0 else []
                whole = page.evaluate("document.documentElement.scrollHeight") if view.whole else view.height
                page.set_viewport_size({"width": view.width, "height": max(whole, view.height)})
                page.screenshot(path=SHOTS / f"{name}-{view.label}.png")
                page.set_viewport_size({"width": view.width, "height": view.height})
                if view.axe and AXE.exists():
                    found += look_for_barriers(page)
                complaints += [f"{name} {view.label}: {what}" for what in [*found, *said]]
                said.clear()
            context.close()
        browser.close()
    return complaints


def look_for_barriers(page: object) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA; run in an isolated world, which the page's policy does not bind."""
    page.evaluate(AXE.read_text() + "; undefined")  # type: ignore[attr-defined]
    return list(page.evaluate(BARRIERS, WCAG))  # type: ignore[attr-defined]


def main() -> int:
    configure()
    names = render(sys.argv[1:])
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(GALLERY)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    complaints = shoot(names, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    sys.stdout.write(("\n".join(dict.fromkeys(complaints)) or f"{len(names)} pages, nothing to complain about") + "\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
