"""`minsheng export`: cases as a table, CSV or XLSX, of any length."""

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from minsheng.cli import local
from minsheng.cli.words import Mistyped, in_words, language, pick
from minsheng.domain.cells import harmless as harmless

ROWS_A_SHEET = 1_000_000
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="the file to write: its ending says CSV or XLSX")
@click.option("--from", "first", type=DAY, help="cases received on this day or later")
@click.option("--to", "last", type=DAY, help="cases received on this day or before")
@click.option("--unit", help="cases of this unit (its code) and of those below it")
@language
@local.on_database
def export(out: Path, first: datetime | None, last: datetime | None, unit: str | None, lang: str) -> None:
    """Write cases to a table. It holds released words only and no personal data; 举报 is left out."""
    from minsheng.queries import exporting

    write = {".csv": _csv, ".xlsx": _xlsx}.get(out.suffix.lower())
    if write is None:
        raise Mistyped(pick(lang, f"{out}：文件名要以 .csv 或 .xlsx 结尾。", f"{out}: the name must end in .csv or .xlsx."))
    if first and last and first > last:
        raise Mistyped(pick(lang, "--from 比 --to 还晚。", "--from lies after --to."))
    wanted = exporting.Wanted(first=first.date() if first else None, last=last.date() if last else None, unit=unit)
    with in_words(lang):
        total, secret = exporting.count(wanted)
        out.parent.mkdir(parents=True, exist_ok=True)
        write(out, exporting.HEADERS, (tuple(map(harmless, row)) for row in exporting.rows(wanted)))
    left = pick(lang, f"（{secret:,} 件举报不导出）", f" ({secret:,} reports of misconduct are left out)") if secret else ""
    click.echo(pick(lang, f"已写入 {total:,} 件到 {out}{left}。", f"{total:,} cases are in {out}{left}."))


def _csv(out: Path, headers: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headers)
        writer.writerows(rows)


def _xlsx(out: Path, headers: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = None
    for number, row in enumerate(rows):
        if sheet is None or number % ROWS_A_SHEET == 0:
            sheet = book.create_sheet()
            sheet.append(headers)
        sheet.append(row)
    if sheet is None:
        book.create_sheet().append(headers)
    book.save(out)
