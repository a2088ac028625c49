"""`minsheng import`: old cases from a table, one line at a time; may be broken off and started again."""

import time
import tomllib
from collections import Counter
from pathlib import Path

import click

from minsheng.cli import local
from minsheng.cli.words import Mistyped, in_words, language, pick

EVERY_SECONDS = 2.0


@click.command("import")
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help='TOML: which column is what, such as body = "诉求内容"')
@click.option("--name", help="what the old system is called: its numbers are kept under it (default: the file's name)")
@click.option("--bad", type=click.Path(dir_okay=False, path_type=Path), help="where bad rows go (default: below var/import)")
@click.option("--encoding", help="of a CSV file (default: UTF-8, else GB18030)")
@click.option("--dry-run", "how", flag_value="rehearse", default=None, help="look at every row, change nothing")
@language
@local.on_database
def import_(table: Path, mapping: Path | None, name: str | None, bad: Path | None, encoding: str | None, how: str | None, lang: str) -> None:
    """File the old cases of TABLE (CSV or XLSX) in the order of their times, at those times. Nobody is told, no ladder runs.

    Fields: number, time, title, body, name, place, likes. Each row becomes a case or stands, with its reason, in the file of bad rows. Started again,
    it goes on where it was broken off. What the old system counted as dislikes is not kept.
    """
    from minsheng import wiring
    from minsheng.cli.tables import BadRows, Table
    from minsheng.commands import importing
    from minsheng.queries import directory as directories

    source = Table(table, encoding=encoding)
    with in_words(lang):
        where = importing.columns(source.headers, _mapping(mapping, lang))
    system = f"import:{name or table.stem}"
    if len(system) > 40:
        raise Mistyped(pick(lang, "--name 最多 33 个字。", "--name takes at most 33 characters."))
    click.echo(pick(lang, "列：", "Columns: ") + " · ".join(f"{field}={header}" for field, header in where.items()))
    left = BadRows(bad or local.var() / "import" / f"{table.stem}.bad.csv", source.headers)
    if how == "rehearse":
        outcomes = importing.rehearse(source.rows(), where, system=system)
    else:
        outcomes = importing.file_all(source.rows(), where, system=system, classifier=wiring.classifier(directories.current()))
    counts, began, said = Counter[str](), time.monotonic(), time.monotonic()
    for outcome in outcomes:
        counts[outcome.status] += 1
        if outcome.status == "bad":
            left.add(outcome.row, outcome.zh if lang == "zh" else outcome.en)
        if time.monotonic() - said > EVERY_SECONDS:
            said = time.monotonic()
            click.echo(_counts(counts, said - began, lang))
    left.close()
    total = counts.total()
    click.echo(
        pick(lang, "试运行，没有写入。" if how else "导入完成。", "Dry run, nothing was written. " if how else "Done. ")
        + _counts(counts, time.monotonic() - began, lang)
    )
    click.echo(pick(
        lang,
        f"{total:,} 行 = {counts['filed']:,} 新建 + {counts['already']:,} 以前已导入 + {counts['bad']:,} 有问题",
        f"{total:,} rows = {counts['filed']:,} filed + {counts['already']:,} filed before + {counts['bad']:,} bad",
    ))  # fmt: skip
    if counts["bad"]:
        click.echo(pick(lang, f"有问题的行和原因在 {left.path}，改好后可以再导入。", f"Bad rows and reasons: {left.path}. Correct them and import that file."))


def _mapping(path: Path | None, lang: str) -> dict[str, str]:
    if path is None:
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise Mistyped(pick(lang, f"{path}：不是有效的 TOML：{wrong}", f"{path}: not valid TOML: {wrong}")) from wrong
    odd = [key for key, value in found.items() if not isinstance(value, str)]
    if odd:
        raise Mistyped(pick(lang, f"{path}：「{odd[0]}」后面要写列名。", f"{path}: write a column's name after “{odd[0]}”."))
    return found


def _counts(counts: Counter[str], seconds: float, lang: str) -> str:
    speed = counts["filed"] / seconds if seconds else 0.0
    return pick(
        lang,
        f"{counts.total():,} 行：新建 {counts['filed']:,}，已有 {counts['already']:,}，有问题 {counts['bad']:,}；{seconds:.0f} 秒，每秒 {speed:.0f} 件",
        f"{counts.total():,} rows: {counts['filed']:,} filed, {counts['already']:,} known, {counts['bad']:,} bad; {seconds:.0f} s, {speed:.0f} a second",
    )
