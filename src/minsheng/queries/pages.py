"""Keyset pages: a cursor says where the last row stood. No OFFSET, no COUNT over everything."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from minsheng.domain.errors import BadInput

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of rows, and the cursor of the next one ("" at the end)."""

    rows: list[T]
    next: str


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the sort time (None sorts last) and the id."""

    at: datetime | None
    id: int

    def __str__(self) -> str:
        text = f"{self.at.isoformat() if self.at else '-'}|{self.id}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str) -> Cursor | None:
    """The cursor a caller sent back; "" is the beginning."""
    if not text:
        return None
    try:
        at, _, pk = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition("|")
        cursor = Cursor(None if at == "-" else datetime.fromisoformat(at), int(pk))
        if (cursor.at is not None and cursor.at.tzinfo is None) or not 0 <= cursor.id < 2**63:
            raise ValueError
    except (ValueError, binascii.Error, UnicodeError):
        raise BadInput(field="cursor", zh="翻页的位置不对，请从第一页开始。", en="This cursor is not valid; start from the first page.") from None
    return cursor
