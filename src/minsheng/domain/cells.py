"""表格里的格子: what a spreadsheet would take for a formula is made harmless on the way out, and comes back as it was on the way in."""

from typing import Any

#: What a spreadsheet would take for a formula, full-width signs included. Such a cell gets an apostrophe in front and stays text.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet will calculate."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def plain(cell: Any) -> Any:
    """The cell as it was before `harmless`: a table that we wrote can be corrected and sent back."""
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
