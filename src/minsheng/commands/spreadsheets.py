"""表格文件: tables as people send them, CSV in one of the encodings of the trade or XLSX, read row by row; and tables that we give out, without formulas."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from minsheng.commands.importing import Numbered
from minsheng.domain.cells import harmless, plain
from minsheng.domain.errors import BadInput

#: Tried in this order where no encoding is named; the first under which every byte makes sense.
ENCODINGS = ("utf-8-sig", "gb18030")
LONGEST_CELL = 20_000_000


class Table:
    """A table's headers, and its rows as often as asked for. name: how the file is called where a person reads of it."""

    def __init__(self, path: Path, *, encoding: str | None, name: str = "") -> None:
        self.path = path
        self.name = name or str(path)
        self._encoding = encoding
        self._lines = self._sheet if Path(self.name).suffix.lower() in (".xlsx", ".xlsm") else self._csv
        lines = self._lines()
        first = next((cells for _, cells in lines if any(cells)), None)
        if first is None:
            raise _wrong(f"{self.name} 是空的。", f"{self.name} is empty.")
        self.headers = [str(cell).strip() if cell is not None else "" for cell in first]
        repeated = {header for header in self.headers if header and self.headers.count(header) > 1}
        if repeated:
            raise _wrong(f"{self.name}: 有同名的列：{', '.join(sorted(repeated))}", f"{self.name}: columns with the same name: {', '.join(sorted(repeated))}")

    def rows(self) -> Iterator[Numbered]:
        """Every row below the headers that is not wholly empty."""
        lines = self._lines()
        next(cells for _, cells in lines if any(cells))
        for number, cells in lines:
            if not any(cell not in (None, "") for cell in cells):
                continue
            extra = [cell for cell in cells[len(self.headers) :] if cell not in (None, "")]
            named = dict(zip(self.headers, map(plain, cells), strict=False))
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
                raise _wrong(f"没有「{encoding}」这种编码。", f"There is no encoding “{encoding}”.") from None
            except UnicodeDecodeError as wrong:
                where = raw.count(b"\n", 0, wrong.start) + 1
        tried = self._encoding or " / ".join(ENCODINGS)
        raise _wrong(
            f"{self.name} 第 {where} 行不是 {tried} 编码，请另存为 UTF-8，或写明编码（命令行用 --encoding）。",
            f"Line {where} of {self.name} is not {tried}; save it as UTF-8, or name the encoding (--encoding on the command line).",
        )

    def _sheet(self) -> Iterator[tuple[int, list[Any]]]:
        with self.path.open("rb") as file:
            yield from enumerate(next(iter(sheets(file, name=self.name).values())), start=1)


def sheets(file: BinaryIO, *, name: str) -> Mapping[str, list[list[Any]]]:
    """Every sheet of an XLSX by its name, as rows of cells. Refused in words where it is none."""
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(file, read_only=True, data_only=True)
        return {sheet.title: [list(cells) for cells in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as wrong:
        raise _wrong(f"{name} 不是 XLSX 文件。", f"{name} is no XLSX file.") from wrong


def workbook(content: Mapping[str, Iterable[Sequence[Any]]]) -> bytes:
    """An XLSX with these sheets, in which nothing is a formula."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for title, rows in content.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([harmless(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def comma_separated(rows: Iterable[Sequence[Any]]) -> str:
    """A CSV for a spreadsheet (with a mark, so that Excel reads Chinese), in which nothing is a formula."""
    out = io.StringIO()
    out.write("\ufeff")
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def _wrong(zh: str, en: str) -> BadInput:
    return BadInput(field="file", zh=zh, en=en)
