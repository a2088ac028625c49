"""The file with the secrets of one machine."""

import base64
import os
from pathlib import Path

import pytest

from minsheng.server import secrets


def test_secrets_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    first = secrets.load_or_make(tmp_path / "var")
    assert (tmp_path / "var" / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert secrets.load_or_make(tmp_path / "var") == first
    assert len(base64.b64decode(first["MINSHENG_INDEX_KEY"])) == 32
    name, _, key = first["MINSHENG_DATA_KEYS"].partition(":")
    assert name == "k1"
    assert len(base64.b64decode(key)) == 32
    assert len(first["MINSHENG_SECRET_KEY"]) > 40
    assert os.listdir(tmp_path / "var") == ["secrets.env"]


def test_a_lost_key_is_not_replaced_in_silence(tmp_path: Path) -> None:
    """A new key would read nothing of what the old one wrote."""
    secrets.load_or_make(tmp_path)
    path = tmp_path / "secrets.env"
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if "DATA_KEYS" not in line))
    with pytest.raises(secrets.SecretsError, match="lacks MINSHENG_DATA_KEYS"):
        secrets.load_or_make(tmp_path)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    secrets.load_or_make(tmp_path)
    (tmp_path / "secrets.env").chmod(0o644)
    with pytest.raises(secrets.SecretsError, match="chmod 600"):
        secrets.load_or_make(tmp_path)


def test_what_is_in_the_environment_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in secrets.NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MINSHENG_SECRET_KEY", "mine")
    secrets.into_environment(tmp_path)
    assert os.environ["MINSHENG_SECRET_KEY"] == "mine"
    assert os.environ["MINSHENG_INDEX_KEY"]
    for name in secrets.NAMES:
        monkeypatch.delenv(name)
