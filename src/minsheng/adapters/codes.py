"""二维码: the picture of one address, as SVG of a single black shape.

Error correction Q: a quarter of the code may be scratched or covered; a higher one is taken where it costs no room. The quiet zone is four modules.
The dark modules are one outline, so that no printer and no screen draws hairlines between them.
"""

import segno

QUIET = 4
LEVEL = "q"


def modules(address: str) -> list[list[bool]]:
    """The dark modules, row by row, without the quiet zone."""
    return [[bool(module) for module in row] for row in segno.make_qr(address, error=LEVEL, boost_error=True).matrix]


def svg(address: str) -> str:
    """The code on white with its quiet zone, one unit a module; the size comes from where it is shown."""
    rows = modules(address)
    side = len(rows) + 2 * QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="#000" d="{outline(rows)}"/></svg>'
    )


def outline(rows: list[list[bool]]) -> str:
    """The border of the dark modules as closed paths, clockwise around what is dark."""
    leads = _borders(rows)
    paths = []
    while leads:
        start = here = next(iter(leads))
        path, last = [f"M{start[0] + QUIET} {start[1] + QUIET}"], ""
        while True:
            there = leads[here].pop()
            if not leads[here]:
                del leads[here]
            turn = "h" if there[1] == here[1] else "v"
            step = there[0] - here[0] or there[1] - here[1]
            if turn == last:
                step += int(path.pop()[1:])
            path.append(f"{turn}{step}")
            here, last = there, turn
            if here == start:
                break
        paths.append("".join(path) + "z")
    return "".join(paths)


def _borders(rows: list[list[bool]]) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """From each corner to the next along an edge between dark and light."""
    side = len(rows)
    leads: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def dark(x: int, y: int) -> bool:
        return 0 <= x < side and 0 <= y < side and rows[y][x]

    for y in range(side):
        for x in range(side):
            if not rows[y][x]:
                continue
            corners = ((x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1))
            for n, (dx, dy) in enumerate(((0, -1), (1, 0), (0, 1), (-1, 0))):
                if not dark(x + dx, y + dy):
                    leads.setdefault(corners[n], []).append(corners[(n + 1) % 4])
    return leads
