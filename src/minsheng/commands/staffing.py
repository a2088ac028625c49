"""员工账号: given a password, shut, opened again. Shutting an account moves its open work to somebody, in the same transaction."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from minsheng import clock
from minsheng.casework import caseworks
from minsheng.commands import acts, sessions, two_factor
from minsheng.domain import access
from minsheng.domain.access import SYSTEM, Actor
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.domain.states import Role
from minsheng.models.calls import Seat
from minsheng.models.case import WorkOrder
from minsheng.models.people import Member, Token, User
from minsheng.models.staff import StaffIdentity
from minsheng.queries import directory as directories

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
#: Cases that are handed over in one transaction.
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of the work: how many orders went to the colleague, how many back to the unit."""

    to_colleague: int
    to_unit: int


def new_password(user: int, *, by: Actor) -> str:
    """临时密码: made by an administrator, told once, good for choosing one's own. Every browser is signed out."""
    with transaction.atomic():
        _their_own(user, by)
        return _given(user, by)


def _given(user: int, by: Actor) -> str:
    plain = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    User.objects.filter(pk=user).update(password=make_password(plain), must_change=True)
    sessions.end_all(user, why="password")
    acts.record("password", by=by, subject=f"user:{user}")
    return plain


def change_password(user: int, *, old: str, new: str, again: str, keep: str, by: Actor) -> None:
    """改密码: one's own. Other browsers are signed out; `keep` is this one."""
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user)
        if not row.check_password(old):
            raise BadInput(field="old", zh="现在的密码不对。", en="The present password is wrong.")
        if new != again:
            raise BadInput(field="again", zh="两次写的不一样，请再写一次。", en="The two do not match; please write it again.")
        if new == old:
            raise BadInput(field="new", zh="新密码不能和现在的一样。", en="The new password must differ from the present one.")
        try:
            validate_password(new, row)
        except ValidationError as problem:
            raise BadInput(
                field="new",
                zh="密码要 10 个字以上，不能太常见，也不能和账号相近。",
                en="A password has ten characters or more, is not a common one, and does not resemble the account's name.",
            ) from problem
        User.objects.filter(pk=user).update(password=make_password(new), must_change=False)
        sessions.end_all(user, why="password", keep=keep)
        acts.record("password", by=by, subject=f"user:{user}")


def lost_phone(user: int, *, by: Actor) -> None:
    """手机丢了: an administrator takes the second step away, so that it can be set up anew. Every browser is signed out."""
    with transaction.atomic():
        _their_own(user, by)
        two_factor.remove(user, by=by)
        sessions.end_all(user, why="second_step")


def deactivate(user: int, *, successor: int | None, reason: str, by: Actor) -> HandedOver:
    """停用账号: nobody signs in with it any more. Its open orders go to the successor where that is a colleague of the order's unit, else back to the unit.

    Tokens are revoked, delegations of others to it end, its extension is free. The account stays, because the journal names it.
    """
    reason = reason.strip()[:200]
    if not reason:
        raise BadInput(field="reason", zh="请写为什么停用，比如：调离。", en="Say why, such as: has left.")
    with transaction.atomic():
        row = _their_own(user, by)
        if by.id == user:
            raise NotAllowed("不能停用自己的账号，请另一位管理员来做。", "You cannot shut your own account; ask another administrator.")
        if not row.is_active:
            raise WrongState("这个账号已经停用了。", "This account is shut already.")
        if successor is not None:
            _may_follow(successor, user)
        _one_admin_stays(user)
        User.objects.filter(pk=user).update(is_active=False)
        Token.objects.filter(user_id=user, revoked_at=None).update(revoked_at=clock.now())
        Member.objects.filter(delegated_to_id=user).update(delegated_to=None)
        Seat.objects.filter(user_id=user).delete()
        sessions.end_all(user, why="shut")
        moved = _hand_over(user, successor)
        acts.record("user", by=by, subject=f"user:{user}", before={"active": True}, after={"active": False}, note=reason)
        acts.record("hand_over", by=by, subject=f"user:{user}", after={"to": successor, "to_colleague": moved.to_colleague, "to_unit": moved.to_unit})
    directories.forget()
    return moved


def activate(user: int, *, by: Actor) -> str:
    """恢复账号: with a temporary password, which is returned once."""
    with transaction.atomic():
        row = _their_own(user, by)
        if row.is_active:
            raise WrongState("这个账号在用。", "This account is in use.")
        User.objects.filter(pk=user).update(is_active=True)
        plain = _given(user, by)
        acts.record("user", by=by, subject=f"user:{user}", before={"active": False}, after={"active": True})
    directories.forget()
    return plain


def by_identity(issuer: str, *, subject: str, username: str) -> User | None:
    """单点登录: the staff member whom the provider knows by this subject; at the first time the one whose account it names. None: nobody, or shut.

    An account that a subject of this issuer has already is not given to another one.
    """
    with transaction.atomic():
        known = StaffIdentity.objects.filter(issuer=issuer, subject=subject).select_related("user").first()
        if known is not None:
            return known.user if known.user.is_active else None
        user = User.objects.select_for_update(of=("self",)).filter(username=username, account=None, is_active=True).first() if username else None
        if user is None or not Member.objects.filter(user=user).exists() or StaffIdentity.objects.filter(issuer=issuer, user=user).exists():
            return None
        StaffIdentity.objects.create(user=user, issuer=issuer, subject=subject, at=clock.now())
        acts.record("user", by=Actor("staff", user.pk, user.display_name), subject=f"user:{user.pk}", after={"identity": issuer})
    return user


def may_administer(user: int, *, by: Actor) -> bool:
    """Does every post of this person lie where the actor administers? An account without a post is the city's."""
    tree = directories.current()
    roots = directories.administered(by)
    units = list(Member.objects.filter(user_id=user).values_list("unit", flat=True))
    if not units:
        return tree.area_of(tree.centre) in roots
    return all(any(tree.under(unit, root=root) for root in roots) for unit in units)


def _their_own(user: int, by: Actor) -> User:
    row = User.objects.select_for_update(of=("self",)).filter(pk=user, account=None).first()
    if row is None:
        raise NotFound("没有这个账号。", "There is no such account.")
    if not may_administer(user, by=by):
        raise NotAllowed("这个账号不归您管理。", "This account is not yours to administer.")
    return row


def _may_follow(successor: int, user: int) -> None:
    units = set(Member.objects.filter(user_id=user).values_list("unit", flat=True))
    good = successor != user and Member.objects.filter(user_id=successor, unit__in=units, user__is_active=True).exists()
    if not good:
        raise BadInput(
            field="successor", zh="接手的人要是同一单位、账号在用的同事。", en="The successor is a colleague of the same unit whose account is in use."
        )


def _one_admin_stays(user: int) -> None:
    tree = directories.current()
    admins = Member.objects.filter(roles__contains=[Role.ADMIN], user__is_active=True)
    mine = [unit for unit in admins.filter(user_id=user).values_list("unit", flat=True) if access.at_centre(unit, tree)]
    others = admins.exclude(user_id=user).values_list("unit", flat=True)
    if mine and not any(access.at_centre(unit, tree) for unit in others):
        raise WrongState("这是全市最后一位管理员，先请另一位上任。", "This is the city's last administrator; appoint another one first.")


def _hand_over(user: int, successor: int | None) -> HandedOver:
    rows = list(WorkOrder.objects.filter(assignee=user, ended_at=None).order_by("case_id").values_list("case__code", "number", "unit"))
    units = set(Member.objects.filter(user_id=successor).values_list("unit", flat=True)) if successor is not None else set()
    to_colleague = 0
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        with caseworks(dict.fromkeys(code for code, _, _ in part), by=SYSTEM) as works:
            for code, number, unit in part:
                heir = successor if unit in units else None
                to_colleague += heir is not None
                works[code].note("assigned", data={"order": number, "assignee": heir})
    return HandedOver(to_colleague, len(rows) - to_colleague)
