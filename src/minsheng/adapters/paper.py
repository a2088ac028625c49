"""纸: pages of our own turned into a PDF by WeasyPrint, for plates and for sheets.

WeasyPrint needs Pango from the system, and the paper needs a Chinese font: what is missing is said in words with the packages to install.
It holds some 150 MB once it has drawn Chinese, so the web server lets a process of its own do it (`apart`), which is over with the file.
"""

import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import ImageFile

from minsheng.domain.errors import TooMany, Unprintable, WrongState

PACKAGE = Path(__file__).resolve().parents[1]
PANGO = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
FONTS = "fonts-noto-cjk"


def env() -> Environment:
    """The templates, without Django."""
    return Environment(loader=FileSystemLoader(PACKAGE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def draw(pages: Sequence[str], *, style: str, heading: str) -> tuple[bytes, str]:
    """One PDF of these pages, each counted by itself (第 1 页，共 2 页), and the characters that no font has.

    heading: words that stand on all of them; where these have no glyph, there is no Chinese font and it is refused.
    """
    weasyprint = library()
    missing: set[str] = set()

    def look(document: Any, _: Any) -> None:
        for font in document.fonts.values():
            missing.update(chr(codepoint) for codepoint in font.missing)

    from weasyprint.text.fonts import FontConfiguration

    # Paper asks for no file and no address: pictures come with the page.
    fonts, fetcher = FontConfiguration(), weasyprint.URLFetcher(allowed_protocols=["data"], fail_on_errors=True)
    sheet = weasyprint.CSS(filename=PACKAGE / "static/css" / style, url_fetcher=fetcher, font_config=fonts)
    drawn = [weasyprint.HTML(string=page, url_fetcher=fetcher).render(stylesheets=[sheet], font_config=fonts) for page in pages]
    pdf = drawn[0].copy([page for one in drawn for page in one.pages]).write_pdf(finisher=look)
    if set(heading) & missing:
        raise no_chinese()
    return pdf, "".join(sorted(missing))


def library() -> Any:
    """WeasyPrint, or Unprintable where the system lacks what it stands on."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)  # without libharfbuzz-subset it only warns, and writes whole fonts into every file
            warnings.filterwarnings("error", message=".*FontConfig.*")  # without any font at all Pango would bring the process down
            import weasyprint
    except UserWarning:
        raise no_chinese() from None
    except (OSError, DeprecationWarning):
        raise Unprintable(
            f"打印要用的系统库没有装好。请管理员安装：apt-get install {PANGO} {FONTS}",
            f"The system libraries for printing are missing. Ask the administrator to install: apt-get install {PANGO} {FONTS}",
        ) from None
    # Importing it tells Pillow to take half a picture for a whole one, in the whole process: a photo that was cut short must be refused.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    for talkative in ("weasyprint.progress", "fontTools"):
        logging.getLogger(talkative).setLevel(logging.WARNING)  # one line a sheet else
    return weasyprint


def no_chinese() -> Unprintable:
    """The refusal where a Chinese font is missing."""
    return Unprintable(
        f"这台机器没有中文字体，印出来会是方框。请管理员安装：apt-get install {FONTS}",
        f"This machine has no Chinese font: the paper would show boxes. Ask the administrator to install: apt-get install {FONTS}",
    )


# --- in a process of its own ------------------------------------------------------------------------------------------------------


def apart(module: str, asked: Any, *, patience: float) -> tuple[dict[str, Any], bytes]:
    """Let `module` draw what is asked, in a process that ends with it. What it refused is raised; TooMany where it takes too long."""
    said = json.dumps(asked, ensure_ascii=False).encode()
    try:
        done = subprocess.run([sys.executable, "-m", module], input=said, capture_output=True, timeout=patience, check=False)
    except subprocess.TimeoutExpired:
        busy = "印得太慢，机器正忙。请过一会儿再试，或者少选几个。", "The machine is busy. Try again later, or with fewer."
        raise TooMany(retry_after=60, zh=busy[0], en=busy[1]) from None
    head, _, pdf = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head:
        raise RuntimeError(f"printing ended with code {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    answer = json.loads(head)
    if "zh" in answer:
        raise (Unprintable if answer["kind"] == Unprintable.code else WrongState)(answer["zh"], answer["en"])
    return answer, pdf


def serve(work: Callable[[Any], tuple[bytes, dict[str, Any]]]) -> None:
    """Read what is asked from standard input; write one line of JSON, then the PDF."""
    pdf, answer = b"", {}
    try:
        pdf, answer = work(json.load(sys.stdin))
    except WrongState as refused:
        answer = {"zh": refused.zh, "en": refused.en, "kind": refused.code}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + pdf)
