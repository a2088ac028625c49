"""Texts from files: every mistake by file and line, and the folders of this repository hold none."""

from datetime import datetime

import pytest

from minsheng.clock import BEIJING
from minsheng.policy.article_files import parse
from tests.world import ROOT, city_files

HEAD = '+++\nslug = "lamps"\nkind = "knowledge"\ntitle = "路灯"\n'
TREE = city_files("yunchuan")


def problems(files: dict[str, str], **there: str) -> list[tuple[str, int | None, str]]:
    parsed = parse(files, categories=TREE.categories, places=TREE.places, units=TREE.units, there=there)
    assert bool(parsed.problems) != bool(parsed.drafts) or not files
    assert all(problem.zh and problem.en for problem in parsed.problems)
    return [(problem.file, problem.line, problem.key) for problem in parsed.problems]


def test_a_good_file() -> None:
    parsed = parse({"a.md": HEAD + 'category = "0202"\n+++\n\n先看编号。\n'}, categories=TREE.categories, places=TREE.places, units=TREE.units, there={})
    assert parsed.problems == ()
    (draft,) = parsed.drafts
    assert (draft.slug, draft.category, draft.body, draft.language) == ("lamps", "0202", "先看编号。", "zh")
    assert (draft.owner, draft.since, draft.until) == (None, None, None)


def test_owner_and_dates() -> None:
    """From the first moment of the first day to the last of the last, in Beijing."""
    text = HEAD + 'owner = "city.housing"\nsince = 2026-11-15\nuntil = 2027-03-15\n+++\n先看编号。'
    (draft,) = parse({"a.md": text}, categories=TREE.categories, places=TREE.places, units=TREE.units, there={}).drafts
    assert draft.owner == "city.housing"
    assert (draft.since, draft.until) == (datetime(2026, 11, 15, tzinfo=BEIJING), datetime(2027, 3, 16, tzinfo=BEIJING))


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("没有开头", 1, ""),
        ("\n\n正文\n" + HEAD + "+++\n正文", 1, ""),
        ("+++\nslug = \n+++\n正文", 2, ""),
        ('+++\nslug = "a"\nkind = "knowledge"\n+++\n正文', 1, "title"),
        (HEAD + 'summery = "一句"\n+++\n正文', 5, "summery"),
        (HEAD + "label = 3\n+++\n正文", 5, "label"),
        (HEAD + 'category = "9999"\n+++\n正文', 5, "category"),
        (HEAD + 'place = "nowhere"\n+++\n正文', 5, "place"),
        (HEAD + 'until = "2026-01-31"\n+++\n正文', 5, "until"),
        (HEAD.replace("knowledge", "page") + "until = 2026-01-31\n+++\n正文", 5, "until"),  # a page always holds
        (HEAD + "since = 2026-02-01\nuntil = 2026-01-31\n+++\n正文", 6, "until"),
        (HEAD + "since = 2026-02-01T08:00:00\n+++\n正文", 5, "since"),
        (HEAD + 'owner = "city.nobody"\n+++\n正文', 5, "owner"),
        (HEAD.replace("knowledge", "poem") + "+++\n正文", 3, "kind"),
        (HEAD.replace("lamps", "La mps") + "+++\n正文", 2, "slug"),
        (HEAD + "+++\n\n\n正文 {town}", 8, "body"),
        (HEAD + "+++\n", 6, "body"),
    ],
)
def test_a_mistake_is_named_by_its_line(text: str, line: int, key: str) -> None:
    assert problems({"a.md": text}) == [("a.md", line, key)]


def test_every_mistake_of_every_file_is_listed() -> None:
    files = {"a.md": HEAD + 'colour = "red"\nlabel = 3\n+++\n正文', "b.md": "nothing", "c.md": HEAD + "+++\n正文", "d.md": HEAD + "+++\n正文"}
    assert problems(files) == [("a.md", 5, "colour"), ("a.md", 6, "label"), ("b.md", 1, ""), ("d.md", 2, "slug")]


def test_an_english_file_needs_its_chinese_one() -> None:
    english = HEAD.replace('"lamps"', '"lamps-en"') + 'language = "en"\n+++\ntext'
    assert problems({"lamps-en.md": english}) == [("lamps-en.md", 2, "slug")]
    assert problems({"lamps-en.md": english}, lamps="page") == [("lamps-en.md", 2, "slug")]
    assert problems({"lamps-en.md": english}, lamps="knowledge") == []
    both = parse({"lamps-en.md": english, "lamps.md": HEAD + "+++\n正文"}, categories=TREE.categories, places=TREE.places, units=TREE.units, there={})
    assert [draft.slug for draft in both.drafts] == ["lamps", "lamps-en"]


def test_a_mistake_in_the_chinese_file_does_not_accuse_the_english_one() -> None:
    english = HEAD.replace('"lamps"', '"lamps-en"') + 'language = "en"\n+++\ntext'
    assert problems({"lamps-en.md": english, "lamps.md": HEAD + "label = 3\n+++\n正文"}) == [("lamps.md", 5, "label")]


@pytest.mark.parametrize("folder", ["pages", "notices"])
def test_the_texts_of_this_repository_are_good(folder: str) -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "directories" / folder).glob("*.md"))}
    parsed = parse(files, categories=TREE.categories, places=(), units=(), there={})
    assert parsed.problems == ()
    assert len(parsed.drafts) == len(files)
    if folder == "pages":
        slugs = {draft.slug for draft in parsed.drafts}
        assert {f"{page}{end}" for page in ("privacy", "accessibility", "how", "scope", "figures") for end in ("", "-en")} <= slugs
        assert sum(draft.kind == "knowledge" for draft in parsed.drafts) >= 12
    assert not any("云川" in draft.body + draft.title for draft in parsed.drafts), "a city's name is a placeholder"
