"""判定表: what each city's rules decide for a matrix of facts, at two moments. tests/policy/golden/<city>.json holds them.

When a profile is meant to decide otherwise, write the tables anew and read the difference before you commit it:

    PYTHONPATH=src .venv/bin/python -m tests.policy.golden_tables
"""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from minsheng.cli import explain as reading
from minsheng.policy.directory import Directory
from minsheng.policy.explain import explain
from minsheng.policy.given import CHOICES, read
from minsheng.policy.load import Rules

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).with_name("golden")
CITIES = ("baiyin", "fuyang", "linyi", "maanshan", "qufu", "yunchuan")
#: The Wednesday before the National Day holiday of 2026, and the Saturday that is worked to make up for it.
MOMENTS = ("2026-09-30T16:00+08:00", "2026-10-10T10:00+08:00")
VARIANTS = ("simple=true", "sure=true", "place_known=true", "sensitive=true", "risk=true", "category=0501", "requester=anonymous", "rated_bad=true")


@lru_cache(maxsize=8)
def city_rules(city: str) -> Rules:
    """The resolved profile of a city, read without Django."""
    return reading.read_rules(city)


@lru_cache(maxsize=8)
def city_files(city: str) -> Directory:
    """The directory of a city, read without Django."""
    found = reading.read_directory(ROOT / "directories" / city, lang="en")
    assert found is not None
    return found


def questions() -> Iterator[tuple[str, ...]]:
    """Every urgency with every kind; every urgency with every other fact."""
    for urgency in CHOICES["urgency"]:
        for kind in CHOICES["kind"]:
            yield f"urgency={urgency}", f"kind={kind}"
        for variant in VARIANTS:
            yield f"urgency={urgency}", variant


def table(city: str) -> dict[str, Any]:
    """{moment: {facts: what is decided}}, short enough to be read."""
    rules, directory = city_rules(city), city_files(city)
    return {
        moment: {
            " ".join(words): brief(explain(rules, read(words, directory=directory), at=datetime.fromisoformat(moment), directory=directory))
            for words in questions()
        }
        for moment in MOMENTS
    }


def brief(told: dict[str, Any]) -> dict[str, Any]:
    """What a change of rules would change: who, by when, how strict."""
    return {
        "first": f"{told['first_receiver']['mode']} {told['first_receiver']['name']}",
        "dispatch": f"{told['dispatch']['mode']} {(told['dispatch']['lead'] or {'unit': '-'})['unit']}",
        "due": {item["kind"]: item["due"][:16] for item in told["deadlines"]},
        "ladder": {
            item["kind"]: [f"{step['at'][:16]} {step['measure']} {step['to']}" for step in item["steps"] if step["name"] == "ladder"]
            for item in told["deadlines"]
            if item["kind"] in ("answer", "close")
        },
        "publicity": f"{told['publicity']['visibility']} {told['publicity']['release']}",
        "callback": f"{told['callback']['share']:g} {told['callback']['by']} {told['callback']['on_bad']}",
        "quality": f"{told['quality']['share']:g} {told['quality']['phrases']}",
        "approvals": {item["move"]: item["approver"] for item in told["approvals"]},
        "anonymous": told["intake"]["anonymous"],
    }


def text(found: dict[str, Any]) -> str:
    """One line a question, so that a difference is a line."""
    parts = []
    for moment, rows in found.items():
        lines = ",\n".join(f"    {json.dumps(facts)}: {json.dumps(row, ensure_ascii=False)}" for facts, row in rows.items())
        parts.append(f"  {json.dumps(moment)}: {{\n{lines}\n  }}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for city in CITIES:
        (GOLDEN / f"{city}.json").write_text(text(table(city)), encoding="utf-8")
