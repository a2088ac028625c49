"""`minsheng explain`: answers at once, in Chinese, English or JSON; refuses in words."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from minsheng.cli import main
from minsheng.cli.explain import explain

ROOT = Path(__file__).resolve().parents[2]
AT = ("--at", "2026-09-30T16:00+08:00")


def run(*words: str) -> Result:
    """Call it."""
    return CliRunner().invoke(explain, list(words))


@pytest.mark.parametrize(("urgency", "due"), [("urgent", "2026-10-09"), ("high", "2026-10-11"), ("normal", "2026-10-14")])
def test_json(urgency: str, due: str) -> None:
    """The due times of linyi across the National Day, as a script reads them: 24:00 of 8, 10 and 13 October."""
    found = json.loads(run("linyi", f"urgency={urgency}", "category=噪声", *AT, "--json").stdout)
    answer = next(item for item in found["deadlines"] if item["kind"] == "answer")
    assert answer["due"] == f"{due}T00:00:00+08:00"
    assert {"due_day", "within", "because", "assumed", "skipped", "steps"} <= answer.keys()
    assert {"profile", "version", "at", "facts", "first_receiver", "approvals", "publicity", "callback"} <= found.keys()
    assert (found["profile"], found["facts"]["category"]) == ("linyi", "050102")


def test_in_chinese() -> None:
    """A clerk reads who, by when, why, and which days do not count."""
    said = run("linyi", "urgency=urgent", *AT).stdout
    for words in ("首接：12345 热线受理中心", "到 10 月 8 日（周四）24:00", "按紧急程度 1 个工作日回复", "国庆节", "媒体督办", "100%", "退单", "〔设定〕"):
        assert words in said, words


def test_in_english() -> None:
    """English sentences around the city's own words."""
    said = run("baiyin", "place=hongweicun-b3", "category=0501", *AT, "--lang", "en").stdout
    assert "First receiver: 村（社区）党组织书记和包村干部; by rule" in said
    assert "contact　30 minutes　until Wed 30 Sep 16:30 (from dispatch, if that were now)" in said
    assert "Dispatched to: 四龙路街道红卫村社区" in said


def test_a_time_without_a_zone_is_beijing_time() -> None:
    """Nobody at a counter thinks in UTC."""
    same = [json.loads(run("linyi", "--json", "--at", text).stdout)["at"] for text in ("2026-09-30T16:00", "2026-09-30T16:00+08:00", "2026-09-30T08:00+00:00")]
    assert same == ["2026-09-30T16:00:00+08:00"] * 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("linyi", "category=噪音啊"), "0501 噪音扰民"),
        (("linyi", "urgncy=urgent"), "“urgency”"),
        (("linyi", "--at", "soon"), "2026-09-30T16:00+08:00"),
        (("lin",), "linyi"),
        (("nowhere.toml",), "没有 nowhere.toml"),
    ],
)
def test_refusals(words: tuple[str, ...], says: str) -> None:
    """What the person typed wrong ends with code 2 and says what to do."""
    refused = run(*words)
    assert refused.exit_code == 2
    assert says in refused.stderr
    assert "Traceback" not in refused.output


def test_a_typo_in_a_profile_names_file_line_and_key(tmp_path: Path) -> None:
    """A profile of one's own lies beside nobody: the base is found, the misspelt key is named."""
    text = (ROOT / "profiles" / "linyi.toml").read_text(encoding="utf-8")
    line = next(n for n, content in enumerate(text.splitlines(), 1) if content.startswith("within"))
    (tmp_path / "mine.toml").write_text(text.replace("within", "withn", 1), encoding="utf-8")
    refused = run(str(tmp_path / "mine.toml"))
    assert refused.exit_code == 1
    assert f"mine.toml:{line} deadlines.dispatch.0.withn" in refused.stderr


def test_a_profile_of_ones_own_is_explained(tmp_path: Path) -> None:
    """A path is as good as a code; other rules give other deadlines."""
    text = (ROOT / "profiles" / "linyi.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(text.replace('within = "1 working day"', 'within = "2 working days"', 1), encoding="utf-8")
    found = json.loads(run(str(tmp_path / "mine.toml"), "urgency=urgent", *AT, "--json").stdout)
    assert next(item for item in found["deadlines"] if item["kind"] == "answer")["due_day"] == "2026-10-09"


def test_no_django_is_loaded() -> None:
    """It answers without Django and without a database."""
    code = "import sys; from minsheng.cli import main; main(['explain', 'qufu', 'urgency=high'], standalone_mode=False); assert 'django' not in sys.modules"
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment | {"PYTHONPATH": "src"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_command_of_the_table_is_there() -> None:
    """The commands of this package can be imported by the names that help prints."""
    for name in ("explain", "load", "demo", "verify", "checkpoint", "story", "calendar"):
        assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0, name
