"""From the desk to the wall to the case: a plate is printed, cut out, scanned, opened, and what is told there is filed with its place."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from minsheng.domain.plates import SIZES
from minsheng.models.case import Case
from tests.browser.conftest import Visit
from tests.browser.looks import Look
from tests.browser.steps import REPORT, sign_in
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _ready(live_server: LiveServer, settings: Any) -> None:
    for tool, package in (("pdftoppm", "poppler-utils"), ("zbarimg", "zbar-tools")):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed (apt-get install {package})")
    settings.MINSHENG_SITE = live_server.url


def printed(page: Page, folder: Path, *, button: str) -> Path:
    """The file that the button gives."""
    with page.expect_download() as given:
        page.get_by_role("button", name=button).click()
    path = folder / given.value.suggested_filename
    given.value.save_as(path)
    return path


def scanned(pdf: Path, *, size: str, dpi: int) -> list[str]:
    """What a scanner reads off each plate of the first sheet, printed at so many dots an inch and cut out."""
    sheet, found = SIZES[size], []
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-png", "-singlefile", pdf.name, "sheet"], cwd=pdf.parent, check=True)
    with Image.open(pdf.parent / "sheet.png") as picture:
        width, height = picture.width / sheet.across, picture.height / sheet.down
        for n in range(sheet.each):
            x, y = n % sheet.across, n // sheet.across
            path = pdf.parent / f"plate-{n}.png"
            picture.crop((round(x * width), round(y * height), round((x + 1) * width), round((y + 1) * height))).save(path)
            found.append(subprocess.run(["zbarimg", "-q", "--raw", str(path)], capture_output=True, text=True, check=False).stdout.strip())
    return [text for text in found if text]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_printed_scanned_opened_filed(city: World, visit: Visit, tmp_path: Path, *, scripts: bool) -> None:
    desk = sign_in(visit(scripts=scripts), "yinxing")
    desk.goto("/desk/plates")
    desk.get_by_label("名称或编号").fill("银杏花园1栋")
    desk.get_by_label("印多大").select_option("a4x24")
    desk.get_by_role("button", name="看一看").click()
    desk.get_by_label("银杏花园1栋").check()
    pdf = printed(desk, tmp_path, button="勾选的生成 PDF")
    (address,) = scanned(pdf, size="a4x24", dpi=100)

    citizen = visit(phone=True, scripts=scripts)
    citizen.goto(address)
    expect(citizen.get_by_text("您扫的是银杏花园1栋的码，位置已填好")).to_be_visible()
    expect(citizen.locator("#place")).to_have_value("银杏花园1栋")
    for name in ("text", "name", "phone"):
        citizen.locator(f"#{name}").fill(REPORT[name])
    citizen.get_by_role("button", name="提交").click()
    expect(citizen.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    case = Case.objects.get()
    assert (case.place, case.district, case.facts["channel"]) == ("yinxing-b1", "qinghe", "qr")
    city.holds()


def test_all_plates_of_a_community_at_once(city: World, visit: Visit, tmp_path: Path) -> None:
    """The box above ticks all, the page counts; every plate of the file opens another place."""
    desk = sign_in(visit(), "yinxing")
    desk.goto("/desk/plates?size=a4x8")
    boxes = desk.locator("tbody input[type=checkbox]").count()
    desk.get_by_label("全选这一页").check()
    expect(desk.get_by_text(f"已选 {boxes} 块")).to_be_visible()
    desk.locator("tbody input[type=checkbox]").first.uncheck()
    expect(desk.get_by_text(f"已选 {boxes - 1} 块")).to_be_visible()
    pdf = printed(desk, tmp_path, button=f"全部 {boxes} 块生成 PDF")
    found = scanned(pdf, size="a4x8", dpi=150)
    assert len(set(found)) == len(found) == min(boxes, 8)
    for address in found:
        desk.goto(address)
        expect(desk.get_by_text("您扫的是")).to_be_visible()


def test_a_number_copied_wrongly_is_put_right(city: World, visit: Visit) -> None:
    page = visit(phone=True)
    page.goto("/p/yinxing-b7.q")
    field = page.get_by_label("这个编号好像抄错了，请再看一眼")
    expect(field).to_have_value("yinxing-b7.q")
    field.fill("YINXING-B1。Q")
    page.get_by_role("button", name="找这个地方").click()
    expect(page.locator("#place")).to_have_value("银杏花园1栋")


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_the_page_is_for_everybody(city: World, visit: Visit, look: Look, *, phone: bool) -> None:
    page = sign_in(visit(phone=phone), "desk1")
    for path in ("/desk/plates", "/desk/plates?size=a4x24&words=银杏", "/desk/plates?words=恐龙", "/p/yinxing-b7.q"):
        page.goto(path)
        look(page, f"{path} {'phone' if phone else 'desktop'}")
