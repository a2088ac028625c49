"""`minsheng rehearse`: replay history under other rules, and show unit by unit who would be overdue and what measures there would be."""

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from minsheng.cli import local
from minsheng.cli.explain import read_rules
from minsheng.cli.exporting import DAY
from minsheng.cli.words import in_words, language, pick

if TYPE_CHECKING:
    from minsheng.queries.rehearsing import Compared, Line

#: Units shown unless all are asked for.
SHOWN = 30


@click.command()
@click.argument("profile")
@click.option("--since", required=True, type=DAY, help="cases received on this day or later")
@click.option("--all", "everything", is_flag=True, help="print all units that change, not only the first thirty")
@click.option("--json", "as_json", is_flag=True, help="print JSON with every unit")
@language
@local.on_database
def rehearse(profile: str, since: datetime, lang: str, *, everything: bool, as_json: bool) -> None:
    """Replay the journal under PROFILE (a TOML file, or a city's code) beside the rules in force. Nothing is changed.

    What people did stays as it was; due times, what was missed, and what the ladders open are worked out anew.
    """
    from minsheng.queries import installation, rehearsing

    with in_words(lang):
        installation.demand_ready()
        rules = read_rules(profile)
        compared = rehearsing.compare(
            rules, since=since.date(), tell=lambda done: click.echo(pick(lang, f"已推演 {done:,} 件", f"{done:,} cases rehearsed"), err=True)
        )
    if as_json:
        click.echo(json.dumps(compared.row(), ensure_ascii=False))
        return
    click.echo("\n".join(_lines(compared, lang, most=None if everything else SHOWN)))


def _lines(found: "Compared", lang: str, *, most: int | None) -> list[str]:
    changed = [line for line in found.lines if line.change or line.old.rank != line.new.rank]
    told = [
        pick(lang, f"现行 {found.old} → 新规则 {found.new}", f"in force {found.old} → new {found.new}"),
        pick(
            lang,
            f"{found.since} 以来收的诉求 {found.cases:,} 件，流转记录 {found.events:,} 条。",
            f"Received since {found.since}: {found.cases:,} cases, {found.events:,} events.",
        ),
        "",
        _row(found.whole, pick(lang, "全市", "the whole city"), lang),
    ]
    told += [_row(line, line.name, lang) for line in changed[:most]]
    if most is not None and len(changed) > most:
        told.append(pick(lang, f"还有 {len(changed) - most} 个单位有变化，加 --all 全部列出。", f"{len(changed) - most} more units change: --all lists them."))
    if not changed:
        told.append(pick(lang, "各单位都没有变化。", "Nothing changes for any unit."))
    return told


def _row(line: "Line", name: str, lang: str) -> str:
    """One unit in words: every figure that it has, old → new."""
    old, new = line.old, line.new
    parts = [(pick(lang, "超期", "overdue"), str(old.overdue), str(new.overdue))]
    parts += [(clock, str(old.late.get(clock, 0)), str(new.late.get(clock, 0))) for clock in sorted(old.late.keys() | new.late.keys())]
    parts += [(kind, str(old.measures.get(kind, 0)), str(new.measures.get(kind, 0))) for kind in sorted(old.measures.keys() | new.measures.keys())]
    parts += [(pick(lang, "扣分", "points"), str(old.points), str(new.points))] if old.points or new.points else []
    parts.append((pick(lang, "按时答复", "on time"), _percent(old.on_time), _percent(new.on_time)))
    if old.rank or new.rank:
        parts.append((pick(lang, "名次", "rank"), str(old.rank or "–"), str(new.rank or "–")))
    words = [f"{what} {before}" if before == after else f"{what} {before} → {after}" for what, before, after in parts]
    return f"{name}: " + ", ".join(words) if lang == "en" else f"{name}：" + "，".join(words)


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{rate * 100:.1f}%"
