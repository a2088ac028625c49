"""No page holds a script or a style of its own: the content security policy forbids them, and this says so before a browser does."""

import re
from pathlib import Path

import pytest

from tests.house.tree import SOURCE

TEMPLATES = sorted((SOURCE / "templates").rglob("*.html"))
INLINE = {
    "a script without src": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "a style sheet in the page": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE),
    "an event handler": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript address": re.compile(r"(href|src|action)\s*=\s*[\"']?\s*javascript:", re.IGNORECASE),
    "code for eval": re.compile(r"\b(hx-on|hx-vals\s*=\s*[\"']?js:|x-data\s*=\s*[\"'][^\"']*[{(])", re.IGNORECASE),
    "something from elsewhere": re.compile(r"<(script|link|img|iframe)\b[^>]*\b(src|href)\s*=\s*[\"']?(https?:)?//", re.IGNORECASE),
}


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 20


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_nothing_inline(path: Path) -> None:
    text = path.read_text("utf-8")
    assert {what: found for what, pattern in INLINE.items() if (found := [match[0] for match in pattern.finditer(text)])} == {}


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("<script>alert(1)</script>", "a script without src"),
        ('<script type="module">', "a script without src"),
        ("<style>p{}</style>", "a style sheet in the page"),
        ('<p class="x" style="color:red">', "a style attribute"),
        ('<a href="#" onclick="go()">', "an event handler"),
        ('<a href="javascript:go()">', "a javascript address"),
        ('<script src="https://cdn.example/x.js">', "something from elsewhere"),
    ],
)
def test_the_patterns_find_what_they_are_for(line: str, what: str) -> None:
    assert INLINE[what].search(line)
