"""Tables on the command line: read as `commands.spreadsheets` does, with refusals that end the command; and the file of bad rows."""

import csv
import io
from pathlib import Path

import click

from minsheng.commands import spreadsheets
from minsheng.commands.importing import Numbered
from minsheng.domain.cells import harmless
from minsheng.domain.errors import BadInput


class Table(spreadsheets.Table):
    """A table's headers, and its rows as often as asked for."""

    def __init__(self, path: Path, *, encoding: str | None) -> None:
        try:
            super().__init__(path, encoding=encoding)
        except BadInput as wrong:
            raise click.ClickException(f"{wrong.zh}\n{wrong.en}") from wrong


class BadRows:
    """Where bad rows go, as they came (but for formulas, which are made harmless), with the reason in front; the file is made with the first of them."""

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
            self._writer.writerow(map(harmless, ["行号", "原因", *self._headers, "…"]))
        cells = [row.line, why, *(row.cells.get(header) for header in self._headers), row.cells.get("…", "")]
        self._writer.writerow(map(harmless, cells))

    def close(self) -> None:
        """The end; without bad rows there is no file."""
        if self._file is not None:
            self._file.close()
