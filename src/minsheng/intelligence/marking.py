"""标出搜到的词: where the words of a question stand in a text, and the piece of it that shows most of them."""

import re

Piece = tuple[str, bool]
_MARKDOWN = re.compile(r"(?m)^[ ]*[-:| ]{3,}$|^[ ]{0,3}(?:#{1,6}|[-*+]|\d+[.)]|>)[ ]+|[*_`|]{1,3}|\[([^\]]*)\]\([^)]*\)")
_GAPS = re.compile(r"\s+")


def plain(markdown: str) -> str:
    """The words of a text in Markdown, in one line."""
    return _GAPS.sub(" ", _MARKDOWN.sub(lambda found: found[1] or " ", markdown)).strip()


def text_of(markdown: str) -> str:
    """The text without its marks, line by line: to be put into an answer."""
    lines = (_GAPS.sub(" ", _MARKDOWN.sub(lambda found: found[1] or "", line)).strip() for line in markdown.split("\n"))
    return re.sub("\n{2,}", "\n", "\n".join(lines)).strip()


def marked(text: str, words: list[str]) -> list[Piece]:
    """The text in pieces, each with whether it is one of the words; put together they are the text."""
    if not words:
        return [(text, False)] if text else []
    wanted = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    pieces, end = list[Piece](), 0
    for found in wanted.finditer(text):
        if found.start() > end:
            pieces.append((text[end : found.start()], False))
        pieces.append((found[0], True))
        end = found.end()
    if end < len(text):
        pieces.append((text[end:], False))
    return pieces


def excerpt(text: str, words: list[str], *, length: int = 90) -> str:
    """The piece around the first of the words, with … where something is left out."""
    low = text.lower()
    places = [at for word in words if (at := low.find(word.lower())) >= 0]
    start = max(0, min(places) - length // 4) if places else 0
    piece = text[start : start + length]
    return ("…" if start else "") + piece + ("…" if start + length < len(text) else "")
