"""发出前检查: what an answer says and what it leaves out, as its writer sees it while writing. The rules of words are those of `answer_quality`.

An answer to a person says the cause, what was done, what comes next and by when (where it is not done), answers each point, and names whom to call.
A point is ok, a hint (worth a look) or a warning: with a warning the answer comes back once before it is sent.
"""

import re
from dataclasses import dataclass
from typing import Literal

from minsheng.intelligence import answer_quality
from minsheng.intelligence.answer_quality import _ACTION, _ASKING, _CAUSE, _PHRASE, _SENTENCE, _WHEN, _facts, _numbered, _topic
from minsheng.intelligence.tokens import tokens

Level = Literal["ok", "hint", "warn"]
#: Outcomes after which nothing more is to come.
DONE = frozenset({"solved", "explained", "declined"})
_NEXT = re.compile("将|拟|计划|下一步|接下来|预计|争取|打算|准备|力争|待|前完成|前办|前修|前换|前装|再去|再来|再修|再查|后续|届时|列入|继续")
_MOMENT = re.compile(_WHEN)
_CONTACT = re.compile(
    r"(?:0\d{2,3}|[48]00)[-\s]?\d{3,4}[-\s]?\d{3,5}|1[3-9]\d{9}|\d{7,8}(?!\d)|\d{3,4}-\d{4}|(?:拨打|致电|电话|热线)[^。；\n]{0,8}\d{3,}|联系人|[找问]我"
)
_DEMAND = re.compile(
    "希望|请[^假问示教]|请问|要求|建议|恳请|盼|麻烦|应该|能不能|能否|可否|可不可以|是否|什么时候|何时|为什么|为何|怎么|如何|多少|哪里|哪个|谁来|尽快|还(?:我|给)"
)
_MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing looked at. words: the set phrases that were found, or the points of the citizen that are left open."""

    kind: Literal["cause", "done", "next", "points", "phrases", "contact"]
    level: Level
    zh: str
    en: str
    words: tuple[str, ...] = ()


def review(answer: str, question: str, *, outcome: str = "") -> tuple[Point, ...]:
    """Everything looked at, in the order of a good answer. question: the citizen's words; outcome: what the unit says it achieved ("" not chosen yet)."""
    found = [_cause(answer, question), _done(answer)]
    if outcome not in DONE:
        found.append(_next(answer, sure=bool(outcome)))
    found += [_points(answer, question), _phrases(answer, question), _contact(answer)]
    return tuple(found)


def warns(points: tuple[Point, ...]) -> bool:
    """Should the writer look again before it goes out?"""
    return any(point.level == "warn" for point in points)


def demands(question: str) -> tuple[str, ...]:
    """诉求要点: what is asked for, each as it was written: what is numbered, else every sentence that demands or asks."""
    numbered = _numbered(question)
    if len(numbered) > 1:
        return tuple(one.rstrip("；;。，, ") for one in numbered[:_MOST])
    return tuple(found[0].strip()[:60] for found in _SENTENCE.finditer(question) if _DEMAND.search(found[0]) and len(found[0].strip()) > 3)[:_MOST]


def _cause(answer: str, question: str) -> Point:
    if _CAUSE.search(answer):
        return Point(kind="cause", level="ok", zh="说了原因", en="Says why")
    if _ASKING.search(question):
        return Point(kind="cause", level="hint", zh="没有说依据：按哪条规定、为什么是这样", en="Does not say on what ground")
    return Point(kind="cause", level="warn", zh="没有说原因：为什么会这样，查到了什么", en="Does not say why it happened or what was found")


def _done(answer: str) -> Point:
    if _ACTION.search(answer):
        return Point(kind="done", level="ok", zh="说了做了什么", en="Says what was done")
    return Point(kind="done", level="warn", zh="没有说做了什么", en="Does not say what was done")


def _next(answer: str, *, sure: bool) -> Point:
    """What comes next stands in a sentence with a moment; before the outcome is chosen its lack is only a hint."""
    if any(_NEXT.search(sentence[0]) and _MOMENT.search(sentence[0]) for sentence in _SENTENCE.finditer(answer)):
        return Point(kind="next", level="ok", zh="说了下一步和时间", en="Says what comes next and when")
    return Point(
        kind="next", level="warn" if sure else "hint", zh="没办完的，要说下一步做什么、哪天前做好", en="What is not done: say what comes next, and by which day"
    )


def _points(answer: str, question: str) -> Point:
    asked = demands(question)
    said = frozenset(tokens(answer))
    open_ = () if len(_numbered(answer)) >= len(asked) > 1 else tuple(one for one in asked if (words := _topic(one)) and not words & said)
    if len(asked) < 2 or not open_:
        zh = f"{len(asked)} 个要点都答到了" if len(asked) > 1 else "答的是这件事"
        return Point(kind="points", level="ok", zh=zh, en=f"Answers all {len(asked)} points" if len(asked) > 1 else "Is about this matter")
    return Point(
        kind="points", level="warn", words=open_, zh=f"诉求有 {len(asked)} 个要点，这 {len(open_)} 个好像没有答到",
        en=f"Of {len(asked)} points, {len(open_)} seem to be unanswered",
    )  # fmt: skip


def _phrases(answer: str, question: str) -> Point:
    words = tuple(dict.fromkeys(found[0] for found in _PHRASE.finditer(answer)))
    if not words:
        return Point(kind="phrases", level="ok", zh="没有套话", en="No set phrases")
    bare = not _facts(answer, question) or answer_quality.fails(answer_quality.check(answer, question))
    zh = "有套话，又没有具体的事，请换成做了什么、什么时候" if bare else f"有 {len(words)} 处套话，建议删掉"
    en = "Set phrases and nothing definite: say what was done, and when" if bare else f"{len(words)} set phrases; better without"
    return Point(kind="phrases", level="warn" if bare else "hint", words=words, zh=zh, en=en)


def _contact(answer: str) -> Point:
    if _CONTACT.search(answer):
        return Point(kind="contact", level="ok", zh="说了找谁", en="Says whom to call")
    return Point(kind="contact", level="hint", zh="没有说还有问题找谁：写上电话", en="Does not say whom to call: add a number")
