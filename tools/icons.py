"""The pictures of the app on a phone's home screen: `python tools/icons.py` draws them from the logo into static/img, four times as large and then smaller.

They are kept in the repository: a phone asks for PNG, and a browser that builds them would be one more thing to install.
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parents[1] / "src/minsheng/static/img"
GROUND, BUBBLE, VOICE = "#143763", "#ffffff", "#1d5aa5"
TIMES = 4
#: The logo of templates/components/marks.html on its field of 32: the bubble's box and radius, its tail, the four bars of a voice.
BOX, RADIUS, TAIL = (2, 3, 30, 25), 4, ((6.4, 24.5), (6.4, 30.6), (7.6, 30.7), (15.5, 24.5))
BARS = ((9, 11.8, 16.2), (13.7, 9, 19), (18.4, 11, 17), (23, 12.8, 15.2))
BAR_WIDTH = 2.6


def draw(side: int, *, share: float, rounded: float) -> Image.Image:
    """The logo on its ground. share: how much of the side the logo takes; rounded: radius of the ground's corners as a share of the side."""
    big = side * TIMES
    picture = Image.new("RGBA", (big, big), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, big - 1, big - 1), radius=big * rounded, fill=GROUND)
    scale = big * share / 32
    left, top = (big - 32 * scale) / 2, (big - 33.6 * scale) / 2

    def at(x: float, y: float) -> tuple[float, float]:
        return left + x * scale, top + y * scale

    pen.rounded_rectangle((*at(*BOX[:2]), *at(*BOX[2:])), radius=RADIUS * scale, fill=BUBBLE)
    pen.polygon([at(*point) for point in TAIL], fill=BUBBLE)
    half = BAR_WIDTH / 2
    for x, low, high in BARS:
        pen.rounded_rectangle((*at(x - half, low - half), *at(x + half, high + half)), radius=half * scale, fill=VOICE)
    return picture.resize((side, side), Image.Resampling.LANCZOS)


def pictures() -> dict[str, Image.Image]:
    """Every picture by its name. A maskable one is cut by the phone to a circle or a drop: its logo stays within the middle."""
    return {
        "icon-192.png": draw(192, share=0.62, rounded=0.22),
        "icon-512.png": draw(512, share=0.62, rounded=0.22),
        "icon-maskable.png": draw(512, share=0.5, rounded=0),
        "icon-180.png": draw(180, share=0.6, rounded=0).convert("RGB"),
    }


def main() -> int:
    for name, picture in pictures().items():
        picture.quantize(64, method=Image.Quantize.FASTOCTREE).save(FOLDER / name, optimize=True)
        print(name, (FOLDER / name).stat().st_size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
