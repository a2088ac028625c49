"""`minsheng content load`: every mistake by file and line, and with one mistake nothing changes; loaded twice it is there once."""

from pathlib import Path

import pytest

from minsheng.cli.content import content
from minsheng.commands import articles
from minsheng.domain.access import SYSTEM
from minsheng.domain.articles import Draft
from minsheng.models.content import Article
from tests.cli.conftest import Cli
from tests.world import settle

GOOD = '+++\nslug = "{slug}"\nkind = "knowledge"\ntitle = "路灯不亮"\n+++\n先看编号。\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "texts"
    made.mkdir()
    (made / "a.md").write_text(GOOD.format(slug="a"), encoding="utf-8")
    (made / "b.md").write_text(GOOD.format(slug="b"), encoding="utf-8")
    return made


def test_the_texts_of_this_repository(cli: Cli) -> None:
    settle("yunchuan")
    tried = cli(content, "load", "--dry-run", city="yunchuan")
    assert tried.exit_code == 0, tried.output
    assert "+ privacy 您的个人信息怎么保护" in tried.output and "没有改动" in tried.output
    assert not Article.objects.exists()
    done = cli(content, "load", city="yunchuan")
    assert done.exit_code == 0, done.output
    n = Article.objects.filter(status="published").count()
    assert n >= 25 and f"新发布 {n} 篇" in done.output
    again = cli(content, "load", "--lang", "en", city="yunchuan")
    assert f"0 articles published, {n} left as they were" in again.output
    assert "= privacy" in cli(content, "load", "--dry-run", city="yunchuan").output


def test_what_an_editor_rewrote_is_left_alone(cli: Cli, folder: Path) -> None:
    settle("yunchuan")
    articles.load([Draft(kind="knowledge", slug="a", title="我们改过", body="正文")], by=SYSTEM)
    done = cli(content, "load", folder, city="yunchuan")
    assert "新发布 1 篇，已有 1 篇" in done.output
    assert Article.objects.get(slug="a").title == "我们改过"


@pytest.mark.parametrize("words", [("--dry-run",), ()])
def test_every_mistake_is_listed_and_nothing_changes(cli: Cli, folder: Path, words: tuple[str, ...]) -> None:
    settle("yunchuan")
    (folder / "b.md").write_text('+++\nslug = "a"\nkind = "poem"\ntitle = "诗"\n+++\n正文', encoding="utf-8")
    (folder / "c.md").write_text('+++\nslug = "c"\nkind = "page"\ntitle = "页"\ncolour = "red"\n+++\n正文', encoding="utf-8")
    (folder / "d.md").write_bytes(b"\xff\xfe\x00\x00")
    refused = cli(content, "load", folder, *words, city="yunchuan")
    assert refused.exit_code == 1
    for said in (f"{folder}/b.md:3 kind:", f"{folder}/c.md:5 colour:", f"{folder}/d.md", "共 3 处错误"):
        assert said in refused.stderr, refused.stderr
    assert not Article.objects.exists()
    english = cli(content, "load", folder, "--lang", "en", *words, city="yunchuan")
    assert "there is no key “colour”" in english.stderr and "3 problems" in english.stderr


def test_an_empty_folder_and_an_empty_city_are_said_in_words(cli: Cli, tmp_path: Path) -> None:
    nothing = cli(content, "load", tmp_path, city="yunchuan")
    assert nothing.exit_code == 1 and "还没有载入通讯录" in nothing.stderr
    settle("yunchuan")
    for missing in (tmp_path, tmp_path / "nowhere"):
        refused = cli(content, "load", missing, city="yunchuan")
        assert refused.exit_code == 2 and "没有 .md 文件" in refused.stderr
