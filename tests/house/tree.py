"""The source as syntax trees, for tests that hold the house to its rules."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "minsheng"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> dict[str, ast.Module]:
    """Every module below src/minsheng, by its path there; migrations are Django's own hand."""
    found = {path.relative_to(SOURCE).as_posix(): path for path in sorted(SOURCE.rglob("*.py"))}
    return {name: ast.parse(path.read_text("utf-8")) for name, path in found.items() if not name.startswith("migrations/")}


def nodes(kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> Iterator[tuple[str, ast.AST]]:
    """(module, node) of every node of a kind."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield name, node


def public(body: list[ast.stmt]) -> Iterator[tuple[str, Function | ast.ClassDef, ast.ClassDef | None]]:
    """Public functions and classes of a module, and public methods of its public classes, with the class they stand in."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node, None
            if isinstance(node, ast.ClassDef):
                for name, inner, _ in public(node.body):
                    if "." not in name:
                        yield f"{node.name}.{name}", inner, node


def at(module: str, node: ast.AST) -> str:
    """Where a node stands, for the message of a failed test."""
    return f"{module}:{getattr(node, 'lineno', 0)}"
