"""What the lists of the directory show: walked down by the tree, or searched; and the box in which a case is tried against the rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace as Row
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng import clock
from minsheng.domain.states import URGENCY_ZH
from minsheng.policy.directory import Directory, Rule
from minsheng.policy.responsibility import responsible
from minsheng.web.desk.admin import kinds

PAGE = 100


@dataclass(slots=True)
class Found:
    """heads: words above the columns; rows: {key, url, title, cells, inner: address of what lies inside, over: no longer valid}; path: the way down."""

    heads: list[str]
    rows: list[Row] = field(default_factory=list)
    path: list[Row] = field(default_factory=list)
    next: int | None = None


def rows(kind: str, tree: Directory, *, words: str, under: str, after: int, keys: list[str]) -> Found:
    """The rows of one kind."""
    make = {"units": _units, "places": _places, "categories": _categories, "posts": _posts}.get(kind)
    found, every = make(tree, words, under) if make else _rules(tree, words, keys)
    chosen = list(every)
    found.rows = chosen[after : after + PAGE]
    found.next = after + PAGE if len(chosen) > after + PAGE else None
    return found


def _units(tree: Directory, words: str, under: str) -> tuple[Found, Iterable[Row]]:
    today = clock.local(clock.now()).date()
    at = under if under in tree.units else tree.root
    codes = [c for c, u in tree.units.items() if _hit(words, c, u.name, u.short_name)] if words else [at, *tree.children(at)]
    found = Found([_("性质"), _("电话"), _("办公时间")], path=_path("units", reversed(tree.ancestors(at)), tree.units) if not words else [])
    units = [tree.units[code] for code in codes]
    return found, [
        _row("units", u.code, u.name, (f"{_(kinds.LEVEL_ZH[u.level])} · {_(kinds.UNIT_KIND_ZH[u.kind])}", u.phone, u.opening_hours),
             inner=len(tree.children(u.code)) if u.code != at or words else 0, over=not u.valid(today), until=u.valid_until)
        for u in units
    ]  # fmt: skip


def _places(tree: Directory, words: str, under: str) -> tuple[Found, Iterable[Row]]:
    tops = [code for code, place in tree.places.items() if place.parent is None]
    at = under if under in tree.places else None
    codes = [c for c, p in tree.places.items() if _hit(words, c, p.name)] if words else [at, *tree.place_children(at)] if at else tops
    found = Found([_("级别"), _("属地单位"), _("边界")], path=_path("places", reversed(tree.place_ancestors(at)), tree.places) if at and not words else [])
    places = [tree.places[code] for code in codes]
    return found, [
        _row("places", p.code, p.name,
             (_(kinds.PLACE_KIND_ZH[p.kind]), tree.units[p.unit].name if p.unit in tree.units else p.unit, _("有") if p.polygon else _("没有")),
             inner=len(tree.place_children(p.code)) if p.code != at or words else 0)
        for p in places
    ]  # fmt: skip


def _categories(tree: Directory, words: str, under: str) -> tuple[Found, Iterable[Row]]:
    at = under if under in tree.categories else ""
    items = tree.categories.values()
    chosen = [c for c in items if _hit(words, c.code, c.name, *c.keywords)] if words else [c for c in items if c.code == at or (c.parent or "") == at]
    line = [at[:n] for n in range(2, len(at) + 1, 2)]
    found = Found([_("紧急程度"), _("主管职能"), _("关键词")], path=_path("categories", line, tree.categories) if at and not words else [])
    return found, [
        _row("categories", c.code, f"{c.code} {c.name}",
             (_(URGENCY_ZH[c.urgency]), tree.functions[c.department].name if c.department in tree.functions else c.department, "、".join(c.keywords[:4])),
             inner=sum(1 for other in items if other.parent == c.code) if c.code != at or words else 0)
        for c in chosen
    ]  # fmt: skip


def _posts(tree: Directory, words: str, under: str) -> tuple[Found, Iterable[Row]]:
    found = Found([_("单位"), _("第几级")])
    posts = [p for p in tree.posts.values() if _hit(words, p.code, p.name)]
    return found, [_row("posts", p.code, p.name, (tree.units[p.unit].name if p.unit in tree.units else p.unit, str(p.order))) for p in posts]


def _rules(tree: Directory, words: str, keys: list[str]) -> tuple[Found, Iterable[Row]]:
    today = clock.local(clock.now()).date()
    found = Found([_("地点"), _("主办"), _("协办"), _("有效期")])
    pairs = [(key, rule) for key, rule in zip(keys, tree.rules, strict=True) if _hit(words, *_said(rule, tree))]
    return found, [
        _row("rules", key, _said(rule, tree)[0], (*_said(rule, tree)[1:4], _period(rule)), over=not rule.valid(today), sub=rule.basis) for key, rule in pairs
    ]


def _said(rule: Rule, tree: Directory) -> tuple[str, str, str, str, str]:
    """Category, place, lead, co-handlers and basis in words."""
    category, place = tree.categories.get(rule.category), tree.places.get(rule.place or "")
    co = "、".join(target(code, tree) for code in rule.co)
    return category.name if category else _("所有事项"), place.name if place else _("所有地点"), target(rule.lead, tree), co or "–", rule.basis


def target(code: str, tree: Directory) -> str:
    """Whom a rule names, in words."""
    if code.startswith("@area:"):
        return str(_("所在的")) + str(_(kinds.LEVEL_ZH.get(code[6:], code)))
    if code.startswith("@"):
        function = tree.functions.get(code[1:])
        return str(_("就近的")) + (function.name if function else code)
    return tree.units[code].name if code in tree.units else code


def _period(rule: Rule) -> str:
    if rule.valid_from is None and rule.valid_until is None:
        return str(_("一直有效"))
    return f"{rule.valid_from or '…'} – {rule.valid_until or '…'}"


def answer(tree: Directory, asked: Mapping[str, Any]) -> Row:
    """试一件: who leads for a category at a place, and why; with the rule that answers, if one does."""
    typed = {name: str(asked.get(f"test_{name}", ""))[:80] for name in ("category", "place")}
    codes = {name: kinds.code(text, name, tree) for name, text in typed.items()}
    known = {"category": tree.categories, "place": tree.places}
    wrong = {f"test_{name}": _("没有“%(text)s”，请从列表里选。") % {"text": typed[name]} for name in codes if codes[name] and codes[name] not in known[name]}
    found = None
    if any(codes.values()) and not wrong:
        told = responsible(tree, category=codes["category"] or None, place=codes["place"] or None, on=clock.local(clock.now()).date())
        found = Row(lead=tree.units[told.lead].name, code=told.lead, co="、".join(tree.units[code].name for code in told.co), basis=told.basis, sure=told.sure)
    return Row(form=Row(values={f"test_{name}": text for name, text in typed.items()}, errors=wrong), found=found)


def _row(kind: str, key: str, title: str, cells: Iterable[str], *, inner: int = 0, over: bool = False, until: Any = None, sub: str = "") -> Row:
    inside = reverse("admin-items", args=(kind,)) + f"?in={key}" if inner else None
    return Row(key=key, url=reverse("admin-item", args=(kind, key)), title=title, cells=list(cells), inner=inner, inside=inside, over=over, until=until,
               sub=sub or (key if kind not in ("rules", "categories") else ""))  # fmt: skip


def _path(kind: str, codes: Iterable[str], known: Mapping[str, Any]) -> list[Row]:
    here = reverse("admin-items", args=(kind,))
    return [Row(name=known[code].name, url=f"{here}?in={code}") for code in codes if code in known]


def _hit(words: str, *texts: str) -> bool:
    return not words or any(words.casefold() in text.casefold() for text in texts)
