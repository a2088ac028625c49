"""`minsheng calendar recompute`: the State Council has announced a year."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from minsheng.cli.calendar import recompute
from tests.cli.conftest import Cli
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
CALENDAR = "published = [2025, 2026, 2027]\n"
DAY_OFF = '[[override]]\nday = 2027-01-04\nworks = false\nbecause = "调休"\n'


@pytest.fixture
def announce(settings: Any, tmp_path: Path) -> Callable[[str], None]:
    """Write the year into the calendar of this installation."""
    shutil.copytree(ROOT / "profiles", tmp_path / "home" / "profiles")
    settings.MINSHENG_HOME = tmp_path / "home"

    def write(text: str) -> None:
        (tmp_path / "home" / "profiles" / "calendar.toml").write_text(text, encoding="utf-8")

    return write


def test_deadlines_move_and_say_so(cli: Cli, world: Callable[..., World], announce: Callable[[str], None]) -> None:
    """A day that turns out to be off moves what was counted over it; the journal tells; a second run finds nothing."""
    city = world("yunchuan", at="2026-12-31T10:00+08:00")
    code = city.file(body="自来水管爆了，水漫到楼道里。", category="020304", urgency="urgent")
    before = city.deadline(code, "answer")
    assert before.explanation["provisional"] == [2027] and before.due_at.isoformat() == "2027-01-04T16:00:00+00:00"
    announce(CALENDAR + DAY_OFF)
    done = cli(recompute, city="yunchuan")
    assert done.exit_code == 0, done.output
    assert "看了 1 件" in done.stdout
    after = city.deadline(code, "answer")
    assert after.due_at.isoformat() == "2027-01-05T16:00:00+00:00" and "provisional" not in after.explanation
    assert city.actions(code)[-1] == "recomputed"
    assert "没有暂定的时限" in cli(recompute, city="yunchuan").stdout
    city.holds()


def test_what_stays_is_provisional_no_longer(cli: Cli, world: Callable[..., World], announce: Callable[[str], None]) -> None:
    """The same day as before, now for certain: nothing happened that the journal would tell."""
    city = world("yunchuan", at="2026-12-31T10:00+08:00")
    code = city.file(body="自来水管爆了，水漫到楼道里。", category="020304", urgency="urgent")
    due, actions = city.deadline(code, "answer").due_at, city.actions(code)
    announce(CALENDAR)
    assert "0 个时限" in cli(recompute, city="yunchuan").stdout
    after = city.deadline(code, "answer")
    assert after.due_at == due and "provisional" not in after.explanation and city.actions(code) == actions
    assert "nothing to do" in cli(recompute, "--lang", "en", city="yunchuan").stdout


def test_a_year_still_unknown(cli: Cli, world: Callable[..., World]) -> None:
    """Nothing was announced: what is provisional stays so, and is said."""
    city = world("yunchuan", at="2026-12-31T10:00+08:00")
    city.file(body="自来水管爆了，水漫到楼道里。", category="020304", urgency="urgent")
    assert "还有 1 件" in cli(recompute, city="yunchuan").stdout
