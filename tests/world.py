"""A city to tell stories in: its directory loaded, a clock that the story moves, people by their user names.

world = World("maanshan", at="2026-03-02T09:00+08:00")
case = world.file(body="…", place="…")
world.wait("25 hours")           # time passes, the sweep runs whenever something is due
world.do(handling.claim, case, by="yanghu")
world.send()                     # the queued notices are written and sent
world.told("13800000001")        # what the caller was told, in order
"""

import hashlib
import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from minsheng import clock, projections
from minsheng.adapters.classifier import KeywordAdapter
from minsheng.adapters.mail import ConsoleMail
from minsheng.adapters.sms import ConsoleSms
from minsheng.adapters.wechat import ConsoleWechat
from minsheng.commands import answering, checkpoints, deadlines, intake, notifying
from minsheng.commands import directory as loading
from minsheng.domain.access import HOLDER, SYSTEM, Actor
from minsheng.domain.deadlines import Duration, count
from minsheng.domain.text import phone as number
from minsheng.models.case import Attachment, Case, Party
from minsheng.models.deadline import Deadline, Pulse
from minsheng.models.event import CaseEvent
from minsheng.models.measure import Measure
from minsheng.models.people import Account, Member, User
from minsheng.models.places import Category, City, Place, Post, Responsibility, Scope, Unit
from minsheng.models.read import Notice, Tally
from minsheng.models.rules import RulesVersion
from minsheng.policy.directory import Directory
from minsheng.policy.directory_files import parse
from minsheng.policy.load import Rules, load, load_days
from minsheng.queries import accounts as held
from minsheng.queries import directory as directories
from minsheng.queries import messages
from minsheng.sealing import keyring

ROOT = Path(__file__).resolve().parents[1]


@lru_cache(maxsize=8)
def city_files(city: str) -> Directory:
    """The directory of a city as its files say."""
    files = {p.name: p.read_text(encoding="utf-8") for p in (ROOT / "directories" / city).iterdir()}
    files |= {p.name: p.read_text(encoding="utf-8") for p in (ROOT / "directories").glob("*.csv")}
    parsed = parse(files)
    assert parsed.directory is not None, parsed.problems[:5]
    return parsed.directory


@lru_cache(maxsize=8)
def city_rules(city: str) -> Rules:
    """The resolved profile of a city."""
    files = {p.stem: p.read_text(encoding="utf-8") for p in (ROOT / "profiles").glob("*.toml")}
    return load(files, name=city, days=load_days(files["calendar"]))


@lru_cache(maxsize=8)
def classifier(city: str) -> KeywordAdapter:
    """The keyword classifier over the city's category tree."""
    return KeywordAdapter(city_files(city).categories.values())


#: What a load writes, in the order in which it can be written again.
_LOADED = tuple(model._meta.db_table for model in (RulesVersion, Unit, Place, Category, Responsibility, Post, Scope, User, Member, City))
_copies: dict[str, tuple[list[bytes], Directory]] = {}


def settle(city: str) -> None:
    """The city's directory in the database: loaded by the command once in a session, copied row by row afterwards (a tenth of the time)."""
    if city in _copies and not City.objects.exists() and not User.objects.exists():
        tables, directory = _copies[city]
        with connection.cursor() as cursor:
            for table, rows in zip(_LOADED, tables, strict=True):
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)
        row = City.objects.get()
        directories._kept = directories._Kept(directory, row, row.directory_version, time.monotonic())
        return
    loading.load(city_files(city), city_rules(city))
    with connection.cursor() as cursor:
        tables = []
        for table in _LOADED:
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                tables.append(b"".join(bytes(piece) for piece in copy))
    _copies[city] = (tables, directories.current())


class World:
    """One city at one moment."""

    def __init__(self, city: str, *, at: str) -> None:
        self.city = city
        self.rules = city_rules(city)
        self.sms, self.mail, self.wechat = ConsoleSms(), ConsoleMail(), ConsoleWechat()
        self._photos = 0
        self._moved = clock.moved(datetime.fromisoformat(at))
        self._moved.__enter__()
        settle(city)
        deadlines.sweep()

    def leave(self) -> None:
        """Give the clock back."""
        self._moved.__exit__(None, None, None)
        directories.forget()

    def who(self, username: str) -> Actor:
        """The staff member with this user name."""
        user = User.objects.get(username=username)
        return directories.staff(user.pk, name=user.display_name, on=clock.local(clock.now()).date())

    def clerk(self, unit: str) -> Actor:
        """A clerk of this unit. The directories name few people: a unit without one gets one for the story."""
        member = Member.objects.filter(unit=unit, roles__contains=["staff"]).select_related("user").order_by("pk").first()
        if member is None:
            user = User.objects.create(username=f"{unit}-clerk", display_name="办理员", created_at=clock.now(), password="!")
            member = Member.objects.create(user=user, unit=unit, roles=["staff"])
        return self.who(member.user.username)

    def desk(self) -> Actor:
        """An operator of the centre."""
        member = Member.objects.filter(roles__contains=["operator"]).select_related("user").order_by("pk").first()
        assert member is not None
        return self.who(member.user.username)

    def file(self, *, by: str | Actor = "citizen", **report: Any) -> str:
        """File a request as a citizen (or as an operator for somebody who calls); returns the code."""
        values = {"name": "张先生", "phone": "13800000001", **report}
        return intake.file(intake.Report(**values), by=self._actor(by), classifier=classifier(self.city)).code

    def do(self, command: Callable[..., Any], code: str, *, by: str | Actor, **values: Any) -> Any:
        """Let somebody do something with a case. by: a user name, "citizen" or "system"."""
        return command(code, by=self._actor(by), **values)

    def _actor(self, by: str | Actor) -> Actor:
        return by if isinstance(by, Actor) else {"citizen": HOLDER, "system": SYSTEM}.get(by) or self.who(by)

    def wait(self, text: str) -> None:
        """Let time pass: "30 minutes", "2 working days" …"""
        self.until(count(clock.now(), Duration.parse(text), self.rules.calendar).due)

    def until(self, moment: datetime | str) -> None:
        """Let time pass until `moment`; the sweep runs at every step that falls due on the way."""
        end = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        while True:
            due = Deadline.objects.filter(next_at__isnull=False, next_at__lte=end).order_by("next_at").values_list("next_at", flat=True).first()
            clock.advance(max(timedelta(), (due or end) - clock.now()))
            # The platform was up all the time: its pulse is felt, so that a quiet week is no outage.
            Pulse.objects.filter(name="sweep").update(at=clock.now())
            deadlines.sweep()
            if due is None:
                return

    def stop(self, text: str) -> None:
        """The platform is down for this long: nothing is swept, no pulse is felt. Then it starts again, with a sweep."""
        clock.advance(count(clock.now(), Duration.parse(text), self.rules.calendar).due - clock.now())
        deadlines.sweep()

    # --- doing what every story does ----------------------------------------------------------------------------------

    def photo(self) -> str:
        """A photo is uploaded; returns the ticket with which a report or a unit attaches it."""
        self._photos += 1
        ticket = f"photo-{self._photos}"
        digest = hashlib.sha256(ticket.encode()).hexdigest()
        Attachment.objects.create(digest=digest, media_type="image/jpeg", size=1000, at=clock.now(), ticket=ticket)
        return ticket

    def check(self, code: str, *, by: str = "checker1") -> None:
        """质检: where the answer was drawn into the sample, the checker reads it and passes it; elsewhere it has passed by rule."""
        if not self.case(code).facts["checked"]:
            self.do(answering.pass_check, code, by=by)

    def send(self) -> int:
        """The worker runs the queued notices, in order, with the consoles' doubles; returns how many notices are new."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, args FROM procrastinate_jobs WHERE task_name = 'notify' ORDER BY id")
            jobs = cursor.fetchall()
            cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'notify'")
        doubles = {"sms": self.sms, "mail": self.mail, "wechat": self.wechat}
        return sum(notifying.notify(**(json.loads(args) if isinstance(args, str) else args), **doubles) for _, args in jobs)

    def account(self, *channels: str, phone: str = "", mail: str = "", wechat: str = "") -> int:
        """A citizen's account with these addresses, all verified, told by these ways; returns its key."""
        now, ring, user = clock.now(), keyring(), User.objects.create(username=f"citizen-{User.objects.count()}", created_at=clock.now(), password="!")
        sealed = {
            field: ring.seal(value, context=held.context(user.pk, field)) if value else None
            for field, value in (("phone", phone), ("mail", mail), ("wechat", wechat))
        }
        index = ring.blind_index(number(phone), kind="phone") if phone else None
        Account.objects.create(user=user, channels=list(channels), at=now, phone_index=index, phone_verified_at=now, mail_verified_at=now, **sealed)
        return user.pk

    # --- looking ----------------------------------------------------------------------------------------------------

    def case(self, code: str) -> Case:
        """The live row."""
        return Case.objects.get(code=code)

    def state(self, code: str) -> str:
        """The state the case is in."""
        return self.case(code).state

    def actions(self, code: str) -> list[str]:
        """What happened, in order."""
        return list(CaseEvent.objects.filter(case__code=code).order_by("seq").values_list("action", flat=True))

    def decision(self, code: str, action: str) -> dict[str, Any]:
        """Why the latest event of this kind was so: rule, profile version and because."""
        row = CaseEvent.objects.filter(case__code=code, action=action).latest("seq")
        assert row.decision is not None
        return dict(row.decision)

    def measures(self, code: str) -> list[tuple[str, str, str, str]]:
        """(kind, level, unit, status) of every measure, in order."""
        return list(Measure.objects.filter(case__code=code).order_by("number").values_list("kind", "level", "unit", "status"))

    def deadline(self, code: str, kind: str) -> Deadline:
        """The latest clock of this kind."""
        return Deadline.objects.filter(case__code=code, kind=kind).latest("id")

    @staticmethod
    def clock(moment: datetime | None) -> str:
        """A moment as people in the city say it: midnight is 24:00 of the day that ends."""
        assert moment is not None
        local = clock.local(moment)
        if (local.hour, local.minute, local.second) == (0, 0, 0):
            return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
        return f"{local:%Y-%m-%d %H:%M}"

    def due(self, code: str, kind: str) -> str:
        """When the latest clock of this kind is due, as people say it."""
        return self.clock(self.deadline(code, kind).due_at)

    def kept(self, code: str, kind: str) -> bool:
        """Was the latest clock of this kind met, and in time?"""
        row = self.deadline(code, kind)
        assert row.met_at is not None, f"{kind} has not been met"
        return not row.timer().late(clock.now())

    def order(self, code: str, unit: str) -> dict[str, Any]:
        """The latest work order of this unit, as the case's facts tell it."""
        return dict([row for row in self.case(code).facts["orders"] if row["unit"] == unit][-1])

    def running(self, code: str) -> set[str]:
        """Kinds of the clocks that count now."""
        return {row.kind for row in Deadline.objects.filter(case__code=code, ended_at=None, met_at=None, paused_at=None)}

    def told(self, who: str) -> list[str]:
        """What somebody was told, in order: the names of the notices. who: a person's phone number, a unit's code, or "account:ID"."""
        return list(self._told(who).values_list("template", flat=True))

    def read(self, who: str) -> list[str]:
        """The words of those notices."""
        return list(self._told(who).values_list("text", flat=True))

    def _told(self, who: str) -> "QuerySet[Notice]":
        """One notice for each event: not those that say the same again by another way."""
        return Notice.objects.filter(to__in=self._receivers(who)).exclude(key__regex=messages.AGAIN).order_by("id")

    def texted(self, who: str) -> list[str]:
        """The words of the notices that went out to this person's phone, in order."""
        return list(Notice.objects.filter(to__in=self._receivers(who), channel="sms", sent_at__isnull=False).order_by("id").values_list("text", flat=True))

    def party(self, number_of: str) -> int:
        """The latest part of this phone number in a case that is not over for it."""
        index = keyring().blind_index(number(number_of), kind="phone")
        return Party.objects.filter(phone_index=index, left_at=None).latest("id").pk

    def _receivers(self, who: str) -> list[str]:
        if ":" in who:
            return [who]
        if not who.isdigit():
            return [f"unit:{who}"]
        index = keyring().blind_index(number(who), kind="phone")
        return [f"party:{pk}" for pk in Party.objects.filter(phone_index=index).values_list("pk", flat=True)]

    def tally(self, metric: str) -> int:
        """How often something happened, over all days and units: folded tallies and what waits to be folded."""
        projections.fold_tallies()
        return sum(Tally.objects.filter(metric=metric).values_list("n", flat=True))

    def holds(self) -> None:
        """Rebuilt equals live for every case, the tallies agree with the journal, and the journal verifies."""
        told: dict[tuple[str, ...], int] = {}
        for case in Case.objects.order_by("pk"):
            rows = list(case.events.order_by("seq"))
            assert projections.differences(case, rows) == [], case.code
            for row in projections.rebuild(rows).tallies:
                key = (row.delta.day, row.delta.unit, row.district, row.category, row.origin, row.delta.metric)
                told[key] = told.get(key, 0) + row.delta.n
        projections.fold_tallies()
        assert {k: n for k, n in told.items() if n} == _tallies()
        checkpoints.make()
        checkpoints.verify()


def _tallies() -> dict[tuple[str, ...], int]:
    return {(row.day.isoformat(), row.unit, row.district, row.category, row.origin, row.metric): row.n for row in Tally.objects.all() if row.n}
