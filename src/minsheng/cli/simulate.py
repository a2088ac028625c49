"""`minsheng simulate`: months of a simulated city's life, in an empty database that holds nothing else afterwards."""

import os
import time
from datetime import date, datetime, timedelta

import click

from minsheng.cli import local
from minsheng.cli.words import Refused, in_words, language, pick
from minsheng.domain.simulated import DAYS, PER_DAY


@click.command()
@click.option("--days", default=60, show_default=True, type=click.IntRange(1, DAYS), help="how many days")
@click.option("--per-day", default=30, show_default=True, type=click.IntRange(1, PER_DAY), help="cases on a mean day")
@click.option("--seed", default=1, show_default=True, type=int, help="the same number, the same city's life")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="the last day (default: yesterday)")
@language
@local.on_database
def simulate(*, days: int, per_day: int, seed: int, until: datetime | None, lang: str) -> None:
    """Let a city live for some days: people file, units work as is their habit, clocks run. Everything is invented; nobody is told anything.

    The database must hold no cases. It is marked as simulated for ever: it takes no real requests, and a database with real ones takes no simulation.
    """
    from minsheng import clock, wiring
    from minsheng.cli import explain
    from minsheng.commands import directory as loading
    from minsheng.commands import simulating
    from minsheng.queries import directory as directories
    from minsheng.queries import installation

    city = os.environ["MINSHENG_CITY"]
    last = until.date() if until else clock.local(clock.now()).date() - timedelta(days=1)
    with in_words(lang):
        installation.demand_ready()
    if installation.city() is None:
        directory = explain.read_directory(local.home() / "directories" / city, lang=lang)
        if directory is None:
            raise Refused(pick(lang, f"没有 {city} 的单位目录。", f"There is no directory of {city}."))
        with in_words(lang):
            loading.load(directory, explain.read_rules(city))

    began = time.monotonic()

    def progress(day: date, made: simulating.Simulated) -> None:
        click.echo(pick(lang, f"{day}　累计 {made.cases:,} 件", f"{day}  {made.cases:,} cases so far"), err=True)

    with in_words(lang):
        made = simulating.simulate(
            start=last - timedelta(days=days - 1), days=days, per_day=per_day, seed=seed, classifier=wiring.classifier(directories.current()), progress=progress
        )
    seconds = time.monotonic() - began
    rate = made.cases / seconds
    click.echo(pick(
        lang,
        f"模拟 {made.days} 天：诉求 {made.cases:,} 件，办理 {made.steps:,} 步，到点 {made.fired:,} 次，{seconds:.1f} 秒，每秒 {rate:.1f} 件。",
        f"{made.days} days simulated: {made.cases:,} cases, {made.steps:,} steps, {made.fired:,} clocks fired, in {seconds:.1f} s: {rate:.1f} cases a second.",
    ))  # fmt: skip
    for refusal, n in made.refused.most_common():
        click.echo(pick(lang, f"　没有做成 {n} 次：{refusal}", f"  refused {n} times: {refusal}"))
