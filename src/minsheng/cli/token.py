"""`minsheng token`: keys to the API."""

import click

from minsheng.cli import local
from minsheng.domain.errors import MinshengError


@click.group()
def token() -> None:
    """Give a person or a system a key to the API."""


@token.command()
@click.argument("username")
@click.option("--name", required=True, help="what the key is for, as the list shows it")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 366), help="how long it is valid")
@click.option(
    "--for", "holder", type=click.Choice(["person", "system"]), default="person", show_default=True, help="for a system, its account is made if missing"
)
@local.on_database
def create(username: str, name: str, days: int, holder: str) -> None:
    """Make a key for the account USERNAME and print it, only this once. A system may file on every channel, and sees no case."""
    from minsheng.commands import tokens

    try:
        if holder == "system":
            tokens.add_system(username, name=name)
        plain = tokens.issue(username, name=name, days=days)
    except MinshengError as refused:
        raise click.ClickException(refused.en) from refused
    click.echo(plain)
    click.echo(f"Valid for {days} days. Keep it now: only its digest is stored. Use it as: Authorization: Bearer {plain[:6]}…", err=True)


@token.command("list")
@local.on_database
def list_() -> None:
    """List all keys, newest first (never the keys themselves)."""
    from minsheng import clock
    from minsheng.commands import tokens

    now = clock.now()
    for row in tokens.known():
        over = row.expires_at is not None and row.expires_at <= now
        state = "revoked" if row.revoked_at else "expired" if over else "valid"
        until = f"{clock.local(row.expires_at):%Y-%m-%d}" if row.expires_at else "—"
        click.echo(f"{row.id:>5}  {state:<8} until {until}  {row.username:<24} {row.name}")


@token.command()
@click.argument("number", type=click.IntRange(1, 2**62))
@local.on_database
def revoke(number: int) -> None:
    """End the key with this NUMBER (see `minsheng token list`) now."""
    from minsheng.commands import tokens

    try:
        tokens.revoke(number)
    except MinshengError as refused:
        raise click.ClickException(refused.en) from refused
    click.echo(f"token {number} is revoked")
