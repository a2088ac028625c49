"""附件: a form or a table that people take away. What a file is decides, not what it is called: PDF, Word, Excel without macros, or a photo written anew.

Nothing of a document is shown by us: it is handed out to be saved. So it must be what it says it is, and nothing that acts by itself.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from minsheng.adapters.images import reencode
from minsheng.domain.errors import BadInput, TooLarge

MOST_BYTES = 10 * 1024 * 1024
#: A package of Office that unfolds to more is no form to fill in.
_MOST_UNFOLDED = 200 * 1024 * 1024
_MOST_PARTS = 5_000
_TYPES = "[Content_Types].xml"
_OFFICE = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
}
_ACTS = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?)\b")
#: What lies packed in a PDF: letters there mean nothing.
_PACKED = re.compile(rb"\bstream\r?\n.*?\bendstream\b", re.DOTALL)
#: Parts of a package that act by themselves.
_MACROS = re.compile(r"vbaproject\.bin$|\.(?:exe|js|vbs)$|/activex/")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file as it is kept: its bytes (of a photo: ours), and what it is: pdf, docx, xlsx, jpg."""

    content: bytes
    ending: str

    @property
    def media_type(self) -> str:
        """As it is sent."""
        return MEDIA_TYPES[self.ending]


def examine(content: bytes, *, field: str = "file") -> Document:
    """The file, known by its content; `BadInput` on `field` in words that say what to send instead."""
    if not content:
        raise BadInput(field=field, zh="这个文件是空的，请重新选一个。", en="This file is empty: please choose another.")
    if len(content) > MOST_BYTES:
        has = f"{len(content) / 1024 / 1024:.1f}"
        raise TooLarge(
            field=field, zh=f"附件最大 10 MB，这个有 {has} MB。请压缩后再传。", en=f"A file may have 10 MB; this one has {has} MB: send a smaller one."
        )
    if content.startswith(_PICTURES):
        return Document(content=reencode(content, name=field).jpeg, ending="jpg")
    if content.startswith(b"%PDF-"):
        return Document(content=_pdf(content, field), ending="pdf")
    if content.startswith(b"PK\x03\x04"):
        return Document(content=content, ending=_office(content, field))
    if content.startswith(_OLD_OFFICE):
        raise BadInput(
            field=field,
            zh="这是旧格式的 Word 或 Excel。请另存为 docx 或 xlsx 再传。",
            en="This Word or Excel file is of the old kind: save it as docx or xlsx.",
        )
    raise _unknown(field)


def _pdf(content: bytes, field: str) -> bytes:
    if b"%%EOF" not in content[-2048:]:
        raise BadInput(field=field, zh="这个 PDF 没有传完整。请重新传一次。", en="This PDF is incomplete: please send it again.")
    if _ACTS.search(_PACKED.sub(b"", content)):
        raise BadInput(
            field=field, zh="这个 PDF 里有脚本或夹带的文件。请重新打印成 PDF 再传。", en="This PDF holds a script or another file: print it to a new PDF."
        )
    return content


def _office(content: bytes, field: str) -> str:
    """docx or xlsx, by the main part that the package names."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNFOLDED:
                raise BadInput(field=field, zh="这个文件展开后太大。请另存一份再传。", en="This file unfolds to too much: save it anew.")
            names = {part.filename for part in parts}
            if _TYPES not in names or package.getinfo(_TYPES).file_size > 1024 * 1024:
                raise _unknown(field)
            types = package.read(_TYPES)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        raise BadInput(field=field, zh="这个文件打不开，可能没有传完整。请重新传一次。", en="This file cannot be opened: please send it again.") from None
    if b"macroenabled" in types.lower() or any(_MACROS.search(name.lower()) for name in names):
        raise BadInput(field=field, zh="带宏的文件不收。请另存为不带宏的 docx 或 xlsx 再传。", en="Files with macros are not taken: save it without them.")
    found = next((ending for kind, ending in _OFFICE.items() if kind in types), None)
    if found is None:
        raise _unknown(field)
    return found


def _unknown(field: str) -> BadInput:
    return BadInput(
        field=field, zh="附件只收 PDF、Word（docx）、Excel（xlsx）和照片（JPG、PNG）。", en="A file may be PDF, Word (docx), Excel (xlsx), JPG or PNG."
    )
