"""`minsheng token`: made, listed, revoked; what is wrong is said in words."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from minsheng.cli.token import token
from minsheng.commands import tokens
from minsheng.models.people import User
from tests.world import World


@pytest.fixture
def run(world: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> "Run":
    """The command line on the test's own database."""
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    monkeypatch.setenv("MINSHENG_CITY", "yunchuan")
    world("yunchuan", at="2026-03-02T09:00+08:00")
    return Run()


class Run:
    """Calls `minsheng token …`."""

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(token, list(words))


def test_a_key_is_shown_once_listed_and_revoked(run: Run) -> None:
    """The key opens; the list never shows it; revoked it opens no more."""
    made = run("create", "desk1", "--name", "phone desk", "--days", "5")
    assert made.exit_code == 0, made.output
    plain = made.stdout.strip()
    found = tokens.find(plain)
    assert found is not None and found.username == "desk1"
    listed = run("list").stdout
    assert "phone desk" in listed and "valid" in listed and plain not in listed
    number = listed.split()[0]
    assert run("revoke", number).exit_code == 0
    assert tokens.find(plain) is None and "revoked" in run("list").stdout
    again = run("revoke", number)
    assert again.exit_code == 1 and "revoked" in again.stderr


def test_a_system_gets_an_account_of_its_own(run: Run) -> None:
    """No password, no unit; a person's account must be there already."""
    assert run("create", "weibo-bridge", "--name", "微博转办").exit_code == 1
    made = run("create", "weibo-bridge", "--name", "微博转办", "--for", "system")
    assert made.exit_code == 0, made.output
    account = User.objects.get(username="weibo-bridge")
    assert not account.memberships.exists() and not account.check_password("!") and account.display_name == "微博转办"
    assert run("create", "weibo-bridge", "--name", "second key", "--for", "system").exit_code == 0
    assert User.objects.filter(username="weibo-bridge").count() == 1


def test_what_is_wrong_is_said(run: Run) -> None:
    """No name, no such account, too long a life."""
    assert "--name" in run("create", "desk1").stderr
    assert "nobody" in run("create", "nobody", "--name", "x").stderr
    assert run("create", "desk1", "--name", "x", "--days", "0").exit_code == 2
    assert run("create", "desk1", "--name", "\x00").exit_code == 1
