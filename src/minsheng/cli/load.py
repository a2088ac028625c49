"""`minsheng load`: a city's directory and rules from files. Every mistake is listed by file, line and key, and with one mistake nothing changes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from minsheng.cli import explain, local
from minsheng.cli.words import Mistyped, Refused, in_words, language, pick
from minsheng.policy.changes import Changes, compare
from minsheng.policy.directory import Directory
from minsheng.policy.load import Rules

LOCK = "LOCK"
LOCK_HEAD = "# Every published profile version: code, version, hash. Written by `minsheng load --lock`; a line never changes.\n"
SHOWN = 10
Published = dict[tuple[str, str], str]


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--profile", help="a city's code or a TOML file: check these rules, publish them, and register new cases under them")
@click.option("--dry-run", is_flag=True, help="check and show what would change; change nothing")
@click.option("--lock", is_flag=True, help="write every profile version that profiles/LOCK does not hold yet; needs no database")
@language
def load(folder: Path | None, profile: str | None, *, dry_run: bool, lock: bool, lang: str) -> None:
    """Load FOLDER (directories/CITY) into the database of its city; or publish a --profile; or --lock the profiles.

    A published version never changes: rules that change get a new version. The database is that of the city which the files name.
    """
    if (folder is not None) + (profile is not None) + lock != 1:
        raise click.UsageError("Say one of: a FOLDER, --profile, --lock.")
    with in_words(lang):
        if lock:
            _lock(lang)
        elif profile is not None:
            _publish(explain.read_rules(profile), lang, dry_run=dry_run)
        elif folder is not None:
            _load(folder, lang, dry_run=dry_run)


# --- a directory ----------------------------------------------------------------------------------------------------------------


def _load(folder: Path, lang: str, *, dry_run: bool) -> None:
    directory = explain.read_directory(folder, lang=lang)
    if directory is None:
        raise Mistyped(pick(lang, f"没有 {folder} 这个文件夹。", f"There is no folder {folder}."))
    with _database(directory.city):
        from minsheng.commands import directory as loading
        from minsheng.queries import directory as directories
        from minsheng.queries import installation, rulings
        from minsheng.queries import rules as rulebook

        installation.demand_ready()
        _same_city(installation.city(), directory.city, lang)
        ruled = rulings.with_accepted(directory)
        directory = ruled.directory
        first = installation.city() is None
        changes = [] if first else compare(directories.current(), directory)
        _show(directory, changes, lang, first=first)
        _show_ruled(ruled.kept, ruled.dropped, lang)
        _demand_unused(changes, lang)
        if dry_run:
            click.echo(pick(lang, "只是试读，没有改动。", "Dry run: nothing was changed."))
            return
        rules = _checked(explain.read_rules(directory.city), lang) if first else rulebook.today()
        loaded = loading.load(directory, rules)
    click.echo(pick(
        lang,
        f"已载入：单位 {loaded.units:,}，地点 {loaded.places:,}，事项 {loaded.categories:,}，账号 {loaded.people:,}。",
        f"Loaded: {loaded.units:,} units, {loaded.places:,} places, {loaded.categories:,} categories, {loaded.people:,} accounts.",
    ))  # fmt: skip


def _show(directory: Directory, changes: list[Changes], lang: str, *, first: bool) -> None:
    """What would change, before it does."""
    if first:
        click.echo(pick(lang, f"{directory.name}：第一次载入。", f"{directory.name}: loaded for the first time."))
    elif not changes:
        click.echo(pick(lang, "单位、地点、事项、责任规则、岗位和分平台都没有变。", "Units, places, categories, rules, posts and scopes are unchanged."))
    for kind in changes:
        click.echo(pick(lang, f"{kind.zh}：", f"{kind.kind}: ") + _counted(kind, lang))
        for mark, items in (("+", kind.new), ("~", kind.changed), ("-", kind.gone)):
            for code, name in items[:SHOWN]:
                click.echo(f"  {mark} {code} {name}")
            if len(items) > SHOWN:
                click.echo(pick(lang, f"  {mark} 还有 {len(items) - SHOWN:,} 个", f"  {mark} and {len(items) - SHOWN:,} more"))


def _show_ruled(kept: int, dropped: Sequence[str], lang: str) -> None:
    """Rules that came from rulings are not in the files: which stay, and which fall away because the files no longer know what they name."""
    if kept:
        click.echo(pick(lang, f"裁定形成的责任规则：保留 {kept:,} 条。", f"Rules that came from rulings: {kept:,} stay."))
    for basis in dropped:
        click.echo(pick(
            lang,
            f"  - 裁定形成的规则「{basis}」要去掉：文件里没有它的单位、类别或地点了。",
            f"  - the rule “{basis}” goes: its unit, category or place is not in the files.",
        ))  # fmt: skip


def _counted(kind: Changes, lang: str) -> str:
    return pick(
        lang,
        f"新增 {len(kind.new):,}，改动 {len(kind.changed):,}，去掉 {len(kind.gone):,}",
        f"{len(kind.new):,} new, {len(kind.changed):,} changed, {len(kind.gone):,} gone",
    )


def _demand_unused(changes: list[Changes], lang: str) -> None:
    """What an open case stands on cannot go: it would belong to nobody."""
    from minsheng.queries import installation

    columns = {"units": "unit", "places": "place", "categories": "category"}
    said = []
    for kind in changes:
        if kind.kind not in columns or not kind.gone:
            continue
        used = installation.in_use(columns[kind.kind], [code for code, _ in kind.gone])
        said += [pick(lang, f"{kind.zh} {code} 还有 {n:,} 件没办完的诉求", f"{kind.kind} {code}: {n:,} open cases") for code, n in used.items()]
    if said:
        advice = pick(lang, "请先转走，或者保留这一行；单位可以写上 valid_until。", "Move them first, or keep the row; a unit can be given a valid_until.")
        raise Refused("\n".join([*said, advice]))


# --- rules ----------------------------------------------------------------------------------------------------------------------


def _publish(rules: Rules, lang: str, *, dry_run: bool) -> None:
    _checked(rules, lang)
    label = f"{rules.profile.code}@{rules.profile.version}（{rules.hash[:8]}）"
    if dry_run:
        click.echo(pick(lang, f"规则 {label} 读得通。只是试读，没有改动。", f"Rules {label} hold together. Dry run: nothing was changed."))
        return
    with _database(rules.profile.code):
        from minsheng.commands import directory as loading
        from minsheng.queries import installation

        installation.demand_ready()
        city = installation.city()
        if city is None:
            raise Refused(pick(lang, "还没有载入通讯录，请先 minsheng load directories/…。", "No directory is loaded yet: minsheng load directories/… first."))
        _same_city(city, rules.profile.code, lang)
        loading.adopt(rules)
    click.echo(pick(lang, f"规则 {label} 已公布，从现在起收的诉求按它办。", f"Rules {label} are published: cases filed from now on are registered under them."))


def _checked(rules: Rules, lang: str) -> Rules:
    """A version that LOCK holds must be what LOCK holds."""
    profile = rules.profile
    locked = read_lock(_lock_text()).get((profile.code, profile.version))
    if locked is not None and locked != rules.hash:
        raise Refused(
            pick(
                lang,
                f"规则 {profile.code}@{profile.version} 已经公布过（profiles/{LOCK}），内容不能再改。请把 version 改成新的一版。",
                f"{profile.code}@{profile.version} is published (profiles/{LOCK}) and never changes. Give the changed profile a new version.",
            )
        )
    return rules


def _lock(lang: str) -> None:
    """Add a line for every profile version that has none."""
    text = _lock_text()
    fresh = [_checked(explain.read_rules(city), lang) for city in local.cities()]
    published = read_lock(text)
    added = [f"{r.profile.code} {r.profile.version} {r.hash}" for r in fresh if (r.profile.code, r.profile.version) not in published]
    if added:
        (local.home() / "profiles" / LOCK).write_text((text or LOCK_HEAD) + "".join(f"{line}\n" for line in added), encoding="utf-8")
    for line in added:
        click.echo(line)
    click.echo(pick(lang, f"profiles/{LOCK}：新增 {len(added)} 行。", f"profiles/{LOCK}: {len(added)} lines added."))


def read_lock(text: str) -> Published:
    """(code, version) → hash of every published profile version. A version that stands twice is a mistake, not a choice."""
    published: Published = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split()
        if len(words) != 3 or (words[0], words[1]) in published:
            raise Refused(f"profiles/{LOCK}:{number}: “{line}” 应是“编码 版本 哈希”，每个版本一行。/ must be “code version hash”, once each.")
        published[words[0], words[1]] = words[2]
    return published


def _lock_text() -> str:
    path = local.home() / "profiles" / LOCK
    return path.read_text(encoding="utf-8") if path.exists() else ""


# --- the database ---------------------------------------------------------------------------------------------------------------


@contextmanager
def _database(city: str) -> Iterator[None]:
    """The database of the city that the files name, once they have been found good."""
    with local.database(city):
        local.set_django_up()
        from django.db import connections

        try:
            yield
        finally:
            connections.close_all()


def _same_city(there: str | None, city: str, lang: str) -> None:
    if there is not None and there != city:
        raise Refused(
            pick(
                lang,
                f"这个数据库是 {there} 的，不能放 {city} 的：一个数据库一座城市。",
                f"This database is {there}'s: one database is one city, and {city} has its own.",
            )
        )
