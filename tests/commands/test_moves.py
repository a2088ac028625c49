"""The table of moves, asked through the commands: every action from every state, and by everybody whom it is not for."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from minsheng.commands import amending, answering, callback, dispatch, handling, intake, measures
from minsheng.domain.errors import NotAllowed, NotFound, WrongState
from minsheng.domain.moves import MOVES, MOVES_ZH
from minsheng.domain.states import STATE_ZH, WHO_ZH, State
from tests.commands import scenes
from tests.commands.scenes import CLERK, GOOD, LAMP, UNIT, unchanged
from tests.world import World

Make = Callable[..., World]


def _merge(code: str, *, by: Any) -> None:
    amending.merge([code], into=_OTHER[0], by=by)


_OTHER: list[str] = []
#: action → (command, its values, somebody who may)
WAYS: dict[str, tuple[Callable[..., Any], dict[str, Any], str]] = {
    "register": (intake.register, {"category": "020201"}, "desk1"),
    "answer_at_once": (answering.answer_at_once, {"text": GOOD}, "desk1"),
    "decline": (intake.decline, {"reason": "不归这里管。", "basis": "条例。", "appeal": "打热线。"}, "desk1"),
    "dispatch": (dispatch.dispatch, {"lead": UNIT}, "dispatch1"),
    "rule": (dispatch.rule, {"lead": UNIT, "basis": "路在辖区内。"}, "dispatch1"),
    "reassign": (dispatch.reassign, {"lead": "songtao", "reason": "改给街道。"}, "dispatch1"),
    "forward": (dispatch.forward, {"lead": "songtao", "reason": "转给街道。"}, "dispatch1"),
    "escalate": (dispatch.escalate, {"tried": "看过现场，要动主电缆。"}, CLERK),
    "claim": (handling.claim, {}, CLERK),
    "contact": (handling.contact, {"method": "phone"}, CLERK),
    "send_back": (dispatch.send_back, {"reason": "不归我们管。", "proposed": "songtao"}, CLERK),
    "co_handle": (handling.co_handle, {"units": ["yinxing"], "request": "请社区带路。"}, CLERK),
    "contribute": (handling.contribute, {"opinion": "看过了。"}, "songtao"),
    "progress": (handling.progress, {"text": "换了灯头。"}, CLERK),
    "reply": (handling.reply, {"text": "今天去看。"}, CLERK),
    "extend": (handling.extend, {"by_how_much": "1 working day", "reason": "缺货。"}, CLERK),
    "answer": (answering.answer, {"outcome": "solved", "text": GOOD}, CLERK),
    "pass_check": (answering.pass_check, {}, "checker1"),
    "return_answer": (answering.return_answer, {"remarks": "没有写哪天亮。"}, "checker1"),
    "park": (handling.park, {"plan": "等货。", "owner": UNIT, "review_on": date(2026, 4, 1)}, CLERK),
    "unpark": (handling.unpark, {"note": "货到了。"}, "supervisor1"),
    "call_back": (callback.call_back, {"reached": False}, "callback1"),
    "rate": (callback.rate, {"level": 5}, "citizen"),
    "close": (callback.close, {}, "desk1"),
    "reopen": (callback.reopen, {"reason": "又灭了。"}, "desk1"),
    "withdraw": (amending.withdraw, {"reason": "自己修好了。"}, "citizen"),
    "merge": (_merge, {}, "desk1"),
    "unmerge": (amending.unmerge, {"reason": "不是一件事。"}, "desk1"),
    "refer": (dispatch.refer, {"to": "police", "reason": "涉嫌盗窃。", "record": "接警 1 号"}, "desk1"),
    "supplement": (amending.supplement, {"text": "补充一点。"}, "citizen"),
    "amend": (amending.amend, {"urgency": "urgent", "reason": "有危险。"}, "desk1"),
    "instruct": (measures.instruct, {"unit": UNIT, "text": "抓紧办。"}, "leader1"),
    "urge": (amending.urge, {}, "citizen"),
}


def _declined(city: World) -> str:
    code = scenes.received(city)
    city.do(intake.decline, code, by="desk1", **WAYS["decline"][1])
    return code


def _by(action: str) -> Callable[[World], str]:
    def bring(city: World) -> str:
        code = scenes.handled(city)
        command, values, who = WAYS[action]
        city.do(command, code, by=who, **values)
        return code

    return bring


#: A case in each state.
SCENES: dict[State, Callable[[World], str]] = {
    State.RECEIVED: scenes.received,
    State.REGISTERED: scenes.registered,
    State.DISPATCHED: scenes.dispatched,
    State.HANDLING: scenes.handled,
    State.ANSWERED: scenes.answered,
    State.PARKED: scenes.parked,
    State.CLOSED: scenes.closed,
    State.DECLINED: _declined,
    State.REFERRED: _by("refer"),
    State.WITHDRAWN: _by("withdraw"),
    State.MERGED: _by("merge"),
}


@pytest.fixture
def city(world: Make) -> World:
    """Yunchuan, with one more case to merge into."""
    city = world("yunchuan")
    _OTHER[:] = [city.file(**LAMP)]
    return city


def test_every_move_of_the_table_has_its_command() -> None:
    """A row without a command would be a promise that nobody can keep."""
    assert WAYS.keys() == MOVES.keys() - {"receive"}
    assert SCENES.keys() == set(State)


@pytest.mark.parametrize("state", list(State))
def test_what_does_not_start_here_is_refused_in_words(city: World, state: State) -> None:
    """From every state, every move that does not start there: 环节不对, both states named, nothing written."""
    code = SCENES[state](city)
    assert city.state(code) == state
    for action, (command, values, who) in WAYS.items():
        if state in MOVES[action].start:
            continue
        with unchanged(), pytest.raises(WrongState) as refused:
            city.do(command, code, by=who if who == "citizen" else "dispatch1", **values)
        if action != "unmerge":
            assert STATE_ZH[state] in refused.value.zh and MOVES_ZH[action] in refused.value.zh, action
    city.holds()


ROLES = {
    "citizen": "citizen", "desk1": "operator", "checker1": "checker", "callback1": "callback", "supervisor1": "supervisor", "leader1": "leader",
    CLERK: "lead", "songtao": "co", "deputy1": "", "songtao-shijian": "", "discipline1": "",
}  # fmt: skip


@pytest.mark.parametrize("action", sorted(WAYS))
def test_who_it_is_not_for_is_told_whose_it_is(city: World, action: str) -> None:
    """In a state in which the move may be made, everybody else is refused: with the right people named, or as if the case did not exist."""
    state = next(s for s in (State.HANDLING, State.DISPATCHED, State.ANSWERED, *State) if s in MOVES[action].start)
    code = SCENES[state](city)
    if state is State.HANDLING:
        city.do(handling.co_handle, code, by=CLERK, units=["songtao"], request="请街道协助。")
    command, values, right = WAYS[action]
    for username, role in ROLES.items():
        if role in MOVES[action].who or username == right:
            continue
        with unchanged(), pytest.raises((NotAllowed, NotFound)) as refused:
            city.do(command, code, by=username, **values)
        if isinstance(refused.value, NotAllowed) and action != "unmerge":
            assert any(WHO_ZH[w] in refused.value.zh for w in MOVES[action].who), (username, refused.value.zh)
    assert city.state(code) == state


@pytest.mark.parametrize("action", sorted(set(WAYS) - {"contribute"}))
def test_whose_it_is_may(city: World, action: str) -> None:
    """The happy path of every move: it is in the journal, in its state, and rebuilt equals live."""
    state = next(s for s in (State.HANDLING, State.DISPATCHED, State.ANSWERED, *State) if s in MOVES[action].start)
    code = SCENES[state](city)
    command, values, right = WAYS[action]
    if action in ("call_back", "rate"):
        city.check(code)  # nobody judges what cannot be read yet
    city.do(command, code, by=right, **values)
    if action in ("send_back", "extend", "park"):
        scenes.granted(city, code)
    row = scenes.event(code, action)
    assert row.before == state
    assert row.after == (MOVES[action].end or row.after)
    city.holds()
