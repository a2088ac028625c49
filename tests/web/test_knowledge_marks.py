"""What other screens take from the knowledge base: the search beside an answer, and the sources under it."""

from collections.abc import Callable
from types import SimpleNamespace as Row

import pytest
from django.test import override_settings
from jinja2 import FileSystemLoader

from minsheng.web.environment import environment
from tests.world import ROOT

Say = Callable[..., str]


@pytest.fixture
def say() -> Say:
    env = environment(loader=FileSystemLoader(ROOT / "src/minsheng/templates"), autoescape=True).speaking("zh")

    def said(call: str, **values: object) -> str:
        with override_settings(ROOT_URLCONF="web.pages"):
            return str(env.from_string('{% import "desk/knowledge/marks.html" as kb with context %}{{ kb.' + call + " }}").render(**values))

    return said


def test_the_search_carries_the_case_and_works_without_scripts(say: Say) -> None:
    page = say('search("answer-text", category="0207", place="songtao", code="20260302-0001")')
    assert 'action="/desk/knowledge"' in page and 'hx-get="/desk/knowledge/find"' in page
    for name, value in (("into", "answer-text"), ("category", "0207"), ("place", "songtao"), ("case", "20260302-0001")):
        assert f'name="{name}" value="{value}"' in page.replace("\n", " ").replace("  ", "")
    assert "load, input" in page and "load" not in say('search("answer-text")').replace("loaded", "")


def test_sources_are_named_and_what_changed_since_is_said(say: Say) -> None:
    sources = [Row(number=3, title="低保怎么<b>申请", changed=False), Row(number=4, title="怎么算", changed=True)]
    page = say("sources(sources)", sources=sources)
    assert 'href="/desk/knowledge/3"' in page and "怎么&lt;b&gt;申请" in page and "后来改过" in page
    assert say("sources(sources)", sources=[]).strip() == ""


def test_marked_words_stay_words(say: Say) -> None:
    assert say("pieces(pieces)", pieces=[("<i>", False), ("路灯", True)]) == "&lt;i&gt;<mark>路灯</mark>"
