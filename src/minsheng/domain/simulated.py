"""模拟: who files what and when in a simulated city, and what its units do with it. Pure: the same seed gives the same plan and the same decisions.

People file by hour, weekday, season and weather. A unit has a habit for as long as the simulation lasts: it is prompt, usual or slow, closes without
solving, or sends back. `next_step` looks at where a case stands and says who does what, and when; whoever performs it asks again at that time.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from minsheng.domain.calendar import BEIJING, DAY, Calendar
from minsheng.domain.simulated_words import MATTERS, Matter, request
from minsheng.domain.states import State

#: How many of a hundred file in each hour of the day.
_HOURS = (1, 1, 0, 0, 0, 1, 2, 5, 9, 10, 9, 7, 5, 5, 7, 8, 8, 6, 5, 5, 4, 3, 2, 1)
#: Monday to Sunday, against the mean.
_WEEKDAYS = (1.2, 1.1, 1.05, 1.05, 1.05, 0.8, 0.75)
#: Chance of a storm on a day of the month, January first.
_STORMS = (0.02, 0.03, 0.06, 0.08, 0.10, 0.18, 0.25, 0.22, 0.12, 0.06, 0.04, 0.02)
_FROST = frozenset({11, 12, 1, 2, 3})
_CHANNELS = {"phone": 55, "wechat": 25, "web": 15, "app": 5}
_OPENS, _CLOSES = time(8, 30), time(17, 30)
#: A case takes no more steps than this, whatever happens to it.
MOST_STEPS = 40
DAYS, PER_DAY = 400, 5000


class Habit(StrEnum):
    """习惯 of a unit."""

    PROMPT = "prompt"
    USUAL = "usual"
    SLOW = "slow"
    HOLLOW = "hollow"
    PASSING = "passing"


_HABITS = {Habit.PROMPT: 25, Habit.USUAL: 40, Habit.SLOW: 15, Habit.HOLLOW: 10, Habit.PASSING: 10}
#: Hours until it claims, and until it answers: at least, at most.
_PACE = {Habit.PROMPT: ((0.1, 1.0), (2, 16)), Habit.USUAL: ((0.2, 3.0), (8, 60)), Habit.SLOW: ((2, 40), (60, 260)),
         Habit.HOLLOW: ((0.1, 2.0), (1, 10)), Habit.PASSING: ((0.5, 6.0), (16, 90))}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One request of the plan. number: counts from 1 over the whole simulation."""

    number: int
    at: datetime
    matter: Matter
    title: str
    body: str
    place: str
    channel: str
    caller: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a case stands, as far as a next step depends on it. asked: number of the approval that waits. before: steps that were taken already."""

    state: State
    unit: str
    contacted: bool
    checked: bool
    asked: int | None
    callback: bool
    round: int
    unsolved: bool
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What is done next, and when. by: a role at the centre, "lead" or "citizen"."""

    name: str
    by: str
    at: datetime


def habit(seed: int, unit: str) -> Habit:
    """The habit of a unit under this seed."""
    return random.Random(f"{seed}:habit:{unit}").choices(list(_HABITS), list(_HABITS.values()))[0]


def storm(seed: int, day: date) -> bool:
    """Is there a storm on this day?"""
    return random.Random(f"{seed}:storm:{day}").random() < _STORMS[day.month - 1]


def filings(seed: int, day: date, *, per_day: int, places: tuple[str, ...], first: int) -> list[Filing]:
    """Who files on this day, in order of time. per_day: the mean of a day; first: the number of the first one."""
    draw, stormy, weekend = random.Random(f"{seed}:day:{day}"), storm(seed, day), day.weekday() > 4
    share = _WEEKDAYS[day.weekday()] * (1.35 if stormy else 1.0) * draw.uniform(0.92, 1.08)
    weights = [m.weight * (m.storm if stormy else 1) * (m.frost if day.month in _FROST else 1) * (m.weekend if weekend else 1) for m in MATTERS]
    hours = draw.choices(range(24), _HOURS, k=round(per_day * share))
    moments = sorted(datetime.combine(day, time(hour), BEIJING) + timedelta(seconds=draw.randrange(3600)) for hour in hours)
    found = []
    for number, at in enumerate(moments, first):
        matter = draw.choices(MATTERS, weights)[0]
        title, body = request(matter, draw)
        channel = draw.choices(list(_CHANNELS), list(_CHANNELS.values()))[0]
        found.append(Filing(
            number=number, at=at, matter=matter, title=title, body=body, place=draw.choice(places), channel=channel,
            caller=draw.randrange(90_000),
        ))  # fmt: skip
    return found


def next_step(seed: int, number: int, standing: Standing, *, now: datetime, calendar: Calendar) -> Step | None:
    """What is done next with the case of this number; None: nobody will do anything more, only the rules may."""
    if len(standing.before) >= MOST_STEPS:
        return None
    draw = random.Random(f"{seed}:step:{number}:{len(standing.before)}")
    if standing.asked is not None:
        return _step("grant", "dispatcher", now, draw.uniform(0.3, 6), calendar)
    match standing.state:
        case State.RECEIVED:
            name = "decline" if draw.random() < 0.02 else "register"
            return Step(name, "operator", now + timedelta(minutes=draw.uniform(1, 25)))
        case State.REGISTERED:
            name = "rule" if standing.before.count("send_back") > 1 else "dispatch"
            return Step(name, "supervisor" if name == "rule" else "dispatcher", now + timedelta(minutes=draw.uniform(1, 40)))
        case State.DISPATCHED | State.HANDLING:
            return _at_the_unit(seed, standing, draw, now, calendar)
        case State.ANSWERED | State.CLOSED:
            return _after_the_answer(standing, draw, now, calendar)
    return None


def _at_the_unit(seed: int, standing: Standing, draw: random.Random, now: datetime, calendar: Calendar) -> Step:
    custom = habit(seed, standing.unit)
    claims, answers = _PACE[custom]
    passes = 0.3 if custom is Habit.PASSING else 0.02
    if standing.round == 1 and standing.before.count("send_back") < 2 and not standing.contacted and draw.random() < passes:
        return _step("send_back", "lead", now, draw.uniform(*claims), calendar)
    if standing.state is State.DISPATCHED:
        return _step("claim", "lead", now, draw.uniform(*claims), calendar)
    if not standing.contacted and "contact" not in standing.before[-2:]:
        return _step("contact", "lead", now, draw.uniform(*claims), calendar)
    return _step("hollow" if custom is Habit.HOLLOW and standing.round == 1 else "answer", "lead", now, draw.uniform(*answers), calendar)


def _after_the_answer(standing: Standing, draw: random.Random, now: datetime, calendar: Calendar) -> Step | None:
    if standing.state is State.ANSWERED and not standing.checked:
        return _step("return" if draw.random() < 0.08 else "pass", "checker", now, draw.uniform(0.5, 5), calendar)
    answered = max((n for n, name in enumerate(standing.before) if name in ("answer", "hollow")), default=0)
    since, done = standing.before[answered + 1 :], standing.before[answered : answered + 1] != ("hollow",)
    happy = draw.random() < (0.88 if done else 0.25)
    if standing.unsolved and "reopen" not in standing.before and draw.random() < 0.4:
        return Step("reopen", "citizen", now + timedelta(hours=draw.uniform(2, 40)))
    if standing.callback and "call_good" not in since and "call_bad" not in since and since.count("call_missed") < 3:
        name = "call_missed" if draw.random() < 0.15 else "call_good" if happy else "call_bad"
        return _step(name, "callback", now, draw.uniform(2, 20), calendar)
    if not {"rate_good", "rate_bad", "call_good", "call_bad", "silent"} & set(since) and draw.random() < 0.35:
        return Step("rate_good" if happy else "rate_bad", "citizen", now + timedelta(hours=draw.uniform(1, 30)))
    return None


def _step(name: str, by: str, now: datetime, hours: float, calendar: Calendar) -> Step:
    """So many hours from now, moved into office hours."""
    return Step(name, by, in_office(now + timedelta(hours=hours), calendar))


def in_office(moment: datetime, calendar: Calendar) -> datetime:
    """This moment, or the next working morning where nobody is there."""
    here = moment.astimezone(BEIJING)
    if calendar.works(here.date()) and _OPENS <= here.time() <= _CLOSES:
        return moment
    day = here.date() if here.time() < _OPENS else here.date() + DAY
    while not calendar.works(day):
        day += DAY
    return datetime.combine(day, _OPENS, BEIJING) + timedelta(seconds=(here.minute * 60 + here.second) * 2)
