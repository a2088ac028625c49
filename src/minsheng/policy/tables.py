"""Reading tables that people write by hand: CSV text → rows that know their line, and every problem in words.

Nothing is dropped and nothing is guessed: a value that cannot be read becomes a Problem with file, line and key.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from minsheng.domain.cells import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """错误: one thing that is wrong in one file; `line` is None where the whole file is meant."""

    file: str
    line: int | None
    key: str
    zh: str
    en: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where} {self.key}: {self.zh} / {self.en}"


@dataclass(slots=True)
class Findings:
    """Collects problems while files are read."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, *, file: str, line: int | None, key: str, zh: str, en: str) -> None:
        """Write down one problem."""
        self.problems.append(Problem(file=file, line=line, key=key, zh=zh, en=en))

    def codes(self, file: str, items: Collection[str]) -> Collection[str] | None:
        """The codes that a file defines, or None where it could not be read: what points into it is then not judged."""
        return items if items or all(problem.file != file for problem in self.problems) else None

    def check(self, *, file: str, line: int | None, key: str, value: str, known: Collection[str] | None) -> None:
        """Write down a value that is not among the known ones, with the nearest known one as a hint."""
        if known is not None and value not in known:
            zh_hint, en_hint = hints(value, known)
            self.add(file=file, line=line, key=key, zh=f"不认识“{value}”{zh_hint}", en=f"unknown “{value}”{en_hint}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table; each reader returns None (or an empty value) after writing down what is wrong."""

    file: str
    line: int
    values: Mapping[str, str]
    findings: Findings

    def wrong(self, key: str, *, zh: str, en: str) -> None:
        """Write down a problem of this row."""
        self.findings.add(file=self.file, line=self.line, key=key, zh=zh, en=en)

    def optional(self, key: str) -> str:
        """The text, or "" when empty."""
        return self.values[key]

    def required(self, key: str) -> str:
        """The text; empty is a problem."""
        value = self.values[key]
        if not value:
            self.wrong(key, zh="不能为空", en="must not be empty")
        return value

    def choice(self, key: str, *, among: Collection[str] | None) -> str:
        """One of the allowed words."""
        value = self.required(key)
        if value:
            self.check(key, value=value, known=among)
        return value

    def check(self, key: str, *, value: str, known: Collection[str] | None) -> None:
        """Write down a value of this row that is not known."""
        self.findings.check(file=self.file, line=self.line, key=key, value=value, known=known)

    def yes_or_no(self, key: str) -> bool:
        """ "yes" or "no"."""
        return self.choice(key, among=("yes", "no")) == "yes"

    def day(self, key: str) -> date | None:
        """A date like 2026-01-31; empty means no limit."""
        value = self.values[key]
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.wrong(key, zh=f"“{value}”不是 2026-01-31 这样的日期", en=f"“{value}” is not a date like 2026-01-31")
            return None

    def count(self, key: str) -> int:
        """A whole number from 1 to 999; 0 stands for one that cannot be read."""
        value = self.required(key)
        if re.fullmatch(r"[1-9][0-9]{0,2}", value):
            return int(value)
        if value:
            self.wrong(key, zh=f"“{value}”不是从 1 到 999 的整数", en=f"“{value}” is not a whole number from 1 to 999")
        return 0

    def several(self, key: str) -> tuple[str, ...]:
        """Values separated by semicolons; the same one twice is a problem."""
        values = tuple(part.strip() for part in self.values[key].split(";") if part.strip())
        for value in dict.fromkeys(v for v in values if values.count(v) > 1):
            self.wrong(key, zh=f"“{value}”写了不止一次", en=f"“{value}” is written more than once")
        return values


def rows(file: str, text: str, *, columns: tuple[str, ...], findings: Findings) -> Iterator[Row]:
    """Rows of a CSV with exactly these columns, in any order; empty lines are skipped."""
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        if not _header_is_good(file, header, columns=columns, findings=findings):
            return
        end = reader.line_num
        for cells in reader:
            line, end = end + 1, reader.line_num
            if not any(plain(cell.strip()) for cell in cells):
                continue
            if len(cells) != len(header):
                findings.add(
                    file=file, line=line, key=header[0],
                    zh=f"这一行有 {len(cells)} 格，表头有 {len(header)} 格", en=f"this row has {len(cells)} cells, the header has {len(header)}",
                )  # fmt: skip
                continue
            yield Row(file=file, line=line, values=dict(zip(header, (plain(cell.strip()) for cell in cells), strict=True)), findings=findings)
    except csv.Error as error:
        findings.add(
            file=file, line=reader.line_num, key="", zh=f"表格格式不对（{error}），请检查引号", en=f"not a well-formed table ({error}); look at the quotes"
        )


def _header_is_good(file: str, header: list[str], *, columns: tuple[str, ...], findings: Findings) -> bool:
    missing = [name for name in columns if name not in header]
    for name in header:
        if name not in columns:
            zh_hint, en_hint = hints(name, missing or columns)
            findings.add(file=file, line=1, key=name, zh=f"没有“{name}”这一列{zh_hint}", en=f"there is no column “{name}”{en_hint}")
        elif header.count(name) > 1:
            findings.add(file=file, line=1, key=name, zh=f"“{name}”这一列写了不止一次", en=f"column “{name}” is written more than once")
    for name in missing:
        findings.add(file=file, line=1, key=name, zh=f"缺少“{name}”这一列", en=f"column “{name}” is missing")
    return sorted(header) == sorted(columns)


def hints(value: str, known: Collection[str]) -> tuple[str, str]:
    """“did you mean”, in Chinese and English; empty when nothing is near."""
    near = difflib.get_close_matches(value, known, n=1, cutoff=0.6)
    return (f"，是不是“{near[0]}”？", f"; did you mean “{near[0]}”?") if near else ("", "")


def decode(data: bytes, *, file: str) -> str | Problem:
    """Read bytes as UTF-8 (with or without BOM), else as GB 18030; what is neither is a Problem."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    return Problem(
        file=file, line=None, key="",
        zh="文字编码不对，请另存为 UTF-8 编码的 CSV、TOML 或 GeoJSON", en="wrong encoding; save the file as UTF-8 text",
    )  # fmt: skip
