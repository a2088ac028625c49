"""相似: which earlier requests tell of the same matter, and which article answers it. Pure arithmetic over words, places and days.

A word weighs more the rarer it is in the whole hall and the longer it is, and more again where it is a keyword of the guessed category or stands in the
other's title. What counts is how much of the new text's weight an earlier one shares; the same category, nearness and freshness add to it. An article
answers where its title speaks of the matter. Every match says why.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from minsheng.intelligence.tokens import query_tokens, tokens

#: Words of every letter: they tell one matter from another as little as a greeting does.
_EVERYDAY_WORDS = (
    "小区 希望 问题 现在 已经 一直 没有 尽快 解决 处理 反映 您好 你好 我们 我家 时候 晚上 白天 早上 中午 今天 昨天 前天 昨晚 今晚 家里 有人 一个 星期 "
    "部门 有关 相关 请问 谢谢 政府 领导 居民 业主 附近 旁边 门口 派人 看看 影响 生活 严重 情况 非常 什么 怎么 为什么 多次 几次 几天 好几 全都 都是 "
    "不能 可以 进行 因为 所以 这个 那个 这里 那里 他们 自己 出行 安全 隐患 周边 出门 路过 打电话 电话 投诉 举报 咨询 建议 求助 及时 需要 要求 应该 "
    "不行 老是 联系 单元 先生 女士 本人 老人 孩子 小孩 社区 街道 花园 楼栋 楼下"
)
_EVERYDAY = frozenset(_EVERYDAY_WORDS.split())
_MOST = 16  # words that are looked for
_SOUGHT = 8  # of them, by which candidates are found
_ENOUGH = 1.8  # weight of shared words that says all: some three telling ones
_RAREST = 0.0005  # a word in fewer texts than this is not rarer for it
_UNKNOWN = 0.01  # how frequent a word is taken to be where nothing has been counted yet
_ELSEWHERE = 0.85  # what is left of a match whose category is of quite another branch
_KEYWORD, _TITLE = 1.5, 1.5  # how much more such a word says
_OLD = timedelta(days=45)
#: How near two places are whose smallest common place is of this kind.
_NEAR = {"building": 1.0, "grid": 1.0, "community": 0.8, "street": 0.5, "district": 0.2}
#: What a match is made of; what is not known (no place, no guess) is left out and the rest stands for all.
_SIMILAR = {"words": 0.55, "category": 0.2, "near": 0.15, "fresh": 0.1}
_ANSWERS = {"title": 0.5, "words": 0.2, "category": 0.3}
_SPEAKS = 0.6  # weight of words in an article's title that says what it is about: one that is rare, or two
#: Below this nobody is told of it.
SIMILAR, ANSWERS = 0.5, 0.48


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What somebody is writing. places: where it is, narrowest first, code → kind; empty where nobody knows. categories: guessed code → confidence."""

    weights: Mapping[str, float]
    places: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier text: which of the words it holds, its title, where it is (every place around), when it was."""

    key: str
    shared: tuple[str, ...]
    title: str = ""
    places: frozenset[str] = frozenset()
    category: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """How well it fits (0 to 1), the shared words that weigh most, and the kind of the smallest place that both lie in ("": not known, or none)."""

    key: str
    score: float
    because: tuple[str, ...]
    near: str


def words(text: str, *, keywords: Iterable[str] = ()) -> tuple[str, ...]:
    """The words to look for: at most 16, the telling ones first; everyday words and bare numbers are left out.

    Also words within words are looked for (工资 of 月工资), and single characters that belong to no word (亮, 吵); what the dictionary sees across
    two words (上天 of 楼上天天) is none.
    """
    telling, spoken = tuple(keywords), query_tokens(text, most=200)
    said = " ".join(spoken)
    found = [word for word in tokens(text) if word not in _EVERYDAY and (word in said or len(word) < 2) and not (word.isascii() and len(word) < 3)]
    ranked = sorted(found, key=lambda word: (not _is_telling(word, telling), len(word) < 2, word not in spoken, -min(len(word), 4)))
    return tuple(ranked[:_MOST])


def weigh(wanted: Sequence[str], *, frequency: Mapping[str, float], keywords: Iterable[str] = ()) -> dict[str, float]:
    """Each word with its weight. frequency: in what share of all texts the common words stand; a word that is not there is rarer than they are."""
    telling = tuple(keywords)
    rarest = min(frequency.values(), default=_UNKNOWN)
    return {
        word: _rarity(frequency.get(word, rarest)) * _length(word) * (_KEYWORD if _is_telling(word, telling) else 1.0)
        for word in wanted
    }  # fmt: skip


def sought(weights: Mapping[str, float]) -> tuple[str, ...]:
    """The few words by which candidates are found: the weightiest. What stands in every fifth text would only bring the newest of everything."""
    ranked = sorted(weights, key=lambda word: (-weights[word], word))
    return tuple(word for n, word in enumerate(ranked[:_SOUGHT]) if n < 2 or weights[word] >= weights[ranked[0]] * 0.3)


def requests(told: Told, earlier: Iterable[Earlier], *, now: datetime, most: int = 3) -> list[Match]:
    """Earlier requests of the same matter, best first."""
    found = []
    for one in earlier:
        if not _says_something(told, one):
            continue
        near = _near(told, one)
        parts = {
            "words": _overlap(told, one),
            "category": float(one.category in told.categories),
            "near": _NEAR.get(near, 0.0),
            "fresh": math.exp(-max((now - one.at) / _OLD, 0.0)) if one.at else 0.0,
        }
        score = _together(parts, _SIMILAR, told) * (1.0 if _same_branch(told, one) else _ELSEWHERE)
        if score >= SIMILAR:
            found.append(Match(one.key, round(score, 3), _because(told, one), near))
    return sorted(found, key=lambda match: (-match.score, match.key))[:most]


def answer(told: Told, articles: Iterable[Earlier]) -> Match | None:
    """The article that answers it best, if one does. An article about a whole branch (0202) answers what lies in it (020201)."""
    found = []
    for one in articles:
        title = sum(told.weights[word] for word in _whole(one.shared) if word in one.title)
        parts = {
            "title": min(1.0, title / _SPEAKS),
            "words": _overlap(told, one),
            "category": max((share for code, share in told.categories.items() if one.category and code.startswith(one.category)), default=0.0),
        }
        score = _together(parts, _ANSWERS, told)
        if score >= ANSWERS and one.shared:
            found.append(Match(one.key, round(score, 3), _because(told, one), ""))
    return min(found, key=lambda match: (-match.score, match.key), default=None)


def _together(parts: Mapping[str, float], shares: Mapping[str, float], told: Told) -> float:
    known = [name for name in shares if not (name == "near" and not told.places) and not (name == "category" and not told.categories)]
    return sum(shares[name] * parts[name] for name in known) / sum(shares[name] for name in known)


def _overlap(told: Told, one: Earlier) -> float:
    """The shared weight, as a share of the whole or of what would be enough, whichever is less."""
    whole = min(sum(told.weights[word] for word in _whole(tuple(told.weights))), _ENOUGH)
    shared = sum(told.weights[word] * (_TITLE if word in one.title else 1.0) for word in _whole(one.shared))
    return min(1.0, shared / whole) if whole else 0.0


@lru_cache(maxsize=2_000)
def _whole(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without those that stand within another of them: 下水道 is said once, not three times. Kept: many candidates share the same few."""
    return tuple(word for word in words if not any(word != other and word in other for other in words))


def _says_something(told: Told, one: Earlier) -> bool:
    """One word in common is a coincidence, unless both are of the same category."""
    return len(_whole(one.shared)) > 1 or bool(one.shared and one.category in told.categories)


def _same_branch(told: Told, one: Earlier) -> bool:
    """True too where nothing is guessed of the one, or known of the other."""
    return not told.categories or one.category is None or one.category[:2] in {code[:2] for code in told.categories}


def _near(told: Told, one: Earlier) -> str:
    return next((kind for code, kind in told.places.items() if code in one.places), "")


def _because(told: Told, one: Earlier) -> tuple[str, ...]:
    return tuple(sorted(_whole(one.shared), key=lambda word: (-told.weights[word], word))[:3])


def _rarity(share: float) -> float:
    return math.log(1 / min(max(share, _RAREST), 0.9)) / math.log(1 / _RAREST)


def _length(word: str) -> float:
    if len(word) < 2:
        return 0.35
    return 0.7 if word.isascii() else 1.0 + 0.15 * (min(len(word), 4) - 2)


def _is_telling(word: str, keywords: tuple[str, ...]) -> bool:
    return any(word in keyword or keyword in word for keyword in keywords)
