"""`minsheng openapi`: the description of the API, as tests/api/openapi.json keeps it. No database is asked."""

import json
import os

import click

from minsheng.cli import local


@click.command()
def openapi() -> None:
    """Print the description of the API (OpenAPI 3.1)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.conf.dev")
    os.environ.setdefault("MINSHENG_HOME", str(local.home()))
    os.environ.setdefault("MINSHENG_VAR", str(local.var()))
    local.set_django_up()
    from minsheng.api import description

    click.echo(json.dumps(description(), ensure_ascii=False, indent=2))
