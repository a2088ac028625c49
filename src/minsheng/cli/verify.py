"""`minsheng verify`: does the journal add up, and is it still what was signed?"""

from pathlib import Path

import click

from minsheng.cli import local
from minsheng.cli.words import Mistyped, Refused, in_words, language, pick

EVERY = 2**31


def _cases(ctx: click.Context, param: click.Parameter, value: str) -> int:
    if value == "all":
        return EVERY
    if not value.isdecimal():
        raise click.BadParameter("write a number, or all")
    return int(value)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--rebuild", default="0", show_default=True, callback=_cases, help="also replay this many cases (or: all) and compare them with the live rows")
@click.option("--key", help="the public key that was written down when the FILES were: they must be signed with it")
@language
@local.on_database
def verify(files: tuple[Path, ...], rebuild: int, key: str | None, lang: str) -> None:
    """Check every case's journal, every text, and the checkpoints: those in the database and the FILES kept elsewhere.

    Ends with code 1 and names the first broken link when something was altered.
    """
    from minsheng.commands import checkpoints
    from minsheng.queries import installation

    kept = [(path.name, _read(path, lang)) for path in files]
    for name, text in kept if key else ():
        if text.rstrip("\n").rpartition("\n")[2] != key:
            raise Refused(pick(lang, f"{name}：签名用的不是这把公钥。", f"{name}: signed with another key than this one."))
    with in_words(lang):
        installation.demand_ready()
        found = checkpoints.verify(kept, rebuild=rebuild)
    erased = pick(lang, f"（其中 {found.erased:,} 段已按要求抹除）", f" ({found.erased:,} of them erased on request)") if found.erased else ""
    click.echo(pick(
        lang,
        f"账对得上：{found.cases:,} 件诉求、{found.events:,} 条流转记录、{found.texts:,} 段文字{erased}、{found.checkpoints:,} 个存证点"
        f"、{len(kept):,} 份存证文件，一条不差。",
        f"All adds up: {found.cases:,} cases, {found.events:,} events, {found.texts:,} texts{erased}, {found.checkpoints:,} checkpoints"
        f" and {len(kept):,} checkpoint files.",
    ))  # fmt: skip
    if rebuild:
        n = min(rebuild, found.cases)
        click.echo(pick(lang, f"重放了 {n:,} 件，和现状一致。", f"{n:,} cases were replayed and equal the live rows."))


def _read(path: Path, lang: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        why = wrong.strerror if isinstance(wrong, OSError) else pick(lang, "不是文字文件", "no text file")
        raise Mistyped(pick(lang, f"读不了 {path}：{why}。", f"Cannot read {path}: {why}.")) from wrong
