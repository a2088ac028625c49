"""Pictures for the demo, drawn with a few shapes: a thing as a citizen would photograph it, and the same once it has been put right."""

import io
from collections.abc import Callable
from itertools import count

from PIL import Image, ImageDraw

SIZE = (960, 720)
_number = count(1)


def drawn(thing: str, *, done: bool) -> bytes:
    """A PNG of the thing. No two are the same file: each has its own hour of the day."""
    hour = next(_number) % 12
    picture = Image.new("RGB", SIZE, _sky(hour))
    _THINGS[thing](ImageDraw.Draw(picture), done)
    out = io.BytesIO()
    picture.resize((640, 480)).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _sky(hour: int) -> tuple[int, int, int]:
    return 150 + 6 * hour, 176 + 4 * hour, 200 + 3 * hour


def _ground(draw: ImageDraw.ImageDraw, top: int, colour: str) -> None:
    draw.rectangle((0, top, *SIZE), fill=colour)


def _lamp(draw: ImageDraw.ImageDraw, done: bool) -> None:  # noqa: FBT001 - a thing is drawn before or after
    draw.rectangle((0, 0, *SIZE), fill="#1d2638")
    _ground(draw, 600, "#2a2f36")
    draw.rectangle((470, 150, 490, 620), fill="#8a9099")
    draw.line((480, 160, 620, 130), fill="#8a9099", width=14)
    if done:
        draw.polygon([(600, 150), (680, 150), (860, 620), (420, 620)], fill="#6b6437")
        draw.polygon([(615, 150), (665, 150), (760, 620), (520, 620)], fill="#a3974a")
    draw.ellipse((595, 115, 685, 165), fill="#ffe9a3" if done else "#3c434e")


def _window(draw: ImageDraw.ImageDraw, done: bool) -> None:  # noqa: FBT001
    draw.rectangle((0, 0, *SIZE), fill="#c9bfae")
    for y in range(0, 720, 48):
        draw.line((0, y, 960, y), fill="#b8ad9a", width=3)
    draw.rectangle((300, 140, 680, 580), fill="#5b6672")
    left = [(320, 160), (480, 160), (480, 560), (320, 560)]
    right = [(500, 160), (660, 160), (660, 560), (500, 560)] if done else [(520, 190), (690, 250), (640, 640), (470, 590)]
    for pane in (left, right):
        draw.polygon(pane, fill="#a9c3d6", outline="#e8e8e8", width=10)
    if not done:
        draw.line([(540, 300), (590, 380), (570, 460), (620, 560)], fill="#f4f7fa", width=5)


def _pothole(draw: ImageDraw.ImageDraw, done: bool) -> None:  # noqa: FBT001
    _ground(draw, 200, "#6d7075")
    for x in range(-40, 960, 220):
        draw.polygon([(x, 330), (x + 120, 330), (x + 110, 350), (x - 10, 350)], fill="#e6e2d6")
    if done:
        draw.polygon([(270, 430), (690, 420), (720, 590), (240, 600)], fill="#3b3d41", outline="#2c2e31", width=6)
        return
    draw.ellipse((260, 420, 720, 620), fill="#4a4744")
    draw.ellipse((300, 450, 690, 610), fill="#33302d")
    draw.ellipse((380, 500, 600, 580), fill="#5d7284")


def _bin(draw: ImageDraw.ImageDraw, done: bool) -> None:  # noqa: FBT001
    _ground(draw, 560, "#9a948a")
    for n, colour in enumerate(("#2f7d4f", "#2b6ca3", "#8a8f96")):
        x = 180 + n * 210
        draw.rectangle((x, 300, x + 160, 600), fill=colour)
        draw.rectangle((x - 10, 280, x + 170, 310), fill="#39404a")
        if not done:
            draw.ellipse((x + 10, 210, x + 100, 300), fill="#22262b")
            draw.ellipse((x + 70, 230, x + 160, 305), fill="#c9c2a5")
            draw.ellipse((x + 20, 570, x + 120, 650), fill="#22262b")


def _car(draw: ImageDraw.ImageDraw, done: bool) -> None:  # noqa: FBT001
    _ground(draw, 420, "#7b7e83")
    draw.polygon([(60, 690), (240, 450), (720, 450), (900, 690)], outline="#e3c22f", width=12)
    if done:
        draw.line((200, 660, 700, 470), fill="#e3c22f", width=12)
        draw.line((260, 470, 760, 660), fill="#e3c22f", width=12)
        return
    draw.rounded_rectangle((240, 470, 740, 620), radius=40, fill="#9c2f2f")
    draw.polygon([(330, 470), (400, 370), (590, 370), (660, 470)], fill="#7f2525")
    draw.polygon([(420, 385), (575, 385), (630, 465), (370, 465)], fill="#b9d0df")
    for x in (330, 650):
        draw.ellipse((x - 50, 570, x + 50, 670), fill="#1e1f22")


_THINGS: dict[str, Callable[[ImageDraw.ImageDraw, bool], None]] = {"lamp": _lamp, "window": _window, "pothole": _pothole, "bin": _bin, "car": _car}
