"""A city to tell stories in: its directory loaded, a clock that the story moves, people by their user names.

    world = World("maanshan", at="2026-03-02T09:00+08:00")
    case = world.file(body="…", place="…")
    world.wait("25 hours")           # time passes, the sweep runs whenever something is due
    world.do(handling.claim, case, by="yanghu")
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from minsheng import clock, projections
from minsheng.commands import checkpoints, deadlines, intake
from minsheng.commands import directory as loading
from minsheng.domain.access import HOLDER, SYSTEM, Actor
from minsheng.domain.deadlines import Duration, count
from minsheng.intelligence.classify import KeywordClassifier
from minsheng.models.case import Case
from minsheng.models.deadline import Deadline
from minsheng.models.event import CaseEvent
from minsheng.models.measure import Measure
from minsheng.models.people import User
from minsheng.policy.directory import Directory
from minsheng.policy.directory_files import parse
from minsheng.policy.load import Rules, load, load_days
from minsheng.queries import directory as directories

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
def classifier(city: str) -> KeywordClassifier:
    """The keyword classifier over the city's category tree."""
    return KeywordClassifier(city_files(city).categories.values())


class World:
    """One city at one moment."""

    def __init__(self, city: str, *, at: str) -> None:
        self.city = city
        self.rules = city_rules(city)
        self._moved = clock.moved(datetime.fromisoformat(at))
        self._moved.__enter__()
        loading.load(city_files(city), self.rules)
        deadlines.sweep()

    def leave(self) -> None:
        """Give the clock back."""
        self._moved.__exit__(None, None, None)
        directories.forget()

    def who(self, username: str) -> Actor:
        """The staff member with this user name."""
        user = User.objects.get(username=username)
        return directories.staff(user.pk, name=user.display_name, on=clock.local(clock.now()).date())

    def file(self, **report: Any) -> str:
        """File a request as a citizen; returns the code."""
        values = {"name": "张先生", "phone": "13800000001", **report}
        return intake.file(intake.Report(**values), by=HOLDER, classifier=classifier(self.city)).code

    def do(self, command: Callable[..., Any], code: str, *, by: str | Actor, **values: Any) -> Any:
        """Let somebody do something with a case. by: a user name, "citizen" or "system"."""
        actor = by if isinstance(by, Actor) else {"citizen": HOLDER, "system": SYSTEM}.get(by) or self.who(by)
        return command(code, by=actor, **values)

    def wait(self, text: str) -> None:
        """Let time pass: "30 minutes", "2 working days" …"""
        self.until(count(clock.now(), Duration.parse(text), self.rules.calendar).due)

    def until(self, moment: datetime | str) -> None:
        """Let time pass until `moment`; the sweep runs at every step that falls due on the way."""
        end = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        while True:
            due = Deadline.objects.filter(next_at__isnull=False, next_at__lte=end).order_by("next_at").values_list("next_at", flat=True).first()
            stop = min(due, end) if due else end
            while stop - clock.now() > timedelta(minutes=4):
                # The platform is up all the time: its pulse is felt, so that a quiet week is no outage.
                clock.advance(min(timedelta(minutes=4), stop - clock.now()))
                self._pulse()
            if stop > clock.now():
                clock.advance(stop - clock.now())
            deadlines.sweep()
            if not due:
                return

    def _pulse(self) -> None:
        from minsheng.models.deadline import Pulse

        Pulse.objects.filter(name="sweep").update(at=clock.now())

    def stop(self, text: str) -> None:
        """The platform is down for this long: time passes, nothing is swept."""
        clock.advance(count(clock.now(), Duration.parse(text), self.rules.calendar).due - clock.now())

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

    def measures(self, code: str) -> list[tuple[str, str, str, str]]:
        """(kind, level, unit, status) of every measure, in order."""
        return list(Measure.objects.filter(case__code=code).order_by("number").values_list("kind", "level", "unit", "status"))

    def deadline(self, code: str, kind: str) -> Deadline:
        """The latest clock of this kind."""
        return Deadline.objects.filter(case__code=code, kind=kind).latest("id")

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
    from minsheng.models.read import Tally

    return {
        (row.day.isoformat(), row.unit, row.district, row.category, row.origin, row.metric): row.n
        for row in Tally.objects.all()
        if row.n
    }


