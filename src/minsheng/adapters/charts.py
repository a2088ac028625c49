"""柱状图: bars of a publication, as SVG for paper and pages and as PNG for DOCX. The same bars, the same order, the words beside them."""

import io
from functools import lru_cache

from markupsafe import Markup, escape
from PIL import Image, ImageDraw, ImageFont

from minsheng.adapters.paper import no_chinese
from minsheng.domain.publications import Bar, Chart

#: The plan: a box 640 wide, one row of 30 for each bar.
WIDE, ROW, LABEL, WORDS, THICK = 640, 30, 170, 150, 16
INK, RED, TRACK = "#1f2328", "#b3261e", "#ece9e6"
#: Where the font may be called differently, the first that is there.
FONTS = ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf", "wqy-zenhei.ttc", "simhei.ttf")
SCALE = 3


def svg(chart: Chart) -> Markup:
    """As SVG that needs no style and no font of its own."""
    rows = Markup("").join(_row(chart, number, bar) for number, bar in enumerate(chart.bars))
    spoken = "，".join(f"{bar.label} {bar.words}" for bar in chart.bars)
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}" fill="{}">{}</svg>').format(
        WIDE, len(chart.bars) * ROW, escape(f"{chart.title}：{spoken}"), INK, rows
    )


_ROW = Markup(
    '<text x="{x}" y="{y}" text-anchor="end" font-size="14">{label}</text>'
    '<rect x="{left}" y="{top}" width="{track}" height="{thick}" rx="2" fill="{grey}"/>'
    '<rect x="{left}" y="{top}" width="{length}" height="{thick}" rx="2" fill="{bar}"/>'
    '<text x="{right}" y="{y}" font-size="14">{words}</text>'
)


def _row(chart: Chart, number: int, bar: Bar) -> Markup:
    return _ROW.format(
        x=LABEL - 10, y=number * ROW + 20, label=_fit(bar.label), left=LABEL, top=number * ROW + 7, track=_room(), thick=THICK, grey=TRACK, bar=RED,
        length=f"{_length(chart, bar.value):.1f}", right=LABEL + _room() + 10, words=bar.words,
    )  # fmt: skip


def png(chart: Chart) -> bytes:
    """As a picture three times as fine; Unprintable without a Chinese font."""
    font = _font(14 * SCALE)
    picture = Image.new("RGB", (WIDE * SCALE, len(chart.bars) * ROW * SCALE), "white")
    pen = ImageDraw.Draw(picture)
    for number, bar in enumerate(chart.bars):
        top, middle = (number * ROW + 7) * SCALE, (number * ROW + 15) * SCALE
        pen.text(((LABEL - 10) * SCALE, middle), _fit(bar.label), font=font, fill=INK, anchor="rm")
        pen.rounded_rectangle((LABEL * SCALE, top, (LABEL + _room()) * SCALE, top + THICK * SCALE), 2 * SCALE, fill=TRACK)
        if (length := _length(chart, bar.value)) >= 1:
            pen.rounded_rectangle((LABEL * SCALE, top, (LABEL + length) * SCALE, top + THICK * SCALE), 2 * SCALE, fill=RED)
        pen.text(((LABEL + _room() + 10) * SCALE, middle), bar.words, font=font, fill=INK, anchor="lm")
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _fit(label: str, most: int = 11) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"


def _room() -> int:
    return WIDE - LABEL - WORDS - 10


def _length(chart: Chart, value: float) -> float:
    return _room() * min(1.0, max(0.0, value / chart.most)) if chart.most else 0.0


@lru_cache(maxsize=2)
def _font(size: int) -> ImageFont.FreeTypeFont:
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    raise no_chinese()
