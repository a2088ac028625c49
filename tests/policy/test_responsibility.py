"""Who answers for what, where: the table of the stories, and the promises that hold for every category and place."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minsheng.policy.directory import Directory, Rule
from minsheng.policy.directory_files import FILES, parse
from minsheng.policy.responsibility import Answer, area_chain, community_of, parent_for_escalation, responsible

ROOT = Path(__file__).resolve().parents[2] / "directories"
CITIES = ("yunchuan", "maanshan", "linyi", "fuyang", "qufu", "baiyin")
TODAY = date(2026, 11, 22)


@cache
def directory(city: str) -> Directory:
    common = ("categories.csv", "functions.csv")
    parsed = parse({name: (ROOT / name if name in common else ROOT / city / name).read_text("utf-8") for name in FILES})
    assert parsed.directory is not None
    return parsed.directory


TABLE = [
    # city, category, place, lead, co
    ("maanshan", "030301", "yanghu-b12", "yanghu", ("yushan.housing",)),
    ("maanshan", "030301", None, "city.housing", ()),
    ("maanshan", "010201", "dongfangcheng-b16", "city.urban_management", ("dongfangcheng",)),
    ("maanshan", "010204", "anmin", "anmin", ("anmin.urban_management",)),
    ("maanshan", "010204", "yushan", "city.urban_management", ()),
    ("maanshan", "050102", "yanghu-g1", "pinghu.urban_management", ()),
    ("maanshan", "020301", "yanghu-g1", "city.water_supply", ()),
    ("maanshan", "150202", "yanghu-b1", "city.discipline", ()),
    ("maanshan", None, "yanghu-b1", "yanghu", ()),
    ("maanshan", None, "pinghu", "pinghu", ()),
    ("linyi", "020202", "luojiazhuang", "yishui.transport", ("yicheng",)),
    ("linyi", "020202", "lanshanjiedao", "lanshanjiedao.urban_management", ()),
    ("linyi", "020101", "machanghu", "gaoxin.housing", ("machanghu",)),
    ("linyi", "030305", "linshujiedao", "linshujiedao", ("linshu.housing",)),
    ("linyi", "030202", "linshujiedao", "linshujiedao", ("linshu.housing",)),
    ("fuyang", "040102", "wenfengshequ-b1", "wenfeng.traffic_police", ("wenfengshequ", "wenfengxiaoxue")),
    ("fuyang", "040102", "jieshou", "jieshou.traffic_police", ()),
    ("fuyang", "010301", "shuangqingwan-b1", "yingzhou.urban_management", ("chengnan",)),
    ("fuyang", "010301", "wenfengshequ", "yingzhou.sanitation", ()),
    ("fuyang", "030101", "shuangqingwan", "yingzhou.housing", ("qinghe",)),
    ("fuyang", "030201", "shuangqingwan", "qinghe", ("yingzhou.housing",)),
    ("qufu", "070101", "gulouyuan-b1", "lucheng", ("city.civil_affairs",)),
    ("qufu", "090101", "gulouyuan", "city.health", ()),
    ("qufu", "150201", "lucheng", "city.supervision", ()),
    ("baiyin", "050102", "hongweicun-b3", "hongweicun", ()),
    ("baiyin", "010601", "yinhu-b1", "yinhu", ()),
    ("baiyin", "010601", None, "city.parks", ()),
    ("baiyin", "130105", "hongweicun-b3", "silonglu.police", ()),
    ("baiyin", None, "hongweicun-b3", "hongweicun", ()),
    ("yunchuan", "100101", "yinxing-b1", "songtao.market", ()),
]


@pytest.mark.parametrize(("city", "category", "place", "lead", "co"), TABLE)
def test_the_table_of_the_stories(city: str, category: str | None, place: str | None, lead: str, co: tuple[str, ...]) -> None:
    answer = responsible(directory(city), category=category, place=place, on=TODAY)
    assert (answer.lead, answer.co, answer.sure) == (lead, co, True)
    assert answer.basis


@pytest.mark.parametrize("city", CITIES)
def test_with_nothing_known_the_fallback_takes_it_and_nobody_is_sure(city: str) -> None:
    d = directory(city)
    answer = responsible(d, category=None, place=None, on=TODAY)
    assert (answer.lead, answer.sure) == (d.fallback, False)
    assert "首接负责" in answer.basis


def test_unknown_codes_are_refused() -> None:
    with pytest.raises(KeyError):
        responsible(directory("qufu"), category="999999", place=None, on=TODAY)
    with pytest.raises(KeyError):
        responsible(directory("qufu"), category=None, place="nowhere", on=TODAY)


# --- rules: the most specific one that is in force -----------------------------------------------------------------------


def rule(category: str, place: str | None, lead: str, *, first: date | None = None, last: date | None = None) -> Rule:
    return Rule(category=category, place=place, lead=lead, co=(), basis="测试", valid_from=first, valid_until=last)


def lead_under(rules: tuple[Rule, ...], *, on: date = TODAY) -> str:
    d = replace(directory("maanshan"), rules=rules)
    return responsible(d, category="030301", place="yanghu-b12", on=on).lead


def test_a_longer_category_wins_over_a_deeper_place() -> None:
    assert lead_under((rule("03", "yanghu-b12", "@area:street"), rule("0303", None, "@area:county"))) == "yushan"


def test_among_equal_categories_the_deeper_place_wins() -> None:
    assert lead_under((rule("0303", None, "@area:county"), rule("0303", "yushan", "@area:street"), rule("0303", "yanghu", "@area:community"))) == "yanghu"


def test_a_rule_elsewhere_does_not_count() -> None:
    assert lead_under((rule("0303", "huashan", "@area:street"),)) == "yushan.housing"


def test_a_rule_counts_on_its_first_and_last_day_only_up_to_them() -> None:
    rules = (rule("0303", None, "@area:street", first=date(2026, 3, 1), last=date(2026, 3, 31)),)
    leads = [lead_under(rules, on=day) for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1))]
    assert leads == ["yushan.housing", "pinghu", "pinghu", "yushan.housing"]


def test_a_rule_whose_lead_does_not_exist_gives_way_to_the_next() -> None:
    assert lead_under((rule("030301", None, "@school"), rule("03", None, "@area:street"))) == "pinghu"


def test_a_closed_department_is_not_named_but_its_successor_is() -> None:
    d = directory("yunchuan")
    assert responsible(d, category="100101", place=None, on=date(2018, 6, 1)).lead == "city.food_drug"
    assert responsible(d, category="100101", place=None, on=TODAY).lead == "city.market"


# --- the line upwards ----------------------------------------------------------------------------------------------------


def test_the_areas_of_a_place_go_up_to_the_city() -> None:
    assert area_chain(directory("baiyin"), place="hongweicun-b3") == ("hongweicun", "silonglu", "baiyinqu", "city")
    assert area_chain(directory("qufu"), place="gulouyuan-b1") == ("gulouyuan", "lucheng", "city")
    assert community_of(directory("baiyin"), place="hongweicun-b3") == "hongweicun"
    assert community_of(directory("baiyin"), place="silonglu") is None


@pytest.mark.parametrize(
    ("city", "unit", "above"),
    [
        ("maanshan", "yanghu", "pinghu"),
        ("maanshan", "pinghu.urban_management", "pinghu"),
        ("maanshan", "yushan", "city.centre"),
        ("baiyin", "yinhu", "fangzhilu.centre"),
        ("baiyin", "fangzhilu.centre", "baiyinqu.centre"),
        ("baiyin", "silonglu.market", "silonglu.centre"),
        ("baiyin", "baiyinqu.centre", "city.centre"),
        ("baiyin", "city.parks", "city.centre"),
        ("baiyin", "city.centre", None),
        ("baiyin", "city", None),
    ],
)
def test_escalation_goes_one_level_up(city: str, unit: str, above: str | None) -> None:
    assert parent_for_escalation(directory(city), unit=unit, on=TODAY) == above


@pytest.mark.parametrize("city", CITIES)
def test_escalation_always_ends_at_the_top(city: str) -> None:
    d = directory(city)
    for code in d.units:
        steps, above = 0, parent_for_escalation(d, unit=code)
        while above is not None:
            steps, above = steps + 1, parent_for_escalation(d, unit=above)
        assert steps <= 4, code


# --- promises ------------------------------------------------------------------------------------------------------------


@st.composite
def questions(draw: st.DrawFn) -> tuple[Directory, str | None, str | None, date]:
    d = directory(draw(st.sampled_from(CITIES)))
    category = draw(st.none() | st.sampled_from(sorted(d.categories)))
    place = draw(st.none() | st.sampled_from(sorted(d.places)))
    return d, category, place, draw(st.dates(date(2015, 1, 1), date(2030, 12, 31)))


@settings(deadline=None, max_examples=300)
@given(questions())
def test_every_question_has_one_answer_with_units_that_exist(question: tuple[Directory, str | None, str | None, date]) -> None:
    d, category, place, on = question
    answer = responsible(d, category=category, place=place, on=on)
    assert isinstance(answer, Answer)
    assert all(d.units[code].valid(on) for code in (answer.lead, *answer.co))
    assert answer.lead not in answer.co
    assert len(set(answer.co)) == len(answer.co)
    assert answer.sure or answer.lead == d.fallback
    assert answer == responsible(d, category=category, place=place, on=on)


@settings(deadline=None, max_examples=300)
@given(questions())
def test_who_answers_for_a_place_is_of_the_city_or_around_the_place(question: tuple[Directory, str | None, str | None, date]) -> None:
    d, category, place, on = question
    lead = responsible(d, category=category, place=place, on=on).lead
    if place is not None:
        assert d.area_of(lead) in area_chain(d, place=place)
