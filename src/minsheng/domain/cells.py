"""表格单元格: what people typed, made harmless before it goes into a spreadsheet (CSV or XLSX), and plain again on the way in."""

import re
from typing import Any

#: What a spreadsheet would take for a formula, full-width signs included. Such a cell gets an apostrophe in front and stays text.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
#: Signs that no XLSX can hold.
_NO_SIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet will calculate, and every spreadsheet can hold. What is no text stays as it is."""
    if not isinstance(cell, str):
        return cell
    text = _NO_SIGN.sub("", cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def plain(cell: Any) -> Any:
    """The cell as it was before `harmless`: a table that we wrote can be corrected and sent back."""
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
