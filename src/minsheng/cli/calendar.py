"""`minsheng calendar`: what is to be done when the State Council has announced a year's holidays."""

import click

from minsheng.cli import local
from minsheng.cli.words import in_words, language, pick

BATCH = 50


@click.group()
def calendar() -> None:
    """Working days: profiles/calendar.toml names the years that are published."""


@calendar.command()
@language
@local.on_database
def recompute(lang: str) -> None:
    """Count again what was counted before its year was published. Deadlines that stay the same are left alone."""
    from minsheng.commands import deadlines
    from minsheng.queries import installation
    from minsheng.queries import rules as rulebook

    with in_words(lang):
        installation.demand_ready()
        rulebook.forget()
        published = rulebook.days().published
        cases, moved = deadlines.provisional(), 0
        for start in range(0, len(cases), BATCH):
            moved += deadlines.recompute(cases[start : start + BATCH])
        left = len(deadlines.provisional())
    span = f"{min(published)}–{max(published)}" if published else pick(lang, "无", "none")
    click.echo(pick(lang, f"已公布的年份：{span}。", f"Published years: {span}."))
    if not cases:
        click.echo(pick(lang, "没有暂定的时限，不用重算。", "No deadline was provisional: nothing to do."))
        return
    click.echo(pick(lang, f"看了 {len(cases):,} 件，{moved:,} 个时限改到了新的日子。", f"{len(cases):,} cases were looked at; {moved:,} deadlines moved."))
    if left:
        click.echo(pick(lang, f"还有 {left:,} 件跨到没有公布的年份，仍是暂定。", f"{left:,} cases still reach into a year that is not published."))
