"""The directory of this city as one frozen value, built from its rows and kept until a new version is loaded."""

import time
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from minsheng.domain import scopes
from minsheng.domain.access import Actor, Membership
from minsheng.domain.states import Role
from minsheng.models.people import Member
from minsheng.models.places import Category, City, Place, Post, Responsibility, Scope, Unit
from minsheng.policy import directory as pure

#: How long a process may work with a directory that another process has just replaced, in seconds.
FRESH_FOR = 2.0


@dataclass(slots=True)
class _Kept:
    directory: pure.Directory
    city: City
    version: int
    checked: float


_kept: _Kept | None = None


def current() -> pure.Directory:
    """The directory in force. At most one cheap question every two seconds; rebuilt only when its version has changed."""
    return _current().directory


def city() -> City:
    """The row that says which city this database is."""
    return _current().city


def forget() -> None:
    """Drop what is kept (after loading a directory in this process, and between tests)."""
    global _kept
    _kept = None
    _members.cache_clear()


def _current() -> _Kept:
    global _kept
    # Not the wall clock of the trade: this only limits how often the version is looked up.
    tick = time.monotonic()
    if _kept is not None and tick - _kept.checked < FRESH_FOR:
        return _kept
    row = City.objects.get()
    if _kept is None or _kept.version != row.directory_version or _kept.city.code != row.code:
        _kept = _Kept(built(row), row, row.directory_version, tick)
        _members.cache_clear()
    _kept.city, _kept.checked = row, tick
    return _kept


def version() -> int:
    """Counts up with every change of the directory, of posts and of the calendar: what is kept under it is good for it."""
    return _current().version


def built(row: City) -> pure.Directory:
    """The directory as its rows stand, read now."""
    units = {
        u.code: pure.Unit(
            code=u.code, name=u.name, short_name=u.short_name, parent=u.parent, level=u.level, kind=u.kind, function=u.function,
            phone=u.phone, opening_hours=u.opening_hours, valid_from=u.valid_from, valid_until=u.valid_until,
        )
        for u in Unit.objects.order_by("position")
    }  # fmt: skip
    places = {
        p.code: pure.Place(
            code=p.code, name=p.name, kind=p.kind, parent=p.parent, unit=p.unit, lat=p.lat, lng=p.lng,
            polygon=tuple((x, y) for x, y in p.polygon) if p.polygon else None,
        )
        for p in Place.objects.order_by("position")
    }  # fmt: skip
    categories = {
        c.code: pure.Category(
            code=c.code, name=c.name, name_en=c.name_en, parent=c.parent, level=c.level, urgency=c.urgency, sensitive=c.sensitive,
            department=c.department, keywords=tuple(c.keywords), risk=c.risk,
        )
        for c in Category.objects.order_by("position")
    }  # fmt: skip
    rules = tuple(
        pure.Rule(category=r.category, place=r.place, lead=r.lead, co=tuple(r.co), basis=r.basis, valid_from=r.valid_from, valid_until=r.valid_until)
        for r in Responsibility.objects.order_by("position", "id")
    )
    posts = {p.code: pure.Post(code=p.code, name=p.name, unit=p.unit, order=p.order) for p in Post.objects.order_by("order", "code")}
    scopes = {s.code: pure.Scope(code=s.code, name=s.name, kind=s.kind, root=s.root, categories=tuple(s.categories)) for s in Scope.objects.order_by("code")}
    functions = {f["code"]: pure.Function(**f) for f in row.functions}
    return pure.Directory(
        city=row.code, name=row.name, centre=row.centre, fallback=row.fallback, units=units, places=places, categories=categories,
        rules=rules, posts=posts, people={}, scopes=scopes, functions=functions,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _members(user: int, day: date) -> tuple[Membership, ...]:
    rows = Member.objects.filter(user_id=user) | Member.objects.filter(delegated_to_id=user)
    return tuple(
        Membership(row.unit, frozenset(Role(r) for r in row.roles))
        for row in rows
        if (row.valid_from is None or row.valid_from <= day) and (row.valid_until is None or day <= row.valid_until)
    )


def staff(user: int, *, name: str, on: date) -> Actor:
    """The staff member as an actor, with the roles held on that day (own posts and those delegated to them)."""
    _current()
    return Actor("staff", user, name, _members(user, on))


def administered(actor: Actor, tree: pure.Directory | None = None) -> tuple[str, ...]:
    """管到哪里: the units, each with all below it, whose directory and accounts this administrator keeps (a sector's only the sector's own)."""
    tree = tree or current()
    return scopes.administers(actor, tree.scopes.values(), tree)
