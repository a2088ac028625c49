"""刊物 as files: PDF by WeasyPrint from templates/print/publication.html, DOCX by docxtpl from a template that the city may edit.

The DOCX template is made here by code (`template`), so that no binary lies in the repository. A city that wants another head, font or order of
sections writes it to a file (`minsheng report template`), edits it in an office program, and keeps it beside its directory as publication.docx.
"""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate, InlineImage
from jinja2 import Environment, StrictUndefined, TemplateError

from minsheng.adapters import charts, paper
from minsheng.domain.errors import BadInput, Unprintable
from minsheng.domain.publications import Chart, Content, thawed
from minsheng.ports import Health

#: GB/T 9704: 小标宋 二号 for the title, 仿宋 三号 for the body, 黑体 for first headings. Where a font is missing, the office program takes its own.
TITLE, BODY, HEADING = "方正小标宋简体", "仿宋", "黑体"
RED = RGBColor(0xC0, 0x00, 0x00)


class Press:
    """The press of this installation. template: the city's own DOCX, where it has one."""

    def __init__(self, template: Path | None = None) -> None:
        self._template = template

    def pdf(self, content: Mapping[str, Any]) -> bytes:
        """Drawn in a process of its own, which ends with the file."""
        return paper.apart("minsheng.adapters.publications", dict(content), patience=120.0)[1]

    def docx(self, content: Mapping[str, Any]) -> bytes:
        """The city's template filled; ours where it has none."""
        own = self._template is not None and self._template.exists()
        try:
            laid = DocxTemplate(str(self._template) if own else io.BytesIO(template()))
            laid.render(_values(thawed(content), laid), jinja_env=Environment(autoescape=True, undefined=StrictUndefined))
        except (TemplateError, BadZipFile, PackageNotFoundError, KeyError) as wrong:
            raise BadInput(
                field="template", zh=f"文档模板填不进去：{wrong}。请用 minsheng report template 重新做一份再改。",
                en=f"The template cannot be filled: {wrong}. Make a fresh one with `minsheng report template`.",
            ) from wrong  # fmt: skip
        file = io.BytesIO()
        laid.save(file)
        return file.getvalue()

    def check(self) -> Health:
        """Draws one line of Chinese."""
        try:
            self.pdf(SAMPLE.frozen())
        except Unprintable as lacking:
            return Health(name="publications", ok=False, zh=lacking.zh, en=lacking.en)
        return Health(name="publications", ok=True, zh="可以排版刊物。", en="Publications can be laid out.")


class PlainPress:
    """The double: the words of the publication and nothing else, in files that begin as the real ones do."""

    def pdf(self, content: Mapping[str, Any]) -> bytes:
        """The words."""
        return b"%PDF-" + words(thawed(content)).encode()

    def docx(self, content: Mapping[str, Any]) -> bytes:
        """The words."""
        return b"PK" + words(thawed(content)).encode()

    def check(self) -> Health:
        """It always can."""
        return Health(name="publications", ok=True, zh="只出文字，不排版。", en="Words only, no layout.")


SAMPLE = Content(kind="feedback", period="2026-W01", title="中文", label="中文", issuer="中文", dated="2026年1月4日", cutoff="2026-01-04 09:00")


def words(content: Content) -> str:
    """Every word of it, in order."""
    said = [content.title, content.label, *content.addressees]
    for section in content.sections:
        said += [section.heading, *section.paragraphs]
        for table in section.tables:
            said += [table.title, *table.heads, *(cell for row in table.rows for cell in row)]
        for chart in section.charts:
            said += [chart.title, *(f"{bar.label}{bar.words}" for bar in chart.bars)]
    return "\n".join([*said, *content.notes, content.issuer, content.dated])


# --- PDF --------------------------------------------------------------------------------------------------------------------------


def draw(content: Mapping[str, Any]) -> bytes:
    """The publication as a PDF, in this process."""
    said = thawed(content)
    env = paper.env()
    env.filters["chart"] = charts.svg
    page = env.get_template("print/publication.html").render(one=said)
    pdf, _ = paper.draw([page], style="publication.css", heading="刊物")
    return pdf


# --- DOCX -------------------------------------------------------------------------------------------------------------------------


def _values(content: Content, laid: DocxTemplate) -> dict[str, Any]:
    def picture(chart: Chart) -> InlineImage:
        return InlineImage(laid, io.BytesIO(charts.png(chart)), width=Mm(150))

    return {
        "title": content.title,
        "label": content.label,
        "issuer": content.issuer,
        "dated": content.dated,
        "addressees": "，".join(content.addressees),
        "notes": list(content.notes),
        "sections": [
            {
                "heading": one.heading,
                "paragraphs": list(one.paragraphs),
                "charts": [{"title": chart.title, "picture": picture(chart)} for chart in one.charts],
                "tables": [{"title": table.title, "heads": list(table.heads), "rows": [list(row) for row in table.rows]} for table in one.tables],
            }
            for one in content.sections
        ],
    }


def template() -> bytes:
    """Our own template: red head, title, body and tables with docxtpl's marks, page number — N —."""
    made = Document()
    section = made.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    made.styles["Normal"].font.size = Pt(16)
    _font(made.styles["Normal"].element.get_or_add_rPr(), BODY)
    _line(made, "{{ issuer }}", font=TITLE, size=28, colour=RED, centre=True)
    _rule(_line(made, "{{ label }}", size=14, centre=True))
    _line(made, "{{ title }}", font=TITLE, size=22, centre=True, space=28)
    _line(made, "{%p if addressees %}")
    _line(made, "{{ addressees }}：")
    _line(made, "{%p endif %}")
    _line(made, "{%p for section in sections %}")
    _line(made, "{{ section.heading }}", font=HEADING, indent=True)
    for mark, words_, size in (("paragraph", "{{ paragraph }}", 16),):
        _line(made, f"{{%p for {mark} in section.{mark}s %}}")
        _line(made, words_, size=size, indent=True)
        _line(made, "{%p endfor %}")
    _line(made, "{%p for chart in section.charts %}")
    _line(made, "{{ chart.title }}", font=HEADING, size=12, centre=True)
    _line(made, "{{ chart.picture }}", centre=True, tight=False)
    _line(made, "{%p endfor %}")
    _line(made, "{%p for table in section.tables %}")
    _line(made, "{{ table.title }}", font=HEADING, size=12, centre=True)
    _table(made)
    _line(made, "{%p endfor %}")
    _line(made, "{%p endfor %}")
    _line(made, "{{ issuer }}", right=True, space=24)
    _line(made, "{{ dated }}", right=True)
    _line(made, "{%p for note in notes %}")
    _line(made, "{{ note }}", size=10.5)
    _line(made, "{%p endfor %}")
    _page_number(section.footer.paragraphs[0])
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _line(made: Any, text: str, *, font: str = BODY, size: float = 16, colour: RGBColor | None = None, centre: bool = False, right: bool = False,
          indent: bool = False, space: float = 0, tight: bool = True) -> Paragraph:  # fmt: skip
    line: Paragraph = made.add_paragraph()
    run = line.add_run(text)
    run.font.size = Pt(size)
    _font(run._element.get_or_add_rPr(), font)
    if colour is not None:
        run.font.color.rgb = colour
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER if centre else WD_ALIGN_PARAGRAPH.RIGHT if right else None
    form = line.paragraph_format
    form.space_before, form.space_after = Pt(space), Pt(space / 2)
    if tight:
        form.line_spacing = Pt(max(size * 1.75, 20))
    if indent:
        form.first_line_indent = Pt(2 * size)
    return line


def _font(properties: Any, name: str) -> None:
    """Latin and Chinese letters alike."""
    fonts = properties.get_or_add_rFonts()
    for kind in ("w:ascii", "w:hAnsi", "w:eastAsia"):
        fonts.set(qn(kind), name)


def _rule(line: Paragraph) -> None:
    """The red line below the head."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "18"), ("space", "4"), ("color", "C00000")):
        bottom.set(qn(f"w:{key}"), value)
    borders.append(bottom)
    line._p.get_or_add_pPr().append(borders)


def _table(made: Any) -> None:
    """One row of heads and one that repeats; columns by docxtpl's `tc`."""
    table = made.add_table(rows=4, cols=3)
    table.style = "Table Grid"
    marks = (
        ("{%tc for head in table.heads %}", "{{ head }}", "{%tc endfor %}"),
        ("{%tr for row in table.rows %}", "", ""),
        ("{%tc for cell in row %}", "{{ cell }}", "{%tc endfor %}"),
        ("{%tr endfor %}", "", ""),
    )
    for row, texts in zip(table.rows, marks, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            line = cell.paragraphs[0]
            run = line.add_run(text)
            run.font.size = Pt(10.5)
            _font(run._element.get_or_add_rPr(), BODY if row is not table.rows[0] else HEADING)
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)


def _page_number(line: Paragraph) -> None:
    """— 1 —"""
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in ("— ", "PAGE", " —"):
        run = line.add_run("" if text == "PAGE" else text)
        run.font.size = Pt(14)
        if text == "PAGE":
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), "PAGE")
            run._element.addnext(field)


if __name__ == "__main__":
    paper.serve(lambda asked: (draw(asked), {}))
