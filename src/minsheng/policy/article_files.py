"""文章文件: texts with a head in TOML between two lines of `+++` and a body in Markdown below → drafts, and every problem with file and line.

+++
slug = "street-lamps"
kind = "knowledge"
title = "路灯不亮怎么报"
category = "020201"
owner = "city.lighting"   # the unit that answers for it; the dates are days without quotes
since = 2026-11-15
until = 2027-03-15
+++
先看灯杆上的编号 …
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from minsheng.domain.articles import ENGLISH, Draft, check
from minsheng.domain.calendar import end_of
from minsheng.domain.errors import BadInput
from minsheng.policy.tables import Findings, Problem, hints

FENCE = "+++"
TEXTS = ("slug", "kind", "title", "summary", "language", "category", "place", "label", "owner")
DAYS = ("since", "until")
KEYS = (*TEXTS, *DAYS)
REQUIRED = ("slug", "kind", "title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """The drafts in the order of the files, the Chinese ones first; with one problem there are none."""

    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...]


def parse(files: Mapping[str, str], *, categories: Collection[str], places: Collection[str], units: Collection[str], there: Mapping[str, str]) -> Parsed:
    """Read all files of a folder. there: slug → kind of the articles that the city has already, so that an English file may stand beside one."""
    findings, drafts = Findings(), dict[str, tuple[str, Draft]]()
    for file, text in files.items():
        draft = _read(file, text, known={"category": categories, "place": places, "owner": units}, findings=findings)
        if draft is None:
            continue
        if draft.slug in drafts:
            other = drafts[draft.slug][0]
            _wrong(findings, file, text, "slug", zh=f"“{draft.slug}”在 {other} 里已用过", en=f"“{draft.slug}” is already used in {other}")
        drafts.setdefault(draft.slug, (file, draft))
    kinds = {**there, **{slug: draft.kind for slug, (_, draft) in drafts.items()}}
    unread = {problem.file for problem in findings.problems}
    for file, draft in drafts.values():
        if draft.language == "en" and kinds.get(draft.original) != draft.kind and not unread & {_original_file(file, files)}:
            _wrong(
                findings, file, files[file], "slug",
                zh=f"没有同一种类的中文文章“{draft.original}”，英文版要跟着它",
                en=f"there is no Chinese article “{draft.original}” of this kind to stand beside",
            )  # fmt: skip
    if findings.problems:
        order = list(files)
        return Parsed(drafts=(), problems=tuple(sorted(findings.problems, key=lambda p: (order.index(p.file), p.line or 0))))
    return Parsed(drafts=tuple(sorted((draft for _, draft in drafts.values()), key=lambda draft: draft.language == "en")), problems=())


def _original_file(file: str, files: Mapping[str, str]) -> str:
    """The file that holds the Chinese article, by the habit of naming files after slugs."""
    name = file.removesuffix(".md").removesuffix(ENGLISH) + ".md"
    return name if name in files else ""


def _read(file: str, text: str, *, known: Mapping[str, Collection[str]], findings: Findings) -> Draft | None:
    before = len(findings.problems)
    head, body, first = _split(file, text, findings)
    if head is None:
        return None
    values = _values(file, text, head, findings)
    for key, codes in known.items():
        if values.get(key) is not None:
            findings.check(file=file, line=_line(text, key), key=key, value=values[key], known=codes)
    if len(findings.problems) > before:
        return None
    try:
        return check(Draft(**values, body=body))
    except BadInput as wrong:
        line = first if wrong.field == "body" else _line(text, wrong.field)
        findings.add(file=file, line=line, key=wrong.field, zh=wrong.zh, en=wrong.en)
        return None


def _split(file: str, text: str, findings: Findings) -> tuple[dict[str, Any] | None, str, int]:
    """The head as TOML, the body, and the line on which the body begins."""
    lines = text.splitlines()
    fences = [number for number, line in enumerate(lines) if line.strip() == FENCE][:2]
    if len(fences) < 2 or any(line.strip() for line in lines[: fences[0]]):
        findings.add(
            file=file, line=1, key="", zh=f"文件要以一行 {FENCE} 开头，下面写 slug、kind、title，再写一行 {FENCE}，然后是正文",
            en=f"a file begins with a line {FENCE}, then slug, kind and title, another line {FENCE}, and the body",
        )  # fmt: skip
        return None, "", 1
    start, end = fences
    try:
        head = tomllib.loads("\n".join([*[""] * (start + 1), *lines[start + 1 : end]]))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        findings.add(file=file, line=int(found[1]) if found else end, key="", zh=f"开头不是有效的 TOML：{error}", en=f"the head is not valid TOML: {error}")
        return None, "", 1
    body = lines[end + 1 :]
    blank = next((n for n, line in enumerate(body) if line.strip()), 0)
    return head, "\n".join(body), end + 2 + blank


def _values(file: str, text: str, head: Mapping[str, Any], findings: Findings) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in head.items():
        if key not in KEYS:
            zh, en = hints(key, KEYS)
            _wrong(findings, file, text, key, zh=f"没有“{key}”这一项{zh}", en=f"there is no key “{key}”{en}")
        elif key in DAYS:
            values[key] = _end_of(value - timedelta(days=1) if key == "since" and isinstance(value, date) else value)
            if values[key] is None:
                _wrong(findings, file, text, key, zh="要写成 2026-01-31 这样的日期，不加引号", en="write a date like 2026-01-31, without quotes")
        elif not isinstance(value, str):
            _wrong(findings, file, text, key, zh="要写文字，加上引号", en="must be text in quotes")
        else:
            values[key] = value
    for key in REQUIRED:
        if not head.get(key):
            findings.add(file=file, line=_line(text, key) or 1, key=key, zh="不能没有这一项", en="this key is missing")
    return values


def _end_of(value: Any) -> datetime | None:
    """The end of that day in Beijing."""
    return end_of(value) if isinstance(value, date) and not isinstance(value, datetime) else None


def _wrong(findings: Findings, file: str, text: str, key: str, *, zh: str, en: str) -> None:
    findings.add(file=file, line=_line(text, key), key=key, zh=zh, en=en)


def _line(text: str, key: str) -> int | None:
    """The line of the head on which this key stands."""
    pattern = re.compile(rf"\s*{re.escape(key)}\s*=")
    return next((number for number, line in enumerate(text.splitlines(), start=1) if pattern.match(line)), None)
