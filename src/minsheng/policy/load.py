"""Reading a profile: text in, Profile out, with file, line and key of every mistake. Nothing is read from disk here."""

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from minsheng.domain.calendar import Calendar
from minsheng.domain.errors import ProfileProblem
from minsheng.policy.schema import Profile


@dataclass(frozen=True, slots=True)
class Days:
    """The kept part of the calendar: which years are announced, and days that differ from the seed."""

    published: frozenset[int]
    overrides: dict[date, tuple[bool, str]]


@dataclass(frozen=True)
class Rules:
    """A resolved profile: base included, with the hash that a case pins, and its calendar."""

    profile: Profile
    hash: str
    days: Days

    @property
    def label(self) -> str:
        """code@version#hash, as written into every decision."""
        return f"{self.profile.code}@{self.profile.version}#{self.hash[:8]}"

    @cached_property
    def calendar(self) -> Calendar:
        """Working days and opening hours of this city."""
        return Calendar(published=self.days.published, overrides=self.days.overrides, duty=self.profile.calendar.periods)


def load(files: dict[str, str], *, name: str, days: Days) -> Rules:
    """Resolve profile `name` from TOML texts (file name without .toml → text). Raises ProfileProblem."""
    tree = _parse(files, name)
    parent = tree.pop("extends", None)
    if parent is not None:
        base = _parse(files, parent, child=name, line=line_of(files[name], ("extends",)))
        if "extends" in base:
            raise _problem(f"{parent}.toml", line_of(files[parent], ("extends",)), "extends", "只能继承一层。", "only one level of extends.")
        tree = _overlay(base, tree)
    try:
        profile = Profile.model_validate(tree)
    except ValidationError as error:
        raise _translate(error, files, name, parent) from None
    return of(profile, days)


def of(profile: Profile, days: Days) -> Rules:
    """The resolved rules of an already validated profile (also used for pinned versions read from the database)."""
    text = json.dumps(profile.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Rules(profile, hashlib.sha256(text.encode()).hexdigest(), days)


def load_days(text: str) -> Days:
    """Read calendar.toml: `published = [2025, 2026]` and `[[override]] day = 2027-01-02, works = false, because = "…"`."""
    try:
        tree = tomllib.loads(text)
        overrides = {row["day"]: (bool(row["works"]), str(row["because"])) for row in tree.get("override", ())}
        return Days(frozenset(tree["published"]), overrides)
    except tomllib.TOMLDecodeError as error:
        raise _no_toml("calendar.toml", text, error) from None
    except KeyError as error:
        raise _problem("calendar.toml", None, str(error.args[0]), "缺少这个键。", "this key is missing.") from None


def _parse(files: dict[str, str], name: str, *, child: str | None = None, line: int | None = None) -> dict[str, Any]:
    if name not in files:
        known = "、".join(sorted(files))
        where = f"{child}.toml" if child else f"{name}.toml"
        raise _problem(where, line, "extends" if child else "", f"没有「{name}」这份规则，现有：{known}。", f"there is no profile “{name}”; known: {known}.")
    try:
        return tomllib.loads(files[name])
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(f"{name}.toml", files[name], error) from None


def _no_toml(file: str, text: str, error: tomllib.TOMLDecodeError) -> ProfileProblem:
    match = re.search(r"at line (\d+)", str(error))
    line = int(match[1]) if match else len(text.splitlines())  # “at end of document”
    return _problem(file, line, "", f"不是有效的 TOML：{error}", f"not valid TOML: {error}")


#: Tables whose keys a city overrides one by one; every other key is replaced whole.
_BY_KEY = ("deadlines", "ladder", "approvals")


def _overlay(base: dict[str, Any], city: dict[str, Any]) -> dict[str, Any]:
    merged = {**base, **city}
    for table in _BY_KEY:
        merged[table] = {**base.get(table, {}), **city.get(table, {})}
    return merged


def _translate(error: ValidationError, files: dict[str, str], name: str, parent: str | None) -> ProfileProblem:
    first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")  # a misspelt key explains the missing one
    path = tuple(part for part in (first.get("ctx", {}).get("at") or first["loc"]) if part != "function-after")
    for file in (name, parent):
        if file is not None and (line := line_of(files[file], path)) is not None:
            return _problem(f"{file}.toml", line, ".".join(map(str, path)), _zh(first), _en(first))
    return _problem(f"{name}.toml", None, ".".join(map(str, path)), _zh(first), _en(first))


_MESSAGES = {"extra_forbidden": "没有这个键，是不是写错了？", "missing": "缺少这个键。"}


def _zh(found: Any) -> str:
    return _MESSAGES.get(found["type"], f"值不对：{_en(found)}")


def _en(found: Any) -> str:
    return str(found["msg"]).removeprefix("Value error, ")


_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w\-]+)\s*=")


def line_of(text: str, path: tuple[str | int, ...]) -> int | None:
    """The line on which the key at `path` (pydantic style: names and list positions) stands, or the nearest table above it."""
    counters: dict[str, int] = {}
    here: tuple[str | int, ...] = ()
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        key = _KEY.match(line)
        if header:
            name = header[2]
            here = tuple(name.split("."))
            if header[1] == "[[":
                counters[name] = counters.get(name, -1) + 1
                here += (counters[name],)
            found = here
        elif key:
            found = (*here, key[1])
        else:
            continue
        depth = _common(found, path)
        whole = depth == len(found) or (header is not None and depth == len(path))
        if depth and whole and (best is None or depth > best[0]):
            best = (depth, number)
    return best[1] if best else None


def _common(a: tuple[str | int, ...], b: tuple[str | int, ...]) -> int:
    depth = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        depth += 1
    return depth


def _problem(file: str, line: int | None, key: str, zh: str, en: str) -> ProfileProblem:
    return ProfileProblem(file=file, line=line, key=key, zh=zh, en=en)
