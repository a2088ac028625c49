"""时限到点: what happens when a clock reaches a step. Swept each minute and at start; several workers at once, nothing twice, nothing missed."""

from datetime import date, timedelta

from django.db import transaction

from minsheng import clock
from minsheng.casework import Work, batchwork, sweepwork
from minsheng.domain.access import SYSTEM
from minsheng.domain.deadlines import PROMISES, Timer
from minsheng.models.deadline import Deadline, Outage, Pulse
from minsheng.policy import decide
from minsheng.policy.clockwork import whose
from minsheng.queries import rules as rulebook
from minsheng.reactions import take_step

#: Cases worked on in one transaction: short enough that no lock is held for a second.
BATCH = 25
#: A sweep that is this late means that the platform was down.
GAP = timedelta(minutes=5)


def sweep() -> int:
    """One round over everything that is due now; returns how many deadlines fired. Excuses an outage first, if there was one."""
    notice_outage()
    # Looked up once: what another worker has fired or holds by then is left alone, and what falls due meanwhile comes with the next round.
    due = Deadline.objects.filter(next_at__lte=clock.now()).order_by("next_at").values_list("case_id", flat=True)
    cases = list(dict.fromkeys(due))
    fired = sum(expire(cases[n : n + BATCH]) for n in range(0, len(cases), BATCH))
    Pulse.objects.update_or_create(name="sweep", defaults={"at": clock.now()})
    return fired


def expire(cases: list[int]) -> int:
    """Fire what is due in these cases, in one transaction."""
    fired = 0
    with sweepwork(cases) as works:
        for work in works.values():
            for timer in list(work.timers):
                if timer.next_at is not None and timer.next_at <= work.now:
                    fire(work, timer)
                    fired += 1
    return fired


def fire(work: Work, timer: Timer) -> None:
    """The clock has reached one or more steps: record it, and act on the last one reached. Lateness is that of the timestamps."""
    taken = timer.reached(work.now)
    last = taken[-1]
    missed = any(step["name"] == "due" for step in taken) and timer.kind in PROMISES and not timer.explanation.get("missed")
    if missed:
        timer.explanation["missed"] = True
    unit = whose(work, timer)
    event = work.note("deadline_step", by=SYSTEM, data={
        "clock": timer.kind, "order": timer.order, "due": timer.due_at.isoformat(), "step": last["name"], "missed": missed, "for": unit or work.facts.holder(),
        "overtaken": [step["rule"] if "rule" in step else step["name"] for step in taken[:-1]],
    })  # fmt: skip
    if last["name"] == "ladder":
        path = last["rule"]
        take_step(work, path, decide.step_at(work.rules, path), ladder=timer.kind, evidence=[event.seq], owner=unit)
    if any(step["name"] == "due" for step in taken) and timer.kind in _BY_ITSELF:
        _BY_ITSELF[timer.kind](work)


def _close_by_silence(work: Work) -> None:
    """Nobody objected in time. Closed so is silence: it counts nowhere as satisfied. Where somebody objects, a person decides."""
    if not work.facts.disputes and work.why_not("close", by=SYSTEM) is None:
        work.move("close", data={"because": "silence"}, by=SYSTEM)


#: What a clock brings about by itself when it is due.
_BY_ITSELF = {"confirm": _close_by_silence}


# --- outages ----------------------------------------------------------------------------------------------------------------


def notice_outage() -> None:
    """停机免责: the sweep was silent longer than GAP, so the platform was down; that time is not the units'."""
    now = clock.now()
    with transaction.atomic():
        pulse = Pulse.objects.select_for_update().filter(name="sweep").first()
        if pulse is not None and now - pulse.at > GAP:
            Outage.objects.create(start=pulse.at, end=now)
            pulse.at = now
            pulse.save(update_fields=["at"])
    for outage in Outage.objects.filter(finished=False).order_by("id"):
        _excuse(outage)


def _excuse(outage: Outage) -> None:
    """Move the clocks that ran through the outage, a batch of cases a transaction, resumable. The journal of each case says so."""
    while not outage.finished:
        with transaction.atomic():
            outage = Outage.objects.select_for_update().get(pk=outage.pk)
            ran = Deadline.objects.filter(met_at=None, ended_at=None, paused_at=None, started_at__lt=outage.end, due_at__gt=outage.start)
            ids = list(ran.filter(case__gt=outage.done_upto).order_by("case").values_list("case", flat=True).distinct()[:BATCH])
            with batchwork(ids) as works:
                for work in works.values():
                    moved = [timer for timer in work.timers if timer.running and timer.excuse(outage.start, outage.end)]
                    if moved:
                        work.note("recomputed", by=SYSTEM, data={
                            "outage": {"from": outage.start.isoformat(), "to": outage.end.isoformat()},
                            "clocks": [{"kind": timer.kind, "due": timer.due_at.isoformat()} for timer in moved],
                        })  # fmt: skip
                    outage.excused += len(moved)
            outage.done_upto = ids[-1] if ids else outage.done_upto
            outage.finished = not ids
            outage.save()


def recompute(cases: list[int]) -> int:
    """重算: a calendar year was published; clocks that were counted provisionally are counted again. Returns how many moved."""
    moved = 0
    rulebook.forget()
    with sweepwork(cases) as works:
        for work in works.values():
            waiting = [t for t in work.timers if t.explanation.get("provisional")]
            changed = [t for t in waiting if t.recompute(work.rules.calendar)]
            for timer in waiting:
                if timer not in changed and "provisional" not in timer.explanation:
                    # Due when it was due, but no longer provisionally: nothing happened that the journal would tell.
                    rows = Deadline.objects.filter(case=work.case, kind=timer.kind, round=timer.round, order=timer.order, subject=timer.subject)
                    rows.filter(met_at=None, ended_at=None).update(explanation=timer.explanation)
            if changed:
                work.note("recomputed", by=SYSTEM, data={"clocks": [{"kind": t.kind, "due": t.due_at.isoformat()} for t in changed]})
            moved += len(changed)
    return moved


def recount(cases: list[int], *, day: date) -> int:
    """按新日历重算: an administrator has set a day; running clocks of these cases are counted again. Extended, paused and excused clocks keep theirs."""
    moved = 0
    with batchwork(cases) as works:
        for work in works.values():
            changed = [t for t in work.timers if t.running and t.recompute(work.rules.calendar)]
            if changed:
                clocks = [{"kind": t.kind, "due": t.due_at.isoformat()} for t in changed]
                work.note("recomputed", by=SYSTEM, data={"day": day.isoformat(), "clocks": clocks})
            moved += len(changed)
    return moved


def provisional() -> list[int]:
    """Cases with a clock that was counted before its calendar year was published."""
    return list(Deadline.objects.filter(ended_at=None, met_at=None, explanation__has_key="provisional").values_list("case_id", flat=True).distinct())
