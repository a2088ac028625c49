"""牌子: plates on sheets as a PDF, drawn from templates/print and static/css/poster.css (adapters/paper.py says how)."""

from dataclasses import asdict, dataclass
from typing import Any

from markupsafe import Markup

from minsheng.adapters import codes, paper
from minsheng.domain.plates import SIZES, Face, Plate, Size

#: On every plate: where these have no glyph, there is no Chinese font.
HEADLINE = "有事扫一扫"
PATIENCE = 120.0  # seconds
#: How long the marks to cut along are, in millimetres: at the edge of the sheet longer, where printers leave a margin.
TICK, EDGE = 2.5, 7.0


@dataclass(frozen=True, slots=True)
class Printed:
    """A file of plates. `unprintable`: characters in the names of places that no installed font has; they print as boxes."""

    pdf: bytes
    unprintable: str


def render(plates: list[Plate], *, face: Face, size: Size) -> Printed:
    """The plates as one PDF, or Unprintable saying what to install."""
    return Printed(*paper.draw([html(plates, face=face, size=size)], style="poster.css", heading=HEADLINE))


def html(plates: list[Plate], *, face: Face, size: Size) -> str:
    """The sheets as a page of their own."""
    sheets = [plates[start : start + size.each] for start in range(0, len(plates), size.each)]
    pictures = {plate.code: Markup(codes.svg(plate.address)) for plate in plates}
    return paper.env().get_template("print/poster.html").render(sheets=sheets, face=face, size=size, codes=pictures, marks=marks(size))


def marks(size: Size) -> str:
    """Where to cut, as a path in millimetres: a small cross at every corner of a plate, a longer tick at the edge of the sheet."""
    (width, height), (across, down) = size.page, size.plate
    lines = []
    for n in range(1, size.across):
        lines += [f"M{n * across:g} {y:g}V{end:g}" for y, end in _ticks(size.down, down, height)]
    for n in range(1, size.down):
        lines += [f"M{x:g} {n * down:g}H{end:g}" for x, end in _ticks(size.across, across, width)]
    return "".join(lines)


def _ticks(plates: int, step: float, whole: float) -> list[tuple[float, float]]:
    """Where the marks along one line begin and end."""
    return [(0, EDGE), *((n * step - TICK, n * step + TICK) for n in range(1, plates)), (whole - EDGE, whole)]


# --- in a process of its own ------------------------------------------------------------------------------------------------------


def apart(plates: list[Plate], *, face: Face, size: Size) -> Printed:
    """As `render`, in a process that ends with it; TooMany where it takes too long."""
    asked = {"plates": [asdict(plate) for plate in plates], "face": asdict(face), "size": size.key}
    answer, pdf = paper.apart(__name__, asked, patience=PATIENCE)
    return Printed(pdf, answer["unprintable"])


def _work(asked: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    face = Face(**{**asked["face"], "steps": tuple((what, within) for what, within in asked["face"]["steps"])})
    done = render([Plate(**plate) for plate in asked["plates"]], face=face, size=SIZES[asked["size"]])
    return done.pdf, {"unprintable": done.unprintable}


if __name__ == "__main__":
    paper.serve(_work)
