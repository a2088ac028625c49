"""What a profile decides for given facts, and why; and the tables of what each city decides."""

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minsheng.domain.calendar import BEIJING
from minsheng.domain.deadlines import CLOCKS
from minsheng.domain.errors import BadInput
from minsheng.policy.explain import addressee, explain
from minsheng.policy.given import CHOICES, FLAGS, category, read
from tests.policy.golden_tables import CITIES, GOLDEN, city_files, city_rules, table

BEFORE_THE_HOLIDAY = datetime.fromisoformat("2026-09-30T16:00+08:00")


def told(city: str, *facts: str, at: datetime = BEFORE_THE_HOLIDAY) -> dict[str, Any]:
    """Ask about a city."""
    return explain(city_rules(city), read(facts, directory=city_files(city)), at=at, directory=city_files(city))


def deadline(found: dict[str, Any], kind: str) -> dict[str, Any]:
    """One deadline of an explanation."""
    return next(item for item in found["deadlines"] if item["kind"] == kind)


@pytest.mark.parametrize("city", CITIES)
def test_golden(city: str) -> None:
    """The rules decide what the table says: a change is meant, and then the table changes with it (see golden_tables.py)."""
    assert table(city) == json.loads((GOLDEN / f"{city}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("urgency", "due", "day"),
    [
        ("urgent", "2026-10-09T00:00:00+08:00", "2026-10-08"),
        ("high", "2026-10-11T00:00:00+08:00", "2026-10-10"),
        ("normal", "2026-10-14T00:00:00+08:00", "2026-10-13"),
    ],
)
def test_answer_across_the_national_day(urgency: str, due: str, day: str) -> None:
    """linyi: 1, 3 and 5 working days from 30 September 2026 end at 24:00 of 8, 10 (a worked Saturday) and 13 October."""
    found = deadline(told("linyi", f"urgency={urgency}"), "answer")
    assert (found["due"], found["due_day"]) == (due, day)
    assert [item["day"] for item in found["skipped"]][:7] == [f"2026-10-0{n}" for n in range(1, 8)]
    assert found["because"].startswith("按紧急程度")
    assert found["assumed"] is False


def test_steps_say_when_what_and_to_whom() -> None:
    """baiyin: a contact that is not made climbs the seven posts of the place, one after the other."""
    steps = [step for step in deadline(told("baiyin", "place=hongweicun-b3", "category=0501"), "contact")["steps"] if step["name"] == "ladder"]
    assert [step["to"] for step in steps] == [f"post:{n}" for n in range(1, 8)]
    assert [step["receiver"]["unit"] for step in steps] == ["hongweicun", "silonglu", "silonglu", "silonglu", "baiyinqu", "baiyinqu", "city"]
    assert all(step["receiver"]["post"] for step in steps)
    assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)


def test_what_starts_later_says_so() -> None:
    """The answer clock starts at receipt; callback and claim name the event that starts them."""
    found = told("maanshan", "kind=complaint")
    starts = {item["kind"]: item["starts"] for item in found["deadlines"]}
    assert starts["answer"] == starts["close"] == starts["dispatch"] == "receive"
    assert (starts["claim"], starts["callback"], starts["approval"]) == ("dispatch", "answer", "approval_asked")
    assert {item["kind"] for item in found["named_days"]} == {"interim", "review", "promise", "measure"}


def test_dispatch_follows_category_and_place() -> None:
    """With a category and a place the unit is named, with the reason; without both nobody is."""
    found = told("maanshan", "category=0303", "place=yanghu-b12")["dispatch"]
    assert found["lead"]["unit"] in city_files("maanshan").units
    assert found["basis"]
    assert told("maanshan", "urgency=urgent")["dispatch"]["lead"] is None
    assert told("baiyin", "place=hongweicun-b3")["dispatch"]["lead"] == {"unit": "hongweicun", "name": city_files("baiyin").units["hongweicun"].name}


def test_category_brings_its_urgency_and_an_urgency_that_is_said_wins() -> None:
    """Default urgency is the category's."""
    assert told("linyi", "category=020102")["facts"]["urgency"] == "urgent"
    assert told("linyi", "category=020102", "urgency=normal")["facts"]["urgency"] == "normal"


def test_unpublished_year_is_provisional() -> None:
    """A deadline that reaches into a year whose 调休 is not announced says so."""
    found = told("linyi", "urgency=high", at=datetime(2026, 12, 30, 16, tzinfo=BEIJING))
    assert deadline(found, "answer")["provisional"] == [2027]
    assert "provisional" not in deadline(found, "dispatch")


def test_consent_and_publicity() -> None:
    """举报 is secret everywhere; the next level consents in baiyin, the centre in linyi."""
    for city in CITIES:
        assert told(city, "kind=report")["publicity"]["visibility"] == "secret"
    assert {item["approver"] for item in told("baiyin")["approvals"]} == {"next_level"}
    assert {item["approver"] for item in told("linyi")["approvals"]} == {"centre"}
    assert told("baiyin", "risk=true")["publicity"]["visibility"] == "private"


def test_category_by_code_name_part_or_keyword() -> None:
    """A person writes what is on the tip of the tongue."""
    tree = city_files("linyi")
    assert category("0501", directory=tree) == "0501"
    assert category("噪音扰民", directory=tree) == "0501"
    assert category("噪音", directory=tree) == "0501"
    assert category("噪声", directory=tree) == "050102"
    with pytest.raises(BadInput, match="050101 夜间施工噪音"):
        category("夜间噪音施工", directory=tree)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("urgncy=urgent", "是不是“urgency”"),
        ("urgency=soon", "normal（一般）、high（较急）、urgent（紧急）"),
        ("simple=maybe", "true（是）或 false（否）"),
        ("round=0", "从 1 到 99"),
        ("category=", "后面没有写"),
        ("urgency", "等号和值"),
        ("nonsense", "事实=值"),
        ("place=nowhere", "没有“nowhere”这个地点"),
    ],
)
def test_refusals_name_what_is_known(words: str, says: str) -> None:
    """What cannot be read is refused with what could be meant."""
    name = words.partition("=")[0]
    with pytest.raises(BadInput, match=says) as refusal:
        read([words], directory=city_files("linyi"))
    assert refusal.value.field == name
    assert refusal.value.en.isascii() or "“" in refusal.value.en


def test_a_fact_is_said_once() -> None:
    """Twice is a mistake, also with the same value."""
    with pytest.raises(BadInput, match="两次"):
        read(["urgency=high", "urgency=high"], directory=None)


def test_chinese_words_are_understood() -> None:
    """Codes and Chinese names mean the same."""
    assert read(["urgency=紧急", "kind=举报", "channel=电话", "sure=是"], directory=None) == {
        "urgency": "urgent",
        "kind": "report",
        "channel": "phone",
        "sure": True,
    }


def test_without_a_directory_rules_still_speak() -> None:
    """A profile that has no directory yet is explained, without units."""
    found = explain(city_rules("linyi"), read(["urgency=urgent", "category=0501"], directory=None), at=BEFORE_THE_HOLIDAY, directory=None)
    assert found["dispatch"]["lead"] is None
    assert deadline(found, "answer")["due_day"] == "2026-10-08"
    with pytest.raises(BadInput, match="编码"):
        read(["category=噪音"], directory=None)


def test_addressee_falls_back_to_the_centre() -> None:
    """Where the chain has no such post, or the city no such department, the centre answers."""
    tree = city_files("linyi")
    assert addressee(tree, "post:3", holder="yishui.transport", place=None) == (tree.centre, "")
    assert addressee(tree, "next_level", holder=tree.root, place=None) == (tree.centre, "")
    assert addressee(tree, "lead", holder="yishui.transport", place=None) == ("yishui.transport", "")
    assert addressee(tree, "@media", holder="yishui.transport", place=None)[0] == "city.media"


facts = st.fixed_dictionaries({}, optional={name: st.sampled_from(list(known)) for name, known in CHOICES.items()} | dict.fromkeys(FLAGS, st.booleans()))


@settings(max_examples=60, deadline=None)
@given(
    city=st.sampled_from(CITIES),
    said=facts,
    at=st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2027, 12, 31)),  # noqa: DTZ001 - hypothesis wants naive bounds
)
def test_every_question_has_an_answer(city: str, said: dict[str, Any], at: datetime) -> None:
    """Whatever the facts and whenever: JSON, each deadline after its start, named by its clock, with a reason."""
    at = at.replace(tzinfo=BEIJING)
    found = explain(city_rules(city), said, at=at, directory=city_files(city))
    json.dumps(found)
    assert found["deadlines"]
    for item in found["deadlines"]:
        assert item["kind"] in CLOCKS
        assert datetime.fromisoformat(item["due"]) >= at
        assert item["because"]
        assert item["due"].endswith("+08:00")
