"""环节动作: who may do what from where, why not in words, and that no case can get stuck under any city's rules."""

import re
from pathlib import Path

import pytest

from minsheng.domain.moves import MOVES, MOVES_ZH, NOTES, ask, graph, lands
from minsheng.domain.states import FINAL, OPEN, State, Who
from minsheng.policy.load import Rules, load, load_days
from minsheng.policy.schema import Profile

FILES = {path.stem: path.read_text("utf-8") for path in (Path(__file__).resolve().parents[2] / "profiles").glob("*.toml")}
CITIES = sorted(set(FILES) - {"base", "calendar"})
NOBODY: frozenset[str] = frozenset()


def rules(city: str) -> Rules:
    return load(FILES, name=city, days=load_days(FILES["calendar"]))


# --- the matrix: relation × state → moves -------------------------------------------------------------------------------------

#: Written by hand from the design, so that a slip in the table of moves shows. A state that is not named offers nothing.
MAY = {
    Who.CITIZEN: {
        "received registered dispatched handling parked": "withdraw supplement urge",
        "answered": "call_back rate reopen withdraw supplement urge",
        "closed": "call_back rate reopen",
        "declined referred": "reopen",
    },
    Who.OPERATOR: {
        "received": "register answer_at_once decline withdraw merge refer supplement amend urge",
        "registered": "answer_at_once decline withdraw merge refer supplement amend urge",
        "dispatched handling parked": "withdraw merge refer supplement amend urge",
        "answered": "call_back close reopen withdraw merge refer supplement amend urge",
        "closed": "call_back reopen",
        "declined referred": "reopen",
        "merged": "unmerge",
    },
    Who.DISPATCHER: {
        "received answered": "merge refer amend",
        "registered": "dispatch rule merge refer amend",
        "dispatched": "rule reassign forward merge refer amend",
        "handling": "rule reassign forward co_handle merge refer amend",
        "parked": "reassign merge refer amend",
        "merged": "unmerge",
    },
    Who.LEAD: {
        "dispatched": "escalate claim contact send_back progress",
        "handling": "escalate contact send_back co_handle progress reply extend answer park",
        "answered": "park",
        "parked": "progress unpark",
    },
    Who.CO: {"dispatched": "contact progress", "handling": "contact contribute progress", "parked": "contribute progress", "answered": "contribute"},
    Who.CHECKER: {"answered": "pass_check return_answer"},
    Who.SUPERVISOR: {
        "registered dispatched handling": "rule",
        "parked": "unpark",
        "answered": "pass_check return_answer reopen",
        "closed declined referred": "reopen",
    },
    Who.CALLBACK: {"answered": "call_back close reopen", "closed": "call_back reopen", "declined referred": "reopen"},
    Who.LEADER: {"received registered dispatched handling answered parked": "instruct"},
    Who.SYSTEM: {
        "received": "register",
        "registered": "dispatch",
        "answered": "pass_check return_answer call_back close reopen",
        "closed": "call_back reopen",
        "declined referred": "reopen",
    },
}


@pytest.mark.parametrize("who", Who)
@pytest.mark.parametrize("state", State)
def test_who_may_do_what(who: Who, state: State) -> None:
    expected = {action for states, actions in MAY[who].items() if state in states.split() for action in actions.split()}
    found = {action for action in MOVES if ask(action, state=state, who=frozenset({who}), disabled=NOBODY) is None}
    assert found == expected


def test_several_relations_add_up() -> None:
    both = frozenset({Who.LEAD, Who.DISPATCHER})
    assert ask("answer", state=State.HANDLING, who=both, disabled=NOBODY) is None
    assert ask("reassign", state=State.HANDLING, who=both, disabled=NOBODY) is None


def test_nobody_in_particular_may_do_nothing() -> None:
    assert all(ask(action, state=state, who=frozenset(), disabled=NOBODY) for action in MOVES for state in State)


# --- why not, in words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "state", "who", "disabled", "zh", "is_state"),
    [
        ("claim", State.HANDLING, Who.LEAD, "", "现在是「办理中」，「认领」只能在「待认领」时做。", True),
        ("answer", State.ANSWERED, Who.LEAD, "", "现在是「已答复」，「答复」只能在「办理中」时做。", True),
        ("rate", State.HANDLING, Who.CITIZEN, "", "现在是「办理中」，「评价」只能在「已答复、已办结」时做。", True),
        ("receive", State.RECEIVED, Who.CITIZEN, "", "现在是「待受理」，「收件」只能在「收件前」时做。", True),
        ("answer", State.HANDLING, Who.CO, "", "「答复」由主办单位来做。", False),
        ("dispatch", State.REGISTERED, Who.LEAD, "", "「派单」由派单员、系统来做。", False),
        ("return_answer", State.ANSWERED, Who.LEAD, "", "「退回重答」由质检员、督办员、系统来做。", False),
        ("claim", State.DISPATCHED, Who.LEAD, "claim", "本市规则没有「认领」这一步。", True),
        # the state is named before the person: what cannot be done now by anybody is not a question of rights
        ("answer", State.CLOSED, Who.CITIZEN, "", "现在是「已办结」，「答复」只能在「办理中」时做。", True),
    ],
)
def test_why_not_in_words(action: str, state: State, who: Who, disabled: str, zh: str, *, is_state: bool) -> None:
    reason = ask(action, state=state, who=frozenset({who}), disabled=frozenset(disabled.split()))
    assert reason is not None
    assert (reason.action, reason.zh, reason.state) == (action, zh, is_state)


@pytest.mark.parametrize("action", MOVES)
def test_every_refusal_has_words_in_both_languages(action: str) -> None:
    for state in State:
        for who in Who:
            reason = ask(action, state=state, who=frozenset({who}), disabled=NOBODY)
            if reason is not None:
                assert MOVES_ZH[action] in reason.zh
                assert action in reason.en
                assert not re.search(r"[A-Za-z_]", reason.zh), "no code on a Chinese screen"
                assert not re.search(r"[一-鿿]", reason.en)
                assert reason.state is (state not in MOVES[action].start)


# --- where a move leads -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "state", "disabled", "end"),
    [
        ("dispatch", "registered", "", "dispatched"),
        ("dispatch", "registered", "claim", "handling"),
        ("reassign", "handling", "", "dispatched"),
        ("reassign", "parked", "claim", "handling"),
        ("escalate", "handling", "claim", "handling"),
        ("contact", "dispatched", "", "handling"),
        ("contact", "handling", "", "handling"),
        ("send_back", "handling", "claim", "registered"),
        ("progress", "parked", "", "parked"),
        ("answer", "handling", "", "answered"),
        ("return_answer", "answered", "", "handling"),
        ("reopen", "closed", "", "handling"),
        ("reopen", "answered", "claim", "handling"),
        ("reopen", "declined", "", "registered"),
        ("reopen", "referred", "claim", "registered"),
        ("withdraw", "handling", "", "withdrawn"),
        ("rate", "closed", "", "closed"),
    ],
)
def test_where_a_move_leads(action: str, state: str, disabled: str, end: str) -> None:
    assert lands(action, state=State(state), disabled=frozenset(disabled.split())) == end


def _reach(edges: dict[State, frozenset[State]], start: State) -> set[State]:
    seen, todo = {start}, [start]
    while todo:
        for state in edges[todo.pop()] - seen:
            seen.add(state)
            todo.append(state)
    return seen


@pytest.mark.parametrize("city", CITIES)
def test_under_every_citys_rules_each_state_is_reached_and_each_open_one_has_a_way_out(city: str) -> None:
    """The enabled graph, without withdrawing and merging, which lead out of everywhere and would hide a trap."""
    disabled = rules(city).profile.disabled
    edges = graph(disabled)
    expected = set(State) - {State.WITHDRAWN, State.MERGED} - ({State.DISPATCHED} if "claim" in disabled else set())
    reached = _reach(edges, State.RECEIVED)
    assert reached == expected
    for state in reached & OPEN:
        assert edges[state] - {state}, f"{city}: nothing leads out of {state}"
        assert State.CLOSED in _reach(edges, state), f"{city}: a case in {state} can never be closed"
    for state in FINAL - {State.CLOSED, State.DECLINED, State.REFERRED}:
        assert edges[state] == frozenset(), f"{city}: {state} is the end"


@pytest.mark.parametrize("city", CITIES)
def test_whoever_holds_an_open_case_can_move_it(city: str) -> None:
    """In every open state there is a person, not only the system, who can bring the case on."""
    disabled = rules(city).profile.disabled
    people = frozenset(Who) - {Who.SYSTEM, Who.CITIZEN}
    for state in _reach(graph(disabled), State.RECEIVED) & OPEN:
        on = [a for a, m in MOVES.items() if a not in ("withdraw", "merge") and m.who & people and ask(a, state=state, who=people, disabled=disabled) is None]
        assert any(lands(action, state=state, disabled=disabled) is not state for action in on), f"{city}: {state}"


# --- the words are complete ---------------------------------------------------------------------------------------------------


def test_every_move_is_complete() -> None:
    lists = {name for name, field in Profile.model_fields.items() if "Rule" in str(field.annotation)}
    assert {"intake", "callback", "publicity"} <= lists, "the lists of rules are found"
    for action, move in MOVES.items():
        assert move.action == action
        assert re.fullmatch(r"[一-鿿]{2,5}", move.zh), action
        assert move.who, f"{action}: nobody may do it"
        assert move.start or action == "receive"
        assert not move.question or move.question in lists, f"{action} asks “{move.question}”, which no profile answers"
    assert len(set(MOVES_ZH.values())) == len(MOVES), "no two moves share a word"


def test_moves_and_notes_are_two_things() -> None:
    assert not set(MOVES) & set(NOTES)
    assert all(re.fullmatch(r"[一-鿿]{2,6}", zh) for zh in NOTES.values())
    assert all(len(name) <= 20 for name in (*MOVES, *NOTES)), "the journal's column holds twenty letters"
