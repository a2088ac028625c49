"""The house's rules on its own source: what a reader may rely on without looking."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, SOURCE, Function, at, modules, nodes, public

CITIES = {path.stem for path in (ROOT / "profiles").glob("*.toml")} - {"base", "calendar"}


def test_there_is_something_to_look_at() -> None:
    assert len(modules()) > 60
    assert {"casework.py", "domain/moves.py", "commands/intake.py", "web/desk/case.py"} <= set(modules())
    assert len(CITIES) == 6


# --- rules are data -----------------------------------------------------------------------------------------------------------------

#: The bench lives through its cases in the fictional city: test data, and no rule hangs on it.
CITY_IN_CODE = {("cli/benches/lived.py", "yunchuan")}


def test_no_city_stands_in_the_code() -> None:
    found = [
        at(name, node)
        for name, node in nodes(ast.Constant)
        if isinstance(node, ast.Constant) and node.value in CITIES and (name, node.value) not in CITY_IN_CODE
    ]
    assert found == [], "a city's rule belongs into its profile"


def test_the_code_never_asks_which_city_it_is() -> None:
    def is_code(node: ast.expr) -> bool:
        if not (isinstance(node, ast.Attribute) and node.attr == "code"):
            return False
        owner = node.value
        return (isinstance(owner, ast.Name) and owner.id == "profile") or (isinstance(owner, ast.Attribute) and owner.attr == "profile")

    compared = [at(name, n) for name, n in nodes(ast.Compare) if isinstance(n, ast.Compare) and any(is_code(side) for side in (n.left, *n.comparators))]
    matched = [at(name, n) for name, n in nodes(ast.Match) if isinstance(n, ast.Match) and is_code(n.subject)]
    assert compared + matched == [], "the question is missing in the schema: add it there for all cities"


# --- one place writes ---------------------------------------------------------------------------------------------------------------


def _targets(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign):
        yield from node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For):
        yield node.target


def _assigned(target: ast.expr) -> Iterator[ast.Attribute]:
    for node in ast.walk(target):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node


def test_only_casework_writes_the_state_of_a_case() -> None:
    """`facts.state` in domain/facts.py is the pure fold; nothing is stored there."""
    found = []
    for name, node in nodes((ast.Assign, ast.AugAssign, ast.AnnAssign, ast.For)):
        for target in _targets(node):
            for attribute in _assigned(target):
                pure = name == "domain/facts.py" and isinstance(attribute.value, ast.Name) and attribute.value.id == "facts"
                if attribute.attr == "state" and name != "casework.py" and not pure:
                    found.append(at(name, attribute))
    for name, node in nodes(ast.Call):
        assert isinstance(node, ast.Call)
        called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        by_name = called == "setattr" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant) and node.args[1].value == "state"
        by_update = called in ("update", "bulk_update", "update_or_create") and any(word.arg == "state" for word in node.keywords)
        if name != "casework.py" and (by_name or by_update):
            found.append(at(name, node))
    assert found == [], "a case moves by `work.move(…)` only"


def test_only_casework_writes_rows_of_cases_orders_and_events() -> None:
    """Raw SQL and batches included; the benches measure a raw transaction on a database of their own."""
    tables = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM|TRUNCATE)\s+(ms_case|ms_work_order|ms_event)\b", re.IGNORECASE)
    found = []
    for name, node in nodes((ast.Constant, ast.Call)):
        if name == "casework.py" or name.startswith("cli/benches/"):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and tables.search(node.value):
            found.append(at(name, node))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("insert", "update", "upsert") and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and first.value in ("ms_case", "ms_work_order", "ms_event"):
                found.append(at(name, node))
    assert found == []


#: Who may see the journal's model. checkpoints.py signs and verifies it row by row (docs/adr/0003).
READS_THE_JOURNAL = {"casework.py", "projections.py", "commands/checkpoints.py"}


def test_the_journal_has_few_readers() -> None:
    found = {
        name
        for name, node in nodes(ast.ImportFrom)
        if isinstance(node, ast.ImportFrom)
        and (node.module == "minsheng.models.event" or (node.module == "minsheng.models" and any(alias.name == "event" for alias in node.names)))
    }
    assert found, "the journal is found under its name"
    assert {name for name in found if not name.startswith(("queries/", "models/"))} <= READS_THE_JOURNAL


# --- time, signals, leftovers -------------------------------------------------------------------------------------------------------

WALL_CLOCK = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"), ("time", "time_ns"),
    ("timezone", "now"), ("timezone", "localtime"), ("timezone", "localdate"),
}  # fmt: skip


def test_only_the_clock_reads_the_wall_clock() -> None:
    found = []
    for name, node in nodes(ast.Call):
        assert isinstance(node, ast.Call)
        if name != "clock.py" and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            owner_name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
            if (owner_name, node.func.attr) in WALL_CLOCK:
                found.append(at(name, node))
        found += [at(name, node) for word in node.keywords if word.arg in ("auto_now", "auto_now_add")]
    assert found == [], "use minsheng.clock.now()"


def test_no_django_signals_and_no_django_admin() -> None:
    banned = ("django.dispatch", "django.db.models.signals", "django.core.signals", "django.contrib.admin")
    found = [
        at(name, node)
        for name, node in nodes((ast.Import, ast.ImportFrom))
        for imported in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        )
        if imported.startswith(banned)
    ]
    assert found == [], "a consequence stands in reactions.py"


def _texts() -> Iterator[Path]:
    for folder in ("src", "tests", "tools", "profiles", "docs"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".html", ".toml", ".md", ".css", ".js", ".mjs") and not {"vendor", "node_modules", ".pytest_cache"} & set(path.parts):
                yield path
    yield from ROOT.glob("*.md")
    yield ROOT / "Makefile"


def test_nothing_is_left_for_later() -> None:
    left = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _texts()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if left.search(line)
    ]
    assert found == [], "do it, or open an issue"


# --- sizes and names ----------------------------------------------------------------------------------------------------------------

FILE_LINES, FUNCTION_LINES = 500, 60
#: Longer than that, with the reason.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


def test_files_are_short_enough_to_be_read() -> None:
    found = {name: len((SOURCE / name).read_text("utf-8").splitlines()) for name in modules()}
    assert {name: n for name, n in found.items() if n > FILE_LINES and name not in LONG_FILES} == {}


def test_functions_are_short_enough_to_be_read() -> None:
    found = {}
    for name, node in nodes((ast.FunctionDef, ast.AsyncFunctionDef)):
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LINES and f"{name}:{node.name}" not in LONG_FUNCTIONS:
            found[f"{name}:{node.name}"] = lines
    assert found == {}


#: Files that a framework names.
GIVEN_NAMES = {"conf/base.py", "conf/postgresql/base.py"}


def test_no_drawers() -> None:
    drawers = {"utils.py", "util.py", "helpers.py", "manager.py", "managers.py", "base.py", "common.py", "misc.py"}
    assert {name for name in modules() if name.rsplit("/", 1)[-1] in drawers} <= GIVEN_NAMES


#: Methods that a framework calls by name; the class says what they are for.
OVERRIDES = {"list_commands", "get_command", "format_commands", "db_type", "get_placeholder", "authenticate", "is_usable", "get_new_connection", "load"}


def test_everything_public_says_what_it_does() -> None:
    """Every public function, class and method has a docstring; attributes of a Protocol are named by their names."""
    found = []
    for name, tree in modules().items():
        for path, node, owner in public(tree.body):
            protocol = owner is not None and any(isinstance(base, ast.Name) and base.id == "Protocol" for base in owner.bases)
            attribute = protocol and any(isinstance(d, ast.Name) and d.id == "property" for d in node.decorator_list)
            given = owner is not None and (path.endswith(".Meta") or path.rsplit(".", 1)[1] in OVERRIDES)
            if not ast.get_docstring(node) and not attribute and not given:
                found.append(f"{at(name, node)} {path}")
        if tree.body and not ast.get_docstring(tree):
            found.append(f"{name}: the module")
    assert found == []


# --- verbs --------------------------------------------------------------------------------------------------------------------------

#: What may stand beside the first argument of a verb without its name: together they name one thing, or the two things of the verb.
NAMED_TOGETHER = {
    "number": "an approval, a measure or a spot is named by its case or campaign and its number",
    "digest": "a text or file is named by its case and its digest",
    "codes": "gather(campaign, codes): into what, and which",
    "action": "perform(code, action, raw): the door's own call, as the form came in",
    "raw": "perform(code, action, raw)",
}


def verbs() -> list[tuple[str, Function]]:
    """Functions in commands/ by which somebody does something."""
    found = []
    for name, tree in modules().items():
        for _, node, owner in public(tree.body):
            if name.startswith("commands/") and owner is None and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                every = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
                if "by" in every and every[0] != "by":
                    found.append((name, node))
    return found


def test_verbs_are_found() -> None:
    assert {"dispatch", "answer", "call_back", "open_parties", "amend", "release"} <= {node.name for _, node in verbs()}
    assert len(verbs()) > 40


@pytest.mark.parametrize(("module", "verb"), [(name, node) for name, node in verbs()], ids=[f"{name}:{node.name}" for name, node in verbs()])
def test_a_verb_takes_everything_by_name(module: str, verb: Function) -> None:
    positional = [arg.arg for arg in (*verb.args.posonlyargs, *verb.args.args)]
    assert set(positional[1:]) <= set(NAMED_TOGETHER), f"{at(module, verb)}: put a * before {positional[1:]}"
    assert "by" in {arg.arg for arg in verb.args.kwonlyargs}, f"{at(module, verb)}: who acts is always named"


def test_commands_take_no_bags_of_arguments() -> None:
    found = [
        at(name, node)
        for name, node in nodes((ast.FunctionDef, ast.AsyncFunctionDef))
        if name.startswith("commands/") and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_") and node.args.kwarg
    ]
    assert found == []


def test_no_exception_is_swallowed() -> None:
    """A handler that does nothing must say so with contextlib.suppress, where the reader sees which error is meant."""
    found = [
        at(name, node)
        for name, node in nodes(ast.ExceptHandler)
        if isinstance(node, ast.ExceptHandler) and (node.type is None or all(isinstance(line, ast.Pass) for line in node.body))
    ]
    assert found == []
