"""`minsheng report`: one publication as DOCX and PDF, as it would be drafted now; or a fresh DOCX template for the city to edit."""

import time
from pathlib import Path

import click

from minsheng.cli import local
from minsheng.cli.words import Mistyped, in_words, language, pick

#: What may be asked for: `weekly` is the weekly 反馈 in the words of the house, the rest are domain.publications.KINDS.
NAMES = ("weekly", "feedback", "exposure", "special", "ranking", "hot_topic", "yearly", "template")


@click.command()
@click.argument("kind", type=click.Choice(NAMES))
@click.option("--week", metavar="2026-W40", help="a week that is over")
@click.option("--month", metavar="2026-09", help="a month that is over")
@click.option("--year", metavar="2026", help="a year that is over")
@click.option("--days", metavar="2026-09-01~2026-09-30", help="the days of a 《热点专报》")
@click.option("--topic", help="the topic of a 《热点专报》")
@click.option("--category", "categories", multiple=True, metavar="CODE", help="a category of the topic, with all below it (again for more)")
@click.option("--word", "words", multiple=True, help="a word of the topic, looked for in what was released (again for more)")
@click.option("--suggestion", default="", help="the suggestion of a 《热点专报》")
@click.option("--to", "addressees", multiple=True, help="whom a 《热点专报》 goes to (again for more)")
@click.option("--out", type=click.Path(path_type=Path), default=Path("var/publications"), show_default=True, help="the folder to write to")
@language
@local.on_database
def report(
    kind: str, week: str | None, month: str | None, year: str | None, days: str | None, topic: str | None, categories: tuple[str, ...],
    words: tuple[str, ...], suggestion: str, addressees: tuple[str, ...], out: Path, *, lang: str,
) -> None:  # fmt: skip
    """Write the publication KIND of a week, a month, a year or some days as DOCX and PDF into a folder.

    weekly (or feedback), exposure and special want --week; ranking --month; yearly --year; hot_topic --days, --topic and --category or --word.
    `template` writes the DOCX template: put it beside the city's directory as publication.docx once it is edited.
    """
    from minsheng import wiring
    from minsheng.domain.publications import KINDS
    from minsheng.queries import hot_topics, reports

    out.mkdir(parents=True, exist_ok=True)
    if kind == "template":
        (out / "publication.docx").write_bytes(wiring.publication_template())
        click.echo(out / "publication.docx")
        return
    kind = "feedback" if kind == "weekly" else kind
    wanted = KINDS[kind].period
    given = {"week": week, "month": month, "year": year, "days": days}[wanted]
    if given is None:
        raise Mistyped(pick(lang, f"请写是哪一段时间：--{wanted}。", f"Say which period: --{wanted}."))
    begun = time.perf_counter()
    with in_words(lang):
        if kind == "hot_topic":
            asked = hot_topics.Topic(name=topic or "", categories=categories, words=words, suggestion=suggestion, addressees=addressees)
            said = hot_topics.hot_topic(given, asked)
        else:
            said = reports.content(kind, given)
        press, frozen = wiring.publisher(), said.frozen()
        files = {"docx": press.docx(frozen), "pdf": press.pdf(frozen)}
    for ending, content in files.items():
        path = out / f"{kind}-{given}.{ending}"
        path.write_bytes(content)
        click.echo(path)
    click.echo(pick(lang, f"用了 {time.perf_counter() - begun:.1f} 秒。", f"It took {time.perf_counter() - begun:.1f} s."))
