"""评分卡 of an answer: what a checker looks at, each worth 0, 1 or 2, weighed to a total of 0 to 100. Pure; a person gives the points."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from minsheng.domain.errors import BadInput

PASS_FROM = 60
BEST = 2


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at. weight: what one point is worth; must: a zero here fails the whole answer. faults: findings of the machine that hint at it.

    lack_zh, lack_en: what it is called where points were lost.
    """

    key: str
    zh: str
    en: str
    lack_zh: str
    lack_en: str
    weight: int
    must: bool
    hint_zh: str
    hint_en: str
    faults: frozenset[str]


def _item(key: str, name: tuple[str, str], lack: tuple[str, str], weight: int, hint: tuple[str, str], faults: str = "", *, must: bool = False) -> Item:
    return Item(key, *name, *lack, weight, must, *hint, frozenset(faults.split()))


#: The weights add up to 50, so that full points make 100.
ITEMS = (
    _item("cause", ("说了原因", "Says the cause"), ("没说清原因", "Cause not clear"), 8,
          ("为什么会这样，查到了什么", "Why it happened, what was found"), "no_cause"),
    _item("done", ("说了做了什么", "Says what was done"), ("没说清做了什么", "Not clear what was done"), 12,
          ("谁、什么时候、做了哪一步", "Who did what, and when"), "no_action no_fact too_short", must=True),
    _item("next", ("说了接下来", "Says what comes next"), ("没说清接下来", "Not clear what comes next"), 7,
          ("还没完的：下一步、哪天、找谁；完了的给 2 分", "What is left, by when, whom to ask; full points where nothing is left"), "no_when"),
    _item("points", ("每一点都答了", "Answers each point"), ("有的没答到", "Points left open"), 12,
          ("对着诉求一条一条看", "Held against the request, point by point"), "unanswered wrong_echo", must=True),
    _item("plain", ("说人话", "Plain words"), ("套话、不好懂", "Phrases, hard to follow"), 5,
          ("没有套话，没有照抄诉求", "No set phrases, no repeated request"), "phrase mostly_phrases echo"),
    _item("evidence", ("有凭据", "Evidence"), ("凭据不够", "Too little evidence"), 3, ("照片、文号、数字", "Photos, numbers of documents, figures")),
    _item("in_time", ("按时", "In time"), ("不按时", "Late"), 3, ("在答应的时间里", "Within the promised time")),
)  # fmt: skip
KEYS = tuple(item.key for item in ITEMS)


@dataclass(frozen=True, slots=True)
class Score:
    """What a card comes to. zeros: items that must not be zero and are."""

    scores: Mapping[str, int]
    total: int
    zeros: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Enough in all, and nothing left out that an answer must have."""
        return self.total >= PASS_FROM and not self.zeros


def score(scores: Mapping[str, object]) -> Score:
    """Add a card up. Every item has its points, 0, 1 or 2; anything else is BadInput naming the item."""
    unknown = next((key for key in scores if key not in KEYS), None)
    if unknown is not None:
        raise BadInput(field="scores", zh=f"评分卡没有「{str(unknown)[:20]}」这一项。", en=f"The score card has no item “{str(unknown)[:20]}”.")
    given: dict[str, int] = {}
    for item in ITEMS:
        points = scores.get(item.key)
        if not isinstance(points, int) or isinstance(points, bool) or not 0 <= points <= BEST:
            raise BadInput(field=item.key, zh=f"「{item.zh}」请打 0、1 或 2 分。", en=f"Give “{item.en}” 0, 1 or 2 points.")
        given[item.key] = points
    total = sum(item.weight * given[item.key] for item in ITEMS)
    return Score(given, total, tuple(item.key for item in ITEMS if item.must and given[item.key] == 0))


def suggested(faults: Collection[str], *, photos: int, late: bool) -> dict[str, int]:
    """What the machine would put in, for a person to change: nothing found is full points, something found is one less, much is none."""
    found = {item.key: max(0, BEST - sum(1 for fault in faults if fault in item.faults)) for item in ITEMS}
    return {**found, "evidence": BEST if photos else 1, "in_time": 0 if late else BEST}
