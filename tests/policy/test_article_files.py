"""Texts from files: every mistake by file and line, and the folders of this repository hold none."""

import pytest

from minsheng.policy.article_files import parse
from tests.world import ROOT, city_files

HEAD = '+++\nslug = "lamps"\nkind = "knowledge"\ntitle = "路灯"\n'
TREE = city_files("yunchuan")


def problems(files: dict[str, str], **there: str) -> list[tuple[str, int | None, str]]:
    parsed = parse(files, categories=TREE.categories, places=TREE.places, there=there)
    assert bool(parsed.problems) != bool(parsed.drafts) or not files
    assert all(problem.zh and problem.en for problem in parsed.problems)
    return [(problem.file, problem.line, problem.key) for problem in parsed.problems]


def test_a_good_file() -> None:
    parsed = parse({"a.md": HEAD + 'category = "0202"\n+++\n\n先看编号。\n'}, categories=TREE.categories, places=TREE.places, there={})
    assert parsed.problems == ()
    (draft,) = parsed.drafts
    assert (draft.slug, draft.category, draft.body, draft.language) == ("lamps", "0202", "先看编号。", "zh")


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
        (HEAD + "until = 2026-01-31\n+++\n正文", 5, "until"),  # only a notice ends
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
    both = parse({"lamps-en.md": english, "lamps.md": HEAD + "+++\n正文"}, categories=TREE.categories, places=TREE.places, there={})
    assert [draft.slug for draft in both.drafts] == ["lamps", "lamps-en"]


def test_a_mistake_in_the_chinese_file_does_not_accuse_the_english_one() -> None:
    english = HEAD.replace('"lamps"', '"lamps-en"') + 'language = "en"\n+++\ntext'
    assert problems({"lamps-en.md": english, "lamps.md": HEAD + "label = 3\n+++\n正文"}) == [("lamps.md", 5, "label")]


@pytest.mark.parametrize("folder", ["pages", "notices"])
def test_the_texts_of_this_repository_are_good(folder: str) -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "directories" / folder).glob("*.md"))}
    parsed = parse(files, categories=TREE.categories, places=(), there={})
    assert parsed.problems == ()
    assert len(parsed.drafts) == len(files)
    if folder == "pages":
        slugs = {draft.slug for draft in parsed.drafts}
        assert {f"{page}{end}" for page in ("privacy", "accessibility", "how", "scope", "figures") for end in ("", "-en")} <= slugs
        assert sum(draft.kind == "knowledge" for draft in parsed.drafts) >= 12
    assert not any("云川" in draft.body + draft.title for draft in parsed.drafts), "a city's name is a placeholder"
