"""办理单、批办单 on paper: the code at the bottom left decodes to its address; what the machine lacks is said; nothing on the paper is markup of a stranger."""

import io
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from minsheng.adapters import sheets
from minsheng.adapters.sheets import Pressman
from minsheng.domain.errors import Unprintable
from minsheng.ports import Paper
from tests.adapters.test_posters import latin_font

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SIGN = "https://12345.example.gov.cn/desk/cases/YC260000001/sign"


def paper(address: str = SIGN, **changed: Any) -> Paper:
    values = {
        "centre": "云川市12345热线中心", "code": "YC260000001", "urgency": "high", "urgency_zh": "较急", "printed_at": AT, "subject": "路灯不亮", "place": "银杏花园",
        "presented_unit": "市 12345 热线中心", "presented_by": "派单员", "content": "小区门口的路灯坏了。", "situation": ["已派单。"], "promises": [],
        "instructions": [], "done": [], "state_zh": "办理中", "lead": "城管所", "co": [], **changed,
    }  # fmt: skip
    return Paper(kind="instruction", values=values, address=address)


def test_the_code_stands_bottom_left_and_scans(tmp_path: Path) -> None:
    for tool in ("pdftoppm", "zbarimg"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    (tmp_path / "a.pdf").write_bytes(Pressman().draw([paper()]))
    subprocess.run(["pdftoppm", "-r", "150", "-gray", "-png", "a.pdf", "a"], cwd=tmp_path, check=True)
    with Image.open(next(tmp_path.glob("a-*.png"))) as page:
        page.crop((0, page.height * 5 // 6, page.width // 2, page.height)).save(tmp_path / "corner.png")
    said = subprocess.run(["zbarimg", "-q", "--raw", "corner.png"], cwd=tmp_path, capture_output=True, text=True, check=False).stdout.strip()
    assert said == SIGN


def test_words_of_a_stranger_stay_words() -> None:
    odd = "<img src='https://example.cn/x.png'><b>急</b>"
    (page,) = sheets.pages([paper(subject=odd, content=odd)])
    assert "<img" not in page and "&lt;b&gt;" in page
    assert len(PdfReader(io.BytesIO(sheets.render([paper(subject=odd)]))).pages) == 1


@pytest.mark.parametrize("latin", [True, False], ids=["latin only", "no font at all"])
def test_a_machine_without_chinese_fonts_says_so_before_anything_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, latin: bool) -> None:
    assert Pressman().check().ok
    (tmp_path / "fonts").mkdir()
    if latin:
        latin_font(tmp_path / "fonts/plain.ttf")
    (tmp_path / "fonts.conf").write_text(f"<fontconfig><dir>{tmp_path}/fonts</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    health = Pressman().check()
    assert not health.ok and "中文字体" in health.zh and "fonts-noto-cjk" in health.en
    with pytest.raises(Unprintable, match="fonts-noto-cjk"):
        Pressman().draw([paper()])
