"""Every page, rendered with invented data: what the content policy, keyboards and screen readers ask of all of them."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import translation
from jinja2 import Environment, FileSystemLoader
from jinja2_fragments import render_block
from web.sample import COMMON, PAGES

from minsheng.web import words
from minsheng.web.environment import environment

APP = Path(__file__).resolve().parents[2] / "src/minsheng"
VOID = {"meta", "link", "input", "br", "img", "use", "path"}


class Page(HTMLParser):
    """The start tags of a page, and whether each end tag closes the last one opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag in names]


@pytest.fixture(scope="module")
def env() -> Environment:
    return environment(loader=FileSystemLoader(APP / "templates"), autoescape=True)


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, env: Environment) -> Page:
    template, context = PAGES[request.param]
    with override_settings(ROOT_URLCONF="web.pages"):
        return Page(env.get_template(template).render(COMMON | context))


def test_tags_close_in_order(page: Page) -> None:
    assert (page.crossed, page.open) == ([], [])


def test_nothing_that_the_content_policy_forbids(page: Page) -> None:
    for tag, attrs in page.tags:
        assert tag != "style"
        assert not [name for name in attrs if name == "style" or name.startswith("on")], attrs
        assert tag != "script" or (attrs.get("src") or "").startswith("/static/"), attrs
    for attrs in page.all("link", "img"):
        assert (attrs.get("href") or attrs.get("src") or "").startswith("/"), attrs


def test_one_heading_of_the_first_level_and_a_language(page: Page) -> None:
    assert len(page.all("h1")) == 1
    assert page.all("html")[0]["lang"] == "zh-CN"
    assert len(page.all("main")) == 1


def test_ids_are_unique_and_all_that_names_one_finds_it(page: Page) -> None:
    counted = Counter(attrs["id"] for _, attrs in page.tags if attrs.get("id"))
    assert [name for name, times in counted.items() if times > 1] == []
    for _, attrs in page.tags:
        named = [
            attrs.get("for"),
            attrs.get("list"),
            attrs.get("form"),
            *(attrs.get("aria-labelledby") or "").split(),
            *(attrs.get("aria-describedby") or "").split(),
        ]
        named += [attrs["href"][1:]] if (attrs.get("href") or "").startswith("#") and attrs.get("href") != "#" else []  # type: ignore[index]
        assert [name for name in named if name and name not in counted] == []


def test_every_control_has_a_label_and_no_link_is_dead(page: Page) -> None:
    labelled = {attrs.get("for") for attrs in page.all("label")}
    for attrs in page.all("input", "select", "textarea"):
        if attrs.get("type") != "hidden":
            assert attrs.get("id") in labelled, attrs
    for attrs in page.all("a"):
        assert attrs.get("href") not in (None, "", "#"), attrs
    for attrs in page.all("button"):
        assert attrs.get("type") in ("submit", "button"), attrs


def test_every_htmx_element_is_a_real_link_or_a_part_that_stands_without_it(page: Page) -> None:
    for tag, attrs in page.tags:
        if "hx-get" in attrs and tag == "a":
            assert attrs["href"] == attrs["hx-get"]
        if "hx-get" in attrs and tag == "form":
            assert (attrs["hx-get"] or "").startswith(attrs["action"] or "-"), "the page that it leads to, or a part of it"
        if "hx-post" in attrs and tag == "button":
            assert (attrs["type"], (attrs["formaction"] or "").split("#")[0]) == ("submit", attrs["hx-post"])
        elif "hx-post" in attrs:
            assert (tag, attrs["action"]) == ("form", attrs["hx-post"])


@override_settings(ROOT_URLCONF="web.pages")
@pytest.mark.parametrize("name", ["home", "case", "hall", "desk-worklist", "desk-case"])
def test_every_block_of_a_polled_page_renders_alone(env: Environment, name: str) -> None:
    template, context = PAGES[name]
    blocks = {"home": ["released"], "case": ["state", "timeline"], "hall": ["found"], "desk-worklist": ["queues", "rows"], "desk-case": ["journal", "composer"]}
    for block in blocks[name]:
        whole = re.sub(r"\s+", "", env.get_template(template).render(COMMON | context))
        part = re.sub(r"\s+", "", render_block(env, template, block, COMMON | context))
        assert part and part in whole


@override_settings(ROOT_URLCONF="web.pages")
def test_what_a_citizen_writes_is_never_markup(env: Environment) -> None:
    template, context = PAGES["case"]
    case = type(context["case"])(**(vars(context["case"]) | {"title": "<script>x</script>", "text": "<b>粗</b>"}))
    said = env.get_template(template).render(COMMON | context | {"case": case})
    assert "<script>x" not in said
    assert "&lt;b&gt;粗" in said


@override_settings(ROOT_URLCONF="web.pages")
def test_a_forgotten_name_is_an_error(env: Environment) -> None:
    template, context = PAGES["hall"]
    with pytest.raises(Exception, match="'rows' is undefined"):
        env.get_template(template).render(COMMON | {key: value for key, value in context.items() if key != "rows"})


@override_settings(ROOT_URLCONF="web.pages")
def test_an_error_page_needs_neither_city_nor_person(env: Environment) -> None:
    assert "不是您的问题" in env.get_template("errors/500.html").render()


@override_settings(ROOT_URLCONF="web.pages")
@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("error-")])
def test_english_pages_hold_no_chinese_words_of_ours(env: Environment, name: str) -> None:
    template, context = PAGES[name]
    display = type(COMMON["display"])(**(vars(COMMON["display"]) | {"language": "en"}))
    bare = type(COMMON["city"])(name="Yunchuan", hotline="12345", host="–", operator="–", emergency=[])
    with translation.override("en"):
        said = env.get_template(template).render(COMMON | context | {"display": display, "city": bare})
    assert set(re.findall(r"[\u4e00-\u9fff]+", said)) == {"中文"}


def test_every_icon_named_in_code_is_listed_for_the_sprite() -> None:
    listed = (APP / "templates/icons.txt").read_text(encoding="utf-8").split()
    assert {tag.icon for tag in words.TAGS.values()} <= set(listed)


@override_settings(ROOT_URLCONF="web.pages")
@pytest.mark.parametrize("tag", words.TAGS)
def test_a_tag_is_word_icon_and_colour(env: Environment, tag: str) -> None:
    said = env.speaking("zh-hans").globals["ms"].tag(tag)  # type: ignore[attr-defined]
    assert words.TAGS[tag].word in said
    assert f"#{words.TAGS[tag].icon}" in said
    assert f'data-s="{words.TAGS[tag].look}"' in said


def test_style_sheets_ask_for_files_and_speak_to_old_browsers() -> None:
    for path in (APP / "static/css").glob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "url(data:" not in text and 'url("data:' not in text, path.name
        assert not re.search(r"oklch\(|light-dark\(|color-mix\(|:has\(", text), path.name
        for address in re.findall(r"url\(([^)]+)\)", text):
            assert (path.parent / address).is_file(), f"{path.name}: {address}"


def test_behaviours_are_short() -> None:
    for path in (APP / "static/js").glob("*.js"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 150, path.name
