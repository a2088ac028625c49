"""抽样 by unit with a seed: the same seed over the same answers draws the same ones, so that anybody can check the draw. Pure."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable


def draw(answers: Iterable[tuple[str, str]], *, size: int, seed: str) -> list[str]:
    """Codes drawn from (code, unit), at most `size`: each unit by its share, but every unit at least once while there is room; sorted by unit, then code."""
    units: dict[str, list[str]] = defaultdict(list)
    for code, unit in sorted(set(answers)):
        units[unit].append(code)
    for codes in units.values():
        codes.sort(key=lambda code: _lot(seed, code))
    shares = _shares({unit: len(codes) for unit, codes in units.items()}, size=size, seed=seed)
    return [code for unit in sorted(units) for code in sorted(units[unit][: shares[unit]])]


def _shares(sizes: dict[str, int], *, size: int, seed: str) -> dict[str, int]:
    """How many of each unit: one each (in the order of the lot), then whoever is furthest below its share gets the next."""
    total, size = sum(sizes.values()), min(size, sum(sizes.values()))
    given = dict.fromkeys(sizes, 0)
    order = sorted(sizes, key=lambda unit: _lot(seed, unit))
    for unit in order[:size]:
        given[unit] = 1
    for _ in range(size - sum(given.values())):
        open_ = [unit for unit in order if given[unit] < sizes[unit]]
        given[max(open_, key=lambda unit: sizes[unit] * size / total - given[unit])] += 1
    return given


def _lot(seed: str, key: str) -> str:
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()
