"""`minsheng checkpoint`: sign the journal as it stands, and write what an administrator keeps off the server."""

import os
from pathlib import Path

import click

from minsheng.cli import local
from minsheng.cli.words import Refused, in_words, language, pick


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="the folder to write to (default: var/CITY/checkpoints)")
@language
@local.on_database
def checkpoint(out: Path | None, lang: str) -> None:
    """Sign the heads of all cases touched since the last checkpoint, and write every checkpoint that the folder lacks.

    Keep the files and the public key off this server: `minsheng verify --key KEY FILE…` then finds what was changed here, also by an administrator.
    """
    from minsheng.commands import checkpoints
    from minsheng.queries import checkpoints as kept
    from minsheng.queries import installation

    with in_words(lang):
        installation.demand_ready()
    folder = out or local.var() / os.environ["MINSHENG_CITY"] / "checkpoints"
    made = checkpoints.make()
    if made is None:
        click.echo(pick(lang, "上次存证以后没有新的流转记录。", "Nothing has happened since the last checkpoint."))
    written = 0
    for row in kept.signed():
        path = folder / f"checkpoint-{row.number:06d}.txt"
        if path.exists():
            continue
        _write(path, checkpoints.to_file(row), lang)
        written += 1
        click.echo(pick(lang, f"存证点 {row.number}：{path}", f"checkpoint {row.number}: {path}"))
    if not written:
        click.echo(pick(lang, f"{folder} 里的文件已经齐全。", f"{folder} already holds every checkpoint."))
    click.echo(pick(lang, "公钥：", "public key: ") + checkpoints.public_key())
    click.echo(pick(lang, "请把文件和公钥另存到这台服务器以外的地方。", "Keep the files and the public key somewhere else than on this server."))


def _write(path: Path, text: str, lang: str) -> None:
    """Whole or not at all: half a file would be taken for a broken checkpoint."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as wrong:
        raise Refused(pick(lang, f"写不了 {path}：{wrong.strerror}。", f"Cannot write {path}: {wrong.strerror}.")) from wrong
