"""`minsheng explain`: what a city's rules decide for given facts, and why. Answers without Django and without a database."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from minsheng import clock
from minsheng.cli import local
from minsheng.cli.words import Refused, in_words, language, pick
from minsheng.domain.errors import BadInput, ProfileProblem
from minsheng.policy import in_words as explained
from minsheng.policy.directory import Directory
from minsheng.policy.directory_files import FILES, Problem, decode, parse
from minsheng.policy.explain import explain as decide
from minsheng.policy.given import KNOWN, NAMES_ZH, read
from minsheng.policy.load import Rules, load, load_days

_FACTS = "、".join(f"{name}（{NAMES_ZH[name]}）" for name in KNOWN)


@click.command(epilog=f"Facts: {_FACTS}. Example: minsheng explain CITY urgency=urgent category=噪声 --at 2026-09-30T16:00+08:00")
@click.argument("profile")
@click.argument("facts", nargs=-1)
@click.option("--at", "moment", help="when it is received, as 2026-09-30T16:00+08:00; without a zone Beijing time is meant (default: now)")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@language
def explain(profile: str, facts: tuple[str, ...], moment: str | None, *, as_json: bool, lang: str) -> None:
    """Show what the rules of PROFILE (a city's code, or a TOML file) decide for FACTS, and why."""
    with in_words(lang):
        rules = read_rules(profile)
        directory = read_directory(local.home() / "directories" / rules.profile.code, lang=lang)
        told = decide(rules, read(facts, directory=directory), at=_moment(moment), directory=directory)
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else "\n".join(explained.lines(told, lang, directory=directory)))


def read_rules(profile: str) -> Rules:
    """The resolved rules of a city, by its code or by the path of a TOML file. Raises ProfileProblem with file, line and key."""
    path = Path(profile)
    kept = local.home() / "profiles"
    if path.suffix != ".toml":
        if profile not in local.cities():
            raise _no_profile(profile)
        path = kept / f"{profile}.toml"
    if not path.is_file():
        raise BadInput(field="profile", zh=f"没有 {path} 这个文件。", en=f"There is no file {path}.")
    folders = dict.fromkeys([kept, path.parent])
    files = {file.stem: file for folder in folders for file in sorted(folder.glob("*.toml"))} | {path.stem: path}
    texts = {name: _text(file) for name, file in files.items()}
    return load(texts, name=path.stem, days=load_days(texts["calendar"]))


def directory_texts(folder: Path) -> Iterator[tuple[str, str | Problem]]:
    """The files of a city's directory by name, its own first; the common ones lie one folder up."""
    for name in FILES:
        path = next((found for found in (folder / name, folder.parent / name) if found.is_file()), None)
        if path is not None:
            yield name, decode(path.read_bytes(), file=name)


def read_directory(folder: Path, *, lang: str) -> Directory | None:
    """The directory of a city, or None where there is none. One with problems is refused with all of them."""
    if not folder.is_dir():
        return None
    texts = dict(directory_texts(folder))
    problems = [text for text in texts.values() if isinstance(text, Problem)]
    parsed = parse({name: text for name, text in texts.items() if isinstance(text, str)}) if not problems else None
    if parsed is None or parsed.directory is None:
        raise Refused(listed(problems or list(parsed.problems if parsed else ()), folder, lang))
    return parsed.directory


def listed(problems: list[Problem], folder: Path, lang: str) -> str:
    """Every problem on a line of its own: file, line, key, and what is wrong."""
    lines = []
    for problem in problems:
        path = folder / problem.file if (folder / problem.file).exists() else folder.parent / problem.file
        where = f"{path}:{problem.line}" if problem.line else str(path)
        lines.append(f"{where} {problem.key}: {pick(lang, problem.zh, problem.en)}".replace(" : ", ": "))
    return "\n".join([*lines, pick(lang, f"共 {len(lines)} 处错误。", f"{len(lines)} problems." if len(lines) > 1 else "1 problem.")])


def _text(path: Path) -> str:
    text = decode(path.read_bytes(), file=path.name)
    if isinstance(text, Problem):
        raise ProfileProblem(file=path.name, line=None, key="", zh=text.zh, en=text.en)
    return text


def _no_profile(profile: str) -> BadInput:
    known = local.cities()
    return BadInput(
        field="profile",
        zh=f"没有“{profile}”这份城市规则，现有：{'、'.join(known)}。也可以写一个 TOML 文件的路径。",
        en=f"There is no profile “{profile}”; there are: {', '.join(known)}. The path of a TOML file will do too.",
    )


def _moment(text: str | None) -> datetime:
    """The moment that is meant; without a zone it is read from a Beijing clock."""
    if text is None:
        return clock.now()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            field="at", zh=f"--at 要写成 2026-09-30T16:00+08:00，“{text}”读不懂。", en=f"--at is written 2026-09-30T16:00+08:00; “{text}” cannot be read."
        ) from None
    if not 1990 <= found.year <= 2200:
        raise BadInput(field="at", zh="--at 的年份要在 1990 到 2200 之间。", en="The year of --at must lie between 1990 and 2200.")
    return found if found.tzinfo else found.replace(tzinfo=clock.BEIJING)
