"""牌子: plates on sheets as a PDF, drawn by WeasyPrint from templates/print and static/css/poster.css.

WeasyPrint needs Pango from the system, and the paper needs a Chinese font: what is missing is said in words with the packages to install.
It holds some 150 MB once it has drawn Chinese, so the web server lets a process of its own do it (`apart`), which is over with the file.
"""

import json
import logging
import subprocess
import sys
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from PIL import ImageFile

from minsheng.adapters import codes
from minsheng.domain.errors import TooMany, WrongState
from minsheng.domain.plates import SIZES, Face, Plate, Size

PACKAGE = Path(__file__).resolve().parents[1]
PANGO = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
FONTS = "fonts-noto-cjk"
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
    """The plates as one PDF, or WrongState saying what to install."""
    weasyprint = _weasyprint()
    missing: set[str] = set()

    def look(document: Any, _: Any) -> None:
        for font in document.fonts.values():
            missing.update(chr(codepoint) for codepoint in font.missing)

    page = weasyprint.HTML(string=html(plates, face=face, size=size), url_fetcher=_nothing)
    sheet = weasyprint.CSS(filename=PACKAGE / "static/css/poster.css", url_fetcher=_nothing)
    pdf = page.write_pdf(stylesheets=[sheet], finisher=look)
    if set(HEADLINE) & missing:
        raise _no_chinese()
    return Printed(pdf, "".join(sorted(missing)))


def html(plates: list[Plate], *, face: Face, size: Size) -> str:
    """The sheets as a page of their own."""
    sheets = [plates[start : start + size.each] for start in range(0, len(plates), size.each)]
    env = Environment(loader=FileSystemLoader(PACKAGE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    pictures = {plate.code: Markup(codes.svg(plate.address)) for plate in plates}
    return env.get_template("print/poster.html").render(sheets=sheets, face=face, size=size, codes=pictures, marks=marks(size))


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


def _weasyprint() -> Any:
    """The library, or WrongState where the system lacks what it stands on."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)  # without libharfbuzz-subset it only warns, and writes whole fonts into every file
            warnings.filterwarnings("error", message=".*FontConfig.*")  # without any font at all Pango would bring the process down
            import weasyprint
    except UserWarning:
        raise _no_chinese() from None
    except (OSError, DeprecationWarning):
        raise WrongState(
            f"印牌子要用的系统库没有装好。请安装：apt-get install {PANGO} {FONTS}",
            f"The system libraries for printing are missing. Install: apt-get install {PANGO} {FONTS}",
        ) from None
    # Importing it tells Pillow to take half a picture for a whole one, in the whole process: a photo that was cut short must be refused.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    for talkative in ("weasyprint.progress", "fontTools"):
        logging.getLogger(talkative).setLevel(logging.WARNING)  # one line a sheet else
    return weasyprint


def _no_chinese() -> WrongState:
    return WrongState(
        f"这台机器没有中文字体，印出来会是方框。请安装：apt-get install {FONTS}",
        f"This machine has no Chinese font: the plates would show boxes. Install: apt-get install {FONTS}",
    )


def _nothing(url: str) -> Any:
    """A plate asks for no file and no address."""
    raise ValueError(f"a plate refers to {url}")


# --- in a process of its own ------------------------------------------------------------------------------------------------------


def apart(plates: list[Plate], *, face: Face, size: Size) -> Printed:
    """As `render`, in a process that ends with it; TooMany where it takes too long."""
    asked = json.dumps({"plates": [asdict(plate) for plate in plates], "face": asdict(face), "size": size.key})
    try:
        done = subprocess.run([sys.executable, "-m", __name__], input=asked.encode(), capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        busy = "印得太慢，机器正忙。请过一会儿再试，或者少选几块。", "The machine is busy. Try again later, or with fewer plates."
        raise TooMany(retry_after=60, zh=busy[0], en=busy[1]) from None
    said, _, pdf = done.stdout.partition(b"\n")
    if done.returncode != 0 or not said:
        raise RuntimeError(f"printing plates ended with code {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    answer = json.loads(said)
    if "zh" in answer:
        raise WrongState(answer["zh"], answer["en"])
    return Printed(pdf, answer["unprintable"])


def main() -> None:
    """Read what is asked from standard input; write one line of JSON, then the PDF."""
    asked = json.load(sys.stdin)
    face = Face(**{**asked["face"], "steps": tuple((what, within) for what, within in asked["face"]["steps"])})
    pdf, answer = b"", {}
    try:
        done = render([Plate(**plate) for plate in asked["plates"]], face=face, size=SIZES[asked["size"]])
        pdf, answer = done.pdf, {"unprintable": done.unprintable}
    except WrongState as refused:
        answer = {"zh": refused.zh, "en": refused.en}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + pdf)


if __name__ == "__main__":
    main()
