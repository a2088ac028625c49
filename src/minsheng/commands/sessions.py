"""登录着的: in which browsers a staff member is signed in. At most so many at once, ended after so long without a deed, ended from afar.

A browser is written down when it is first seen, however it signed in. Ending it deletes its row of django_session: the next click asks to sign in.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction

from minsheng import clock
from minsheng.commands import acts
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound
from minsheng.models.staff import SignedIn
from minsheng.queries.kept import Kept

#: How often being there is written down.
NOTED_EVERY = timedelta(minutes=5)
_seen: Kept[datetime] = Kept(most=5000)


def alive(key: str, *, user: int, by: Actor, address: str, agent: str, deed: bool) -> bool:
    """Is this browser still signed in? deed: a person did something; what a page asks for by itself keeps nobody signed in."""
    now = clock.now()
    if _seen.get(key, now) is not None:
        return True
    row = SignedIn.objects.filter(key=key).first()
    if row is None:
        _begin(key, user=user, by=by, address=address, agent=agent, now=now)
    elif row.ended_at is not None:
        return False
    elif now - row.seen_at > timedelta(minutes=settings.MINSHENG_STAFF_IDLE):
        _end([row], why="idle", now=now)
        return False
    elif not deed:
        return True
    else:
        SignedIn.objects.filter(pk=row.pk).update(seen_at=now)
    _seen.put(key, now, now, now + NOTED_EVERY)
    return True


def _begin(key: str, *, user: int, by: Actor, address: str, agent: str, now: datetime) -> None:
    with transaction.atomic():
        SignedIn.objects.get_or_create(key=key, defaults={"user_id": user, "at": now, "seen_at": now, "address": address[:45], "agent": _browser(agent)})
        acts.record("sign_in", by=by, subject=f"user:{user}", after={"browser": _browser(agent)})
        most = settings.MINSHENG_STAFF_SESSIONS
        open_ = list(SignedIn.objects.filter(user_id=user, ended_at=None).exclude(key=key).order_by("-seen_at")[: most + 20])
        _end(open_[most - 1 :], why="limit", now=now)


def sign_out(key: str, *, by: Actor) -> None:
    """退出: the person leaves this browser."""
    with transaction.atomic():
        if SignedIn.objects.filter(key=key, ended_at=None).update(ended_at=clock.now(), ended_why="signed_out"):
            acts.record("sign_out", by=by, subject=f"user:{by.id}")


def renamed(old: str, *, new: str) -> None:
    """This browser goes on under another key (after a change of password)."""
    SignedIn.objects.filter(key=old).update(key=new)


def end(number: int, *, by: Actor, owner: int) -> None:
    """从别处退出: end one browser of this person (the person's own, or an administrator's doing)."""
    with transaction.atomic():
        row = SignedIn.objects.filter(pk=number, user_id=owner, ended_at=None).first()
        if row is None:
            raise NotFound("这次登录已经结束了。", "That browser is signed out already.")
        _end([row], why="from_afar", now=clock.now())
        acts.record("session_ended", by=by, subject=f"user:{owner}")


def end_all(user: int, *, why: str, keep: str = "") -> int:
    """Every browser of this person but the one that is kept; returns how many."""
    rows = list(SignedIn.objects.filter(user_id=user, ended_at=None).exclude(key=keep))
    _end(rows, why=why, now=clock.now())
    return len(rows)


def _end(rows: list[SignedIn], *, why: str, now: datetime) -> None:
    if not rows:
        return
    SignedIn.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=now, ended_why=why)
    Session.objects.filter(session_key__in=[row.key for row in rows]).delete()


_KNOWN = (("MicroMessenger", "微信"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


def _browser(agent: str) -> str:
    """What a person recognises of the browser's own words: "Chrome · Windows"."""
    words = [next((name for mark, name in table if mark in agent), "") for table in (_KNOWN, _SYSTEMS)]
    return " · ".join(word for word in words if word)
