"""打印单子: what stands on the paper, whose names, who may, and what is written down about it."""

import io
import re
from collections.abc import Callable, Sequence

import pytest
from PIL import Image
from pypdf import PdfReader

from minsheng.adapters.sheets import Pressman
from minsheng.adapters.storage import LocalBlobs
from minsheng.commands import handling, measures, papers
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, Unprintable
from minsheng.models.case import Attachment, Opening
from minsheng.models.staff import Act
from minsheng.ports import Health, Paper
from tests.commands import scenes
from tests.world import World

BASE = "https://12345.example.gov.cn"


class Tray:
    """Keeps what was to be printed; lacks a font when told so."""

    def __init__(self, *, able: bool = True) -> None:
        self.sheets: list[Paper] = []
        self.able = able

    def draw(self, sheets: Sequence[Paper]) -> bytes:
        self.sheets += sheets
        return b"%PDF-"

    def check(self) -> Health:
        return Health(name="打印", ok=self.able, zh="没有中文字体", en="no Chinese font")


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


@pytest.fixture
def blobs(tmp_path: object) -> LocalBlobs:
    return LocalBlobs(tmp_path)  # type: ignore[arg-type]


def told(city: World) -> str:
    """A case with a course worth printing."""
    code = scenes.handled(city)
    city.do(handling.contact, code, by=scenes.CLERK, method="phone", note="约好下午上门。")
    city.do(handling.progress, code, by=scenes.CLERK, text="更换了两盏灯头，晚上复查。")
    return code


def words(pdf: bytes) -> list[str]:
    return [re.sub(r"\s+", "", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def print_(codes: list[str], by: Actor, blobs: LocalBlobs, **more: object) -> tuple[bytes, Tray]:
    tray = Tray()
    values = {"kind": "handling", "base": BASE, "printer": tray, **more}
    return papers.sheets(codes, by=by, blobs=blobs, **values), tray  # type: ignore[arg-type]


def test_the_pair_is_two_pages_that_say_everything(city: World, blobs: LocalBlobs) -> None:
    """办理单 and 批办单 of one case: two pages, counted together; read back from the PDF itself."""
    code = told(city)
    with Image.new("RGB", (64, 48), "grey") as picture:
        file = io.BytesIO()
        picture.save(file, "JPEG")
    blob = blobs.put(file.getvalue())
    Attachment.objects.create(case=city.case(code), digest=blob.sha256, media_type="image/jpeg", size=blob.size, at=city.case(code).received_at)
    city.do(measures.instruct, code, by="leader1", text="请本周内办好，并举一反三。", unit=scenes.UNIT)
    pdf = papers.sheets([code], kind="both", base=BASE, by=city.who(scenes.CLERK), printer=Pressman(), blobs=blobs)
    first, second = words(pdf)
    assert "诉求办理单" in first and "诉求批办单" in second
    assert "第1页，共2页" in first and "第2页，共2页" in second
    for said in (
        code,
        "路灯不亮",
        "云川市12345热线中心",
        "青禾区松涛街道银杏社区第1网格银杏花园1栋",
        "约好下午上门。",
        "更换了两盏灯头，晚上复查。",
        "（未打开）",
        "扫码看办理进展",
        "请本周内办好",
    ):
        assert said in first, said
    for said in (code, "路灯不亮", "更换了两盏灯头", "领导批示", "请本周内办好", "拟办意见", "扫码在手机上批示"):
        assert said in second, said
    assert "13800000001" not in first + second and "张先生" not in first + second
    assert len(PdfReader(io.BytesIO(pdf)).pages[1].images) == 1


def test_the_codes_lead_to_the_progress_and_to_the_signing(city: World, blobs: LocalBlobs) -> None:
    code = told(city)
    _, tray = print_([code], city.who(scenes.CLERK), blobs, kind="both")
    assert [(one.kind, one.address, one.goes_on) for one in tray.sheets] == [
        ("handling", f"{BASE}/cases/{code}", False),
        ("instruction", f"{BASE}/desk/cases/{code}/sign", True),
    ]


def test_names_stand_there_only_with_a_reason_and_it_is_recorded(city: World, blobs: LocalBlobs) -> None:
    code, clerk = told(city), city.who(scenes.CLERK)
    _, bare = print_([code], clerk, blobs)
    assert bare.sheets[0].values["parties"][0]["phone"] == "（未打开）"
    assert not Opening.objects.exists()
    _, named = print_([code], clerk, blobs, reason="上门核对")
    party = named.sheets[0].values["parties"][0]
    assert (party["name"], party["phone"]) == ("张先生", "13800000001")
    assert Opening.objects.get().reason == "上门核对"
    acts = Act.objects.filter(kind="print").order_by("id")
    assert [(act.by, act.subject, act.after) for act in acts] == [
        (clerk.tag, f"case:{code}", {"codes": [code], "kind": "handling", "opened": []}),
        (clerk.tag, f"case:{code}", {"codes": [code], "kind": "handling", "opened": [code]}),
    ]
    assert "13800000001" not in str([act.after for act in acts])


def test_an_instruction_sheet_never_opens_anybody(city: World, blobs: LocalBlobs) -> None:
    code = told(city)
    _, tray = print_([code], city.who(scenes.CLERK), blobs, kind="instruction", reason="呈报")
    assert not Opening.objects.exists()
    assert "parties" not in tray.sheets[0].values


def test_many_cases_are_one_file_each_counted_by_itself(city: World, blobs: LocalBlobs) -> None:
    codes = [scenes.dispatched(city, body=f"第{n}盏路灯坏了，晚上看不见路。") for n in ("一", "二", "三")]
    pdf = papers.sheets(codes, kind="handling", base=BASE, by=city.who(scenes.CLERK), printer=Pressman(), blobs=blobs)
    pages = words(pdf)
    assert len(pages) == 3
    for code, page in zip(codes, pages, strict=True):
        assert code in page and "第1页，共1页" in page


def test_a_long_course_goes_on_over_the_page(city: World, blobs: LocalBlobs) -> None:
    """Nothing is cut off: a second page, with its foot."""
    code = told(city)
    for n in range(30):
        city.do(handling.progress, code, by=scenes.CLERK, text=f"第 {n} 次巡线，量了电压，换了一段老化的线路，等晚上再看一次亮不亮。")
    pdf = papers.sheets([code], kind="handling", base=BASE, by=city.who(scenes.CLERK), printer=Pressman(), blobs=blobs)
    pages = words(pdf)
    assert len(pages) > 1 and f"第{len(pages)}页，共{len(pages)}页" in pages[-1] and "扫码看办理进展" in pages[-1]
    assert all(f"第{n}次巡线" in "".join(pages) for n in range(30))


def test_who_may_not(city: World, blobs: LocalBlobs) -> None:
    """Another unit's clerk does not know of the case; an observer may read it and takes no paper away; nothing is written down."""
    code = told(city)
    others = city.who("huanwei")
    with scenes.unchanged():
        with pytest.raises(NotFound):
            print_([code], others, blobs)
        with pytest.raises(NotAllowed, match="打印"):
            print_([code], city.who("observer1"), blobs)
        with pytest.raises(NotFound):
            print_([code, "no-such-case"], city.who(scenes.CLERK), blobs)


def test_what_is_asked_wrongly_is_said(city: World, blobs: LocalBlobs) -> None:
    code, clerk = told(city), city.who(scenes.CLERK)
    with scenes.unchanged():
        with pytest.raises(BadInput, match="办理单"):
            print_([code], clerk, blobs, kind="poster")
        with pytest.raises(BadInput, match="还没有选"):
            print_([], clerk, blobs)
        with pytest.raises(BadInput, match="最多印 50 件"):
            print_([f"c{n}" for n in range(51)], clerk, blobs)
        with pytest.raises(Unprintable, match="字体"):
            print_([code], clerk, blobs, printer=Tray(able=False), reason="上门")
