"""Markdown of editors, whatever they type: only known tags, no style, no script, links only to where a link may lead."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.web import markdown

TAGS = frozenset(
    (
        "p",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
        "a",
        "code",
        "pre",
        "blockquote",
        "hr",
        "br",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "div",
    )
)
VOID = {"hr", "br"}
ATTRIBUTES = {"a": {"href", "rel"}, "ol": {"start"}, "th": {"scope"}, "div": {"class", "tabindex"}}


class Seen(HTMLParser):
    """Tags and attributes of what was drawn; complains as it reads."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        found = dict(attrs)
        assert set(found) <= ATTRIBUTES.get(tag, set()), (tag, attrs)
        self.tags.append((tag, found))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def seen(text: str) -> Seen:
    """What a browser would make of it; everything that must never be fails here."""
    page = Seen(str(markdown.html(text)))
    assert page.open == []
    for tag, attrs in page.tags:
        if tag == "a" and attrs:
            href = attrs["href"] or ""
            scheme = urlsplit(href.strip()).scheme.lower()
            assert scheme in ("http", "https", "mailto", "tel", ""), href
            assert scheme or (href.startswith(("/", "#")) and not href.startswith("//")), href
            assert ("rel" in attrs) is bool(scheme)
    return page


# --- what editors write -------------------------------------------------------------------------------------------------------------


def test_what_editors_write() -> None:
    page = seen(
        "# 大标题\n## 小标题\n\n一段**重点**。\n\n- 甲\n- 乙\n\n3. 丙\n\n> 引用\n\n| 什么 | 打哪里 |\n|:--|--:|\n| 火 | 119 |\n\n[怎么用](/pages/how) <https://example.org>"
    )
    names = [tag for tag, _ in page.tags]
    assert names[:2] == ["h2", "h2"], "the title of the page is the only first heading"
    assert {"strong", "ul", "ol", "blockquote", "table", "th", "td"} <= set(names)
    assert ("ol", {"start": "3"}) in page.tags and ("th", {"scope": "col"}) in page.tags
    assert ("div", {"class": "ms-table", "tabindex": "0"}) in page.tags
    assert [attrs["href"] for tag, attrs in page.tags if tag == "a"] == ["/pages/how", "https://example.org"]
    assert ("a", {"href": "https://example.org", "rel": "nofollow noopener"}) in page.tags


def test_placeholders_are_filled_in_and_their_values_are_no_html() -> None:
    said = markdown.html("打 {hotline}\n\n{promises}\n\n{other}", {"hotline": "<b>12345</b>", "promises": "- 一天内答复\n- 七天内办结"})
    assert "&lt;b&gt;12345" in said and said.count("<li>") == 2 and "{other}" in said


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:x'>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](&#x6A;avascript:alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](\x01javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "[x](//evil.example)",
        "[x](/\\evil.example)",
        "[x](\\\\evil.example)",
        "[x](relative)",
        "[x](?q=1)",
        "[x](http://[::1)",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
        "![x](https://evil.example/x.png)",
        "![x](data:image/svg+xml,<svg onload=alert(1)>)",
        '[x](/help "a\\" onmouseover=\\"alert(1)")',
        "[x](/help 'style=color:red')",
        "```html onclick=x\n<script>\n```",
        "|a|\n|:-:|\n|<b style=x>|",
        "<!-- x -->",
        "<![CDATA[x]]>",
        "<?php x ?>",
        "<!DOCTYPE x>",
        "&lt;script&gt;",
        "<svg><script>x</script></svg>",
        "</div></article><form action=//evil>",
    ],
)
def test_hostile_input_is_only_text(text: str) -> None:
    page = seen(text)
    assert not any(tag in ("img", "script", "svg", "form") for tag, _ in page.tags)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "vbscript:x", "relative", "x:y", ""])
def test_what_leads_nowhere_is_no_link(address: str) -> None:
    assert not [tag for tag, attrs in seen(f"[看这里]({address})").tags if tag == "a" and attrs]


@pytest.mark.parametrize("address", ["/pages/how", "#steps", "https://example.org/a?b=c&d=e", "mailto:a@example.org", "tel:12345", "HTTP://EXAMPLE.ORG"])
def test_what_may_be_linked_is(address: str) -> None:
    assert [tag for tag, _ in seen(f"[看这里]({address})").tags] == ["p", "a"]


@given(st.text(max_size=400))
def test_any_text_at_all(text: str) -> None:
    seen(text)


PIECES = [
    "<script>", "</script>", "<img src=x onerror=a>", "[x](", "javascript:", "data:", ")", "]", "[", "!", "`", "```\n", "|", "\n|-|\n", "\n", "\n\n", "# ", "> ", "- ",
    "1. ", "**", "_", "~~", "\\", "&#x6A;", "&colon;", "&lt;", "<", ">", '"', "'", " onclick=x ", "style=", "http://", "//", "/", "<a:b>", "<!--", "-->", "\t", "\x00", "{city}",
    "{", "}", "路灯", "x",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_pile_of_hostile_pieces(text: str) -> None:
    seen(text)


def test_a_long_hostile_text_is_drawn_in_time() -> None:
    """Nesting is bounded, so nothing grows beyond its input by much."""
    for text in (">" * 5000, "[" * 5000, "*" * 5000, "- " * 3000, "`" * 5000, "|a" * 3000 + "\n" + "|-" * 3000, "<" * 5000, "![" * 3000):
        assert len(markdown.html(text)) < 200_000
