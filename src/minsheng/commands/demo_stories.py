"""演示: the courses that the demo's cases take. Each yields the moment at which it goes on; what the rules do by themselves happens in between.

A course asks the case where it stands instead of assuming it: cities differ in who looks first, whether a unit claims, and what is checked.
"""

from collections.abc import Callable
from datetime import timedelta

from minsheng.commands import amending, answering, approvals, callback, campaigns, dispatch, handling, intake, measures, people
from minsheng.commands.demo_steps import answered, consented, done, judged, measures_answered, taken, to_the_unit
from minsheng.commands.demonstrating import Course, Matter, Stage
from minsheng.domain.access import HOLDER
from minsheng.domain.states import State
from minsheng.policy.directory import Place

DESK = frozenset({State.RECEIVED, State.REGISTERED})
UNTIL_REVIEW = timedelta(days=60)


# --- the usual way ----------------------------------------------------------------------------------------------------------------


def plain(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """Filed, taken on, done, judged."""
    code = stage.file(matter, place=place)
    yield from taken(stage, matter, code)
    yield from done(stage, matter, code)
    yield from judged(stage, matter, code)


# --- late, silent, not content ------------------------------------------------------------------------------------------------------


def late(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """Nobody moves until a day and a half after the answer was due; then the unit answers, also for its delay."""
    code = stage.file(matter, place=place)
    yield from to_the_unit(stage, matter, code)
    yield stage.due(code, "answer") + timedelta(hours=30)
    yield stage.office(1)
    if stage.state(code) is State.DISPATCHED:
        handling.claim(code, by=stage.lead(code))
    handling.contact(code, method="visit", note="上门道歉，当场看了现场。", by=stage.lead(code))
    yield stage.office(4)
    yield from answered(stage, code, matter.answer)
    yield stage.office(1)
    yield from measures_answered(stage, code, "已经办完，原因是派工漏了一环，现已改为每天早会核对工单。")
    yield from judged(stage, matter, code)


def silent(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """Handed over, and nobody ever moves: the ladder climbs by itself."""
    code = stage.file(matter, place=place)
    yield from to_the_unit(stage, matter, code)


def broken_promise(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """A day is promised and not kept; the answer comes two working days later."""
    code = stage.file(matter, place=place)
    yield from taken(stage, matter, code)
    yield stage.before(code, 0.4)
    promised = stage.working_day(2)
    handling.reply(code, text=stage.words(matter.reply, soon=promised), promised_on=promised, by=stage.lead(code))
    stage.release(code)
    yield stage.due(code, "promise") + timedelta(days=2)
    yield stage.office(2)
    yield from answered(stage, code, matter.answer)
    yield stage.soon(240)
    if stage.state(code) in (State.ANSWERED, State.CLOSED):
        callback.rate(code, level=2, reasons="说好的日子没有来。", by=HOLDER)


def unhappy_open(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """The answer says nothing was done; the person says so; a new round begins."""
    code = stage.file(matter, place=place)
    yield from not_content(stage, matter, code)


def unhappy(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """Not content, done again, content."""
    code = stage.file(matter, place=place)
    yield from not_content(stage, matter, code)
    yield stage.before(code, 0.6)
    yield from answered(stage, code, matter.second)
    yield from judged(stage, matter, code)


def not_content(stage: Stage, matter: Matter, code: str) -> Course:
    """A bad rating, a call that hears why, a new round, and the unit speaks with the person once more."""
    yield from taken(stage, matter, code)
    yield stage.before(code, 0.5)
    yield from answered(stage, code, matter.answer, outcome="partly")
    yield stage.soon(300)
    callback.rate(code, level=1, reasons=matter.complaint, by=HOLDER)
    yield stage.office(4)
    callback.call_back(code, reached=True, contacted=True, solved=False, satisfied=False, note=matter.complaint, by=stage.role("callback"))
    if stage.state(code) is not State.HANDLING:
        callback.reopen(code, reason=matter.complaint, by=HOLDER)
    yield stage.office(2)
    handling.contact(code, method="visit", note="又上门看了一次，问清了没有解决的地方。", by=stage.lead(code))


# --- whose is it ------------------------------------------------------------------------------------------------------------------


def dispute(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """Two units refuse; a ruling names who looks after it meanwhile."""
    code = stage.file(matter, place=place)
    yield from to_the_unit(stage, matter, code)
    first = stage.lead(code).units()[0]
    second = stage.other(first)
    yield stage.office(3)
    yield from refused(stage, code, proposed=second, reason="这一段在界线外，不在我们的保洁范围，建议由对方办。")
    yield stage.soon(20)
    dispatch.dispatch(code, lead=second, by=stage.role("dispatcher"))
    yield stage.office(4)
    yield from refused(stage, code, proposed=first, reason="这一段没有列入今年的养护合同，没有人员和经费。")
    yield stage.office(5)
    until = stage.today + UNTIL_REVIEW
    basis = "现场量过界线，跨两边。界线明年重划，在此之前由先接单的单位管，费用年底结算。"
    dispatch.rule(code, lead=first, basis=basis, interim_until=until, by=stage.role("supervisor"))
    yield stage.office(2)
    if stage.state(code) is State.DISPATCHED:
        handling.claim(code, by=stage.lead(code))
    handling.contact(code, method="phone", note="告诉诉求人由谁来办、什么时候清。", by=stage.lead(code))
    yield from done(stage, matter, code)
    yield from judged(stage, matter, code)


def refused(stage: Stage, code: str, *, proposed: str, reason: str) -> Course:
    """退单: the unit refuses with a proposed owner; who may consent consents."""
    if stage.state(code) is State.DISPATCHED and "send_back" not in stage.rules.profile.approvals:
        handling.claim(code, by=stage.lead(code))
    dispatch.send_back(code, reason=reason, proposed=proposed, by=stage.lead(code))
    yield stage.office(1)
    yield from consented(stage, code)


def refusing(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """A refusal that waits for consent."""
    code = stage.file(matter, place=place)
    yield from to_the_unit(stage, matter, code)
    yield stage.soon(50)
    lead = stage.lead(code)
    dispatch.send_back(code, reason="护坡由河道管理单位维护，请转给他们。", proposed=stage.other(lead.units()[0]), by=lead)


def sent_back(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """Refused with consent: the dispatcher has to find its unit anew."""
    code = stage.file(matter, place=place)
    yield from to_the_unit(stage, matter, code)
    yield stage.soon(40)
    lead = stage.lead(code)
    dispatch.send_back(code, reason=matter.reason, proposed=stage.other(lead.units()[0]), by=lead)
    yield stage.soon(30)
    for number, approval in stage.facts(code).approvals.items():
        if approval["status"] == "asked":
            approvals.grant(code, int(number), by=stage.role("dispatcher"))


def parked(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """Cannot be done now: parked with a plan, an owner and a day on which it is looked at again."""
    code = stage.file(matter, place=place)
    yield from taken(stage, matter, code)
    yield stage.before(code, 0.5)
    lead = stage.lead(code)
    handling.park(code, plan=matter.plan, owner=lead.units()[0], review_on=stage.today + UNTIL_REVIEW, by=lead)
    yield from consented(stage, code)


def extended(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """More time, with consent; then done."""
    code = stage.file(matter, place=place)
    yield from taken(stage, matter, code)
    yield stage.before(code, 0.4)
    handling.extend(code, by_how_much="5 working days", reason=matter.reason, by=stage.lead(code))
    yield from consented(stage, code)
    yield stage.before(code, 0.6)
    yield from answered(stage, code, matter.answer)
    yield from judged(stage, matter, code)


def asking_time(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """A request for more time that waits for consent."""
    code = stage.file(matter, place=place)
    yield from taken(stage, matter, code)
    yield stage.soon(60)
    handling.extend(code, by_how_much="3 working days", reason=matter.reason, by=stage.lead(code))


# --- many people, many places -------------------------------------------------------------------------------------------------------


def merged(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """Three people tell the same: one case, all of them told."""
    code = stage.file(matter, place=place)
    yield from to_the_unit(stage, matter, code)
    again = []
    for body in matter.others:
        yield stage.soon(25)
        again.append(stage.file(matter, body=body, place=place))
    yield stage.soon(15)
    amending.merge(again, into=code, by=stage.role("dispatcher"))
    yield stage.before(code, 0.2, kind="claim")
    if stage.state(code) is State.DISPATCHED:
        handling.claim(code, by=stage.lead(code))
    handling.contact(code, method="visit", note=matter.contact, by=stage.lead(code))
    yield from done(stage, matter, code)
    yield from judged(stage, matter, code)


def supported(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """Others have met it too."""
    code = stage.file(matter, place=place)
    yield from taken(stage, matter, code)
    for n, name in enumerate(("赵女士", "孙先生", "周女士", "何先生")):
        yield stage.soon(95)
        if stage.facts(code).released:
            people.support(code, name=name, phone=f"1380009000{n}", by=HOLDER)
    yield from done(stage, matter, code)
    yield from judged(stage, matter, code)


def campaign(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """举一反三: one report opens a sweep of similar places, each with an owner and a day."""
    code = stage.file(matter, place=place)
    yield from taken(stage, matter, code)
    yield stage.soon(200)
    others = [stage.file(matter, body=body, place=place) for body in matter.others]
    for other in others:
        yield from taken(stage, matter, other)
    yield stage.office(3)
    lead = stage.lead(code)
    owner = lead.units()[0]
    due = stage.working_day(10)
    spots = [campaigns.Place(name=name, owner=owner, due_on=due, plan="起砖、夯实、重铺，修好后拍照。") for name in matter.spots]
    made = campaigns.open_campaign(name=matter.campaign, goal=matter.goal, unit=owner, spots=spots, due_on=due, by=lead)
    campaigns.gather(made, [code, *others], by=stage.role("dispatcher"))
    for number in range(1, len(spots) - 1):
        yield stage.office(7)
        campaigns.spot_done(made, number, evidence=[f"第 {number} 处完工照片"], by=stage.lead(code))
        if number == 2:
            text = "已经查出松动路段 6 处，原因是垫层不实，{day} 修好 2 处约 180 平方米，其余 4 处十个工作日内完工。"
            for one in (code, *others):
                yield from answered(stage, one, text, outcome="partly", photo=matter.photo)


# --- with a leader, with others, with a checker -------------------------------------------------------------------------------------


def instructed(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """批示: a leader instructs the unit the same day."""
    code = stage.file(matter, place=place)
    yield from to_the_unit(stage, matter, code)
    yield stage.soon(80)
    unit = stage.lead(code).units()[0]
    measures.instruct(code, text=matter.instruction, unit=unit, answer_on=stage.working_day(2), by=stage.role("leader"))
    yield stage.soon(60)
    if stage.state(code) is State.DISPATCHED:
        handling.claim(code, by=stage.lead(code))
    handling.contact(code, method="visit", note="和社区一起上门，看了家里的情况。", by=stage.lead(code))
    yield stage.office(3)
    yield from measures_answered(stage, code, "已经上门核实，当天办理，结果见答复。")
    yield from done(stage, matter, code)
    yield from judged(stage, matter, code)


def together(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """协办: the lead unit asks another for its part."""
    code = stage.file(matter, place=place)
    yield from taken(stage, matter, code)
    yield stage.soon(30)
    busy = {order.unit for order in stage.facts(code).active_orders()}
    other = stage.other(*busy)
    handling.co_handle(code, units=[other], request=matter.request, by=stage.lead(code))
    yield stage.office(4)
    handling.contribute(code, opinion=matter.opinion, by=stage.staff(other))
    yield from done(stage, matter, code)
    yield from judged(stage, matter, code)


def returned(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """退回重答: an answer made of phrases comes back; the second one says something."""
    code = stage.file(matter, place=place)
    yield from taken(stage, matter, code)
    yield stage.before(code, 0.4)
    answering.answer(code, outcome="explained", text=matter.officialese, by=stage.lead(code))
    if stage.state(code) is State.ANSWERED:
        yield stage.office(1)
        answering.return_answer(code, remarks=matter.remarks, by=stage.role("checker"))
    yield stage.before(code, 0.8)
    yield from answered(stage, code, matter.answer)
    yield from measures_answered(stage, code, "已按要求重写，查清了车位和月卡的数目。")


def urged(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """补充、催办: the person adds a word and asks for haste."""
    code = stage.file(matter, place=place)
    yield from taken(stage, matter, code)
    yield stage.soon(400)
    amending.supplement(code, text=matter.supplement, by=HOLDER)
    amending.urge(code, by=HOLDER)
    yield from done(stage, matter, code)
    yield from judged(stage, matter, code)


# --- answered at once, not accepted, handed on, taken back ----------------------------------------------------------------------------


def at_once(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """当场答复: answered in the call and closed in the call; what the rules have handed over already is answered by its unit."""
    code = stage.file(matter, place=place, with_category=False)
    if stage.state(code) not in DESK:
        yield from taken(stage, matter, code)
        yield from done(stage, matter, code)
        yield from judged(stage, matter, code)
        return
    yield stage.soon(3)
    answering.answer_at_once(code, text=stage.words(matter.answer), category=matter.category, by=stage.role("operator"))
    yield stage.soon(1)
    callback.call_back(code, reached=True, contacted=True, solved=True, satisfied=True, by=stage.role("operator"))


def declined(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """不予受理: with reason, basis and how to appeal; what has been handed over already is handed on to where it belongs."""
    code = stage.file(matter, place=place, with_category=False)
    yield stage.soon(6)
    if stage.state(code) in DESK:
        intake.decline(code, reason=matter.reason, basis=matter.basis, appeal=matter.appeal, by=stage.role("operator"))
    else:
        dispatch.refer(code, to="court", reason=matter.reason, record="法院诉讼服务热线 12368", by=stage.role("dispatcher"))


def referred(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """转出: at once, with the number of the record there."""
    code = stage.file(matter, place=place)
    yield stage.soon(1)
    dispatch.refer(code, to=matter.to, reason=matter.reason, record=matter.record, by=stage.role("dispatcher"))


def withdrawn(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """撤回: the person takes it back."""
    code = stage.file(matter, place=place)
    yield stage.soon(150)
    amending.withdraw(code, reason=matter.reason, by=HOLDER)


def secret(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """举报: nobody to speak with, nobody but those who work on it may read it."""
    code = stage.file(matter, place=place)
    yield from taken(stage, matter, code)
    yield from done(stage, matter, code)


def waiting(stage: Stage, matter: Matter, place: Place | None) -> Course:
    """Nobody has looked yet."""
    stage.file(matter, place=place)
    yield stage.soon(1)


_ALL: tuple[Callable[[Stage, Matter, Place | None], Course], ...] = (
    plain, late, silent, broken_promise, unhappy, unhappy_open, dispute, refusing, sent_back, parked, extended, asking_time, merged, supported, campaign,
    instructed, together, returned, urged, at_once, declined, referred, withdrawn, secret, waiting,
)  # fmt: skip
COURSES = {course.__name__: course for course in _ALL}
"""The course of each `story` that demo.toml may name."""
