"""相似, as arithmetic: what is the same matter and what only sounds like it; nearness, freshness, categories; what answers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.intelligence import similar
from minsheng.intelligence.similar import ANSWERS, SIMILAR, Earlier, Told
from minsheng.intelligence.tokens import tokens

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
PLACES = {"b1": "building", "g1": "grid", "c1": "community", "s1": "street", "d1": "district"}
LAMP = "小区北门的路灯全都不亮，晚上看不见路，已经一个星期了。"


def told(text: str, *, places: dict[str, str] | None = None, categories: dict[str, float] | None = None, keywords: tuple[str, ...] = ()) -> Told:
    words = similar.words(text, keywords=keywords)
    return Told(weights=similar.weigh(words, frequency={}, keywords=keywords), places=places or {}, categories=categories or {})


def earlier(wanted: Told, title: str, body: str = "", *, key: str = "x", places: tuple[str, ...] = (), category: str | None = None, days: float = 1) -> Earlier:
    held = set(tokens(f"{title} {body}"))
    shared = tuple(word for word in wanted.weights if word in held)
    return Earlier(key=key, shared=shared, title=title, places=frozenset(places), category=category, at=NOW - timedelta(days=days))


def found(wanted: Told, *rows: Earlier) -> list[str]:
    return [match.key for match in similar.requests(wanted, rows, now=NOW)]


# --- words --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "held", "left_out"),
    [
        (LAMP, {"路灯", "北门", "亮"}, {"小区", "晚上", "已经", "一个", "星期"}),
        ("老板拖欠我三个月工资", {"拖欠", "月工资", "工资", "老板"}, {"我"}),
        ("楼上天天吵", {"楼上", "天天", "吵"}, {"上天"}),
        ("15 栋 3 单元", {"栋"}, {"15", "3", "单元"}),
        ("希望政府有关部门尽快解决问题，谢谢", set(), {"希望", "政府", "部门", "解决", "问题", "谢谢"}),
        ("", set(), set()),
    ],
)
def test_the_words_to_look_for(text: str, held: set[str], left_out: set[str]) -> None:
    words = set(similar.words(text))
    assert held <= words
    assert not left_out & words


def test_keywords_go_first_and_there_are_never_too_many() -> None:
    long = "停车场出入口道闸坏了广告牌倒了树枝断了护栏松了井盖响了水管爆了电线垂了路面裂了垃圾堆了路灯灭了喇叭吵了墙皮掉了"
    words = similar.words(long, keywords=("路灯灭了",))
    assert words[0] in "路灯灭了" and len(words) <= 16


def test_rare_long_and_telling_words_weigh_more() -> None:
    frequency = {"物业": 0.2, "路灯": 0.02, "反光镜": 0.02}
    weights = similar.weigh(("物业", "路灯", "反光镜", "亮"), frequency=frequency)
    assert weights["物业"] < weights["路灯"] < weights["反光镜"]
    assert weights["亮"] < weights["路灯"]
    assert similar.weigh(("路灯",), frequency=frequency, keywords=("路灯不亮",))["路灯"] > weights["路灯"]
    assert similar.weigh(("没见过的",), frequency=frequency)["没见过的"] >= weights["路灯"]


def test_candidates_are_sought_by_few_words() -> None:
    weights = {f"词{n}": 1 - n / 20 for n in range(20)} | {"到处": 0.05}
    sought = similar.sought(weights)
    assert 2 <= len(sought) <= 8 and sought[0] == "词0" and "到处" not in sought
    assert similar.sought({}) == ()


# --- requests -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title", "body", "same"),
    [
        (LAMP, "路灯不亮", "东边那条路的路灯连着五六盏都不亮。", True),
        (LAMP, "晚上老有声音", "晚上老是有嗡嗡的声音，睡不好。", False),
        ("下水道堵了，污水冒出来", "下水道堵了，污水往外冒", "一楼门口的下水道堵了。", True),
        ("下水道堵了，污水冒出来", "墙上全是小广告", "楼道里全是开锁通下水道的小广告。", False),
        ("人行道上停满车，走不了路", "人行道地砖松动", "地砖翘起来了，推婴儿车过不去。", False),
        ("家里停水两天了，没有通知", "停水没有通知", "今天早上突然停水。", True),
        ("楼下垃圾没人清运，臭得厉害", "垃圾桶满了没人收", "四个垃圾桶三天没有清运。", True),
        ("孩子上学划片问题", "房产证办了一年没有下来", "房产证没有拿到，影响孩子上学。", False),
    ],
)
def test_the_same_matter_and_what_only_sounds_like_it(text: str, title: str, body: str, same: bool) -> None:
    wanted = told(text)
    assert bool(found(wanted, earlier(wanted, title, body))) is same


def test_a_guessed_category_helps_its_own_and_hurts_other_branches() -> None:
    wanted = told("电梯老是坏", categories={"0304": 0.6})
    one_word = earlier(wanted, "电梯停在半层", category="0304")
    assert found(wanted, one_word) == ["x"]
    assert found(told("电梯老是坏"), one_word) == [], "one word alone is a coincidence"
    wanted = told("孩子上学划片", categories={"080101": 0.7})
    near, far = earlier(wanted, "孩子上学划片", key="near", category="080101"), earlier(wanted, "孩子上学划片", key="far", category="030502")
    scores = {match.key: match.score for match in similar.requests(wanted, [near, far], now=NOW)}
    assert scores["near"] > scores["far"]


def test_nearer_and_newer_stand_first() -> None:
    wanted = told(LAMP, places=PLACES)
    rows = [
        earlier(wanted, "路灯不亮", "北门路灯不亮", key=key, places=around)
        for key, around in (("district", ("d1",)), ("grid", ("g1", "c1", "s1", "d1")), ("street", ("s1", "d1")))
    ]
    matches = similar.requests(wanted, rows, now=NOW)
    assert [(m.key, m.near) for m in matches] == [("grid", "grid"), ("street", "street"), ("district", "district")]
    wanted = told(LAMP)
    old, new = (earlier(wanted, "路灯不亮", "北门路灯不亮", key=key, days=days) for key, days in (("old", 80), ("new", 1)))
    assert found(wanted, old, new) == ["new", "old"]


def test_at_most_three_and_why() -> None:
    wanted = told(LAMP)
    rows = [earlier(wanted, "路灯不亮", "北门的路灯不亮", key=f"k{n}") for n in range(9)]
    matches = similar.requests(wanted, rows, now=NOW)
    assert [m.key for m in matches] == ["k0", "k1", "k2"]
    assert set(matches[0].because) <= set(wanted.weights) and "路灯" in matches[0].because and matches[0].near == ""
    empty = told("希望尽快解决")
    assert similar.requests(empty, [earlier(empty, "希望尽快解决", "谢谢")], now=NOW) == []


def test_a_word_within_a_word_counts_once() -> None:
    """人行道 holds 人行 and 行道: that is one word in common, not three."""
    wanted = told("人行道上停满车")
    assert {"人行道", "人行"} <= set(wanted.weights)
    assert found(wanted, earlier(wanted, "人行道")) == []


# --- answers ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "categories", "key"),
    [
        (LAMP, {}, "lamps"),
        ("老板拖欠我三个月工资不给", {}, "wages"),
        ("暖气不热，物业说管不了", {"020701": 0.5, "030101": 0.27}, "heat"),
        ("电梯把老人困在里面了", {"0304": 0.5}, "lift"),
        ("公交车甩站", {"040302": 0.6}, None),
        ("家里很冷", {"020701": 0.6}, None),
        ("今天心情不错", {}, None),
    ],
)
def test_the_article_that_answers(text: str, categories: dict[str, float], key: str | None) -> None:
    wanted = told(text, categories=categories)
    shelf = (
        ("lamps", "路灯不亮，怎么报最快", "灯杆编号，晚上拍一张", "0202"),
        ("wages", "拿不到工资，怎么办", "老板欠薪，劳动监察", "0601"),
        ("heat", "暖气不热，先做这三步", "放气，物业，邻居", "0207"),
        ("lift", "电梯困人，怎么办", "按报警", "0304"),
        ("property", "物业不好，物业费能不能不交", "合同，公示", "0301"),
    )
    match = similar.answer(wanted, [earlier(wanted, title, body, key=name, category=category) for name, title, body, category in shelf])
    assert (match.key if match else None) == key


# --- always -------------------------------------------------------------------------------------------------------------------------

WORDS = st.lists(st.sampled_from(["路灯", "不亮", "北门", "物业", "暖气", "垃圾", "亮", "堵", "人行道", "人行"]), max_size=8, unique=True)


@given(mine=WORDS, theirs=WORDS, title=st.text(max_size=20), days=st.floats(0, 4000), category=st.sampled_from([None, "0202", "020201", "0304"]))
def test_a_score_is_a_share_and_only_good_ones_are_told(mine: list[str], theirs: list[str], title: str, days: float, category: str | None) -> None:
    wanted = Told(weights=similar.weigh(tuple(mine), frequency={"物业": 0.2}), categories={"020201": 0.7})
    row = Earlier(key="x", shared=tuple(w for w in mine if w in theirs), title=title, category=category, at=NOW - timedelta(days=days))
    for match in similar.requests(wanted, [row], now=NOW):
        assert SIMILAR <= match.score <= 1
    match = similar.answer(wanted, [row])
    assert match is None or ANSWERS <= match.score <= 1


@given(st.text(max_size=300))
def test_any_text_has_words_or_none(text: str) -> None:
    words = similar.words(text)
    assert len(words) == len(set(words)) <= 16
    assert all(weight > 0 for weight in similar.weigh(words, frequency={}).values())
