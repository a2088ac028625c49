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
    "MINSHENG_SITE": "https://12345.example.cn/",
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


def test_a_table_of_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T", "answer:1234567, code:7654321")
    assert env.table("T", value="[0-9]+") == {"answer": "1234567", "code": "7654321"}
    monkeypatch.delenv("T")
    assert env.table("T") == {}


@pytest.mark.parametrize(
    ("value", "words"), [("answer", "must read"), ("answer:", "must read"), (":1", "must read"), ("answer:one", "must read"), ("a:1,a:2", "twice")]
)
def test_a_wrong_table(monkeypatch: pytest.MonkeyPatch, value: str, words: str) -> None:
    monkeypatch.setenv("T", value)
    with pytest.raises(ImproperlyConfigured, match=words):
        env.table("T", value="[0-9]+")


def test_a_word_that_is_none_of_those_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("P", "tencent")
    assert env.one_of("P", ("tencent",)) == "tencent"
    monkeypatch.setenv("P", "other")
    with pytest.raises(ImproperlyConfigured, match="must be tencent"):
        env.one_of("P", ("tencent",))
    monkeypatch.delenv("P")
    assert env.one_of("P", ("tencent",)) == ""


@pytest.mark.parametrize("value", ["12345.example.cn", "ftp://x", "https://", "https://x/path", "https://x?a=b", "https://u:p@x", "http://x"])
def test_a_public_address_that_is_none(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("S", value)
    with pytest.raises(ImproperlyConfigured, match="must read https"):
        env.site("S", schemes=("https",))


def test_a_public_address_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S", "http://127.0.0.1:8000/")
    assert env.site("S", schemes=("https", "http")) == "http://127.0.0.1:8000"
    monkeypatch.delenv("S")
    assert env.site("S", schemes=("https",)) == ""


_SAID = "import minsheng.conf.production as p; print(p.CSRF_TRUSTED_ORIGINS[0], p.SESSION_COOKIE_SECURE)"


def _production(settings: dict[str, str], said: str = _SAID) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MINSHENG_", "DATABASE_", "DJANGO_"))}
    command = [sys.executable, "-c", said]
    return subprocess.run(command, env=kept | settings | {"PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("missing", sorted(WHOLE))
def test_production_does_not_start_without(missing: str) -> None:
    done = _production({name: value for name, value in WHOLE.items() if name != missing})
    assert done.returncode != 0
    assert f"{missing} is not set" in done.stderr


def test_production_starts_with_all() -> None:
    assert _production(WHOLE).stdout == "https://12345.example.cn True\n"
    assert "at least 40" in _production(WHOLE | {"MINSHENG_SECRET_KEY": "short"}).stderr


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"MINSHENG_SITE": "http://12345.example.cn"}, "must read https"),
        ({"MINSHENG_SMS_PROVIDER": "tencent", "MINSHENG_SMS_ID": "i", "MINSHENG_SMS_KEY": "k", "MINSHENG_SMS_APP": "1"}, "MINSHENG_SMS_SIGN is not set"),
        (
            {"MINSHENG_SMS_PROVIDER": "tencent", "MINSHENG_SMS_ID": "i", "MINSHENG_SMS_KEY": "k", "MINSHENG_SMS_APP": "1", "MINSHENG_SMS_SIGN": "s"},
            "MINSHENG_SMS_TEMPLATES is not set",
        ),
        ({"MINSHENG_SMS_PROVIDER": "carrier"}, "must be tencent"),
        ({"MINSHENG_SMS_TEMPLATES": "answer:abc"}, "MINSHENG_SMS_TEMPLATES must read"),
        ({"MINSHENG_WECHAT_APPID": "wx0"}, "MINSHENG_WECHAT_SECRET is not set"),
        ({"MINSHENG_WECHAT_TEMPLATES": "answer:T-1:thing2=weather"}, "MINSHENG_WECHAT_TEMPLATES must read"),
    ],
)
def test_half_a_provider_stops_the_start_in_words(given: dict[str, str], words: str) -> None:
    assert words in _production(WHOLE | given).stderr


def test_a_city_is_told_nothing_by_the_log_alone() -> None:
    said = "import minsheng.conf.production as p; print(p.MINSHENG_CONSOLE, p.MINSHENG_SITE, p.MINSHENG_WECHAT_TEMPLATES)"
    templates = "answer:T-1:thing2=what;time3=time,progress:T-2"
    assert _production(WHOLE | {"MINSHENG_WECHAT_TEMPLATES": templates}, said).stdout == (
        "False https://12345.example.cn {'answer': 'T-1:thing2=what;time3=time', 'progress': 'T-2'}\n"
    )
