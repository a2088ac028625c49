"""演示: three weeks of a small city's life, lived through by the same commands that the screens use, with the clock moved.

What people write stands in directories/demo.toml; the courses their cases take stand in demo_stories.py. Which unit answers, who has an account and
which places there are comes from the directory that is loaded: no city is named here. What falls due on the way falls due, and people are told.
"""

import heapq
import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import count
from typing import Any, Protocol

from django.db import connection

from minsheng import clock, projections
from minsheng.commands import checkpoints, deadlines, intake, notifying, publishing
from minsheng.domain import facts_json
from minsheng.domain.access import HOLDER, Actor
from minsheng.domain.calendar import DAY
from minsheng.domain.errors import ProfileProblem
from minsheng.domain.facts import CaseFacts
from minsheng.domain.states import State
from minsheng.models.case import Case, CaseText, ReleasedText
from minsheng.models.deadline import Deadline, Pulse
from minsheng.models.people import Member
from minsheng.policy import decide
from minsheng.policy.directory import Directory, Place
from minsheng.policy.explain import complete
from minsheng.policy.load import Rules
from minsheng.policy.responsibility import responsible
from minsheng.ports import Classifier, Health, Sms
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook

#: A course of a case: it yields the moment at which it goes on.
Course = Generator[datetime, None, None]
OPENS, CLOSES = time(8, 30), time(17, 20)
#: Notices of the demo that are still lying there.
TOLD = timedelta(days=2)
SURNAMES = "张王李赵陈刘杨黄周吴徐孙马朱胡林郭何高罗"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What somebody writes, and the words that are said about it later. See directories/demo.toml."""

    story: str
    title: str
    body: str
    day: int
    clock: str
    category: str | None = None
    kind: str = "complaint"
    at: str = ""
    channel: str = "web"
    requester: str = "citizen"
    origin: str = "citizen"
    wish: str = "public"
    photo: str = ""
    contact: str = "已经电话联系，约好了时间。"
    reply: str = ""
    progress: str = ""
    answer: str = ""
    outcome: str = "solved"
    rating: int | None = None
    callback: str = "good"
    complaint: str = ""
    second: str = ""
    others: tuple[str, ...] = ()
    plan: str = ""
    reason: str = ""
    basis: str = ""
    appeal: str = ""
    to: str = ""
    record: str = ""
    request: str = ""
    opinion: str = ""
    instruction: str = ""
    officialese: str = ""
    remarks: str = ""
    supplement: str = ""
    campaign: str = ""
    goal: str = ""
    spots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What the demo made: cases by state, in the order of their course, and how many entries of the journal."""

    cases: dict[str, int]
    events: int
    photos: int


def read(text: str) -> tuple[Matter, ...]:
    """The matters of demo.toml. A key that is not known is refused by name."""
    known = {field.name for field in fields(Matter)}
    found = []
    for row in tomllib.loads(text)["matter"]:
        for key in row.keys() - known:
            raise ProfileProblem(file="demo.toml", line=None, key=key, zh=f"「{row['title']}」里没有这一项。", en=f"unknown key in “{row['title']}”.")
        values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
        found.append(Matter(**values))
    return tuple(found)


class Photographer(Protocol):
    """Takes a photo of a thing, before or after it is put right, through the same door as a citizen's photo."""

    def __call__(self, thing: str, *, done: bool) -> str:
        """Returns the upload ticket."""


class Stage:
    """The city in which the courses run: its people, places and the time."""

    def __init__(self, directory: Directory, rules: Rules, *, classifier: Classifier, photographer: Photographer) -> None:
        self.directory, self.rules, self.classifier, self.photographer = directory, rules, classifier, photographer
        self._number, self.photos = count(1), 0
        users: dict[str, list[int]] = defaultdict(list)
        self._roles: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
        for member in Member.objects.select_related("user").order_by("user_id"):
            if {"staff", "grid", "leader"} & set(member.roles):
                users[member.unit].append(member.user_id)
            for role in member.roles:
                self._roles[role].append((member.user_id, member.user.display_name, member.unit))
        self._staff = dict(users)

    # --- who ------------------------------------------------------------------------------------------------------

    def staffed(self, unit: str | None) -> bool:
        """Has somebody of this unit an account?"""
        return unit in self._staff

    def staff(self, unit: str) -> Actor:
        """Somebody who works for this unit."""
        return self._actor(self._staff[unit][0])

    def role(self, role: str) -> Actor:
        """Somebody who holds this role at the city's centre, else anywhere."""
        found = sorted(self._roles[role], key=lambda row: row[2] != self.directory.centre)
        return self._actor(found[0][0])

    def lead(self, code: str) -> Actor:
        """Somebody of the unit that has the case."""
        unit = self.facts(code).holder()
        assert unit is not None
        return self.staff(unit)

    def other(self, *units: str) -> str:
        """A department of the city that could be thought to be in charge, and is none of these."""
        likely = ("urban_management", "transport", "housing", "water_affairs", "parks", "market")
        found = [unit for function in likely for unit in self.directory.department(self.directory.root, function)]
        return next(unit for unit in found if unit not in units and self.staffed(unit))

    def _actor(self, user: int) -> Actor:
        return directories.staff(user, name="", on=self.today)

    # --- where ----------------------------------------------------------------------------------------------------

    def place(self, matter: Matter, *, turn: int) -> Place | None:
        """A place of the wanted kind, else of another, where the unit that the rules name has an account; the turn makes places vary."""
        if not matter.at:
            return None
        for kind in dict.fromkeys((matter.at, "community", "building", "street")):
            places = [place for place in self.directory.places.values() if place.kind == kind]
            start = turn * 7 % len(places) if places else 0
            for place in places[start:] + places[:start]:
                if self._free_choice(matter, place) or self.staffed(self._hands(matter, place)):
                    return place
        return None

    def _free_choice(self, matter: Matter, place: Place) -> bool:
        """Does a dispatcher choose the unit, so that it need not be the one that the rules name?"""
        facts, _ = complete(self.rules, self._given(matter, place), on=self.today, directory=self.directory)
        return matter.category is not None and decide.decide(self.rules, "dispatch", facts).value.mode == "desk"

    def chosen(self, code: str) -> str | None:
        """The unit that a dispatcher chooses: None for the one that the rules name, else the city's own department, where that one has no account here."""
        facts = self.facts(code)
        named = responsible(self.directory, category=facts.category, place=facts.place, on=self.today).lead
        if self.staffed(named) or facts.category is None:
            return None
        found = self.directory.department(self.directory.root, self.directory.categories[facts.category].department)
        return next((unit for unit in found if self.staffed(unit)), None)

    def _hands(self, matter: Matter, place: Place) -> str | None:
        _, hands = complete(self.rules, self._given(matter, place), on=self.today, directory=self.directory)
        return hands.lead if hands is not None and (hands.sure or matter.category is None) else None

    def _given(self, matter: Matter, place: Place) -> dict[str, Any]:
        return {"category": matter.category, "place": place.code, "kind": matter.kind}

    # --- when -----------------------------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        """The Beijing day on which the stage's clock stands."""
        return clock.local(clock.now()).date()

    def soon(self, minutes: float) -> datetime:
        """So many minutes from now, whatever the hour."""
        return clock.now() + timedelta(minutes=minutes)

    def office(self, hours: float) -> datetime:
        """So many hours from now; at night and on holidays, the next working morning."""
        return self._in_office(clock.now() + timedelta(hours=hours))

    def _in_office(self, moment: datetime) -> datetime:
        here = clock.local(moment)
        if self.rules.calendar.works(here.date()) and OPENS <= here.time() <= CLOSES:
            return moment
        day = here.date() if here.time() < OPENS else here.date() + DAY
        while not self.rules.calendar.works(day):
            day += DAY
        return datetime.combine(day, OPENS, clock.BEIJING) + timedelta(minutes=7 * here.minute % 100)

    def before(self, code: str, share: float, *, kind: str = "answer") -> datetime:
        """When this share of a running clock's time is gone, in office hours if the clock leaves room for them; else in a few working hours."""
        row = Deadline.objects.filter(case__code=code, kind=kind, met_at=None, ended_at=None, paused_at=None).order_by("id").last()
        if row is None:
            return self.office(5)
        wanted = max(row.started_at + (row.due_at - row.started_at) * share, self.soon(8))
        fitting = self._in_office(wanted)
        if fitting < row.due_at or wanted >= row.due_at:
            return fitting
        return max(self._last_office(wanted), self.soon(8))

    def _last_office(self, moment: datetime) -> datetime:
        """That moment, or the end of the office hours before it."""
        if self._in_office(moment) == moment:
            return moment
        day = clock.local(moment).date()
        while not self.rules.calendar.works(day) or datetime.combine(day, CLOSES, clock.BEIJING) > moment:
            day -= DAY
        return datetime.combine(day, CLOSES, clock.BEIJING) - timedelta(minutes=7 * clock.local(moment).minute % 100)

    def due(self, code: str, kind: str) -> datetime:
        """When a clock of this case falls due (or fell)."""
        return Deadline.objects.filter(case__code=code, kind=kind).latest("id").due_at

    def on(self, day: date, hour: int) -> datetime:
        """That day at that hour, Beijing time, but never before now."""
        return max(datetime.combine(day, time(hour, 10), clock.BEIJING), self.soon(10))

    def working_day(self, n: int) -> date:
        """The n-th working day from now."""
        return self.rules.calendar.nth_working_day(self.today, n)[0]

    def words(self, text: str, *, soon: date | None = None) -> str:
        """The text with the day it is written, and the day it promises."""
        return text.replace("{day}", _day(self.today)).replace("{soon}", _day(soon) if soon else "")

    # --- what -----------------------------------------------------------------------------------------------------

    def file(self, matter: Matter, *, body: str = "", place: Place | None = None, with_category: bool = True) -> str:
        """Somebody files it: by the desk when it comes by telephone."""
        n = next(self._number)
        anonymous = matter.requester == "anonymous"
        report = intake.Report(
            body=(body or matter.body).replace("{place}", place.name if place else "我们这里"),
            title=matter.title, kind=matter.kind, channel=matter.channel, origin=matter.origin, requester=matter.requester,
            name="" if anonymous else SURNAMES[n % len(SURNAMES)] + ("先生", "女士")[n // 3 % 2],
            phone="" if anonymous else f"138000{n:05d}", wish=matter.wish, category=matter.category if with_category else None,
            place=place.code if place else None, lat=place.lat if place else None, lng=place.lng if place else None,
            attachments=(self.photo(matter.photo, done=False),) if matter.photo else (),
        )  # fmt: skip
        by = self.role("operator") if matter.channel == "phone" else HOLDER
        return intake.file(report, by=by, classifier=self.classifier).code

    def photo(self, thing: str, *, done: bool) -> str:
        """A photo of it, as an upload ticket."""
        self.photos += 1
        return self.photographer(thing, done=done)

    def facts(self, code: str) -> CaseFacts:
        """What is true of the case now."""
        return facts_json.from_json(Case.objects.values_list("facts", flat=True).get(code=code))

    def state(self, code: str) -> State | None:
        """Where the case stands."""
        return State(Case.objects.values_list("state", flat=True).get(code=code))

    def waits_for(self, code: str, kind: str) -> bool:
        """Does such a clock run?"""
        return Deadline.objects.filter(case__code=code, kind=kind, met_at=None, ended_at=None).exists()

    def release(self, code: str) -> None:
        """Where a person releases: the desk lets the public read what waits for it."""
        if self._released_by_rule:
            return
        case, facts = Case.objects.values_list("pk", "facts").get(code=code)
        done = set(ReleasedText.objects.filter(case=case).values_list("digest", flat=True))
        waits = set(CaseText.objects.filter(case=case, kind__in=("body", "reply", "answer")).values_list("digest", flat=True)) - done
        if waits and facts["visibility"] == "public":
            publishing.release(code, by=self.role("operator"))

    @cached_property
    def _released_by_rule(self) -> bool:
        return all(rule.release == "rule" for rule in self.rules.profile.publicity if rule.visibility == "public")


def fill(
    matters: Sequence[Matter], *, courses: Mapping[str, Callable[[Stage, Matter, Place | None], Course]], classifier: Classifier, photographer: Photographer
) -> Made:
    """演示: let every matter take its course until now. Must run inside one transaction: a demo is made whole or not at all."""
    now = clock.now()
    stage = Stage(directories.current(), rulebook.today(), classifier=classifier, photographer=photographer)
    waiting: list[tuple[datetime, int, Course]] = []
    for turn, matter in enumerate(matters):
        begins = min(_filed_at(matter, now), now - timedelta(minutes=20 + turn % 30))
        with clock.moved(begins):
            place = stage.place(matter, turn=turn)
        heapq.heappush(waiting, (begins, turn, courses[matter.story](stage, matter, place)))
    while waiting:
        at, turn, course = heapq.heappop(waiting)
        _sweep(at, now)
        with clock.moved(at):
            following = next(course, None)
        _tell(at, now)
        if following is not None and following <= now:
            heapq.heappush(waiting, (max(following, at), turn, course))
    _sweep(now, now)
    Pulse.objects.update_or_create(name="sweep", defaults={"at": now})
    projections.fold_tallies()
    checkpoints.make()
    rows = Case.objects.values_list("state", "seq")
    return Made(cases=dict(Counter(state for state, _ in rows)), events=sum(seq for _, seq in rows), photos=stage.photos)


def _filed_at(matter: Matter, now: datetime) -> datetime:
    return datetime.combine(clock.local(now).date() - matter.day * DAY, time.fromisoformat(matter.clock), clock.BEIJING)


def _sweep(until: datetime, now: datetime) -> None:
    """Everything that falls due on the way falls due at its own time."""
    while (due := Deadline.objects.filter(next_at__lte=until).order_by("next_at").values_list("next_at", flat=True).first()) is not None:
        cases = list(Deadline.objects.filter(next_at=due).values_list("case_id", flat=True).distinct())
        with clock.moved(due):
            deadlines.expire(cases)
        _tell(due, now)


class _Silent:
    """短信 of the demo: written down as sent, and sent to nobody."""

    def send(self, message: Sms) -> None:
        """The numbers of the demo belong to nobody."""

    def check(self) -> Health:
        """Nothing can be wrong with it."""
        return Health(name="sms", ok=True, zh="演示短信不发出。", en="The demo sends no SMS.")


def _tell(at: datetime, now: datetime) -> None:
    """Tell people and units what has just happened, as the worker would: it must not tell them again, weeks later and by SMS.

    What is older than TOLD has been read and put away: only its job is done.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'notify' AND status = 'todo' RETURNING id, args")
        jobs = sorted(cursor.fetchall())
    if now - at > TOLD:
        return
    with clock.moved(at):
        for _, args in jobs:
            notifying.notify(**(json.loads(args) if isinstance(args, str) else args), sms=_Silent())


def _day(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"
