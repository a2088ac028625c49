"""Tables as people send them: CSV in one of the encodings of the trade, or XLSX. Read row by row; nothing is guessed in silence."""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from minsheng.commands.importing import Numbered

#: Tried in this order where --encoding is not given; the first under which every byte makes sense.
ENCODINGS = ("utf-8-sig", "gb18030")
LONGEST_CELL = 20_000_000


class Table:
    """A table's headers, and its rows as often as asked for."""

    def __init__(self, path: Path, *, encoding: str | None) -> None:
        self.path = path
        self._encoding = encoding
        self._lines = self._sheet if path.suffix.lower() in (".xlsx", ".xlsm") else self._csv
        lines = self._lines()
        first = next((cells for _, cells in lines if any(cells)), None)
        if first is None:
            raise click.ClickException(f"{path} 是空的。/ {path} is empty.")
        self.headers = [str(cell).strip() if cell is not None else "" for cell in first]
        repeated = {header for header in self.headers if header and self.headers.count(header) > 1}
        if repeated:
            raise click.ClickException(f"{path}: 有同名的列 / columns with the same name: {', '.join(sorted(repeated))}")

    def rows(self) -> Iterator[Numbered]:
        """Every row below the headers that is not wholly empty."""
        lines = self._lines()
        next(cells for _, cells in lines if any(cells))
        for number, cells in lines:
            if not any(cell not in (None, "") for cell in cells):
                continue
            extra = [cell for cell in cells[len(self.headers) :] if cell not in (None, "")]
            named = dict(zip(self.headers, cells, strict=False))
            fault = f"这一行多出 {len(extra)} 格，多半是引号没有配对。" if extra else ""
            yield Numbered(number, {**named, "…": " | ".join(map(str, extra))} if extra else named, fault)

    def _csv(self) -> Iterator[tuple[int, list[Any]]]:
        csv.field_size_limit(LONGEST_CELL)
        with self._open() as file:
            head = file.read(8192)
            file.seek(0)
            first = head.split("\n", 1)[0]
            reader = csv.reader(file, delimiter=max(",\t;", key=first.count))
            start = 1
            for cells in reader:
                yield start, cells
                start = reader.line_num + 1

    def _open(self) -> io.TextIOBase:
        raw = self.path.read_bytes()
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and self._encoding is None:
            return io.StringIO(raw.decode("utf-16"), newline="")
        for encoding in (self._encoding,) if self._encoding else ENCODINGS:
            try:
                return io.StringIO(raw.decode(encoding), newline="")
            except LookupError:
                raise click.ClickException(f"没有「{encoding}」这种编码。/ There is no encoding “{encoding}”.") from None
            except UnicodeDecodeError as wrong:
                where = raw.count(b"\n", 0, wrong.start) + 1
        raise click.ClickException(
            f"{self.path} 第 {where} 行不是 {self._encoding or ' / '.join(ENCODINGS)} 编码，请用 --encoding 写明。\n"
            f"Line {where} of {self.path} is not {self._encoding or ' or '.join(ENCODINGS)}; name the encoding with --encoding."
        )

    def _sheet(self) -> Iterator[tuple[int, list[Any]]]:
        from zipfile import BadZipFile

        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException

        try:
            book = load_workbook(self.path, read_only=True, data_only=True)
        except (BadZipFile, InvalidFileException, KeyError) as wrong:
            raise click.ClickException(f"{self.path} 不是 XLSX 文件。/ {self.path} is no XLSX file.") from wrong
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, list(cells)
        book.close()


class BadRows:
    """Where bad rows go, as they came, with the reason in front; the file is made with the first of them."""

    def __init__(self, path: Path, headers: list[str]) -> None:
        self.path = path
        self._headers = headers
        self._file: io.TextIOWrapper | None = None

    def add(self, row: Numbered, why: str) -> None:
        """One row. The file can be corrected and imported again: the first two columns are ignored then."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(["行号", "原因", *self._headers, "…"])
        self._writer.writerow([row.line, why, *(row.cells.get(header) for header in self._headers), row.cells.get("…", "")])

    def close(self) -> None:
        """The end; without bad rows there is no file."""
        if self._file is not None:
            self._file.close()
