"""没搜到的词: what of a question may be kept so that editors see what is missing: words of the trade, never somebody's data."""

import re
import unicodedata

from minsheng.intelligence.masking import bare_name, mask
from minsheng.intelligence.tokens import persons, query_tokens

LIMIT = 60
"""Characters of one question that are kept."""
_SHORTEST = 2
_GAPS = re.compile(r"[\s,，。.、;；!！?？]+")
_DIGITS = re.compile(r"\d{5,}")


def kept(text: str) -> str | None:
    """The words in one form (small letters, single spaces, at most 60 characters); None where they are too few, or may point at a person.

    Better a question lost than a name kept: nothing that masking would hide, no long number, and nothing that reads like
    a surname with one or two characters behind it.
    """
    plain = _GAPS.sub(" ", unicodedata.normalize("NFKC", text).lower()).strip()
    if len(plain) < _SHORTEST or not query_tokens(plain):
        return None
    if not mask(text).clean or not mask(plain).clean or _DIGITS.search(plain):
        return None
    if any(map(bare_name, persons(plain))):
        return None
    return plain[:LIMIT].strip()
