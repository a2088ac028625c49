"""模拟: months of a city's life, lived through by the same commands that the screens use, with the clock moved.

Who files what, and what the units do, is decided by domain/simulated.py; here it is done. Simulated cases and real ones never stand in one database:
see `begin` and queries/installation.py.
"""

import heapq
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction

from minsheng import clock, projections
from minsheng.commands import answering, approvals, callback, checkpoints, deadlines, dispatch, handling, intake
from minsheng.domain import facts_json
from minsheng.domain import simulated_words as words
from minsheng.domain.access import HOLDER, Actor
from minsheng.domain.calendar import DAY
from minsheng.domain.errors import BadInput, MinshengError, WrongState
from minsheng.domain.simulated import DAYS, PER_DAY, Filing, Standing, filings, next_step
from minsheng.domain.states import FINAL, State
from minsheng.models.case import Case
from minsheng.models.deadline import Deadline, Pulse
from minsheng.models.people import Member, User
from minsheng.policy.responsibility import responsible
from minsheng.ports import Classifier
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.installation import SIMULATED, has_cases, simulating

#: The sweep runs this often in simulated time, and what was done until then is one transaction.
TICK = timedelta(minutes=10)
_SURNAMES = "张王李赵陈刘杨黄周吴徐孙马朱胡林郭何高罗"


@dataclass(slots=True)
class Simulated:
    """What was made: cases filed, steps done by people, clocks that fired, and what was refused on the way (step and error → how often)."""

    cases: int = 0
    steps: int = 0
    fired: int = 0
    days: int = 0
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Life:
    """A case on its way: what was done with it, and what comes next."""

    number: int
    code: str
    matter: words.Matter
    done: list[str]
    next: str
    by: str


def begin() -> None:
    """Mark the database as simulated, for ever. Refused where anybody has filed anything."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE ms_case IN SHARE MODE")  # nobody files between the question and the mark
        if has_cases():
            raise WrongState("这里已经有诉求了，模拟只能放进空的数据库。", "There are cases here already: a simulation only goes into an empty database.")
        Pulse.objects.update_or_create(name=SIMULATED, defaults={"at": clock.now()})


def simulate(*, start: date, days: int, per_day: int, seed: int, classifier: Classifier, progress: Callable[[date, Simulated], None]) -> Simulated:
    """模拟: so many days from `start` on, each lived to its end. The database must be empty of cases; afterwards it holds simulated ones only."""
    if not 1 <= days <= DAYS or not 1 <= per_day <= PER_DAY:
        raise BadInput(field="days", zh=f"最多 {DAYS} 天，每天最多 {PER_DAY} 件。", en=f"At most {DAYS} days and {PER_DAY} cases a day.")
    if datetime.combine(start + days * DAY, time(), clock.BEIJING) > clock.now():
        raise BadInput(field="start", zh="模拟的日子要已经过去。", en="The days to simulate must lie in the past.")
    begin()
    stage = _Stage(seed, classifier)
    with simulating():
        for n in range(days):
            stage.live(start + n * DAY, per_day=per_day)
            progress(start + n * DAY, stage.made)
    projections.fold_tallies()
    checkpoints.make()
    Pulse.objects.update_or_create(name="sweep", defaults={"at": clock.now()})
    return stage.made


class _Stage:
    """The city while it is simulated: whoever works there, and every case that is on its way."""

    def __init__(self, seed: int, classifier: Classifier) -> None:
        self.seed, self.classifier, self.made = seed, classifier, Simulated()
        self.tree, self.rules = directories.current(), rulebook.today()
        self.places = tuple(code for code, place in self.tree.places.items() if place.kind in ("community", "street"))
        self.waiting: list[tuple[datetime, int, _Life]] = []
        self._actors: dict[tuple[str, str], Actor] = {}

    # --- time -----------------------------------------------------------------------------------------------------

    def live(self, day: date, *, per_day: int) -> None:
        """One day, a tick after the other."""
        planned = filings(self.seed, day, per_day=per_day, places=self.places, first=self.made.cases + 1)
        planned.reverse()
        tick = datetime.combine(day, time(), clock.BEIJING)
        for _ in range(DAY // TICK):
            tick += TICK
            with transaction.atomic():
                self._until(tick, planned)
                self._sweep(tick)
                _drop_notices()
        projections.fold_tallies()
        self.made.days += 1

    def _until(self, tick: datetime, planned: list[Filing]) -> None:
        """What people do before this moment, in order of time. planned: the rest of the day, the next one last."""
        while True:
            files, does = planned[-1].at if planned else tick, self.waiting[0][0] if self.waiting else tick
            if min(files, does) >= tick:
                return
            if files <= does:
                self._file(planned.pop())
            else:
                at, _, life = heapq.heappop(self.waiting)
                with clock.moved(at):
                    self._do(life)

    def _sweep(self, tick: datetime) -> None:
        due = list(Deadline.objects.filter(next_at__lte=tick).order_by("next_at", "id").values_list("case_id", flat=True))
        cases = list(dict.fromkeys(due))
        with clock.moved(tick):
            for n in range(0, len(cases), deadlines.BATCH):
                self.made.fired += deadlines.expire(cases[n : n + deadlines.BATCH])

    # --- people ---------------------------------------------------------------------------------------------------

    def _file(self, filing: Filing) -> None:
        by = HOLDER
        with clock.moved(filing.at):
            if filing.channel == "phone":
                by = self._actor("operator", self.tree.centre)
            report = intake.Report(
                title=filing.title, body=filing.body, place=filing.place, channel=filing.channel,
                name=_SURNAMES[filing.caller % len(_SURNAMES)] + ("先生", "女士")[filing.caller // 20 % 2],
                phone=f"138000{filing.caller:05d}",
            )  # fmt: skip
            code = intake.file(report, by=by, classifier=self.classifier).code
            self.made.cases += 1
            self._plan(_Life(filing.number, code, filing.matter, [], "", ""))

    def _plan(self, life: _Life) -> None:
        """Look where the case stands, and put down what is done next."""
        found = _standing(life)
        step = next_step(self.seed, life.number, found, now=clock.now(), calendar=self.rules.calendar) if found.state not in FINAL_HERE else None
        if step is not None:
            life.next, life.by = step.name, step.by
            heapq.heappush(self.waiting, (step.at, life.number, life))

    def _do(self, life: _Life) -> None:
        """The step that was planned. The rules may have moved the case meanwhile: then it is refused, as it would be on the screen, and counted."""
        try:
            with transaction.atomic():
                self._perform(life)
            self.made.steps += 1
            life.done.append(life.next)
        except MinshengError as refusal:
            self.made.refused[f"{life.next}: {refusal.en[:60]}"] += 1
            life.done.append("refused")
        self._plan(life)

    def _perform(self, life: _Life) -> None:
        code, step = life.code, life.next
        unit = Case.objects.values_list("unit", flat=True).get(code=code) or self.tree.centre
        by = HOLDER if life.by == "citizen" else self._actor("staff", unit) if life.by == "lead" else self._actor(life.by, self.tree.centre)
        draw = random.Random(f"{self.seed}:words:{life.number}:{len(life.done)}")
        today = clock.local(clock.now()).date()
        match step:
            case "register":
                category = Case.objects.values_list("category", flat=True).get(code=code) or life.matter.category
                intake.register(code, by=by, category=category)
            case "decline":
                intake.decline(code, reason=words.DECLINED[0], basis=words.DECLINED[1], appeal=words.DECLINED[2], by=by)
            case "dispatch":
                dispatch.dispatch(code, by=by)
            case "rule":
                dispatch.rule(code, lead=self._responsible(code, today), basis=words.BASIS, by=by)
            case "send_back":
                dispatch.send_back(code, reason=draw.choice(words.REASONS), proposed=self._other(unit, draw), by=by)
            case "grant":
                approvals.grant(code, _asked(code) or 0, by=by)
            case "claim":
                handling.claim(code, by=by)
            case "contact":
                handling.contact(code, method="phone", by=by)
            case "answer" | "hollow":
                day = f"{today.month} 月 {today.day} 日"
                text = draw.choice(words.SOLVED if step == "answer" else words.HOLLOW).replace("{day}", day)
                answering.answer(code, outcome="solved", text=text, by=by)
            case "pass":
                answering.pass_check(code, by=by)
            case "return":
                answering.return_answer(code, remarks=words.REMARKS, by=by)
            case _:
                _judge(code, step, by)

    def _responsible(self, code: str, today: date) -> str:
        category, place = Case.objects.values_list("category", "place").get(code=code)
        return responsible(self.tree, category=category, place=place, on=today).lead

    def _other(self, unit: str, draw: random.Random) -> str:
        """A department of the city that could be thought to be in charge, and is not this one."""
        on = clock.local(clock.now()).date()
        found = [code for code, one in self.tree.units.items() if one.level == "city" and one.kind == "department" and code != unit and one.valid(on)]
        return draw.choice(found)

    def _actor(self, role: str, unit: str) -> Actor:
        """Somebody with this role in this unit: an account of the simulation, that nobody can sign in to."""
        if (role, unit) not in self._actors:
            now = clock.now()
            user, made = User.objects.get_or_create(
                username=f"sim.{role}.{unit}"[:150], defaults={"display_name": f"模拟{len(self._actors) + 1}", "created_at": now, "password": "!"}
            )
            if made:
                Member.objects.create(user=user, unit=unit, roles=[role])
            self._actors[role, unit] = directories.staff(user.pk, name=user.display_name, on=clock.local(now).date())
        return self._actors[role, unit]


FINAL_HERE = FINAL - {State.CLOSED}


def _judge(code: str, step: str, by: Actor) -> None:
    """回访、评价、重办: what the person says."""
    match step:
        case "call_good" | "call_bad":
            good = step == "call_good"
            callback.call_back(code, reached=True, contacted=True, solved=good, satisfied=good, note="" if good else words.COMPLAINT, by=by)
        case "call_missed":
            callback.call_back(code, reached=False, by=by)
        case "rate_good":
            callback.rate(code, level=5, by=by)
        case "rate_bad":
            callback.rate(code, level=1, reasons=words.COMPLAINT, by=by)
        case "reopen":
            callback.reopen(code, reason=words.COMPLAINT, by=by)
        case _:
            raise AssertionError(f"the plan knows a step that nobody can do: {step}")


_STANDING = """
SELECT c.state, c.unit, c.round, c.facts,
  EXISTS (SELECT FROM ms_deadline d WHERE d.case_id = c.id AND d.kind = 'callback' AND d.met_at IS NULL AND d.ended_at IS NULL)
FROM ms_case c WHERE c.code = %s
"""


def _standing(life: _Life) -> Standing:
    """Where the case stands now, with one question."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [life.code])
        state, unit, round_, facts, waits = cursor.fetchone()
    told = facts_json.from_json(json.loads(facts) if isinstance(facts, str) else facts)
    asked = next((int(n) for n, one in told.approvals.items() if one["status"] == "asked"), None)
    lead = told.last_lead
    return Standing(
        state=State(state), unit=unit or "", contacted=lead is not None and lead.contacted_at is not None,
        checked=told.checked, asked=asked, callback=waits, round=round_,
        unsolved=(told.verdict or {}).get("solved") is False, before=tuple(life.done),
    )  # fmt: skip


def _asked(code: str) -> int | None:
    approvals_asked = Case.objects.values_list("facts", flat=True).get(code=code)["approvals"]
    return next((int(n) for n, one in approvals_asked.items() if one["status"] == "asked"), None)


def _drop_notices() -> None:
    """The numbers of a simulation may belong to somebody: nobody is told anything, and no worker ever finds the job."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'notify' AND status = 'todo'")
