"""Markdown of editors → HTML that the content policy allows: no HTML of theirs, no pictures, no styles, links only to where a link may lead.

Headings begin at the second level (the page's title is the first), tables scroll by themselves on a phone.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

#: Where a link may lead: our own pages, other sites, mail and telephone.
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_HIGHEST = 2


def html(text: str, filled: Mapping[str, str] | None = None) -> Markup:
    """The text as HTML. filled: what stands for `{city}` and other placeholders, itself in Markdown."""
    for name, words in (filled or {}).items():
        text = text.replace(f"{{{name}}}", words)
    return _drawn(text)


@lru_cache(maxsize=200)
def _drawn(text: str) -> Markup:
    """Kept: the same few pages are read by everybody, and drawing one costs as much as a page of the hall."""
    return Markup(_parser().render(text))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}, renderer_cls=_Plain).enable("table").disable("image")
    parser.validateLink = _leads_somewhere  # type: ignore[assignment,method-assign]
    return parser


def _leads_somewhere(address: str) -> bool:
    """Our own pages (/help), places on the page (#steps), and the four schemes. Nothing else is made a link: what was typed stays as text."""
    address = address.strip()
    if re.search(r"[\x00-\x20\x7f\\]", address) or address.startswith("//"):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme.lower() in _SCHEMES if parts.scheme else address.startswith(("/", "#"))


class _Plain(RendererHTML):
    """Draws what CommonMark knows, without a class, a style or a language mark."""

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        """HTML of the tokens; their attributes are reduced first to those that mean something here."""
        for token in tokens:
            _reduce(token)
            for child in token.children or ():
                _reduce(child)
        return super().render(tokens, options, env)

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A table in a box that scrolls, reached by the keyboard."""
        return '<div class="ms-table" tabindex="0"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """… and its end."""
        return "</table></div>\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A block of letters of one width, whatever language it says to be in."""
        return self.code_block(tokens, idx, options, env)


def _reduce(token: Token) -> None:
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{max(_HIGHEST, int(token.tag[1:]))}"
    kept: dict[str, str | int | float] = {}
    if token.type == "link_open" and token.attrs.get("href"):  # [x]() leads nowhere: it would load the page anew
        kept["href"] = token.attrs["href"]
        if not str(kept["href"]).startswith(("/", "#")):
            kept["rel"] = "nofollow noopener"
    if token.type == "ordered_list_open" and "start" in token.attrs:
        kept["start"] = token.attrs["start"]
    if token.type == "th_open":
        kept["scope"] = "col"
    token.attrs = kept
