"""分词: the words of a text as PostgreSQL's full-text search stores and looks for them.

A text is stored under every dictionary word in it (路灯 and 灯不亮 of 路灯不亮), so that a query finds it however its own words fall; a character
that belongs to no word (a village's name, a rare character) is stored by itself. Digits and letters of any script go in whole, in small letters.
The database sees only `simple` lexemes: no text search configuration and no extension is needed.
"""

import re
import unicodedata
from collections.abc import Iterable

import rjieba

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CHINESE = re.compile(f"[{_HAN}]+")
_OTHER = re.compile(f"[^\\W_{_HAN}]+")
_SAYS_NOTHING = frozenset(
    "的了是在我有和就不人都一上也很到说要去你会着没看好这那他她它们与及或但而且被把对从向给让为以于其之所则又还再才只吗呢吧啊呀哦嗯个些么啦您咱等能可将已"
)
_LONGEST = 64  # characters of one token: nobody searches for more, and PostgreSQL takes at most 2,046 bytes
_MOST_IN_A_QUERY = 12


def tokens(text: str) -> list[str]:
    """The words to store a text under, without repeats: first the Chinese words, then the single characters, then all else."""
    plain = _plain(text)
    words = [word for word in rjieba.cut_all(plain) if len(word) > 1 and "\u3400" <= word < "\ua000"]
    return _distinct([*words, *_pieces(plain), *_OTHER.findall(plain)])


def query_tokens(text: str, *, most: int = _MOST_IN_A_QUERY) -> list[str]:
    """The words to look for: at most 12 unless said otherwise; single characters only where the query has no word.

    So 「李庄」 finds 李庄 and 「路灯不亮」 finds 路灯.
    """
    plain = _plain(text)
    pieces = _pieces(plain)
    words = [*(piece for piece in pieces if len(piece) > 1), *_OTHER.findall(plain)]
    return _distinct(words or pieces)[:most]


def persons(text: str) -> list[str]:
    """The words that the dictionary, or the guess at a word it has not, takes for people's names."""
    return [word for word, tag in rjieba.tag(_plain(text), True) if tag == "nr"]


def tsvector_literal(words: Iterable[str], *, districts: Iterable[str] = ()) -> str:
    """A text that PostgreSQL casts to `tsvector`: `'路灯' 'd:340503'`. A district goes in as a lexeme of its own, so that one index serves both."""
    return " ".join(_quoted(word) for word in dict.fromkeys((*words, *map(district_lexeme, districts))) if word)


def any_of_literal(words: Iterable[str], *, district: str | None = None) -> str:
    """As `tsquery_literal`, but one of the words is enough; the district must be there all the same."""
    wanted = " | ".join(_quoted(word) for word in dict.fromkeys(words) if word)
    return f"{_quoted(district_lexeme(district))} & ({wanted})" if district and wanted else wanted


def tsquery_literal(words: Iterable[str], *, district: str | None = None) -> str:
    """A text that PostgreSQL casts to `tsquery`: every word must be there. Empty when there is nothing to look for: ask no query then."""
    wanted = (*words, district_lexeme(district)) if district else tuple(words)
    return " & ".join(_quoted(word) for word in dict.fromkeys(wanted) if word)


def district_lexeme(code: str) -> str:
    """The lexeme under which the cases of a district are stored; no word of a text can be the same, because words hold no colon."""
    return f"d:{code}"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _pieces(plain: str) -> list[str]:
    """The Chinese of a text cut once, without guessing at words that no dictionary has."""
    return [piece for piece in rjieba.cut(plain, False) if piece not in _SAYS_NOTHING and _CHINESE.fullmatch(piece)]


def _distinct(words: list[str]) -> list[str]:
    return list(dict.fromkeys(word[:_LONGEST] for word in words))


def _quoted(word: str) -> str:
    cut = word.replace("\0", "").encode("utf-8", "ignore")[:2000].decode("utf-8", "ignore")
    return "'" + cut.replace("\\", "\\\\").replace("'", "''") + "'"
