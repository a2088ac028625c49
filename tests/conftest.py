"""Fixtures for all tests. The database is tests/plugins/database.py."""

import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from minsheng.commands import limits
from minsheng.queries import directory as directories
from minsheng.queries import kept
from minsheng.queries import rules as rulebook
from tests.world import World

# No test fails because a machine is slow. New examples are looked for by whoever works on the code; CI asks the same ones each time, so that a submission
# does not fail for something else.
settings.register_profile("minsheng", deadline=None, derandomize="MINSHENG_SKIP_NOTHING" in os.environ)
settings.load_profile("minsheng")


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
