"""What the environment may say, and what is refused in words."""

import base64
import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from minsheng.conf import environment as env

KEY = base64.b64encode(b"k" * 32).decode()
WHOLE = {
    "MINSHENG_SECRET_KEY": "s" * 50,
    "MINSHENG_DATA_KEYS": f"2:{KEY}",
    "MINSHENG_INDEX_KEY": KEY,
    "MINSHENG_CITY": "somewhere",
    "MINSHENG_HOSTS": "12345.example.cn",
    "DATABASE_URL": "postgresql://u:p@db/minsheng",
}


def test_a_socket_and_its_options() -> None:
    found = env.database("postgresql://minsheng@/city?host=/run/pg&port=5433&sslmode=disable")
    assert (found["NAME"], found["USER"], found["HOST"], found["PORT"]) == ("city", "minsheng", "/run/pg", "5433")
    assert found["OPTIONS"] == {"server_side_binding": True, "prepare_threshold": 3, "sslmode": "disable"}
    assert found["CONN_MAX_AGE"] is None


def test_a_server_and_a_password_with_signs() -> None:
    found = env.database("postgres://u%40x:p%2Fw@10.0.0.5:6432/m")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("u@x", "p/w", "10.0.0.5", "6432")


@pytest.mark.parametrize(("url", "words"), [("mysql://u@h/d", "must begin with postgresql"), ("postgresql://u@h", "names no database")])
def test_a_wrong_address(url: str, words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        env.database(url)


def test_keys_newest_first() -> None:
    other = base64.b64encode(b"o" * 32).decode()
    assert env.data_keys(f"2026:{KEY}, 2025:{other}") == (("2026", b"k" * 32), ("2025", b"o" * 32))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (KEY, 'must read "id:base64key'),
        ("1:%%%", "is not base64"),
        (f"1:{base64.b64encode(b'short').decode()}", "has 5 bytes"),
        (f"1:{KEY},1:{KEY}", "twice"),
    ],
)
def test_wrong_keys(value: str, words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        env.data_keys(value)


def test_a_number_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINSHENG_PROXIES", "one")
    with pytest.raises(ImproperlyConfigured, match="whole number"):
        env.number("MINSHENG_PROXIES", default=0)


def _production(settings: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MINSHENG_", "DATABASE_", "DJANGO_"))}
    command = [sys.executable, "-c", "import minsheng.conf.production as p; print(p.CSRF_TRUSTED_ORIGINS[0], p.SESSION_COOKIE_SECURE)"]
    return subprocess.run(command, env=kept | settings | {"PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("missing", sorted(WHOLE))
def test_production_does_not_start_without(missing: str) -> None:
    done = _production({name: value for name, value in WHOLE.items() if name != missing})
    assert done.returncode != 0
    assert f"{missing} is not set" in done.stderr


def test_production_starts_with_all() -> None:
    assert _production(WHOLE).stdout == "https://12345.example.cn True\n"
    assert "at least 40" in _production(WHOLE | {"MINSHENG_SECRET_KEY": "short"}).stderr
