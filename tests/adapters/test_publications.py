"""刊物 as files: the press and its double keep one contract; the real files hold tables, charts and page numbers; a broken template is said in words."""

import io
from pathlib import Path

import docx
import pytest
from docx.shared import Pt
from PIL import Image
from pypdf import PdfReader

from minsheng.adapters import charts
from minsheng.adapters.publications import PlainPress, Press, template
from minsheng.domain.errors import BadInput
from minsheng.domain.publications import Bar, Chart, Content, Section, Table
from minsheng.ports import Publisher

CHART = Chart("四项比率", (Bar("解决率", 0.5, "50.00%（1/2）"), Bar("满意率", 0.0, "没有数据")), 1.0)
CONTENT = Content(
    kind="feedback", period="2026-W10", title="云川市群众诉求办理情况反馈", label="2026年3月2日至3月8日", issuer="云川市民声中心", dated="2026年3月9日",
    cutoff="2026-03-09 09:00", addressees=("市政府",), notes=("数字截至3月9日。",),
    sections=(Section("一、总体情况", ("收件 <4> 件 & 答复 {{ 3 }} 件。",), (Table("各单位", ("单位", "答复"), (("城管所", "3"), ("住建局", "1"))),), (CHART,)),),
)  # fmt: skip


@pytest.fixture(params=[Press, PlainPress], ids=["press", "double"])
def press(request: pytest.FixtureRequest) -> Publisher:
    return request.param()  # type: ignore[no-any-return]


def test_the_contract(press: Publisher) -> None:
    """Both make both files, from the frozen content alone, the same words again; and say that they can."""
    assert press.check().ok
    assert press.pdf(CONTENT.frozen()).startswith(b"%PDF-")
    assert press.docx(CONTENT.frozen()).startswith(b"PK")


def test_the_pdf_holds_every_word_and_counts_its_pages() -> None:
    (page,) = PdfReader(io.BytesIO(Press().pdf(CONTENT.frozen()))).pages
    text = page.extract_text().replace("\n", "")
    for words in (CONTENT.title, CONTENT.label, "市政府", "收件 <4> 件 & 答复 {{ 3 }} 件", "城管所", "50.00%（1/2）", "没有数据", "— 1 —"):
        assert words in text, words
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]


def test_the_docx_holds_words_tables_and_charts_as_offices_set_them() -> None:
    made = docx.Document(io.BytesIO(Press().docx(CONTENT.frozen())))
    lines = {line.text: line for line in made.paragraphs}
    body = lines["收件 <4> 件 & 答复 {{ 3 }} 件。"]
    assert body.runs[0].font.size == Pt(16) and body.runs[0].font.name == "仿宋"
    assert lines[CONTENT.title].runs[0].font.size == Pt(22) and "市政府：" in lines
    assert [[cell.text for cell in row.cells] for row in made.tables[0].rows] == [["单位", "答复"], ["城管所", "3"], ["住建局", "1"]]
    assert len(made.inline_shapes) == 1
    assert "PAGE" in made.sections[0].footer._element.xml


def test_a_city_edits_the_template(tmp_path: Path) -> None:
    own = docx.Document(io.BytesIO(template()))
    own.paragraphs[0].runs[0].text = "本市的红头：{{ issuer }}"
    own.save(str(tmp_path / "publication.docx"))
    made = docx.Document(io.BytesIO(Press(tmp_path / "publication.docx").docx(CONTENT.frozen())))
    assert made.paragraphs[0].text == "本市的红头：云川市民声中心"


@pytest.mark.parametrize("broken", ["{{ nobody }}", "{% for %}", None], ids=["unknown name", "no loop", "no document"])
def test_a_template_that_cannot_be_filled_is_said(tmp_path: Path, broken: str | None) -> None:
    path = tmp_path / "publication.docx"
    if broken is None:
        path.write_bytes(b"not a document")
    else:
        own = docx.Document(io.BytesIO(template()))
        own.paragraphs[0].runs[0].text = broken
        own.save(str(path))
    with pytest.raises(BadInput, match="模板"):
        Press(path).docx(CONTENT.frozen())


def test_charts_are_drawn_to_scale() -> None:
    picture = Image.open(io.BytesIO(charts.png(CHART)))
    row = [picture.getpixel((x, 15 * charts.SCALE)) for x in range(charts.LABEL * charts.SCALE, (charts.WIDE - charts.WORDS - 10) * charts.SCALE)]
    red = sum(1 for pixel in row if pixel == (0xB3, 0x26, 0x1E))
    assert abs(red / len(row) - 0.5) < 0.02
    assert "<b>" not in charts.svg(Chart("x", (Bar("<b>", 1, "<i>"),), 1))
