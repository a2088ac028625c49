"""The command line: `minsheng …`. A door like web and api: it parses, calls a command or a query, and prints.

Each subcommand lies in a module of this package and is imported when it is called: `minsheng explain` answers without loading Django.
"""

import importlib
import importlib.util

import click

# name: (module in this package, what it does). The function has the command's name; `import` is a word of Python's, so its function is `import_`.
COMMANDS = {
    "up": ("run", "start everything for one city: database, web, worker"),
    "serve": ("run", "only the web server"),
    "worker": ("run", "only the worker"),
    "migrate": ("run", "bring the database to this version, and static files in place"),
    "prepare": ("run", "what `up` does first: migrate, then demo if the city is empty"),
    "doctor": ("doctor", "look for everything that can be wrong with an installation"),
    "django": ("run", "call a django-admin command, such as: minsheng django shell"),
    "demo": ("demo", "fill a city with its directory and a small living demo"),
    "simulate": ("simulate", "let a simulated city live for months, in a database of its own"),
    "load": ("load", "load a city's profile and directory from files"),
    "content": ("content", "publish pages, guides and everyday knowledge from files"),
    "token": ("token", "give a person or a system a key to the API"),
    "explain": ("explain", "show what a profile decides, and why"),
    "rehearse": ("rehearse", "replay history under other rules"),
    "story": ("story", "tell a story with its timeline in words"),
    "verify": ("verify", "check the journal and its checkpoints"),
    "checkpoint": ("checkpoint", "sign the journal as it stands, and write the files to keep elsewhere"),
    "calendar": ("calendar", "count deadlines again once a year's working days are published"),
    "import": ("importing", "file old cases from a table"),
    "export": ("exporting", "write cases to a table"),
    "qr": ("qr", "print plates with codes for buildings and grids"),
    "asterisk": ("asterisk", "tell this installation of the calls of an Asterisk exchange"),
    "report": ("report", "write a publication as DOCX and PDF"),
    "openapi": ("openapi", "print the description of the API"),
    "bench": ("bench", "measure speed and memory"),
}


class Lazy(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = f"minsheng.cli.{COMMANDS[cmd_name][0]}"
        if importlib.util.find_spec(name) is None:
            raise click.ClickException(f"`minsheng {cmd_name}` is not part of this version.")
        module = importlib.import_module(name)
        command: click.Command = getattr(module, "import_" if cmd_name == "import" else cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table above: help must not import them all."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(importlib.import_module("minsheng").__version__, prog_name="minsheng")
def main() -> None:
    """民声 Minsheng: the platform on which a city hears its people."""
