"""表格单元格: what people typed, made harmless before it goes into a spreadsheet (CSV or XLSX)."""

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
