"""事项归类: what a message is about, by the keywords of the category tree, with the words that say why.

One pass over the text finds every keyword. A keyword weighs more the longer it is and the fewer categories share it, and double in the title.
Confidence is the first category's share of all evidence, pressed down when there is little of it; "sure" also needs a wide margin to the second,
because a sure case is dispatched by itself and a wrong unit costs the citizen days. Words of the place do not count: 供水公司宿舍 is no water matter.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import add
from typing import Protocol

_MOST = 5  # suggestions a dispatcher is shown
_COMMON_WORD = 4.0  # what a word of two characters weighs that only one category has
_LITTLE = 4.0  # evidence that counts for nothing: about one such word
_SURE = 0.6
_MARGIN = 0.35  # of the first score, between first and second
_TITLE = 2.0
_AGAIN = 0.25  # a repeated word adds this much of itself, at most three times
_INHERITED = 0.5  # what a category gets of the evidence of the one above it

_URGENT = re.compile(
    "(?=[煤燃天液氨氯危汽柴触漏电路地道房楼围桥山塌坍滑有老小孩学工行车砸断停起着失火爆冒被困溺落食自轻跳持井没高随马快要生人窗外])(?:"  # only for speed
    "(?:煤气|燃气|天然气|液化气|氨气|氯气|危化品|汽油|柴油)[^，。；\n]{0,4}(?:泄漏|泄露|漏气|爆炸)|(?:煤气|燃气|天然气)味|触电|漏电|电线[^，。；\n]{0,6}(?:掉|垂|断|裸露)|"
    "(?:路面|地面|道路|房屋|房子|楼板|围墙|桥|山体)[^，。；\n]{0,6}(?:塌|坍)|塌陷|坍塌|塌方|滑坡|"
    "(?:有人|老人|小孩|孩子|学生|工人|路人|行人|车主)[^，。；\n]{0,6}(?:受伤|摔伤|砸伤|摔倒|晕倒|昏倒|死亡)|砸[到伤中]人?|"
    "断水断电|停水停电|起火|着火|失火|火灾|爆炸|冒烟|被困|困[在住]|溺水|落水|食物中毒|自杀|轻生|跳楼|持刀|"
    "井盖[^，。；\n]{0,4}(?:丢|缺失|没了|不见|被偷|破损)|没有?井盖|高空坠物|(?:随时|马上|快要?|要)[^，。；\n]{0,4}(?:倒塌|倒下|掉下|砸下|塌)|"
    "生命危险|人命|窗户?[^，。；\n]{0,4}(?:脱落|掉落|坠落|掉下)|外墙[^，。；\n]{0,4}(?:脱落|掉落))"
)
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")  # full-width letters and digits; normalising always would cost a third of the time
_NOT_NOW = re.compile("(?:没有?|未|无|不会|防止|预防|避免|谨防|以防|演练|知识|宣传|防范|消防)[^，。；！\n]{0,6}$")


class Categorised(Protocol):
    """What the classifier needs to know of a category (事项)."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def keywords(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One category that fits, how well (0 to 1), and the words of the text that say so, strongest first."""

    code: str
    confidence: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """Suggestions, best first; `sure` when the first may be taken without a person; `urgent` with the words that make it so."""

    suggestions: tuple[Suggestion, ...]
    sure: bool
    urgent: bool
    urgent_because: tuple[str, ...]


class KeywordClassifier:
    """Compiled once from a category tree; immutable afterwards, so that threads may share it."""

    def __init__(self, categories: Iterable[Categorised]) -> None:
        self._parents: dict[str, str | None] = {}
        holders: dict[str, set[str]] = defaultdict(set)
        for category in categories:
            self._parents[category.code] = category.parent
            for word in (category.name, *category.keywords):
                if len(plain := _plain(word)) > 1:  # one character says nothing
                    holders[plain].add(category.code)
        total = max(len(self._parents), 2)
        self._holders: Mapping[str, tuple[str, ...]] = {word: tuple(sorted(codes)) for word, codes in holders.items()}
        self._weights = {
            word: _COMMON_WORD * (min(len(word), 6) / 2) ** 0.8 * math.log(1 + total / len(codes)) / math.log(1 + total) for word, codes in holders.items()
        }
        lengths: dict[str, set[int]] = defaultdict(set)
        for word in holders:
            lengths[word[:2]].add(len(word))
        self._lengths = {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}

    def suggest(self, title: str, body: str, *, place: str | None) -> Classification:
        """The categories that fit a message, with reasons. `place` is the place in the citizen's words: it is struck from the text first."""
        plain_title, plain_body = _plain(title), _plain(body)
        if place and (where := _plain(place)):
            plain_title, plain_body = plain_title.replace(where, " "), plain_body.replace(where, " ")
        evidence: dict[str, float] = defaultdict(float)
        for text, factor in ((plain_title, _TITLE), (plain_body, 1.0)):
            for word, times in self._words(text).items():
                evidence[word] += factor * self._weights[word] * (1 + _AGAIN * min(times - 1, 3))
        ranked = self._ranked(evidence)
        suggestions = _suggestions(ranked)
        urgent_because = _urgent_words(f"{title}\n{body}")
        return Classification(suggestions=suggestions, sure=_sure(ranked, suggestions, plain_title), urgent=bool(urgent_because), urgent_because=urgent_because)

    def _words(self, text: str) -> Counter[str]:
        found: Counter[str] = Counter()
        lengths, holders = self._lengths, self._holders
        for start in [place for place, pair in enumerate(map(add, text, text[1:])) if pair in lengths]:
            for length in lengths[text[start : start + 2]]:
                word = text[start : start + length]
                if word in holders:
                    found[word] += 1
                    break  # the longest that starts here; shorter ones inside it say nothing more
        return found

    def _ranked(self, evidence: Mapping[str, float]) -> list[tuple[str, float, tuple[str, ...]]]:
        """Categories with their score and words, best first. A category above counts half for those below it and stands only where none of them does."""
        own: dict[str, float] = defaultdict(float)
        words: dict[str, list[str]] = defaultdict(list)
        for word in sorted(evidence, key=lambda word: (-evidence[word], word)):
            for code in self._holders[word]:
                own[code] += evidence[word]
                words[code].append(word)
        above = {code: self._lineage(code) for code in own}
        covered = {parent for lineage in above.values() for parent in lineage}
        scored = [
            (code, score + sum(own.get(parent, 0.0) * _INHERITED ** (step + 1) for step, parent in enumerate(above[code])), tuple(words[code]))
            for code, score in own.items()
            if code not in covered
        ]
        return sorted(scored, key=lambda entry: (-entry[1], entry[0]))

    def _lineage(self, code: str) -> list[str]:
        lineage: list[str] = []
        parent = self._parents.get(code)
        while parent is not None and parent not in lineage:
            lineage.append(parent)
            parent = self._parents.get(parent)
        return lineage


def _suggestions(ranked: list[tuple[str, float, tuple[str, ...]]]) -> tuple[Suggestion, ...]:
    against = sum(score for _, score, _ in ranked[:2]) + _LITTLE
    return tuple(Suggestion(code=code, confidence=round(score / against, 3), because=because[:6]) for code, score, because in ranked[:_MOST])


def _sure(ranked: list[tuple[str, float, tuple[str, ...]]], suggestions: tuple[Suggestion, ...], title: str) -> bool:
    """Confident, well before the second, and not by one word that fell somewhere in a long story."""
    if not ranked or suggestions[0].confidence < _SURE:
        return False
    _, first, words = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    return (first - second) / first >= _MARGIN and (len(words) > 1 or words[0] in title)


def _urgent_words(text: str) -> tuple[str, ...]:
    """What is dangerous now, in the text's own words; what is only to be prevented, or did not happen, is not."""
    found = (match for match in _URGENT.finditer(text) if not _NOT_NOW.search(text, 0, match.start()))
    return tuple(dict.fromkeys(match[0] for match in found))


def _plain(text: str) -> str:
    return (unicodedata.normalize("NFKC", text) if _WIDE.search(text) else text).lower()
