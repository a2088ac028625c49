"""`minsheng demo`: a city to look around in: its directory, its rules, accounts, and three weeks of cases in every state."""

import os
import secrets
from pathlib import Path

import click

from minsheng.cli import local
from minsheng.cli.words import Refused, in_words, language, pick
from minsheng.domain.states import ROLE_ZH, STATE_ZH, Role, State
from minsheng.policy.directory import Directory, Person

MATTERS, DESKS = "demo.toml", "demo_desk.toml"
#: Without what is easily mistaken for something else, so that it can be read aloud.
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
#: The accounts that are shown first, one for each kind of work.
_SHOWN = ("operator", "dispatcher", "checker", "callback", "supervisor", "leader", "grid", "editor", "deputy", "analyst", "admin")


@click.command()
@click.option("--if-empty", is_flag=True, help="do nothing, and say nothing, when a city is loaded already")
@language
@local.on_database
def demo(*, if_empty: bool, lang: str) -> None:
    """Fill an empty city with its directory, demo accounts and three weeks of cases. The cases are invented; nobody real is meant.

    The accounts share one password, made at random for this installation and written to var/CITY/accounts.txt.
    """
    from minsheng.queries import installation

    with in_words(lang):
        installation.demand_ready()
    if if_empty and installation.city() is not None:
        return
    if installation.has_cases():
        raise Refused(pick(lang, "这里已经有诉求了，演示只能放进空的城市。", "There are cases here already: the demo only goes into an empty city."))
    with in_words(lang):
        made = _made(os.environ["MINSHENG_CITY"], lang=lang)
    click.echo(made)


def _made(city: str, *, lang: str) -> str:
    """Everything in one transaction, the file with the accounts last: a demo is there whole, or not at all."""
    from django.db import transaction

    from minsheng import wiring
    from minsheng.cli import demo_articles, explain
    from minsheng.cli.demo_pictures import drawn
    from minsheng.commands import demo_desk, demo_stories, demonstrating, uploads
    from minsheng.commands import directory as loading
    from minsheng.queries import directory as directories

    folder = local.home() / "directories"
    directory = explain.read_directory(folder / city, lang=lang)
    if directory is None:
        raise Refused(pick(lang, f"没有 {folder / city} 这个文件夹。", f"There is no folder {folder / city}."))
    matters = demonstrating.read((folder / MATTERS).read_text(encoding="utf-8"))

    def photo(thing: str, *, done: bool) -> str:
        return uploads.store(drawn(thing, done=done), redraw=wiring.redraw, blobs=wiring.blobs()).ticket

    with transaction.atomic():
        loaded = loading.load(directory, explain.read_rules(city))
        password = _password()
        loading.set_passwords(list(directory.people), password)
        told = demo_articles.tell(folder, people=directory.people.values(), lang=lang)
        made = demonstrating.fill(matters, courses=demo_stories.COURSES, classifier=wiring.classifier(directories.current()), photographer=photo)
        demo_desk.furnish((folder / DESKS).read_text(encoding="utf-8"))
        _write_accounts(local.var() / city / "accounts.txt", directory, password)
    states = "、".join(f"{STATE_ZH[State(state)]} {n}" for state, n in sorted(made.cases.items(), key=lambda row: list(State).index(State(row[0]))))
    states_en = ", ".join(f"{n} {state}" for state, n in made.cases.items())
    total = sum(made.cases.values())
    return pick(
        lang,
        f"{directory.name}：单位 {loaded.units:,}，地点 {loaded.places:,}，事项 {loaded.categories:,}，账号 {loaded.people:,}。\n"
        f"演示诉求 {total} 件（{states}），流转记录 {made.events:,} 条，照片 {made.photos} 张，文章 {told} 篇。",
        f"{directory.name}: {loaded.units:,} units, {loaded.places:,} places, {loaded.categories:,} categories, {loaded.people:,} accounts.\n"
        f"{total} demo cases ({states_en}), {made.events:,} journal entries, {made.photos} photos, {told} articles.",
    )


def _password() -> str:
    """Three groups of four letters: some 54 bits, easily typed."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def _write_accounts(path: Path, directory: Directory, password: str) -> None:
    """Who may sign in, and how: for the eyes of the one who runs this alone."""
    people = list(directory.people.values())
    first = [next((p for p in people if role in p.roles), None) for role in _SHOWN]
    units = [p for p in people if p.roles == ("staff",) and p.unit != directory.centre]
    near = [p for p in units if directory.units[p.unit].level in ("community", "street")][:3]
    shown = dict.fromkeys(p for p in [*first, *units[:3], *near] if p is not None)
    lines = [f"演示账号，密码都是 / demo accounts, one password: {password}", ""]
    lines += [_account(person, directory) for person in shown]
    lines += ["", f"另有 {len(people) - len(shown)} 个账号，名字在 directories/{directory.city}/people.csv。"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def _account(person: Person, directory: Directory) -> str:
    roles = "、".join(ROLE_ZH[Role(role)] for role in person.roles)
    return f"{person.username:<22}{roles}　{directory.units[person.unit].name}"
