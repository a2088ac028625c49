"""附件: what a file is decides, not its name; macros, scripts and what is cut short are refused in words."""

import io
import zipfile

import pytest
from PIL import Image

from minsheng.adapters.documents import MOST_BYTES, examine
from minsheng.domain.errors import BadInput, TooLarge
from tests.documents import PDF, docm, docx, package, xlsx


def picture(kind: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, kind, **({"exif": b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00"} if kind == "JPEG" else {}))
    return made.getvalue()


@pytest.mark.parametrize(("content", "ending"), [(PDF, "pdf"), (docx(), "docx"), (xlsx(), "xlsx"), (picture("JPEG"), "jpg"), (picture("PNG"), "jpg")])
def test_what_is_taken(content: bytes, ending: str) -> None:
    """Documents stay as they are; a photo is written anew."""
    found = examine(content)
    assert found.ending == ending
    assert found.media_type.startswith("image/" if ending == "jpg" else "application/")
    assert (found.content == content) is (ending != "jpg")
    if ending == "jpg":
        assert Image.open(io.BytesIO(found.content)).format == "JPEG" and b"Exif" not in found.content


def test_what_lies_packed_in_a_pdf_is_no_script() -> None:
    """Three letters that happen to stand in a picture; outside of it they would be one."""
    assert examine(PDF.replace(b"trailer", b"2 0 obj\n<<>>\nstream\n\x00/JS \xff\nendstream\nendobj\ntrailer")).ending == "pdf"


def unfolding() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "x")
        for n in range(3):
            with file.open(f"{n}.xml", "w") as part:
                for _ in range(80):
                    part.write(bytes(1024 * 1024))
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空的"),
        (b"just text", "附件只收"),
        (b"<html><script>x</script>", "附件只收"),
        (b"MZ\x90\x00" + bytes(100), "附件只收"),
        (PDF[:-7], "没有传完整"),
        (PDF.replace(b"/Type", b"/OpenAction << /S /JavaScript >> /Type"), "脚本"),
        (docm(), "宏"),
        (package("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "宏"),
        (docx(word__vbaProject_bin=b"x"), "宏"),
        (docx(word__activeX__activeX1_bin=b"x"), "宏"),
        (PDF.replace(b"/Type", b"/JS (app.alert) /Type"), "脚本"),
        (docx()[:-30], "打不开"),
        (package("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"), "附件只收"),
        (package("text/plain"), "附件只收"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧格式"),
        (picture("JPEG")[:200], "打不开"),
    ],
)
def test_what_is_refused_says_what_to_send(content: bytes, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        examine(content)
    assert said in refused.value.zh
    assert refused.value.field == "file" and refused.value.en.endswith(".")


def test_what_unfolds_to_too_much_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        examine(unfolding())
    assert "展开后太大" in refused.value.zh


def test_ten_megabytes_and_no_more() -> None:
    fits = PDF + bytes(MOST_BYTES - len(PDF) - 6) + b"%%EOF\n"
    assert examine(fits).ending == "pdf"
    with pytest.raises(TooLarge):
        examine(fits + b"\n")
