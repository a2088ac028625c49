"""Fixtures for all tests. The database is tests/plugins/database.py."""

from collections.abc import Callable, Iterator

import pytest

from minsheng.commands import limits
from minsheng.queries import directory as directories
from minsheng.queries import kept
from minsheng.queries import rules as rulebook
from tests.world import World


def _forget() -> None:
    for part in (directories, rulebook, kept, *limits.ALL):
        part.forget()


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """No directory, profile, drawn page or counted attempt of an earlier test."""
    _forget()
    yield
    _forget()


@pytest.fixture
def world(db: None) -> Iterator[Callable[..., World]]:
    """Makes the city of a story; the clock is given back at the end."""
    made: list[World] = []

    def make(city: str, *, at: str = "2026-03-02T09:00+08:00") -> World:
        made.append(World(city, at=at))
        return made[-1]

    yield make
    for one in reversed(made):
        one.leave()
