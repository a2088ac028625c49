"""系统建议: what the machine would decide, with its confidence and its reasons; a person accepts, or says that it is wrong and what would be right."""

from types import SimpleNamespace as Row

from django.utils.translation import gettext as _

from minsheng import clock
from minsheng.domain.states import OPEN, URGENCY_ZH, Urgency
from minsheng.policy.directory import Directory
from minsheng.policy.responsibility import responsible
from minsheng.queries.cases import DeskCase

#: What a rule decides is as sure as what it is asked about; what a word of danger decides, as this.
BY_WORD, BY_RULE = 90, 100


def rows(view: DeskCase, tree: Directory) -> list[Row]:
    """Category, unit and urgency, while the case is open and this person may judge them."""
    if view.case.state not in OPEN or "judge_suggestion" not in view.deeds:
        return []
    found = [one for one in (_category(view), _unit(view, tree), _urgency(view, tree)) if one is not None]
    for one in found:
        one.verdict = view.verdicts.get((one.kind, one.value))
        one.acts = _acts(one, view)
    return found


def find(view: DeskCase, tree: Directory, kind: str, value: str) -> Row | None:
    """The suggestion that somebody judges, if it is (still) made."""
    return next((one for one in rows(view, tree) if (one.kind, one.value) == (kind, value)), None)


def _row(kind: str, label: str, value: str, name: str, share: int | None, reasons: list[str], *, now: str | None, field: Row) -> Row:
    """share: percent, None where nothing but the fallback was left. now: what holds at present."""
    return Row(kind=kind, label=label, value=value, name=name, share=share, reasons=reasons, holds=value == now, field=field, verdict=None, acts=False)


def _category(view: DeskCase) -> Row | None:
    best = view.suggested[0] if view.suggested else None
    if best is None:
        return None
    field = Row(type="lookup", list="category", label=_("应该是哪一类"), choices=[])
    reasons = [_("「%(word)s」") % {"word": word} for word in best["because"]]
    return _row("category", _("类别"), best["code"], best["name"], best["percent"], reasons, now=view.case.category, field=field)


def _unit(view: DeskCase, tree: Directory) -> Row | None:
    """Whom the rules name for this category at this place, today; nothing where the accused would be named."""
    guess = view.suggested[0] if view.suggested else None
    category = view.case.category or (guess["code"] if guess else None)
    if category not in tree.categories or (view.place is not None and view.place not in tree.places):
        return None
    found = responsible(tree, category=category, place=view.place, on=clock.local(clock.now()).date())
    share = (BY_RULE if view.case.category else guess["percent"] if guess else 0) if found.sure else None
    field = Row(type="lookup", list="unit", label=_("应该由谁办"), choices=[])
    return _row("unit", _("主办"), found.lead, tree.units[found.lead].name, share, [found.basis], now=view.unit, field=field)


def _urgency(view: DeskCase, tree: Directory) -> Row | None:
    category = tree.categories.get(view.case.category or (view.suggested[0]["code"] if view.suggested else ""))
    if view.urgent_words:
        value, share, reason = str(Urgency.URGENT), BY_WORD, _("「%(word)s」") % {"word": view.urgent_words}
    elif category is not None and category.urgency:
        value, share, reason = str(category.urgency), BY_RULE, _("这一类一般按「%(urgency)s」") % {"urgency": _(URGENCY_ZH[Urgency(category.urgency)])}
    else:
        return None
    field = Row(type="select", list="", label=_("应该是"), choices=[(str(u), _(words)) for u, words in URGENCY_ZH.items() if u != value])
    return _row("urgency", _("紧急程度"), value, _(URGENCY_ZH[Urgency(value)]), share, [reason], now=view.urgency, field=field)


def _acts(one: Row, view: DeskCase) -> bool:
    """Would accepting it change the case (by this person, now)?"""
    if one.holds:
        return False
    may = {c.action for c in view.choices if c.allowed}
    return bool(may & ({"dispatch", "reassign"} if one.kind == "unit" else {"amend"}))
