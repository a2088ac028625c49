"""`minsheng load`: every mistake by file, line and key; with one mistake nothing changes; a published version never changes."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from django.db import connection

from minsheng import clock
from minsheng.cli import explain
from minsheng.cli.calendar import recompute
from minsheng.cli.checkpoint import checkpoint
from minsheng.cli.demo import demo
from minsheng.cli.load import load, read_lock
from minsheng.cli.story import story
from minsheng.cli.verify import verify
from minsheng.cli.words import Refused
from minsheng.models.places import City, Responsibility, RuleProposal, Unit
from minsheng.models.rules import RulesVersion
from minsheng.queries import directory as directories
from tests.cli.conftest import Cli
from tests.policy.golden_tables import CITIES, city_rules
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a city's directory, to be spoilt."""
    for path in (ROOT / "directories").glob("*.csv"):
        shutil.copy(path, tmp_path)
    shutil.copytree(ROOT / "directories" / "qufu", tmp_path / "qufu")
    return tmp_path / "qufu"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with profiles of its own."""
    shutil.copytree(ROOT / "profiles", tmp_path / "home" / "profiles")
    monkeypatch.setenv("MINSHENG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def spoil(path: Path, old: str, new: str) -> int:
    """Replace the first occurrence; returns its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_first_load(cli: Cli, folder: Path) -> None:
    """An empty database takes the city, with the rules of its profile."""
    done = cli(load, folder, city="qufu")
    assert done.exit_code == 0, done.output
    assert "第一次载入" in done.stdout
    assert re.search(r"已载入：单位 \d+，地点 \d+，事项 \d+，账号 \d+", done.stdout)
    assert City.objects.get().rules == city_rules("qufu").hash
    assert Unit.objects.filter(code="lucheng").exists()


def test_the_same_again_is_no_change(cli: Cli, world: Callable[..., World], folder: Path) -> None:
    """What is read from the files equals what is kept in rows."""
    world("qufu")
    assert "都没有变" in cli(load, folder, "--dry-run", city="qufu").stdout


def test_changes_are_shown_before_they_are_made(cli: Cli, world: Callable[..., World], folder: Path) -> None:
    """New, changed and gone; a dry run changes nothing."""
    world("qufu")
    name = directories.current().units["city.unions"].name
    spoil(folder / "units.csv", name, f"{name}（新）")
    row = "shuyuan.newhall,书院街道便民大厅,便民大厅,shuyuan,street,other,,0000-60000999,,,\n"
    with (folder / "units.csv").open("a", encoding="utf-8") as file:
        file.write(row)
    dry = cli(load, folder, "--dry-run", city="qufu")
    assert "单位：新增 1，改动 1，去掉 0" in dry.stdout
    assert "+ shuyuan.newhall 书院街道便民大厅" in dry.stdout and f"~ city.unions {name}（新）" in dry.stdout
    assert not Unit.objects.filter(code="shuyuan.newhall").exists()
    assert cli(load, folder, city="qufu").exit_code == 0
    assert Unit.objects.filter(code="shuyuan.newhall").exists()
    assert directories.current().units["city.unions"].name == f"{name}（新）"


def test_every_mistake_by_file_line_and_key(cli: Cli, world: Callable[..., World], folder: Path) -> None:
    """Two files are wrong: both are named, and nothing changes, dry run or not."""
    world("qufu")
    before = City.objects.get().directory_version
    line = spoil(folder / "people.csv", "operator", "operater")
    other = spoil(folder.parent / "categories.csv", "normal", "norml")
    for words in ((folder,), (folder, "--dry-run")):
        refused = cli(load, *words, city="qufu")
        assert refused.exit_code == 1
        assert f"{folder / 'people.csv'}:{line} roles: 不认识“operater”，是不是“operator”？" in refused.stderr
        assert f"{folder.parent / 'categories.csv'}:{other} urgency" in refused.stderr
        assert "共 2 处错误" in refused.stderr
    assert "2 problems." in cli(load, folder, "--lang", "en", city="qufu").stderr
    assert City.objects.get().directory_version == before


def test_what_an_open_case_stands_on_cannot_go(cli: Cli, world: Callable[..., World], folder: Path) -> None:
    """A unit that has a case stays until the case is elsewhere."""
    city = world("qufu")
    code = city.file(body="自来水发黄两天了，孩子不敢喝。", category="020303")
    unit = city.case(code).unit
    assert unit is not None
    text = (folder / "units.csv").read_text(encoding="utf-8")
    people = (folder / "people.csv").read_text(encoding="utf-8")
    (folder / "units.csv").write_text("".join(row for row in text.splitlines(keepends=True) if not row.startswith(f"{unit},")), encoding="utf-8")
    (folder / "people.csv").write_text("".join(row for row in people.splitlines(keepends=True) if f",{unit}," not in row), encoding="utf-8")
    refused = cli(load, folder, city="qufu")
    assert refused.exit_code == 1
    assert f"单位 {unit} 还有 1 件没办完的诉求" in refused.stderr
    assert Unit.objects.filter(code=unit).exists()


def test_one_database_is_one_city(cli: Cli, world: Callable[..., World], folder: Path) -> None:
    """The directory of another city is refused."""
    world("yunchuan")
    refused = cli(load, folder, city="qufu")
    assert refused.exit_code == 1 and "一个数据库一座城市" in refused.stderr


@pytest.mark.parametrize("command", [demo, verify, story, checkpoint, recompute])
def test_a_database_without_tables(cli: Cli, command: click.Command) -> None:
    """Every command says what to do first."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ms_city RENAME TO ms_city_elsewhere")
    refused = cli(command, city="qufu")
    assert refused.exit_code == 1
    assert "minsheng migrate" in refused.stderr


def test_a_folder_that_is_not_there(cli: Cli, tmp_path: Path) -> None:
    """Said in words, before any database is opened; and one thing at a time."""
    assert cli(load, tmp_path / "nowhere", city="qufu").exit_code == 2
    assert "FOLDER" in cli(load, city="qufu").stderr
    assert cli(load, tmp_path, "--lock", city="qufu").exit_code == 2


# --- rules ----------------------------------------------------------------------------------------------------------------------


def test_a_new_version_is_published(cli: Cli, world: Callable[..., World], home: Path) -> None:
    """From now on cases are registered under it; those that are there keep theirs."""
    city = world("qufu")
    code = city.file(body="社区门口的路灯坏了。", category="020201")
    old = city.case(code).rules
    spoil(home / "profiles" / "qufu.toml", 'version = "2026-1"', 'version = "2026-2"')
    spoil(home / "profiles" / "qufu.toml", 'within = "5 working days"', 'within = "4 working days"')
    done = cli(load, "--profile", "qufu", city="qufu")
    assert done.exit_code == 0, done.output
    assert "qufu@2026-2" in done.stdout
    assert City.objects.get().rules != old
    assert city.case(code).rules == old
    fresh = city.file(body="社区西门的路灯也坏了。", category="020201")
    assert city.case(fresh).rules == City.objects.get().rules
    assert city.deadline(fresh, "answer").duration == "4 working days"


def test_a_published_version_never_changes(cli: Cli, world: Callable[..., World], home: Path) -> None:
    """The same number with other words is refused, by the database and by LOCK."""
    world("qufu")
    spoil(home / "profiles" / "qufu.toml", 'within = "5 working days"', 'within = "4 working days"')
    (home / "profiles" / "LOCK").unlink(missing_ok=True)
    refused = cli(load, "--profile", "qufu", city="qufu")
    assert refused.exit_code == 1 and "qufu@2026-1 已经公布过" in refused.stderr
    (home / "profiles" / "LOCK").write_text(f"qufu 2026-1 {city_rules('qufu').hash}\n", encoding="utf-8")
    refused = cli(load, "--profile", "qufu", "--lang", "en", city="qufu")
    assert refused.exit_code == 1 and "LOCK" in refused.stderr
    assert RulesVersion.objects.count() == 1


def test_a_misspelt_rule_is_named_and_nothing_is_published(cli: Cli, world: Callable[..., World], home: Path) -> None:
    """File, line and key, with the base meant where the base is wrong."""
    world("qufu")
    line = spoil(home / "profiles" / "base.toml", "share = 0.2", "shared = 0.2")
    refused = cli(load, "--profile", "qufu", city="qufu")
    assert refused.exit_code == 1
    assert f"base.toml:{line}" in refused.stderr and "shared" in refused.stderr
    assert RulesVersion.objects.count() == 1


def test_dry_run_of_a_profile(cli: Cli, world: Callable[..., World], home: Path) -> None:
    """Checked, and not published."""
    world("qufu")
    spoil(home / "profiles" / "qufu.toml", 'version = "2026-1"', 'version = "2026-9"')
    assert "没有改动" in cli(load, "--profile", "qufu", "--dry-run", city="qufu").stdout
    assert RulesVersion.objects.count() == 1


# --- LOCK -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("city", CITIES)
def test_lock_holds_every_profile(city: str) -> None:
    """profiles/LOCK names today's version of every city with its hash. Changed on purpose? A new version, then `minsheng load --lock`."""
    locked = read_lock((ROOT / "profiles" / "LOCK").read_text(encoding="utf-8"))
    profile = city_rules(city).profile
    assert locked.get((profile.code, profile.version)) == city_rules(city).hash


def test_lock_adds_and_never_changes(cli: Cli, home: Path) -> None:
    """A new version gets a line; a version that changed is refused; a second run adds nothing."""
    (home / "profiles" / "LOCK").unlink(missing_ok=True)
    assert f"新增 {len(CITIES)} 行" in cli(load, "--lock", city="qufu").stdout
    assert "新增 0 行" in cli(load, "--lock", city="qufu").stdout
    spoil(home / "profiles" / "qufu.toml", 'version = "2026-1"', 'version = "2026-2"')
    assert "qufu 2026-2 " in cli(load, "--lock", city="qufu").stdout
    kept = (home / "profiles" / "LOCK").read_text(encoding="utf-8")
    spoil(home / "profiles" / "qufu.toml", 'within = "5 working days"', 'within = "4 working days"')
    assert cli(load, "--lock", city="qufu").exit_code == 1
    assert (home / "profiles" / "LOCK").read_text(encoding="utf-8") == kept


@pytest.mark.parametrize("text", ["qufu 2026-1\n", "qufu 2026-1 a\nqufu 2026-1 b\n"])
def test_a_spoilt_lock_is_refused(text: str) -> None:
    """Half a line, or a version twice."""
    with pytest.raises(Refused, match="LOCK:"):
        read_lock(text)


def test_directories_of_all_cities_hold_together() -> None:
    """What is delivered can be loaded."""
    for city in CITIES:
        assert explain.read_directory(ROOT / "directories" / city, lang="zh") is not None


def test_rules_from_rulings_stay_and_what_falls_away_is_said(cli: Cli, world: Callable[..., World], folder: Path) -> None:
    """They stand in no file: counted as kept, no change; one whose place the files no longer know is named before it goes."""
    world("qufu")
    values = {"category": "020201", "status": "accepted", "by": "staff:1", "at": clock.now(), "decided_by": "staff:2", "decided_at": clock.now()}
    RuleProposal.objects.create(place=None, lead="lucheng", basis="裁定：路灯归街道", **values)
    RuleProposal.objects.create(place="nowhere", lead="lucheng", basis="裁定：这条巷子归街道", **values)
    said = cli(load, folder, "--dry-run", city="qufu").stdout
    assert "裁定形成的责任规则：保留 1 条" in said
    assert "「裁定：这条巷子归街道」要去掉" in said
    assert not Responsibility.objects.filter(basis__startswith="裁定").exists()
    assert cli(load, folder, city="qufu").exit_code == 0
    assert [row.basis for row in Responsibility.objects.filter(basis__startswith="裁定")] == ["裁定：路灯归街道"]
    assert "都没有变" in cli(load, folder, "--dry-run", city="qufu").stdout
