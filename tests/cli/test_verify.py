"""`minsheng verify` and `minsheng checkpoint`: what was altered is found and named."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from minsheng.cli.checkpoint import checkpoint
from minsheng.cli.verify import verify
from minsheng.commands import checkpoints
from minsheng.models.case import Case
from tests.cli.conftest import Cli
from tests.world import World


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    """A city with a case."""
    made = world("yunchuan")
    made.file(body="小区东门的路灯不亮。", category="020201")
    return made


def alter(sql: str) -> None:
    """What only somebody with the keys of the database can do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ms_event DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute("ALTER TABLE ms_event ENABLE TRIGGER USER")


def test_clean(cli: Cli, city: World) -> None:
    """All adds up, also replayed."""
    done = cli(verify, "--rebuild", "all", city="yunchuan")
    assert done.exit_code == 0, done.output
    assert "账对得上：1 件诉求" in done.stdout and "重放了 1 件" in done.stdout
    assert "All adds up: 1 cases" in cli(verify, "--lang", "en", city="yunchuan").stdout


def test_an_edited_event_is_named(cli: Cli, city: World) -> None:
    """The first broken link, by case and entry; code 1."""
    alter("UPDATE ms_event SET actor = 'staff:1' WHERE seq = 2")
    refused = cli(verify, city="yunchuan")
    assert refused.exit_code == 1
    assert refused.stderr == f"{Case.objects.get().code} #2：这条流转记录被改过。\n"


def test_checkpoint_files_find_what_the_database_cannot(cli: Cli, city: World, tmp_path: Path) -> None:
    """Somebody removes a case with its journal and all checkpoints: the kept file knows."""
    out = tmp_path / "kept"
    made = cli(checkpoint, "--out", out, city="yunchuan")
    assert made.exit_code == 0, made.output
    assert checkpoints.public_key() in made.stdout
    file = out / "checkpoint-000001.txt"
    assert cli(verify, file, "--key", checkpoints.public_key(), city="yunchuan").exit_code == 0
    alter("TRUNCATE ms_checkpoint; TRUNCATE ms_event; TRUNCATE ms_case CASCADE")
    assert cli(verify, city="yunchuan").exit_code == 0
    refused = cli(verify, file, city="yunchuan")
    assert refused.exit_code == 1 and "存证的流转记录被删掉了" in refused.stderr


def test_a_file_signed_by_somebody_else_is_refused(cli: Cli, city: World, tmp_path: Path) -> None:
    """The public key that was written down tells a forged file."""
    cli(checkpoint, "--out", tmp_path, city="yunchuan")
    refused = cli(verify, tmp_path / "checkpoint-000001.txt", "--key", "AAAA", city="yunchuan")
    assert refused.exit_code == 1 and "不是这把公钥" in refused.stderr
    text = (tmp_path / "checkpoint-000001.txt").read_text(encoding="utf-8")
    (tmp_path / "checkpoint-000001.txt").write_text(text.replace(" 2 ", " 1 ", 1).replace("checkpoint 1", "checkpoint 9"), encoding="utf-8")
    refused = cli(verify, tmp_path / "checkpoint-000001.txt", city="yunchuan")
    assert refused.exit_code == 1 and "签名不对" in refused.stderr


def test_checkpoints_are_written_once(cli: Cli, city: World, tmp_path: Path) -> None:
    """A second run has nothing to sign; one that the worker made at night is written when asked."""
    cli(checkpoint, "--out", tmp_path, city="yunchuan")
    again = cli(checkpoint, "--out", tmp_path, city="yunchuan").stdout
    assert "没有新的流转记录" in again and "已经齐全" in again
    city.file(body="楼道里的窗户坏了。")
    checkpoints.make()
    assert "checkpoint-000002.txt" in cli(checkpoint, "--out", tmp_path, city="yunchuan").stdout
    assert sorted(path.name for path in tmp_path.glob("*.txt")) == ["checkpoint-000001.txt", "checkpoint-000002.txt"]


def test_what_cannot_be_read_is_said(cli: Cli, city: World, tmp_path: Path) -> None:
    """A file that is not there, one that is no text, a number that is none."""
    assert cli(verify, tmp_path / "nowhere.txt", city="yunchuan").exit_code == 2
    (tmp_path / "noise.txt").write_bytes(b"\xff\xfe\x00")
    assert "不是文字文件" in cli(verify, tmp_path / "noise.txt", city="yunchuan").stderr
    assert cli(verify, "--rebuild", "some", city="yunchuan").exit_code == 2
