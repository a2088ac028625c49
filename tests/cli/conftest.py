"""The command line on the test's own database, with its files in a folder of its own."""

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

Cli = Callable[..., Result]


@pytest.fixture
def cli(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """Calls a command: cli(verify, "--rebuild", "all", city="yunchuan"). Nothing of it reaches var/ or another city."""
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    monkeypatch.setenv("MINSHENG_VAR", str(tmp_path / "var"))

    def run(command: click.Command, *words: object, city: str) -> Result:
        monkeypatch.setenv("MINSHENG_CITY", city)
        return CliRunner().invoke(command, [str(word) for word in words])

    return run
