"""通讯录写成文件: what is written is read back as the same directory, line for line, and no cell is a formula."""

import csv
import io

import pytest

from minsheng.domain.cells import FORMULA
from minsheng.policy.directory_files import FILES, parse
from minsheng.policy.directory_texts import book, line_of, texts
from tests.policy.golden_tables import CITIES, city_files

PARTS = ("city", "name", "centre", "fallback", "units", "places", "categories", "rules", "posts", "people", "scopes", "functions")


@pytest.mark.parametrize("city", CITIES)
def test_what_is_written_is_read_back(city: str) -> None:
    tree = city_files(city)
    written = texts(tree, book(tree))
    assert set(written) == set(FILES)
    again = parse(written)
    assert again.problems == () and again.directory is not None
    assert {part: getattr(again.directory, part) == getattr(tree, part) for part in PARTS} == dict.fromkeys(PARTS, True)


@pytest.mark.parametrize("city", CITIES)
def test_no_cell_is_a_formula(city: str) -> None:
    tree = city_files(city)
    written = texts(tree, book(tree))
    cells = [cell for file in written if file.endswith(".csv") for row in csv.reader(io.StringIO(written[file])) for cell in row]
    assert cells and not any(cell.startswith(FORMULA) for cell in cells)


def test_a_problem_is_found_by_its_line() -> None:
    """A phone with a line break stays on its line; the wrong level is told with the line of its unit."""
    tree = city_files(CITIES[0])
    cells = book(tree)
    first, second = list(cells["units.csv"])[1:3]
    cells["units.csv"][first]["phone"] = "0000-1\n0000-2"
    cells["units.csv"][second]["level"] = "galaxy"
    problems = parse(texts(tree, cells)).problems
    assert {(p.file, p.line, p.key) for p in problems} >= {("units.csv", line_of(cells, "units.csv", second), "level")}
