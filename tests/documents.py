"""Small documents of every kind, made here: what an article may carry, and what it may not."""

import io
import zipfile

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def package(main: str, **parts: bytes) -> bytes:
    """A package of Office that names its main part so."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", f'<Types><Override PartName="/main.xml" ContentType="{main}"/></Types>')
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_", "."), content)
    return made.getvalue()


def docx(**parts: bytes) -> bytes:
    return package(_WORD, **parts)


def xlsx(**parts: bytes) -> bytes:
    return package(_SHEET, **parts)


def docm() -> bytes:
    return package("application/vnd.ms-word.document.macroEnabled.main+xml", word__vbaProject_bin=b"x")
