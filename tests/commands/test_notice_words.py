"""通知的话: the tables hold together, and the guide says what a city must register."""

import re
from pathlib import Path

import pytest

from minsheng.commands.notice_words import ANSWERS, TEMPLATES, WORDS

GUIDE = (Path(__file__).resolve().parents[2] / "docs/howto/notices.md").read_text("utf-8")


def test_whatever_leaves_the_site_has_a_template() -> None:
    """Chinese carriers send nothing else."""
    leaving = {event: words for event, words in WORDS.items() if (words.citizen or words.follower) and not words.quiet}
    assert len(leaving) > 15
    assert {words.template for words in leaving.values()} == set(TEMPLATES)
    assert not [event for event, words in WORDS.items() if words.template and event not in leaving]
    assert {event for event, words in WORDS.items() if words.template == "answer"} == ANSWERS


@pytest.mark.parametrize("event", [event for event, words in WORDS.items() if words.citizen])
def test_people_are_told_the_number_and_nothing_of_the_matter(event: str) -> None:
    said = WORDS[event].citizen + WORDS[event].follower
    assert "{code}" in WORDS[event].citizen
    assert "{title}" not in said
    assert "！" not in said


def test_names_fit_into_the_table() -> None:
    """Notice.template holds the event, channels are short."""
    assert max(map(len, WORDS)) <= 24


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_guide_has_every_template_with_its_places_and_a_sample(name: str) -> None:
    template = TEMPLATES[name]
    row = next((line for line in GUIDE.splitlines() if line.startswith(f"| `{name}` |")), "")
    assert template.sample in row
    assert template.what in row
    assert all(f"{{{place}}} {value}" in row for place, value in enumerate(template.values, start=1))
    assert {int(place) for place in re.findall(r"\{(\d)\}", template.sample)} == set(range(1, len(template.values) + 1))
    assert len(template.what) <= 20, "a field of WeChat takes no more"


def test_the_guide_says_what_has_not_been_tried() -> None:
    assert GUIDE.count("not yet tried with the provider") >= 2
