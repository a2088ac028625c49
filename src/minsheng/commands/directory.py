"""通讯录: load a directory and a profile version. A dry run lists every error; with one error nothing changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from minsheng import clock
from minsheng.domain.errors import WrongState
from minsheng.models.people import Member, User
from minsheng.models.places import Category, City, Place, Post, Responsibility, Scope, Unit
from minsheng.models.rules import RulesVersion
from minsheng.policy.directory import Directory
from minsheng.policy.load import Rules
from minsheng.policy.schema import SCHEMA_VERSION
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows a load brought."""

    units: int
    places: int
    categories: int
    people: int


def publish_rules(rules: Rules) -> None:
    """Keep a resolved profile version for ever; publishing it twice changes nothing, changing it under the same number is refused."""
    profile = rules.profile
    if RulesVersion.objects.filter(code=profile.code, version=profile.version).exclude(hash=rules.hash).exists():
        raise WrongState(
            f"规则 {profile.code}@{profile.version} 已经公布过，内容不能再改。请把 version 改成新的一版再公布。",
            f"{profile.code}@{profile.version} is published and never changes. Give the changed profile a new version.",
        )
    RulesVersion.objects.get_or_create(
        hash=rules.hash,
        defaults={
            "code": rules.profile.code, "version": rules.profile.version, "schema_version": SCHEMA_VERSION,
            "body": rules.profile.model_dump(mode="json"), "published_at": clock.now(),
        },
    )  # fmt: skip


def adopt(rules: Rules) -> None:
    """启用规则: publish a profile version and register new cases under it. Cases that are there keep theirs."""
    with transaction.atomic():
        publish_rules(rules)
        City.objects.filter(code=rules.profile.code).update(rules=rules.hash)
    directories.forget()
    rulebook.forget()


def load(directory: Directory, rules: Rules) -> Loaded:
    """Replace the directory rows by this directory, in one transaction; people keep their passwords."""
    with transaction.atomic():
        publish_rules(rules)
        write_rows(directory)
        _people(directory)
        row, _ = City.objects.update_or_create(
            code=directory.city,
            defaults={
                "name": directory.name, "centre": directory.centre, "fallback": directory.fallback, "rules": rules.hash,
                "functions": functions_of(directory),
            },
        )  # fmt: skip
        row.directory_version += 1
        row.save(update_fields=["directory_version"])
    directories.forget()
    rulebook.forget()
    return Loaded(len(directory.units), len(directory.places), len(directory.categories), len(directory.people))


def write_rows(directory: Directory, *, numbers: Sequence[int | None] = ()) -> None:
    """The rows of a directory but its people, in the order of the files, in the caller's transaction. numbers: of rules that keep theirs."""
    for model in (Unit, Place, Category, Responsibility, Post, Scope):
        model.objects.all().delete()
    Unit.objects.bulk_create(
        Unit(**_columns(u, "code name short_name parent level kind function phone opening_hours valid_from valid_until"), position=n)
        for n, u in enumerate(directory.units.values())
    )
    Place.objects.bulk_create(
        Place(**_columns(p, "code name kind parent unit lat lng"), polygon=p.polygon, position=n) for n, p in enumerate(directory.places.values())
    )
    Category.objects.bulk_create(
        Category(**_columns(c, "code name name_en parent level urgency sensitive department risk"), keywords=list(c.keywords), position=n)
        for n, c in enumerate(directory.categories.values())
    )
    Responsibility.objects.bulk_create(
        Responsibility(**_columns(r, "category place lead basis valid_from valid_until"), co=list(r.co), position=n, pk=numbers[n] if numbers else None)
        for n, r in enumerate(directory.rules)
    )
    Post.objects.bulk_create(Post(**_columns(p, "code name unit order")) for p in directory.posts.values())
    Scope.objects.bulk_create(Scope(**_columns(s, "code name kind root"), categories=list(s.categories)) for s in directory.scopes.values())


def functions_of(directory: Directory) -> list[dict[str, object]]:
    """As the row of the city holds them."""
    return [_columns(f, "code name name_en") for f in directory.functions.values()]


def set_passwords(usernames: Sequence[str], password: str) -> None:
    """Give demo accounts a password (hashed once: they share it)."""
    User.objects.filter(username__in=usernames).update(password=make_password(password))


def _people(directory: Directory) -> None:
    now = clock.now()
    known = {u.username: u for u in User.objects.filter(username__in=directory.people)}
    nobody = "!"  # no password fits it until one is set
    fresh = [
        User(username=p.username, display_name=p.display_name, created_at=now, password=nobody) for p in directory.people.values() if p.username not in known
    ]
    known |= {u.username: u for u in User.objects.bulk_create(fresh)}
    for user in known.values():
        user.display_name = directory.people[user.username].display_name
    User.objects.bulk_update(known.values(), ["display_name"])
    Member.objects.all().delete()  # whoever is no longer in the files has no post any more; the account stays, because the journal names it
    Member.objects.bulk_create(Member(user=known[p.username], unit=p.unit, roles=list(p.roles), post=p.post) for p in directory.people.values())


def _columns(item: object, names: str) -> dict[str, object]:
    return {name: getattr(item, name) for name in names.split()}
