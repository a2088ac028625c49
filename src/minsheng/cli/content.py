"""`minsheng content load`: the pages, guides and answers of a folder. Every mistake is listed by file and line, and with one mistake nothing changes."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from minsheng.cli import local
from minsheng.cli.explain import listed
from minsheng.cli.words import Mistyped, Refused, in_words, language, pick

if TYPE_CHECKING:
    from minsheng.domain.articles import Draft

PAGES = "pages"
NOTICES = "notices"


@click.group()
def content() -> None:
    """The texts that the city tells by itself: notices, guides, everyday knowledge, privacy and the like."""


@content.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="check every file and show what would be new; change nothing")
@language
@local.on_database
def load(folder: Path | None, *, dry_run: bool, lang: str) -> None:
    """Publish the texts of FOLDER (default: directories/pages). What is there already under the same slug is left as it is: it may have been rewritten."""
    from minsheng.commands import articles
    from minsheng.domain.access import SYSTEM
    from minsheng.queries import articles as there
    from minsheng.queries import installation

    with in_words(lang):
        installation.demand_ready()
        if installation.city() is None:
            raise Refused(pick(lang, "还没有载入通讯录，请先 minsheng load directories/…。", "No directory is loaded yet: minsheng load directories/… first."))
        drafts = read(folder or local.home() / "directories" / PAGES, lang=lang)
        if dry_run:
            known = there.kinds()
            for draft in drafts:
                mark = "=" if draft.slug in known else "+"
                click.echo(f"  {mark} {draft.slug} {draft.title}")
            click.echo(pick(lang, "只是试读，没有改动。", "Dry run: nothing was changed."))
            return
        loaded = articles.load(drafts, by=SYSTEM)
    click.echo(
        pick(
            lang,
            f"文章：新发布 {len(loaded.new)} 篇，已有 {len(loaded.kept)} 篇没有动。",
            f"{len(loaded.new)} articles published, {len(loaded.kept)} left as they were.",
        )
    )


def read(folder: Path, *, lang: str) -> tuple["Draft", ...]:
    """The drafts of a folder of .md files; all mistakes at once, where there are some. Needs the city's database."""
    from minsheng.policy import article_files
    from minsheng.policy.directory_files import Problem, decode
    from minsheng.queries import articles as there
    from minsheng.queries import directory as directories

    paths = sorted(folder.glob("*.md")) if folder.is_dir() else []
    if not paths:
        raise Mistyped(pick(lang, f"{folder} 里没有 .md 文件。", f"There are no .md files in {folder}."))
    texts = {path.name: decode(path.read_bytes(), file=path.name) for path in paths}
    tree = directories.current()
    good = {name: text for name, text in texts.items() if isinstance(text, str)}
    parsed = article_files.parse(good, categories=tree.categories, places=tree.places, units=tree.units, there=there.kinds())
    problems = [text for text in texts.values() if isinstance(text, Problem)] + list(parsed.problems)
    if problems:
        raise Refused(listed(problems, folder, lang))
    return parsed.drafts
