"""Documents say what the code says: the glossary, what is made from tables, and every file and command that a guide names."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from minsheng.cli import COMMANDS
from minsheng.domain import states
from minsheng.domain.moves import MOVES_ZH, NOTES
from minsheng.policy.load import load
from tests.house.tree import ROOT, SOURCE
from tests.policy.test_load import DAYS, FILES
from tools import reference

GLOSSARY = (ROOT / "GLOSSARY.md").read_text("utf-8")
GUIDES = sorted([*(p for p in ROOT.glob("*.md") if p.name != "GLOSSARY.md"), *(ROOT / "docs" / "adr").glob("*.md"), *(ROOT / "docs" / "howto").glob("*.md")])
ADRS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))

# --- glossary -------------------------------------------------------------------------------------------------------------------

ENUMS = {name: found for name, found in vars(states).items() if isinstance(found, type) and issubclass(found, StrEnum) and found is not StrEnum}
WORDS: dict[str, Mapping[Any, str]] = {
    "State": states.STATE_ZH, "Kind": states.KIND_ZH, "Urgency": states.URGENCY_ZH, "Channel": states.CHANNEL_ZH, "Role": states.ROLE_ZH,
    "Who": states.WHO_ZH, "Outcome": states.OUTCOME_ZH, "MeasureKind": states.MEASURE_ZH, "MOVES": MOVES_ZH, "NOTES": NOTES,
}  # fmt: skip


def tables() -> dict[str, list[tuple[str, str, str]]]:
    """The rows of every table below a heading that names code: ## `State` 状态."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    section = ""
    for line in GLOSSARY.splitlines():
        if heading := re.fullmatch(r"## `(\w+)` \S.*", line):
            section = heading[1]
            found[section] = []
        elif section and (row := re.fullmatch(r"\| `(\w+)` \| (\S+) \| (.+) \|", line)):
            found[section].append((row[1], row[2], row[3]))
    return found


def test_the_glossary_has_a_table_for_every_enum() -> None:
    assert len(ENUMS) >= 12
    assert set(tables()) == {*ENUMS, "MOVES", "NOTES"}


@pytest.mark.parametrize("name", [*ENUMS, "MOVES", "NOTES"])
def test_the_glossary_holds_every_member_in_order_and_nothing_else(name: str) -> None:
    members = [str(member) for member in ENUMS[name]] if name in ENUMS else list(WORDS[name])
    assert [code for code, _, _ in tables()[name]] == members


@pytest.mark.parametrize("name", WORDS)
def test_the_glossary_gives_the_word_of_the_screens(name: str) -> None:
    assert {code: zh for code, zh, _ in tables()[name]} == {str(member): zh for member, zh in WORDS[name].items()}


def test_every_word_has_chinese_and_a_meaning() -> None:
    for name, rows in tables().items():
        assert all(re.search(r"[一-鿿]", zh) and meaning.strip() for _, zh, meaning in rows), name
        assert len({zh for _, zh, _ in rows}) == len(rows), f"{name}: one word for two things"


# --- what is made -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "said"), [(str(path.relative_to(ROOT)), text) for path, text in reference.documents().items()])
def test_what_is_made_from_the_code_is_what_the_code_says(name: str, said: str) -> None:
    assert (ROOT / name).read_text("utf-8") == said, "run: PYTHONPATH=src .venv/bin/python tools/reference.py"


def test_the_diagram_draws_every_state_and_every_move_that_leads_elsewhere() -> None:
    drawn = reference.diagram()
    for state in states.State:
        assert f"as {state}\n" in drawn
    for zh in ("收件", "受理", "派单", "认领", "答复", "办结", "重办", "挂账", "销账", "退单", "转出", "撤回", "并案"):
        assert zh in drawn
    assert "进展" not in drawn, "what stays where it is, is not drawn"


# --- guides -------------------------------------------------------------------------------------------------------------------------

PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|toml|md|yml|yaml))`")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#]+)")
#: Named in guides and made by the reader, or by the program when it runs.
NOT_KEPT = ("var/", "profiles/CODE.toml", "directories/CODE/", "tests/stories/test_CODE.py", "profiles/example.toml", "profiles/LOCK", "CHANGELOG.md")


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_a_guide_names_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    named = {match[1] for match in PATH.finditer(text) if not match[1].startswith(NOT_KEPT)}
    # Directory files are named alone, because they stand in each city's folder.
    roots = (ROOT, SOURCE, ROOT / "directories", ROOT / "directories" / "yunchuan", ROOT / "profiles", ROOT / "tools")
    assert {name for name in named if not any((root / name).exists() for root in roots)} == set()
    assert {link for link in LINK.findall(text) if not (path.parent / link).exists()} == set()


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_that_a_guide_names_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    code = "\n".join([*re.findall(r"`([^`\n]+)`", text), *re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)])
    assert set(re.findall(r"(?:^|[\s/])minsheng ([a-z]+)", code)) <= set(COMMANDS)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|\s)make ([a-z-]+)", code)) <= targets


def test_the_city_of_the_guide_loads() -> None:
    """docs/howto/new-city.md shows a profile that is one."""
    (text,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "howto" / "new-city.md").read_text("utf-8"), re.DOTALL)
    found = load({**FILES, tomllib.loads(text)["code"]: text}, name="example", days=DAYS).profile
    assert [rule.within for rule in found.deadlines["answer"]] == ["1 working day", "7 days"]
    assert [step.level for step in found.ladder["answer"] if step.proposed_only] == ["约谈"]


# --- decisions ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
def test_a_decision_is_one_page_dated_and_says_what_was_refused(path: Path) -> None:
    text = path.read_text("utf-8")
    lines = text.splitlines()
    number = path.name[:4]
    assert lines[0].startswith(f"# {number} ")
    dated = re.fullmatch(r"(\d{4}-\d\d-\d\d) · (proposed|accepted|superseded by \d{4})", lines[2])
    assert dated
    assert date.fromisoformat(dated[1])
    assert len(lines) <= 60
    for part in ("**Context.**", "**Decision.**", "**Refused.**", "**Consequences.**"):
        assert part in text


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    assert [path.name[:4] for path in ADRS] == [f"{n:04d}" for n in range(1, len(ADRS) + 1)]
    index = (ROOT / "docs" / "adr" / "README.md").read_text("utf-8")
    assert all(f"({path.name})" in index for path in ADRS)


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in text[:200]
    assert "END OF TERMS AND CONDITIONS" in text


def test_publiccode_agrees_with_the_package() -> None:
    text = (ROOT / "publiccode.yml").read_text("utf-8")
    package = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert f"softwareVersion: {package['version']}" in text
    assert f"license: {package['license']['text']}" in text
