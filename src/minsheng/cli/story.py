"""`minsheng story`: a case told in words, from its own journal."""

import click

from minsheng.cli import local
from minsheng.cli.words import in_words, language, pick


@click.command()
@click.argument("code", required=False)
@click.option("--list", "as_list", is_flag=True, help="list cases worth telling")
@language
@local.on_database
def story(code: str | None, *, as_list: bool, lang: str) -> None:
    """Tell the case CODE with its timeline: who, when, what, why, and which promises were kept. Without CODE: cases worth telling."""
    from minsheng.cli import told
    from minsheng.queries import installation, telling

    with in_words(lang):
        installation.demand_ready()
        if code is not None and not as_list:
            click.echo("\n".join(told.lines(telling.tell(code), lang)))
            return
        found = telling.worth_telling()
    for case, title, zh, en in found:
        click.echo(f"{case}　{pick(lang, zh, en)}　{title}")
    if not found:
        click.echo(pick(lang, "还没有诉求可讲。", "There is no case to tell yet."))
    else:
        click.echo(pick(lang, f"讲其中一件：minsheng story {found[0][0]}", f"To hear one: minsheng story {found[0][0]}"))
