"""`minsheng rehearse`: history under other rules, side by side; what cannot be read is said with file and line."""

import json
from collections.abc import Callable
from pathlib import Path

from minsheng.cli.rehearse import rehearse
from tests.cli.conftest import Cli
from tests.commands import scenes
from tests.world import World


def test_it_shows_both_sides_and_says_what_it_cannot_read(cli: Cli, world: Callable[..., World], tmp_path: Path) -> None:
    city = world("yunchuan")
    scenes.handled(city)
    city.wait("9 days")
    same = cli(rehearse, "yunchuan", "--since", "2026-01-01", city="yunchuan")
    assert same.exit_code == 0, same.output
    assert "1 件" in same.stdout and "各单位都没有变化" in same.stdout
    told = json.loads(cli(rehearse, "yunchuan", "--since", "2026-01-01", "--json", city="yunchuan").stdout)
    assert told["cases"] == 1 and told["whole"]["old"] == told["whole"]["new"]
    ahead = cli(rehearse, "yunchuan", "--since", "2090-01-01", "--lang", "en", city="yunchuan")
    assert (ahead.exit_code, "lies ahead" in ahead.stderr) == (2, True)
    draft = tmp_path / "draft.toml"
    draft.write_text('extends = "base"\ncode = "yunchuan"\n', encoding="utf-8")
    unfinished = cli(rehearse, draft, "--since", "2026-01-01", city="yunchuan")
    assert unfinished.exit_code == 1 and "draft.toml" in unfinished.stderr
