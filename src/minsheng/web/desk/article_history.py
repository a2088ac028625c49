"""改过的记录: what an article said before, and what a version changed, line by line."""

import difflib
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace as Row

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng import clock
from minsheng.models.content import Article
from minsheng.queries import directory as directories
from minsheng.queries.articles import Version

#: Lines shown around a change.
_AROUND = 2
#: What a version keeps beside its words.
_FACTS = {"label": "前面的字", "category": "类别", "place": "地点", "owner": "负责的单位", "since": "生效", "until": "到期"}


def history(request: HttpRequest, row: Article, versions: list[Version]) -> list[Row]:
    """Every version, newest first. stands: it is what everybody reads."""
    wanted, newest = request.GET.get("version", ""), versions[0].version if versions else 0
    return [
        Row(
            version=one.version,
            at=one.at,
            by=one.by or _("系统"),
            same=one.same,
            url=reverse("desk-article", args=(row.pk,)) + f"?version={one.version}#changes",
            current=wanted == str(one.version),
            newest=one.version == newest,
            stands=one.version == row.version and row.status == "published",
        )
        for one in versions
    ]


def changes(request: HttpRequest, versions: list[Version]) -> Row | None:
    """What a version changed against the one before, line by line."""
    wanted = request.GET.get("version", "")
    if not wanted.isdecimal():
        return None
    every = {one.version: one for one in versions}
    one = every.get(int(wanted))
    if one is None:
        return None
    before = every.get(one.version - 1)
    return Row(
        version=one.version,
        before=before.version if before else None,
        newest=one.version == versions[0].version,
        lines=list(difference(_lines(before), _lines(one))),
    )


def _lines(version: Version | None) -> list[str]:
    if version is None:
        return []
    facts = [f"{_(label)}{_('：')}{_said(name, version.facts[name])}" for name, label in _FACTS.items() if version.facts.get(name)]
    return [line for line in (version.title, version.summary, *facts, *version.body.split("\n")) if line.strip()]


def _said(name: str, value: str) -> str:
    """A fact as a person reads it: a name for a code, the last day for the moment after it."""
    tree = directories.current()
    if name in ("since", "until"):
        moment = datetime.fromisoformat(value) - (timedelta(seconds=1) if name == "until" else timedelta())
        return clock.local(moment).date().isoformat()
    known = {"category": tree.categories, "place": tree.places, "owner": tree.units}.get(name, {})
    return known[value].name if value in known else value  # type: ignore[attr-defined]


def difference(old: list[str], new: list[str]) -> Iterator[Row]:
    """Lines that were put in or taken out, with a little around them; what is long and the same is counted. mark: + - = or … (words: how many)."""
    for kind, start, end, there, until in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from _same(old[start:end], first=start == there == 0, last=(end, until) == (len(old), len(new)))
            continue
        yield from (Row(mark="-", words=line) for line in old[start:end])
        yield from (Row(mark="+", words=line) for line in new[there:until])


def _same(lines: list[str], *, first: bool, last: bool) -> Iterator[Row]:
    head, tail = 0 if first else _AROUND, 0 if last else _AROUND
    if len(lines) <= head + tail + 1:
        yield from (Row(mark="=", words=line) for line in lines)
        return
    yield from (Row(mark="=", words=line) for line in lines[:head])
    yield Row(mark="…", words=_("%(n)s 行没有变") % {"n": len(lines) - head - tail})
    yield from (Row(mark="=", words=line) for line in lines[len(lines) - tail :])
