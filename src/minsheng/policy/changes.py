"""变动: in what a new directory differs from the one in force, so that a person sees it before it is loaded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from minsheng.policy.directory import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is new, changed and gone among the items of one kind, each as code and name, in the order of the files."""

    kind: str
    zh: str
    new: tuple[tuple[str, str], ...]
    changed: tuple[tuple[str, str], ...]
    gone: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)


def compare(old: Directory, new: Directory) -> list[Changes]:
    """Every kind of item that differs. Responsibility rules have no code: they are told apart by everything they say."""
    kinds: tuple[tuple[str, str, Mapping[str, Any], Mapping[str, Any]], ...] = (
        ("units", "单位", old.units, new.units),
        ("places", "地点", old.places, new.places),
        ("categories", "事项", old.categories, new.categories),
        ("rules", "责任规则", _rules(old), _rules(new)),
        ("posts", "责任岗位", old.posts, new.posts),
        ("scopes", "分平台", old.scopes, new.scopes),
    )
    found = [_compared(kind, zh, before, after) for kind, zh, before, after in kinds]
    return [changes for changes in found if changes]


def _compared(kind: str, zh: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Changes:
    def named(codes: Iterable[str], where: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        return tuple((code, getattr(where[code], "name", "") or where[code].basis) for code in codes)

    return Changes(
        kind=kind,
        zh=zh,
        new=named((code for code in new if code not in old), new),
        changed=named((code for code in new if code in old and old[code] != new[code]), new),
        gone=named((code for code in old if code not in new), old),
    )


def _rules(directory: Directory) -> dict[str, Any]:
    return {
        f"{rule.category or '*'}×{rule.place or '*'}→{rule.lead}+{';'.join(rule.co)}@{rule.valid_from}..{rule.valid_until}": rule for rule in directory.rules
    }
