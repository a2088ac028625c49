"""The words of the screens in other languages: `python tools/messages.py` checks that none is missing, and compiles them.

Screens are written in Chinese; `_("…")` in templates and in web/ is looked up in locale/<language>/LC_MESSAGES/django.po. So is every Chinese word
in a table of web/ and in the tables of the trade named in `TABLES` (states, kinds, clocks, moves, queues …), which pages translate by variable.
This tool collects those words, compares them with each catalogue and writes django.mo beside it (git-ignored, made by `make run` and `make check`).
It exits with 1 and prints the lines to add when a word has no translation, is no longer used, or loses a placeholder.
"""

import ast
import re
import struct
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment

APP = Path(__file__).resolve().parents[1] / "src/minsheng"
CALLS = {"_", "gettext", "gettext_noop", "said"}
#: Tables outside web/ whose Chinese words stand on screens. What a command says itself (errors, forms) brings its English along.
TABLES = {
    "domain/states.py": ("STATE_ZH", "KIND_ZH", "URGENCY_ZH", "CHANNEL_ZH", "ROLE_ZH", "OUTCOME_ZH", "MEASURE_ZH", "FAILED", "PARTY_ZH"),
    "domain/fieldwork.py": ("TRUTH", "NEXT", "RESULTS"),
    "domain/moves.py": ("_TABLE", "NOTES"),
    "domain/acts.py": ("ACTS",),
    "domain/articles.py": ("KIND_ZH", "STATUS_ZH", "HOLDS_ZH"),
    "domain/calls.py": ("STATUS_ZH", "SEAT_ZH", "WRAP_UPS"),
    "domain/deadlines.py": ("_CLOCKS",),
    "domain/publications.py": ("KINDS", "STATUSES"),
    "queries/cases.py": ("_ACTORS",),
    "queries/calls.py": ("LISTS",),
    "queries/inbox.py": ("_QUEUES",),
    "queries/statistics.py": ("_RATES",),
}
#: Tables of web/ that are no words of a screen, or say both languages themselves.
NO_WORDS = {("formats.py", "WEEKDAYS"), ("formats.py", "_WITHIN"), ("formats.py", "_ONE"), ("security.py", "WORDS"), ("content.py", "_LABELS")}
CHINESE = re.compile("[\u4e00-\u9fff]")
PLACE = re.compile(r"%\((\w+?)(?:_en)?\)s|(<[^>]+>)")  # a value may have an English twin: month, month_en
HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=1; plural=0;\n"


def used() -> dict[str, str]:
    """Every message on a screen, with one place where it stands."""
    found: dict[str, str] = {}
    for message, place in [*in_templates(), *in_code(), *in_tables(), *in_profiles()]:
        found.setdefault(message, place)
    return found


def in_templates() -> Iterator[tuple[str, str]]:
    env = Environment(extensions=["jinja2.ext.i18n"], autoescape=True, trim_blocks=True, lstrip_blocks=True)
    for path in sorted((APP / "templates").rglob("*.html")):
        for line, _, message in env.extract_translations(path.read_text(encoding="utf-8")):  # type: ignore[attr-defined]
            text = message[0] if isinstance(message, tuple) else message  # a message with values comes as (text, None, …)
            if isinstance(text, str):  # a word that comes by variable (a tag of web/words.py) is named where it is written
                yield text, f"{path.relative_to(APP)}:{line}"


def in_code() -> Iterator[tuple[str, str]]:
    for path in sorted((APP / "web").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, f"{path.relative_to(APP)}:{node.lineno}"


def in_tables() -> Iterator[tuple[str, str]]:
    """The Chinese words of every table of web/ and of those in TABLES."""
    for path in sorted((APP / "web").rglob("*.py")):
        for name, value in tables(path):
            if (path.name, name) not in NO_WORDS:
                yield from chinese(value, f"{path.relative_to(APP)}:{name}")
    for file, names in TABLES.items():
        found = [(name, value) for name, value in tables(APP / file) if name in names]
        missing = set(names) - {name for name, _ in found}
        if missing:
            raise SystemExit(f"messages: {file} has no table {', '.join(sorted(missing))} any more; tools/messages.py names it")
        for name, value in found:
            yield from chinese(value, f"{file}:{name}")


def in_profiles() -> Iterator[tuple[str, str]]:
    """What the rules of a city offer to be ticked."""
    for path in sorted((APP.parents[1] / "profiles").glob("*.toml")):
        for rule in tomllib.loads(path.read_text(encoding="utf-8")).get("rating", ()):
            yield from ((reason, f"{path.name}:rating") for reason in rule["reasons"])


def tables(path: Path) -> Iterator[tuple[str, ast.expr]]:
    """Name and value of every assignment at the top of a module."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            yield ast.unparse(target), node.value


def chinese(value: ast.expr, place: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value):
            yield node.value, place


def catalogue(path: Path) -> dict[str, str]:
    """The pairs of a .po file; comments and the header are left out."""
    pairs: dict[str, str] = {}
    key = part = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("msgid "):
            key, part = ast.literal_eval(line[6:]), "id"
        elif line.startswith("msgstr "):
            pairs[key], part = ast.literal_eval(line[7:]), "str"
        elif line.startswith('"') and part == "id":
            key += ast.literal_eval(line)
        elif line.startswith('"'):
            pairs[key] += ast.literal_eval(line)
    pairs.pop("", None)
    return pairs


def faults(words: dict[str, str], pairs: dict[str, str]) -> Iterator[str]:
    for message, place in words.items():
        said = pairs.get(message, "")
        if not said:
            yield f'#: {place}\nmsgid "{escaped(message)}"\nmsgstr ""'
        elif sorted(PLACE.findall(message)) != sorted(PLACE.findall(said)):
            yield f"#: {place}: the placeholders or tags of “{message}” and “{said}” differ"
    yield from (f"# no longer used: {message}" for message in pairs if message not in words)


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def compiled(pairs: dict[str, str]) -> bytes:
    """The GNU .mo form: sorted ids and strings, each with length and offset."""
    rows = sorted((key.encode(), said.encode()) for key, said in {"": HEADER, **pairs}.items() if said)
    start = 28 + 16 * len(rows)
    tables: list[list[int]] = [[], []]
    body = b""
    for side in (0, 1):
        for row in rows:
            tables[side] += [len(row[side]), start + len(body)]
            body += row[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(rows), 28, 28 + 8 * len(rows), 0, 0)
    return head + struct.pack(f"<{4 * len(rows)}I", *tables[0], *tables[1]) + body


def main() -> int:
    words, wrong = used(), 0
    for path in sorted((APP / "locale").glob("*/LC_MESSAGES/django.po")):
        pairs = catalogue(path)
        for fault in faults(words, pairs):
            wrong += 1
            print(fault)
        path.with_suffix(".mo").write_bytes(compiled(pairs))
    print(f"messages: {len(words)} on the screens, {wrong} to mend")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
