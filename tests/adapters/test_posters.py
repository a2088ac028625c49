"""牌子 on paper: every code decodes to its address, printed large and small; sizes and words are right; what the machine lacks is said."""

import io
import os
import re
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image
from pypdf import PdfReader

from minsheng.adapters import codes, paper, posters
from minsheng.domain import plates
from minsheng.domain.errors import TooMany, WrongState
from minsheng.domain.plates import SIZES, Face, Plate, Size

BASE = "https://12345.example.gov.cn"
MM = 72 / 25.4
FACE = Face(
    city="云川市",
    hotline="12345",
    host="主办：云川市人民政府办公室　运行：云川市民声中心",
    steps=(("派给该办的单位", "3 分钟内"), ("单位联系您", "1 个工作日内"), ("给您答复", "72 小时内"), ("您来评价，没办好可以重办", "")),
)
NAMES = (
    ("yinxing-b1", "银杏花园1栋", "青禾区松涛街道银杏社区"),
    ("shuangta-fangcao-g2", "芳草村第2网格", "望云区双塔镇芳草村"),
    ("dongpu-dongpuxinyuan-xiqu-b12", "东浦新苑西区 12 号楼 3 单元", "东浦区东浦街道新苑社区"),
    ("a1", "人才公寓二期东区甲 12 号楼地下车库西出入口", ""),
)


@pytest.fixture(scope="module", autouse=True)
def _tools() -> None:
    for tool, package in (("pdftoppm", "poppler-utils"), ("zbarimg", "zbar-tools")):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed (apt-get install {package})")


def plate(number: int) -> Plate:
    code, name, around = NAMES[number % len(NAMES)]
    code = f"{code}-{number}"
    return Plate(code=code, name=name, around=around, number=plates.number(code), address=plates.address(BASE, code), typed=plates.typed_address(BASE, code))


def cut(pdf: bytes, size: Size, dpi: int, folder: Path) -> list[Path]:
    """The sheets printed at so many dots an inch, and cut along the marks."""
    (folder / "sheets.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-png", "sheets.pdf", "sheet"], cwd=folder, check=True)
    found = []
    for sheet in sorted(folder.glob("sheet-*.png")):
        with Image.open(sheet) as picture:
            width, height = picture.width / size.across, picture.height / size.down
            for n in range(size.each):
                x, y = n % size.across, n // size.across
                path = folder / f"cut-{sheet.stem}-{n:02d}.png"
                picture.crop((round(x * width), round(y * height), round((x + 1) * width), round((y + 1) * height))).save(path)
                found.append(path)
    return found


def scanned(path: Path) -> str:
    return subprocess.run(["zbarimg", "-q", "--raw", str(path)], capture_output=True, text=True, check=False).stdout.strip()


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_every_plate_of_a_sheet_scans_at_every_resolution(size: Size, tmp_path: Path) -> None:
    """At 150 dots an inch, and at 100 and 72, as a bad printer or a phone from further away would see it. The second sheet is not full."""
    wanted = [plate(n) for n in range(size.each + 1)]
    pdf = posters.render(wanted, face=FACE, size=size).pdf
    for dpi in (150, 100, 72):
        folder = tmp_path / str(dpi)
        folder.mkdir()
        read = [scanned(path) for path in cut(pdf, size, dpi, folder)]
        assert read[: len(wanted)] == [one.address for one in wanted], dpi
        assert set(read[len(wanted) :]) <= {""}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_paper_is_as_large_as_it_says_and_the_words_are_words(size: Size) -> None:
    wanted = [plate(n) for n in range(size.each + 1)]
    sheets = PdfReader(io.BytesIO(posters.render(wanted, face=FACE, size=size).pdf)).pages
    assert len(sheets) == 2
    for sheet in sheets:
        assert (float(sheet.mediabox.width) / MM, float(sheet.mediabox.height) / MM) == pytest.approx(size.page, abs=0.1)
    text = re.sub(r"\s+", "", "".join(sheet.extract_text() for sheet in sheets))
    for one in wanted:
        assert one.number in text and re.sub(r"\s", "", one.name) in text
    assert text.count("有事扫一扫") == len(wanted)
    assert text.count("110") >= len(wanted) and text.count("12345") >= len(wanted)
    if size.look in ("a4", "a5", "a6"):
        assert "3分钟内" in text and "没办好可以重办" in text


def test_the_smallest_code_is_large_enough() -> None:
    """At least 18 mm without the quiet zone, for an address as long as they come."""
    (folder,) = [one for one in SIZES.values() if one.look == "label"]
    assert folder.plate[1] > 30
    side = len(codes.modules(plates.address("https://minsheng.yuanyuanxian.gov.cn", "dongpu-dongpuxinyuan-xiqu-b12-3")))
    assert 30 * side / (side + 2 * codes.QUIET) >= 18


def test_capitals_make_the_code_smaller() -> None:
    address = plates.address(BASE, "shuangta-fangcao-g2")
    assert len(codes.modules(address)) < len(codes.modules(address.lower()))


def test_the_drawing_is_the_code() -> None:
    """The outline, filled again, gives every module back."""
    rows = codes.modules(plates.address(BASE, "yinxing-b1"))
    side = len(rows)
    edges = [[False] * (side + 1) for _ in range(side)]
    x = y = 0
    for step, by in re.findall(r"([Mhvz])([-\d ]*)", codes.outline(rows)):
        if step == "M":
            x, y = (int(part) - codes.QUIET for part in by.split())
        elif step == "h":
            x += int(by)
        elif step == "v":
            for row in range(min(y, y + int(by)), max(y, y + int(by))):
                edges[row][x] = not edges[row][x]
            y += int(by)
    filled = []
    for row in edges:
        inside, line = False, []
        for crossed in row[:-1]:
            inside ^= crossed
            line.append(inside)
        filled.append(line)
    assert filled == rows


def test_marks_stand_at_every_inner_corner() -> None:
    assert posters.marks(SIZES["a4"]) == ""
    assert posters.marks(SIZES["a4x4"]) == "M105 0V7M105 146V151M105 290V297M0 148.5H7M102.5 148.5H107.5M203 148.5H210"
    assert posters.marks(SIZES["a4x24"]).count("M") == 2 * 9 + 7 * 4


def test_a_process_of_its_own_prints_the_same(tmp_path: Path) -> None:
    wanted, size = [plate(n) for n in range(3)], SIZES["a4x8"]
    printed = posters.apart(wanted, face=FACE, size=size)
    assert printed.unprintable == ""
    assert [scanned(path) for path in cut(printed.pdf, size, 100, tmp_path)][:3] == [one.address for one in wanted]


def test_a_character_without_a_font_is_named() -> None:
    odd = Plate(**(asdict(plate(0)) | {"name": "\U000f1234 园"}))
    assert posters.render([odd], face=FACE, size=SIZES["a4"]).unprintable == "\U000f1234"


def latin_font(path: Path) -> None:
    """A font that knows nothing but the letters of English."""
    letters = [chr(code) for code in range(32, 127)]
    names = [".notdef", *(f"u{ord(letter):04X}" for letter in letters)]
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(letter): f"u{ord(letter):04X}" for letter in letters})
    pen = TTGlyphPen(None)
    for n, point in enumerate(((50, 0), (50, 700), (450, 700), (450, 0))):
        (pen.lineTo if n else pen.moveTo)(point)
    pen.closePath()
    box = pen.glyph()
    font.setupGlyf(dict.fromkeys(names, box))
    font.setupHorizontalMetrics(dict.fromkeys(names, (500, 50)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Plain", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save(path)


@pytest.mark.parametrize("latin", [True, False], ids=["latin only", "no font at all"])
def test_a_machine_without_chinese_fonts_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, latin: bool) -> None:
    """Refused, because the plates would show boxes."""
    (tmp_path / "fonts").mkdir()
    if latin:
        latin_font(tmp_path / "fonts/plain.ttf")
    (tmp_path / "fonts.conf").write_text(f"<fontconfig><dir>{tmp_path}/fonts</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    with pytest.raises(WrongState, match="fonts-noto-cjk") as refused:
        posters.apart([plate(0)], face=FACE, size=SIZES["a4"])
    assert "中文字体" in refused.value.zh and "Chinese font" in refused.value.en


def test_a_machine_without_pango_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str, *rest: object, **more: object) -> object:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return found(name, *rest, **more)

    found = __import__
    monkeypatch.setattr("builtins.__import__", nothing)
    with pytest.raises(WrongState, match=paper.PANGO.replace(".", "[.]")):
        posters.render([plate(0)], face=FACE, size=SIZES["a4"])


def test_a_busy_machine_is_said_and_a_broken_one_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posters, "PATIENCE", 0.001)
    with pytest.raises(TooMany, match="机器正忙"):
        posters.apart([plate(0)], face=FACE, size=SIZES["a4"])
    monkeypatch.setattr(posters, "PATIENCE", 60.0)
    monkeypatch.setattr(sys, "executable", shutil.which("false") or os.devnull)
    with pytest.raises(RuntimeError, match="code 1"):
        posters.apart([plate(0)], face=FACE, size=SIZES["a4"])


def test_a_plate_fetches_nothing() -> None:
    """A name that is markup stays a name, and no address is asked for anything."""
    said = posters.html([Plate(**(asdict(plate(0)) | {"name": "<img src='https://example.cn/x.png'>"}))], face=FACE, size=SIZES["a4"])
    assert "<img" not in said
    for address in ("https://example.cn/x.png", "file:///etc/hostname"):
        with pytest.raises(paper.library().urls.FatalURLFetchingError):
            paper.draw([f"<p>编号<img src='{address}'></p>"], style="poster.css", heading="编号")
