"""账号和任职: accounts of staff, named after posts and never after people; in which unit with which roles, from when until when, and who stands in.

Whether an account may sign in, and with what, is the business of accounts' security. What an open order loses with a post is handed over (`handing`).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from minsheng import clock
from minsheng.commands.acts import record
from minsheng.commands.administering import handing
from minsheng.commands.administering.ground import BadRow, Bench, Pair, areas_of, changing, demand_seen
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound, WrongState
from minsheng.domain.states import ROLE_ZH, Role
from minsheng.domain.text import line
from minsheng.models.people import Member, User
from minsheng.models.staff import Act
from minsheng.policy.directory import Directory
from minsheng.policy.directory_files import USERNAME
from minsheng.queries import members
from minsheng.queries.members import Held

#: No password fits it until one is set.
NOBODY = "!"
PREFIX = "user:"


def enter(username: str, *, display_name: str, held: Sequence[Held], by: Actor) -> int:
    """新增账号, with its posts; it cannot be signed in to before somebody gives it a password."""
    with changing(by=by) as bench:
        name = username.strip()
        if not USERNAME.fullmatch(name):
            raise BadRow({"username": ("账号只能用小写字母、数字和连字符，字母开头，2 到 60 个字。", "Lower-case letters, digits, hyphens; a letter first.")})
        if User.objects.filter(username=name).exists():
            raise BadRow({"username": (f"账号“{name}”已经有了，请换一个。", f"The account “{name}” exists already.")})
        words = _name(display_name)
        demand_held(bench, held)
        if not held:
            raise BadRow({"held": ("请至少写一个任职：单位和角色。", "Give at least one post: a unit and roles.")})
        user = User.objects.create(username=name, display_name=words, created_at=clock.now(), password=NOBODY)
        _store(user, held)
        record("user", by=by, subject=f"{PREFIX}{user.pk}", before=None, after=members.picture(user.pk))
        return int(user.pk)


def arrange(number: int, *, display_name: str, held: Sequence[Held], seen: int | None, hand_to: str = "", by: Actor) -> list[int]:
    """改账号: its name and its posts within the area of whoever changes it; posts elsewhere stay as they are.

    hand_to: user name of the colleague who gets the open orders of a unit that the person leaves; "" gives them back to the unit. Returns the jobs for that.
    """
    with changing(by=by) as bench:
        user, before = _locked(number)
        demand_seen(before, seen)
        kept, mine = _split(bench, number)
        if not mine and kept:
            bench.demand(kept[0].unit)
        demand_held(bench, held, own=user.username)
        user.display_name = _name(display_name)
        user.save(update_fields=["display_name"])
        _store(user, [*kept, *held])
        demand_an_admin(bench.tree)
        after = members.picture(number)
        if after == before:
            raise BadRow({"": ("没有改动任何一项，所以没有保存。", "Nothing was changed, so nothing was saved.")})
        record("user", by=by, subject=f"{PREFIX}{number}", before=before, after=after)
        return _hand_over(number, before, after, hand_to, by)


def _hand_over(number: int, before: dict[str, Any], after: dict[str, Any] | None, hand_to: str, by: Actor) -> list[int]:
    """What the person had in units that they leave."""
    today = clock.local(clock.now()).date()

    def units(told: dict[str, Any] | None) -> set[str]:
        return {h.unit for h in map(_held, told["posts"] if told else ()) if h.valid_until is None or h.valid_until >= today}

    to = None
    if hand_to:
        to = User.objects.filter(username=hand_to, account=None, is_active=True).values_list("pk", flat=True).first()
        if to is None or to == number:
            raise BadRow({"hand_to": (f"没有“{hand_to}”这个同事。", f"There is no colleague “{hand_to}”.")})
    jobs = [handing.hand_back(number, unit=unit, to=to, by=by) for unit in sorted(units(before) - units(after))]
    return [job for job in jobs if job is not None]


def put_back(act: int, *, by: Actor) -> int:
    """改回去: the account as it was before this change, as a new change. Refused where it was changed again since."""
    found = Act.objects.filter(pk=act, kind="user", subject__startswith=PREFIX).first()
    if found is None or found.before is None or found.after is None or "posts" not in found.before:
        raise NotFound("没有可以改回去的记录。", "There is no record that could be taken back.")
    number = int(found.subject.removeprefix(PREFIX))
    with changing(by=by) as bench:
        user, now = _locked(number)
        if now != found.after:
            raise WrongState("这个账号后来又改过，请从最近一次改动开始，一步一步改回去。", "This was changed again later: undo the latest change first.")
        held = [_held(row) for row in found.before["posts"]]
        changed = [h for h in held if h not in [_held(row) for row in now["posts"]]]
        gone = [h for h in (_held(row) for row in now["posts"]) if h not in held]
        for one in (*changed, *gone):
            bench.demand(one.unit)
        demand_held(bench, changed, own=user.username)
        user.display_name = found.before["display_name"]
        user.save(update_fields=["display_name"])
        _store(user, held)
        demand_an_admin(bench.tree)
        record("user", by=by, subject=f"{PREFIX}{number}", before=now, after=members.picture(number))
    return number


def demand_held(bench: Bench, held: Sequence[Held], *, own: str = "") -> None:
    """Every post lies in a unit of the actor's area that exists, with roles that exist, dates the right way round, and a stand-in who is there."""
    found: dict[str, Pair] = {}
    known = set(
        User.objects.filter(username__in=[h.delegated_to for h in held if h.delegated_to], account=None, is_active=True).values_list("username", flat=True)
    )
    for n, one in enumerate(held):
        for name, wrong in _faults(bench, one, known, own):
            found.setdefault(f"{name}-{n}", wrong)
    if found:
        raise BadRow(found)
    for one in held:
        bench.demand(one.unit)


def _faults(bench: Bench, one: Held, known: set[str], own: str) -> list[tuple[str, Pair]]:
    faults: list[tuple[str, Pair]] = []
    unit = bench.tree.units.get(one.unit)
    if unit is None:
        faults.append(("unit", (f"没有“{one.unit}”这个单位，请从列表里选。", f"There is no unit “{one.unit}”; choose one of the list.")))
    elif unit.valid_until is not None and unit.valid_until < max(one.valid_from or date.min, clock.local(clock.now()).date()):
        faults.append(("unit", (f"“{unit.name}”到 {unit.valid_until} 就撤销了，请选别的单位。", f"“{unit.name}” ends on {unit.valid_until}; choose another.")))
    odd = [role for role in one.roles if role not in set(Role)]
    if odd:
        faults.append(("roles", (f"没有“{odd[0]}”这个角色。", f"There is no role “{odd[0]}”.")))
    elif not one.roles:
        faults.append(("roles", ("请至少选一个角色：" + "、".join(ROLE_ZH[role] for role in list(Role)[:4]) + "……", "Choose at least one role.")))
    if one.post and (one.post not in bench.tree.posts or bench.tree.posts[one.post].unit != one.unit):
        faults.append(("post", (f"“{one.post}”不是这个单位的岗位。", f"“{one.post}” is no post of this unit.")))
    if one.valid_from and one.valid_until and one.valid_until < one.valid_from:
        faults.append(("valid_until", (f"止日 {one.valid_until} 早于起日 {one.valid_from}。", f"The last day {one.valid_until} lies before {one.valid_from}.")))
    if one.delegated_to and (one.delegated_to not in known or one.delegated_to == own):
        faults.append(("delegated_to", (f"没有“{one.delegated_to}”这个账号可以代理。", f"No account “{one.delegated_to}” can stand in.")))
    elif one.delegated_to and one.valid_until is None:
        faults.append(("valid_until", ("代理要写到哪天为止。", "Say until which day somebody stands in.")))
    return faults


def _split(bench: Bench, number: int) -> tuple[list[Held], list[Held]]:
    """Posts outside of the actor's area, and those within it."""
    found = members.colleague(number)
    kept, mine = [], []
    roots = areas_of(bench.by, bench.tree)
    for one in found.held if found else ():
        inside = any(bench.tree.under(one.unit, root=root) for root in roots)
        (mine if inside else kept).append(one)
    return kept, mine


def _locked(number: int) -> tuple[User, dict[str, Any]]:
    user = User.objects.select_for_update(of=("self",)).filter(pk=number, account=None).first()
    before = members.picture(number) if user is not None else None
    if user is None or before is None:
        raise NotFound("没有这个账号。", "There is no such account.")
    return user, before


def _store(user: User, held: Sequence[Held]) -> None:
    """All posts anew: the record keeps what they were."""
    Member.objects.filter(user=user).delete()
    stand_ins = dict(User.objects.filter(username__in=[h.delegated_to for h in held if h.delegated_to]).values_list("username", "pk"))
    Member.objects.bulk_create(
        Member(
            user=user, unit=h.unit, roles=list(h.roles), post=h.post or None, valid_from=h.valid_from, valid_until=h.valid_until,
            delegated_to_id=stand_ins.get(h.delegated_to),
        )
        for h in held
    )  # fmt: skip


def demand_an_admin(tree: Directory) -> None:
    """The city keeps an administrator: the last one cannot give the role away."""
    today = clock.local(clock.now()).date()
    rows = Member.objects.filter(roles__contains=[Role.ADMIN], user__is_active=True)
    valid = [row for row in rows if (row.valid_from is None or row.valid_from <= today) and (row.valid_until is None or row.valid_until >= today)]
    if not any(row.unit in tree.units and access.at_centre(row.unit, tree) for row in valid):
        raise BadRow(
            {"held": ("这是全市最后一个管理员，请先让别人担任管理员，再去掉这个角色。", "This is the city's last administrator: appoint another one first.")}
        )


def _held(row: dict[str, Any]) -> Held:
    """A post as an act of the record holds it."""
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in ("valid_from", "valid_until")}
    return Held(**{**row, **days, "roles": tuple(row["roles"].split(";")) if row["roles"] else ()})


def _name(text: str) -> str:
    return line(text, limit=60, name="display_name")
