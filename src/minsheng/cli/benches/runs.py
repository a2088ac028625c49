"""The benches. Each returns what it cost: requests a second, percentiles, CPU-ms per request of the program and of PostgreSQL, and the raw limit beside it."""

import contextlib
import itertools
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import psycopg

from minsheng.cli import local
from minsheng.cli.benches import machine, raw, rehearse, score, simulate, words
from minsheng.cli.benches.lived import ACCOUNT, CITY, staff
from minsheng.cli.benches.report import report
from minsheng.cli.benches.server import MINSHENG, Load, Request, drive, free_port, serving
from minsheng.server import cluster

if TYPE_CHECKING:
    from minsheng.domain.access import Actor

#: The load comes in slices, each followed by half as much pgbench: both see the same machine.
SLICES = 4
IDLE_SECONDS = 20.0
DEFAULT_SECONDS = 20.0
DUE_AT_ONCE = 20_000
#: Cases of one bulk job.
AT_ONCE = 200


@dataclass(slots=True)
class Result:
    """One bench. None where a figure has no meaning; `more` holds figures of this bench alone."""

    name: str
    rps: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    cpu_ms_app: float | None = None
    cpu_ms_pg: float | None = None
    pgbench_tps: float | None = None
    ratio: float | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """As one JSON object."""
        found = asdict(self)
        return {name: round(value, 3) if isinstance(value, float) else value for name, value in (found | found.pop("more")).items()}


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a bench runs: the cluster, the database, and for how long."""

    server: cluster.Cluster
    address: str
    place: Path
    seconds: float


# --- requests -----------------------------------------------------------------------------------------------------------------


def _measure(name: str, ground: Ground, clients: list[Iterator[Request]], script: str) -> Result:
    """Clients for so many seconds, in slices with pgbench between them."""
    postmaster = ground.server.postmaster()
    assert postmaster is not None
    load, app, database, raws, busy = Load(), 0.0, 0.0, list[float](), os.getloadavg()[0]
    slices = SLICES if ground.seconds >= SLICES else 1
    with serving(ground.address, place=ground.place) as (port, web):

        def slice_of(seconds: float) -> tuple[Load, float, float]:
            before = machine.cpu_ms(web), machine.cpu_ms(postmaster)
            return drive(port, clients, seconds=seconds), machine.cpu_ms(web) - before[0], machine.cpu_ms(postmaster) - before[1]

        cold = slice_of(min(2.0, ground.seconds / 4))  # prepared statements, caches, connections
        for _ in range(slices):
            asked, *cost = slice_of(ground.seconds / slices)
            load, app, database = load + asked, app + cost[0], database + cost[1]
            limit = raw.pgbench(ground.address, script, seconds=ground.seconds / slices / 2)
            raws += [limit] if limit is not None else []
    if not load.times:  # a city so small that the warming up took all there was to do
        load, app, database = cold
    if not load.times:
        raise click.ClickException(f"There was nothing to do for {name}: make the city larger (--cases).")
    n, tps = len(load.times), sum(raws) / len(raws) if raws else None
    return Result(
        name, rps=load.rps, p50_ms=load.percentile(0.5), p99_ms=load.percentile(0.99), cpu_ms_app=app / n, cpu_ms_pg=database / n,
        pgbench_tps=tps, ratio=load.rps / tps if tps else None, more={"requests": n, "load_before": busy},
    )  # fmt: skip


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def create(ground: Ground) -> Result:
    """POST a case: validated, classified, dispatched, clocks armed, journal, hall, job."""
    from minsheng.queries import directory as directories

    places = [code for code, place in directories.current().places.items() if place.kind in ("community", "street")]
    numbers = itertools.count(1_000_000)

    def client() -> Iterator[Request]:
        for number in numbers:
            said = words.request(number)
            body = {"title": said.title, "body": said.body, "place": places[number % len(places)], "name": "某先生", "phone": f"1380000{number % 10_000:04d}"}
            yield Request("POST", "/api/v1/cases", body, address=_address(number), wanted=201)

    with psycopg.connect(ground.address) as connection:
        found = connection.execute("SELECT code FROM ms_case WHERE state = 'dispatched' ORDER BY id LIMIT 1").fetchone()
        last = connection.execute("SELECT max(id) FROM ms_case").fetchone()
        assert found is not None and last is not None, "no case of the city was dispatched by rule"
        script = raw.creating(connection, str(found[0]))
    result = _measure("create", ground, [client() for _ in range(raw.CLIENTS)], script)
    with psycopg.connect(ground.address) as connection:
        made = connection.execute(
            "SELECT count(*) FILTER (WHERE state = 'dispatched'), count(*) FROM ms_case WHERE id > %s AND code NOT LIKE 'RW%%'", [last[0]]
        ).fetchone()
    assert made is not None
    result.more["dispatched_share"] = made[0] / made[1]
    return result


def hall_json(ground: Ground) -> Result:
    """The newest 20 of the hall as JSON."""
    return _hall("hall-json", ground, "/api/v1/hall")


def hall_html(ground: Ground) -> Result:
    """The newest 20 of the hall as a page."""
    return _hall("hall-html", ground, "/hall")


def _hall(name: str, ground: Ground, path: str) -> Result:
    from minsheng.queries.hall import Filters, hall

    script = raw.reading(_queries(lambda: hall(Filters())))
    return _measure(name, ground, [itertools.repeat(Request("GET", path)) for _ in range(raw.CLIENTS)], script)


def home_html(ground: Ground) -> Result:
    """The home page of somebody who holds no case: everybody's figures, the newest requests."""
    from minsheng.queries.hall import Filters, hall

    script = raw.reading(_queries(lambda: hall(Filters(), limit=3)))
    return _measure("home-html", ground, [itertools.repeat(Request("GET", "/")) for _ in range(raw.CLIENTS)], script)


def request_html(ground: Ground) -> Result:
    """The page of a public request that has been answered, as everybody reads it."""
    from minsheng.models.read import HallRow
    from minsheng.queries.cases import public

    codes = list(HallRow.objects.exclude(answer="").order_by("-received_at").values_list("code", flat=True)[: raw.CLIENTS])
    if not codes:
        raise click.ClickException("No request of this city has been answered: make the city larger (--cases).")
    script = raw.reading(_queries(lambda: public(codes[0])))
    clients = [itertools.repeat(Request("GET", f"/cases/{codes[n % len(codes)]}")) for n in range(raw.CLIENTS)]
    return _measure("request-html", ground, clients, script)


def inbox(ground: Ground) -> Result:
    """A unit's queue, for the units with the longest ones."""
    from minsheng.queries.inbox import inbox as page

    units = _units("handling")[: raw.CLIENTS]
    tokens = _tokens(units)
    script = raw.reading(_queries(lambda: page(staff(units[0]), queue="handling")))
    clients = [itertools.repeat(Request("GET", "/api/v1/inbox?queue=handling", token=tokens[unit])) for unit in units]
    return _measure("inbox", ground, clients, script)


def case_page(ground: Ground) -> Result:
    """The page of a case at the desk, with every form of the unit that handles it: by the units with most cases, page after page."""
    from minsheng.queries.cases import desk

    units = _units("handling")[: raw.CLIENTS]
    codes = {unit: _codes(unit, state="handling")[:200] for unit in units}
    cookies = {unit: _cookie(staff(unit)) for unit in units}
    script = raw.reading(_queries(lambda: desk(codes[units[0]][0], staff(units[0]))))
    clients = [itertools.cycle([Request("GET", f"/desk/cases/{code}", cookie=cookies[unit]) for code in codes[unit]]) for unit in units]
    return _measure("case-page", ground, clients, script)


def worklist(ground: Ground) -> Result:
    """The page of a queue with all counts: half of the clients at the centre, half in the units with the longest queues."""
    from minsheng.queries import inbox as reading

    clerks = [staff(unit) for unit in _units("handling")[: raw.CLIENTS // 2]]
    people = [*clerks, *itertools.repeat(_dispatcher(), raw.CLIENTS - len(clerks))]
    script = raw.reading(_queries(lambda: (reading.queues(people[0]), reading.inbox(people[0], queue="handling", limit=50))))
    cookies = {one.id: _cookie(one) for one in {one.id: one for one in people}.values()}  # a person has three browsers at most
    clients = [itertools.repeat(Request("GET", "/desk?queue=handling", cookie=cookies[one.id])) for one in people]
    return _measure("worklist", ground, clients, script)


def _dispatcher() -> "Actor":
    """Somebody who dispatches for the whole city."""
    from minsheng import clock
    from minsheng.domain.states import Role
    from minsheng.models.people import Member, User
    from minsheng.queries import directory as directories

    now, unit = clock.now(), directories.current().centre
    user, made = User.objects.get_or_create(username=f"{ACCOUNT}dispatcher", defaults={"display_name": "派单员", "created_at": now, "password": "!"})
    if made:
        Member.objects.create(user=user, unit=unit, roles=[Role.DISPATCHER, Role.OPERATOR])
    return directories.staff(user.pk, name=user.display_name, on=clock.local(now).date())


def _cookie(actor: "Actor") -> str:
    """A session in which this person is signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from minsheng.models.people import User

    user, session = User.objects.get(pk=actor.id), SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def move(ground: Ground) -> Result:
    """Claim, then answer: each is a request."""
    units = _units("dispatched")[: raw.CLIENTS]
    tokens = _tokens(units)
    clients = [_moves(_codes(unit), tokens[unit]) for unit in units]
    with psycopg.connect(ground.address) as connection:
        script = raw.moving(connection)
    return _measure("move", ground, clients, script)


def _moves(codes: list[str], token: str) -> Iterator[Request]:
    for number, code in enumerate(codes):
        path, text = f"/api/v1/cases/{code}/moves", words.ANSWERS[number % len(words.ANSWERS)]
        yield Request("POST", path, {"move": "claim"}, token=token)
        yield Request("POST", path, {"move": "answer", "outcome": "solved", "text": text}, token=token)


def _units(state: str) -> list[str]:
    """Units with cases in this state, those with most first."""
    from django.db.models import Count

    from minsheng.models.case import WorkOrder

    found = WorkOrder.objects.filter(role="lead", ended_at=None, state=state).values_list("unit").annotate(n=Count("id")).order_by("-n", "unit")
    return [unit for unit, _ in found]


def _codes(unit: str, *, state: str = "dispatched") -> list[str]:
    from minsheng.models.case import WorkOrder

    return list(WorkOrder.objects.filter(unit=unit, role="lead", ended_at=None, state=state).values_list("case__code", flat=True))


def _tokens(units: list[str]) -> dict[str, str]:
    from minsheng.commands import tokens

    for unit in units:
        staff(unit)
    return {unit: tokens.issue(f"{ACCOUNT}{unit}", name="bench") for unit in units}


def _queries(ask: Callable[[], Any]) -> list[str]:
    """The SQL of a query, with its values."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask()
    with CaptureQueriesContext(connection) as seen:
        ask()
    return [query["sql"] for query in seen.captured_queries]


def shift(ground: Ground) -> Result:
    """200 people at the desk at once, for a minute (`--seconds` shortens it only below that)."""
    from minsheng.cli.benches import shift as shifts

    seen, seconds = shifts.run(ground.address, place=ground.place, seconds=shifts.SECONDS if ground.seconds >= DEFAULT_SECONDS else ground.seconds)
    if seen.faults:
        raise click.ClickException(f"{len(seen.faults)} faults, the first: {seen.faults[0]}")
    load = Load([one for times in seen.times.values() for one in times], seconds)
    more = {f"{what}_p95_ms": Load(times).percentile(0.95) for what, times in seen.times.items() if times}
    more |= {"requests": len(load.times), "people": shifts.PEOPLE, "errors": 0, "conflicts": seen.conflicts, "p95_ms": load.percentile(0.95)}
    return Result("shift", rps=load.rps, p50_ms=load.percentile(0.5), p99_ms=load.percentile(0.99), more=more)


# --- paper ------------------------------------------------------------------------------------------------------------------------


def pdf(ground: Ground) -> Result:
    """办理单 of one case as the web server prints it, from the database to the file: a cold process each time. seconds: the middle of five."""
    from minsheng import wiring
    from minsheng.commands import papers

    unit = next(iter([*_units("handling"), *_units("dispatched")]), None)
    if unit is None:
        raise click.ClickException("No unit has a case: make the city larger (--cases).")
    who, times, size = staff(unit), list[float](), 0
    (code,) = _orders(unit)[:1]
    for _ in range(5):
        began = time.monotonic()
        file = papers.sheets([code], kind="handling", base="https://12345.example.gov.cn", by=who, printer=wiring.printer(), blobs=wiring.blobs())
        times.append(time.monotonic() - began)
        size = len(file)
    return Result("pdf", more={"seconds": sorted(times)[2], "slowest": max(times), "kilobytes": size / 1024, "load_before": os.getloadavg()[0]})


def _orders(unit: str) -> list[str]:
    from minsheng.models.case import WorkOrder

    return list(WorkOrder.objects.filter(unit=unit, role="lead", ended_at=None).order_by("id").values_list("case__code", flat=True)[:1])


# --- many at once ---------------------------------------------------------------------------------------------------------------


def bulk(ground: Ground) -> Result:
    """Two hundred cases urged by one job of the worker, row by row: its time, and what it cost for each."""
    from minsheng import wiring
    from minsheng.commands import bulk as many
    from minsheng.models.case import Case
    from minsheng.models.work import BulkJob

    codes = list(Case.objects.filter(state="handling", closed_at=None).order_by("id").values_list("code", flat=True)[:AT_ONCE])
    job = many.start("urge", codes, form={}, seen={}, once=str(time.monotonic_ns()), by=_dispatcher())
    postmaster = ground.server.postmaster()
    assert postmaster is not None
    before, began = (time.process_time(), machine.cpu_ms(postmaster)), time.monotonic()
    many.work_off(job, blobs=wiring.blobs(), printer=wiring.printer())
    seconds, row = time.monotonic() - began, BulkJob.objects.get(pk=job)
    good = sum(1 for result in row.results.values() if result["done"])
    return Result(
        "bulk", rps=row.total / seconds, cpu_ms_app=(time.process_time() - before[0]) * 1000 / row.total,
        cpu_ms_pg=(machine.cpu_ms(postmaster) - before[1]) / row.total, more={"cases": row.total, "done": good, "seconds": seconds},
    )  # fmt: skip


# --- the sweep ------------------------------------------------------------------------------------------------------------------


def sweep(ground: Ground) -> Result:
    """Many deadlines due at once: how long it takes, and the longest transaction meanwhile."""
    from django.db import connection

    from minsheng import clock
    from minsheng.commands import deadlines

    with connection.cursor() as cursor:
        cursor.execute("UPDATE ms_deadline SET next_at = NULL, steps = '[]' WHERE next_at <= now() + interval '1 hour'")
        cursor.execute(
            "UPDATE ms_deadline SET next_at = %(now)s, due_at = %(now)s, steps = jsonb_build_array(jsonb_build_object('at', %(at)s::text, 'name', 'due')) "
            "WHERE id IN (SELECT min(id) FROM ms_deadline WHERE kind IN ('answer', 'close') AND met_at IS NULL AND ended_at IS NULL "
            "AND paused_at IS NULL GROUP BY case_id LIMIT %(n)s)",
            {"now": clock.now(), "at": clock.now().isoformat(), "n": DUE_AT_ONCE},
        )
        due = cursor.rowcount
        cursor.execute("VACUUM ANALYZE ms_deadline")
    postmaster = ground.server.postmaster()
    assert postmaster is not None
    before = time.process_time(), machine.cpu_ms(postmaster)
    with _watched(ground.address) as longest:
        began = time.monotonic()
        fired = deadlines.sweep()
        seconds = time.monotonic() - began
    assert fired >= due, f"{due} were due, {fired} fired"
    return Result(
        "sweep", rps=fired / seconds, cpu_ms_app=(time.process_time() - before[0]) * 1000 / fired, cpu_ms_pg=(machine.cpu_ms(postmaster) - before[1]) / fired,
        more={"fired": fired, "seconds": seconds, "longest_lock_ms": longest[0]},
    )  # fmt: skip


@contextlib.contextmanager
def _watched(address: str) -> Iterator[list[float]]:
    """The age of the oldest transaction that writes, in ms, looked at every few milliseconds."""
    oldest, stop = [0.0], threading.Event()

    def look() -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            while not stop.wait(0.005):
                row = connection.execute(
                    "SELECT extract(epoch FROM max(clock_timestamp() - xact_start)) * 1000 FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                ).fetchone()
                oldest[0] = max(oldest[0], float(row[0] or 0) if row else 0.0)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield oldest
    finally:
        stop.set()
        thread.join()


# --- an installation --------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _running(place: Path) -> Iterator[tuple[int, float]]:
    """`make run` (or `minsheng up` where there is no Makefile): its process, and the seconds until the page answered."""
    port = free_port()
    environment = dict(os.environ, MINSHENG_VAR=str(place), PORT=str(port), CITY=CITY, DJANGO_SETTINGS_MODULE="minsheng.conf.dev")
    environment.pop("DATABASE_URL", None)
    makefile = (local.home() / "Makefile").exists()
    command = ["make", "-s", "run"] if makefile else [*MINSHENG, "up", "--city", CITY, "--port", str(port)]
    log = (place / "run.log").open("wb")
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=local.home(), env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        while not _answers(f"http://127.0.0.1:{port}/"):
            if process.poll() is not None or time.monotonic() - began > 300:
                raise click.ClickException(f"It did not start; its words are in {place / 'run.log'}.")
            time.sleep(0.02)
        yield process.pid, time.monotonic() - began
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
        log.close()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 (our own)
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def memory(ground: Ground) -> Result:
    """Web, worker, PostgreSQL and their supervisor, some while after the start with nothing to do."""
    with _running(_installation(ground)) as (pid, _):
        time.sleep(min(IDLE_SECONDS, ground.seconds))
        parts = {"web": 0.0, "worker": 0.0, "postgresql": 0.0, "supervisor": 0.0}
        for one in machine.family(pid):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                parts[_part(one)] += machine.memory_mb(one)
    return Result("memory", more={"mb": sum(parts.values()), **{f"mb_{name}": value for name, value in parts.items()}})


def _part(pid: int) -> str:
    line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    words_of = line.split()
    if b"postgres" in line.split(b":")[0]:
        return "postgresql"
    return "web" if b"serve" in words_of or b"granian" in line else "worker" if b"worker" in words_of else "supervisor"


def start(ground: Ground) -> Result:
    """`make run`, the second time: seconds until the page answers."""
    place = _installation(ground)
    with _running(place):
        pass
    with _running(place) as (_, seconds):
        pass
    return Result("start", more={"seconds": seconds})


def _installation(ground: Ground) -> Path:
    place = ground.place / "installation"
    place.mkdir(parents=True, exist_ok=True)
    return place


BENCHES: dict[str, Callable[[Ground], Result]] = {
    "create": create,
    "hall-json": hall_json,
    "hall-html": hall_html,
    "home-html": home_html,
    "request-html": request_html,
    "inbox": inbox,
    "worklist": worklist,
    "case-page": case_page,
    "move": move,
    "bulk": bulk,
    "pdf": pdf,
    "report": report,
    "shift": shift,
    "sweep": sweep,
    "simulate": lambda ground: Result("simulate", more=simulate.run(ground.server, seconds=ground.seconds)),
    "rehearse": lambda ground: Result("rehearse", more=rehearse.measure()),
    "score": score.score,
    "memory": memory,
    "start": start,
}
