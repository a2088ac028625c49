"""一班人: two hundred people at the desk at once, in browsers that are signed in. Each page asks for news every 30 s; each person does something every 10 s."""

import http.client
import itertools
import os
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import click

from minsheng.cli.benches import words
from minsheng.cli.benches.server import serving

PEOPLE = 200
SECONDS = 60.0
POLLS_EVERY, ACTS_EVERY = 30.0, 10.0
_FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Seen:
    """What the browsers saw: ms of each answer by what was asked, and everything that went wrong."""

    times: dict[str, list[float]] = field(default_factory=lambda: {"poll": [], "list": [], "case": [], "move": []})
    faults: list[str] = field(default_factory=list)
    conflicts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Person:
    """One signed-in browser: its cookie, the queue it works off, and the cases that are this person's to handle."""

    cookie: str
    queue: str
    cases: list[str]
    works: bool


def people(count: int) -> list[Person]:
    """Accounts with sessions: three quarters in units that have work, the others at the centre's desk."""
    from minsheng.models.case import Case, WorkOrder
    from minsheng.queries import directory as directories

    tree = directories.current()
    units: dict[str, list[str]] = {}
    rows = WorkOrder.objects.filter(role="lead", ended_at=None, state="dispatched").order_by("due_at").values_list("unit", "case__code")
    for unit, code in rows[:20_000]:
        units.setdefault(unit, []).append(code)
    if not units:
        raise click.ClickException("No unit has work: make the city larger (--cases).")
    names, newest = sorted(units, key=lambda unit: -len(units[unit])), list(Case.objects.order_by("-id").values_list("code", flat=True)[:2000])
    found, dealt = [], dict.fromkeys(names, 0)
    workers = count * 3 // 4
    for number in range(count):
        if number < workers:
            unit = names[number % len(names)]
            share = -(-workers // len(names))
            mine = units[unit][dealt[unit] :: share][:40]
            dealt[unit] += 1
            found.append(Person(_session(number, unit, ["staff"]), "dispatched", mine, works=True))
        else:
            roles = (["operator", "dispatcher"], ["supervisor"], ["checker"], ["callback"])[number % 4]
            found.append(Person(_session(number, tree.centre, roles), "overdue" if number % 4 < 2 else "answered", newest[number::20], works=False))
    return found


def _session(number: int, unit: str, roles: list[str]) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from minsheng import clock
    from minsheng.models.people import Member, User

    user = User.objects.create(username=f"shift.{os.getpid()}.{number}", display_name=f"{number} 号", created_at=clock.now(), password="!")  # noqa: S106
    Member.objects.create(user=user, unit=unit, roles=roles)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def run(address: str, *, place: "os.PathLike[str]", seconds: float) -> tuple[Seen, float]:
    """Everybody at once for so many seconds; returns what they saw and how long it took."""
    from pathlib import Path

    everybody, seen = people(PEOPLE), Seen()
    with serving(address, place=Path(place)) as (port, _):
        for path in ("/desk", "/hall"):  # one page each, so that templates are compiled
            _warm(port, everybody[0], path)
        end = time.monotonic() + seconds
        threads = [threading.Thread(target=_work, args=(port, one, number, end, seen)) for number, one in enumerate(everybody)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return seen, time.monotonic() - began


def _warm(port: int, person: Person, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": "localhost", "Cookie": f"minsheng={person.cookie}"})
    connection.getresponse().read()
    connection.close()


def _work(port: int, person: Person, number: int, end: float, seen: Seen) -> None:
    """One browser: it begins somewhere within the first ten seconds, as people do."""
    draw, asks = random.Random(number), _acts(person)
    polls = time.monotonic() + draw.uniform(0, POLLS_EVERY)
    acts = time.monotonic() + draw.uniform(0, ACTS_EVERY)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while (moment := min(polls, acts)) < end:
        time.sleep(max(0.0, moment - time.monotonic()))
        try:
            if moment == polls:
                polls += POLLS_EVERY
                _ask(connection, person, seen, "poll", "GET", f"/desk?queue={person.queue}", headers={"HX-Request": "true"})
            else:
                acts += ACTS_EVERY
                what, method, path, form = next(asks)
                _ask(connection, person, seen, what, method, path, form=form)
        except (OSError, http.client.HTTPException) as wrong:
            with seen.lock:
                seen.faults.append(f"{type(wrong).__name__} {wrong}")
            connection.close()
    connection.close()


def _acts(person: Person) -> Iterator[tuple[str, str, str, dict[str, str] | None]]:
    """What people do in turn: look at the list, open a case, and in a unit claim it, note how it goes, answer it."""
    for number, code in enumerate(itertools.cycle(person.cases or [""])):
        yield "list", "GET", f"/desk?queue={person.queue}", None
        if not code:
            continue  # nothing is left to do in this unit
        yield "case", "GET", f"/desk/cases/{code}", None
        if person.works:
            path, text = f"/desk/cases/{code}/moves", words.ANSWERS[number % len(words.ANSWERS)]
            yield "move", "POST", path, {"action": "claim"}
            yield "move", "POST", path, {"action": "progress", "text": "已经派人去现场看，今天下午处理。"}
            yield "move", "POST", path, {"action": "answer", "outcome": "solved", "text": text, "anyway": "yes"}


def _ask(
    connection: http.client.HTTPConnection, person: Person, seen: Seen, what: str, method: str, path: str,
    *, form: dict[str, str] | None = None, headers: dict[str, str] | None = None,
) -> None:  # fmt: skip
    token = "a" * 32
    sent = {"Host": "localhost", "Accept-Language": "zh-CN", "Cookie": f"minsheng={person.cookie}; minsheng_csrf={token}", **(headers or {})}
    body = urlencode({**form, "csrfmiddlewaretoken": token}) if form is not None else None
    if body is not None:
        sent["Content-Type"] = _FORM
    began = time.perf_counter()
    connection.request(method, path, body=body, headers=sent)
    answer = connection.getresponse()
    page = answer.read()
    took = (time.perf_counter() - began) * 1000
    with seen.lock:
        seen.times[what].append(took)
        if answer.status == 409 or (answer.status == 422 and method == "POST"):
            seen.conflicts += 1  # somebody of the unit was faster, or the answer is to be looked at again: a page, in words
        elif answer.status not in (200, 302) or (answer.status == 302 and "signin" in (answer.getheader("Location") or "")):
            seen.faults.append(f"{method} {path} answered {answer.status}: {page[:300].decode(errors='replace')}")
