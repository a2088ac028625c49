"""导入导出的文件: what was uploaded as the texts of the directory's files, with what they leave out; and today's directory as files and as sheets."""

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from minsheng import clock
from minsheng.commands import spreadsheets
from minsheng.domain.cells import plain
from minsheng.domain.errors import BadInput
from minsheng.models.people import Member
from minsheng.policy.directory import Directory, Person
from minsheng.policy.directory_files import FILES, Problem, decode
from minsheng.policy.directory_texts import COLUMNS, Book, book, places_text, texts
from minsheng.queries import directory as directories

#: Files whose bad rows may be left out.
FORGIVING = ("rules.csv", "people.csv")
LIMIT = 8_000_000


def read(files: Mapping[str, bytes]) -> dict[str, str]:
    """The texts of the uploaded files by their names; an XLSX gives one for each of its sheets."""
    found: dict[str, str] = {}
    for name, content in files.items():
        if len(content) > LIMIT:
            raise BadInput(field="files", zh=f"{name} 超过 8 MB，请分开导入。", en=f"{name} is larger than 8 MB.")
        if name.lower().endswith((".xlsx", ".xlsm")):
            found |= _from_sheets(spreadsheets.sheets(io.BytesIO(content), name=name), name)
            continue
        if name not in FILES:
            listed = "、".join(FILES)
            raise BadInput(field="files", zh=f"不认识“{name}”。文件名要是：{listed}，或者一个 XLSX。", en=f"Unknown file “{name}”; known: {', '.join(FILES)}.")
        text = decode(content, file=name)
        if isinstance(text, Problem):
            raise BadInput(field="files", zh=f"{name}：{text.zh}。", en=f"{name}: {text.en}.")
        found[name] = text
    if not found:
        raise BadInput(field="files", zh="请选要导入的文件。", en="Choose the files to import.")
    return found


def tables(units: Collection[str] | None = None) -> dict[str, list[list[str]]]:
    """Today's directory as sheets: one a file, the head of each as in the files. units: only accounts of these."""
    cells = book(with_people(directories.current(), units))
    return {file.partition(".")[0]: [list(COLUMNS[file]), *([row[name] for name in COLUMNS[file]] for row in rows.values())] for file, rows in cells.items()}


def as_files(units: Collection[str] | None = None) -> dict[str, str]:
    """Today's directory as the files that `minsheng load` reads. units: only accounts of these."""
    tree = with_people(directories.current(), units)
    return texts(tree, book(tree))


# --- reading ------------------------------------------------------------------------------------------------------------------------


def _from_sheets(sheets: Mapping[str, list[list[Any]]], name: str) -> dict[str, str]:
    known = {file.partition(".")[0]: file for file in COLUMNS}
    odd = [title for title in sheets if title not in known]
    if odd:
        raise BadInput(
            field="files", zh=f"{name} 里不认识“{odd[0]}”这一页，可以有：{'、'.join(known)}。", en=f"Unknown sheet “{odd[0]}”; known: {', '.join(known)}."
        )
    found = {}
    for title, rows in sheets.items():
        if known[title] == "places.geojson":
            found["places.geojson"] = _places_text(rows, name)
        else:
            out = io.StringIO()
            csv.writer(out, lineterminator="\n").writerows([_word(cell) for cell in row] for row in rows)
            found[known[title]] = out.getvalue()
    return found


def _word(cell: Any) -> str:
    """A cell as a file would hold it: on one line, dates as days, whole numbers without a point, and without the apostrophe that we put."""
    if cell is None:
        return ""
    if hasattr(cell, "date") and callable(cell.date):
        cell = cell.date()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(plain(cell)).split())


def _places_text(rows: list[list[Any]], name: str) -> str:
    head = [_word(cell) for cell in rows[0]] if rows else []
    if sorted(head) != sorted(COLUMNS["places.geojson"]):
        raise BadInput(
            field="files",
            zh=f"{name} 的 places 页表头要是：{'、'.join(COLUMNS['places.geojson'])}。",
            en=f"The sheet places of {name} needs: {', '.join(COLUMNS['places.geojson'])}.",
        )
    return places_text([dict(zip(head, map(_word, row), strict=False)) for row in rows[1:] if any(row)])


def merged(given: Mapping[str, str], tree: Directory) -> dict[str, str]:
    """The whole directory with these files in it. What the files leave out of units and rules follows below them, ended yesterday."""
    current = book(tree)
    now = texts(tree, current)
    whole = {**now, **given}
    yesterday = (clock.local(clock.now()).date() - timedelta(days=1)).isoformat()
    if "units.csv" in given:
        whole["units.csv"] = _followed(given["units.csv"], "units.csv", current, yesterday, key="code")
    if "rules.csv" in given:
        whole["rules.csv"] = _followed(given["rules.csv"], "rules.csv", current, yesterday, key="")
    return whole


def _followed(text: str, file: str, current: Book, yesterday: str, *, key: str) -> str:
    """A table, and below it the rows of today that it leaves out, which end yesterday (those that ended before, as they were)."""
    rows = list(csv.DictReader(io.StringIO(text)))
    head = next(csv.reader(io.StringIO(text)), [])
    if sorted(head) != sorted(COLUMNS[file]):
        return text  # what is wrong with the head is told by the reader

    def said(row: Mapping[str, str | None], name: str) -> str:
        return str(plain((row.get(name) or "").strip()))

    there = {said(row, key) for row in rows} if key else {tuple(said(row, name) for name in COLUMNS[file][:5]) for row in rows}
    left = []
    for cells in current[file].values():
        known = cells[key] in there if key else tuple(cells[name] for name in COLUMNS[file][:5]) in there
        begins_later = (cells["valid_from"] or "") > yesterday
        if known or (begins_later and not key):
            continue
        ended = cells["valid_until"] and cells["valid_until"] <= yesterday
        left.append(cells if ended else {**cells, "valid_until": yesterday, "valid_from": "" if begins_later else cells["valid_from"]})
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([cells[name] for name in head] for cells in left)
    return text.rstrip("\r\n") + "\n" + out.getvalue()


def without(whole: dict[str, str], problems: tuple[Problem, ...]) -> dict[str, str]:
    """The texts without the lines that are wrong; an empty line stands in their place, so that the others keep their numbers."""
    found = dict(whole)
    for file in FORGIVING:
        bad = {p.line for p in problems if p.file == file}
        found[file] = "\n".join("" if n in bad else line for n, line in enumerate(whole[file].splitlines(), start=1)) + "\n"
    return found


def with_people(tree: Directory, units: Collection[str] | None = None) -> Directory:
    """The directory with its accounts, each with its first post of today."""
    today, found = clock.local(clock.now()).date(), dict[str, Person]()
    rows = Member.objects.filter(user__is_active=True, user__account=None).select_related("user").order_by("user__username", "pk")
    for row in rows:
        valid = (row.valid_from is None or row.valid_from <= today) and (row.valid_until is None or today <= row.valid_until)
        if valid and row.user.username not in found and row.unit in tree.units and (units is None or row.unit in units):
            post = row.post if row.post in tree.posts else None
            found[row.user.username] = Person(username=row.user.username, display_name=row.user.display_name, unit=row.unit, roles=tuple(row.roles), post=post)
    return replace(tree, people=found)
