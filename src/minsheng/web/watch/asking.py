"""看哪一片: which part of the tree, platform and span a page of the board shows, read from its address; the same for every link on it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import wraps
from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from minsheng import clock
from minsheng.domain import scopes
from minsheng.domain.access import Actor
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries import reach as reached
from minsheng.queries.reach import Reach
from minsheng.web import environment
from minsheng.web.desk.entering import staff

View = Callable[..., HttpResponse]
SPANS = (("day", "今天"), ("week", "7 天"), ("month", "本月"))
#: So many areas stand beside each other; where there are more they are chosen on the map or in the list.
MOST = 12


@dataclass(slots=True)
class Asked:
    """reach: what is shown; whole: all that this person looks over; values: what links carry on; notes: what could not be understood."""

    reach: Reach
    whole: Reach
    values: dict[str, str]
    notes: list[str] = field(default_factory=list)

    def link(self, page: str, *args: object, **changed: str) -> str:
        """The address of a page under these conditions, some of them changed."""
        query = urlencode({name: value for name, value in {**self.values, **changed}.items() if value})
        return environment.url(page, *args) + (f"?{query}" if query else "")

    @property
    def span(self) -> str:
        """day, week or month."""
        return self.values["span"] or "day"

    def start(self, span: str = "") -> date:
        """The first day of the span, on a Beijing clock."""
        today = clock.local(clock.now()).date()
        span = span or self.span
        return today if span == "day" else today - timedelta(days=6) if span == "week" else today.replace(day=1)


def looking(deed: str) -> Callable[[View], View]:
    """Only for staff who look over something by this deed (domain.access.DEEDS); the view gets the actor and what is asked."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, actor: Actor, **kwargs: Any) -> HttpResponse:
            return view(request, *args, actor=actor, asked=read(request, actor, deed), **kwargs)

        return staff(guarded)

    return decorate


def read(request: HttpRequest, actor: Actor, deed: str) -> Asked:
    """Read an address. An area or platform that is not this person's is left out, and said."""
    tree = directories.current()
    whole = reached.of(actor, deed, tree)
    values = {name: request.GET.get(name, "").strip()[:60] for name in ("area", "scope", "span")}
    found = Asked(whole, whole, values)
    if values["span"] and values["span"] not in dict(SPANS):
        found.notes.append(_("没有「%(value)s」这个选项，没有按它筛选。") % {"value": values["span"]})
        values["span"] = ""
    for name, narrowed in (
        ("scope", lambda: reached.on_platform(found.reach, values["scope"], actor, tree)),
        ("area", lambda: reached.within(found.reach, values["area"], tree)),
    ):
        if values[name]:
            part = narrowed()
            if part is None:
                found.notes.append(_("「%(value)s」不归您看，或者没有这个地方，看的是您的全部。") % {"value": values[name]})
                values[name] = ""
            else:
                found.reach = part
    return found


def here(found: Asked, tree: Directory) -> str:
    """What is looked at, in a word or two: 全市, 青禾区 · 住房物业."""
    area = tree.units[found.values["area"]].short_name if found.values["area"] else ""
    scope = tree.scopes[found.values["scope"]].name if found.values["scope"] else ""
    return " · ".join(part for part in (scope, area) if part) or own(found, tree)


def own(found: Asked, tree: Directory) -> str:
    """All that this person looks over, in words."""
    roots = [view.root for view in found.whole.views]
    return _("全市") if tree.root in roots else _("、").join(tree.units[root].short_name for root in roots)


def spans(found: Asked, page: str, **more: str) -> list[Row]:
    """Links to the three spans."""
    return [Row(label=_(zh), url=found.link(page, span="" if key == "day" else key, **more), current=found.span == key) for key, zh in SPANS]


def areas(found: Asked, actor: Actor, tree: Directory, page: str) -> list[Row]:
    """Links to the areas below what is looked over, and to the platforms of the sectors; the first is everything."""
    values = found.values
    codes = [code for view in found.whole.views for code in tree.children(view.root) if tree.units[code].kind == "area"]
    rows = [Row(label=own(found, tree), url=found.link(page, area="", scope=""), current=not values["area"] and not values["scope"])]
    shown = codes[:MOST] + ([values["area"]] if values["area"] and values["area"] not in codes[:MOST] else [])
    rows += [Row(label=tree.units[code].short_name, url=found.link(page, area=code, scope=""), current=values["area"] == code) for code in shown]
    sectors = [one for one in scopes.scopes_of(actor, tree.scopes.values(), tree) if one.kind == "sector"]
    rows += [
        Row(label=one.name, url=found.link(page, scope=one.code, area=""), current=values["scope"] == one.code)
        for one in sectors
        if reached.on_platform(found.whole, one.code, actor, tree)
    ]
    return rows
