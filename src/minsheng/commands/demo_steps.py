"""演示: the steps that many courses share: to the unit, taken on, done, answered, judged."""

from minsheng.commands import answering, approvals, callback, dispatch, handling, intake, measures
from minsheng.commands.demonstrating import Course, Matter, Stage
from minsheng.domain.access import HOLDER
from minsheng.domain.states import State


def to_the_unit(stage: Stage, matter: Matter, code: str) -> Course:
    """受理、派单: the desk does what the rules have left to it."""
    yield stage.soon(2)
    if stage.state(code) is State.RECEIVED:
        intake.register(code, by=stage.role("operator"), category=stage.facts(code).category or matter.category)
    stage.release(code)
    if stage.state(code) is State.REGISTERED:
        yield stage.soon(0.5)
        dispatch.dispatch(code, lead=stage.chosen(code), by=stage.role("dispatcher"))


def taken(stage: Stage, matter: Matter, code: str) -> Course:
    """认领、联系: the unit takes it on and speaks with the person."""
    yield from to_the_unit(stage, matter, code)
    if stage.state(code) is State.DISPATCHED:
        yield stage.before(code, 0.2, kind="claim")
        handling.claim(code, by=stage.lead(code))
    yield stage.before(code, 0.5, kind="contact")
    if stage.facts(code).requester != "anonymous":
        handling.contact(code, method="phone", note=matter.contact, by=stage.lead(code))


def done(stage: Stage, matter: Matter, code: str) -> Course:
    """办理、答复: a word on the way, the work, the answer, its check."""
    if matter.reply:
        yield stage.before(code, 0.3)
        promised = stage.working_day(2)
        handling.reply(code, text=stage.words(matter.reply, soon=promised), promised_on=promised, by=stage.lead(code))
        stage.release(code)
    if matter.progress:
        yield stage.office(2)
        handling.progress(code, text=matter.progress, by=stage.lead(code))
    yield stage.before(code, 0.7)
    yield from answered(stage, code, matter.answer, outcome=matter.outcome, photo=matter.photo)


def answered(stage: Stage, code: str, text: str, *, outcome: str = "solved", photo: str = "") -> Course:
    """答复、质检: what the unit says, read by a checker where the city wants it."""
    evidence = [stage.photo(photo, done=True)] if photo else []
    answering.answer(code, outcome=outcome, text=stage.words(text), evidence=evidence, by=stage.lead(code))
    facts = stage.facts(code)
    if not facts.checked and facts.state is State.ANSWERED:
        yield stage.office(1.5)
        # A checker may not read 举报: there the supervisor reads the answer.
        answering.pass_check(code, by=stage.role("supervisor" if facts.visibility == "secret" else "checker"))
    stage.release(code)


def judged(stage: Stage, matter: Matter, code: str) -> Course:
    """评价、回访: the person judges; whom nobody asks and who says nothing is closed by time, and counted nowhere as content."""
    if matter.rating is not None:
        yield stage.soon(190)
        if stage.state(code) in (State.ANSWERED, State.CLOSED):
            callback.rate(code, level=matter.rating, reasons=matter.complaint if matter.rating <= 3 else "", by=HOLDER)
    if matter.callback == "good" and stage.waits_for(code, "callback"):
        yield stage.office(5)
        if stage.state(code) in (State.ANSWERED, State.CLOSED):
            callback.call_back(code, reached=True, contacted=True, solved=True, satisfied=True, by=stage.role("callback"))


def measures_answered(stage: Stage, code: str, text: str) -> Course:
    """督办单: the unit answers what was opened against it; the supervisor takes it off the list."""
    opened = [(int(n), m) for n, m in stage.facts(code).measures.items() if m["status"] == "opened" and m["kind"] != "reminder" and stage.staffed(m["unit"])]
    for number, measure in opened:
        measures.answer(code, number, text=text, by=stage.staff(measure["unit"]))
    if opened:
        yield stage.office(3)
        for number, _ in opened:
            measures.close(code, number, by=stage.role("supervisor"))


def consented(stage: Stage, code: str) -> Course:
    """审批同意, where the city asks for it."""
    for number, approval in stage.facts(code).approvals.items():
        if approval["status"] == "asked":
            yield stage.office(1)
            approvals.grant(code, int(number), by=stage.role("dispatcher"))
