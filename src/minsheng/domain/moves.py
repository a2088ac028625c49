"""The table of moves 环节动作: what can happen to a case, from where, to where, by whom.

Docs, the diagram, the buttons of a screen and the API's `available_moves` all come from `MOVES`.
A profile may disable rows, demand an approval and answer the questions; it cannot add states.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from minsheng.domain.states import OPEN, STATE_ZH, WHO_ZH, State, Who

R, G, D, H, A, P = State.RECEIVED, State.REGISTERED, State.DISPATCHED, State.HANDLING, State.ANSWERED, State.PARKED
C, X, F, W, M = State.CLOSED, State.DECLINED, State.REFERRED, State.WITHDRAWN, State.MERGED
SAME = None
citizen, operator, dispatcher, lead, co = Who.CITIZEN, Who.OPERATOR, Who.DISPATCHER, Who.LEAD, Who.CO
checker, supervisor, leader, system, callback = Who.CHECKER, Who.SUPERVISOR, Who.LEADER, Who.SYSTEM, Who.CALLBACK


@dataclass(frozen=True, slots=True)
class Move:
    """One row: the action, its Chinese word, states it starts from, state it ends in (None: stays), and whose it is.

    `question` names the list of rules in the profile that is asked, "" where none is.
    """

    action: str
    zh: str
    start: frozenset[State]
    end: State | None
    who: frozenset[Who]
    question: str


def _row(action: str, zh: str, start: Iterable[State], end: State | None, who: Iterable[Who], question: str = "") -> Move:
    return Move(action, zh, frozenset(start), end, frozenset(who), question)


# fmt: off
_TABLE = (
    #    action            中文        from          to    who                                        question to the profile
    _row("receive",        "收件",     (),           R,    (citizen, operator, lead, system),         "intake"),
    _row("register",       "受理",     (R,),         G,    (operator, system),                        "registration"),
    _row("answer_at_once", "当场答复", (R, G),       A,    (operator,),                               "publicity"),
    _row("decline",        "不予受理", (R, G),       X,    (operator,),                               "intake"),
    _row("dispatch",       "派单",     (G,),         D,    (dispatcher, system),                      "dispatch"),
    _row("rule",           "裁定",     (G, D, H),    D,    (dispatcher, supervisor),                  "send_back"),
    _row("reassign",       "改派",     (D, H, P),    D,    (dispatcher,),                             "dispatch"),
    _row("forward",        "转办",     (D, H),       D,    (dispatcher,),                             "dispatch"),
    _row("escalate",       "上交",     (D, H),       D,    (lead,),                                   "escalation"),
    _row("claim",          "认领",     (D,),         H,    (lead,),                                   ""),
    _row("contact",        "联系",     (D, H),       H,    (lead, co),                                ""),
    _row("send_back",      "退单",     (D, H),       G,    (lead,),                                   "send_back"),
    _row("co_handle",      "协办",     (H,),         SAME, (lead, dispatcher),                        ""),
    _row("contribute",     "协办意见", (H, P, A),    SAME, (co,),                                     ""),
    _row("progress",       "进展",     (D, H, P),    SAME, (lead, co),                                ""),
    _row("reply",          "阶段答复", (H,),         SAME, (lead,),                                   "publicity"),
    _row("extend",         "延期",     (H,),         SAME, (lead,),                                   "extension"),
    _row("answer",         "答复",     (H,),         A,    (lead,),                                   "quality"),
    _row("pass_check",     "质检通过", (A,),         SAME, (checker, supervisor, system),             "quality"),
    _row("return_answer",  "退回重答", (A,),         H,    (checker, supervisor, system),             "quality"),
    _row("park",           "挂账",     (H, A),       P,    (lead,),                                   "parking"),
    _row("unpark",         "销账",     (P,),         H,    (lead, supervisor),                        "parking"),
    _row("call_back",      "回访",     (A, C),       SAME, (operator, callback, citizen, system),     "callback"),
    _row("rate",           "评价",     (A, C),       SAME, (citizen,),                                ""),
    _row("close",          "办结",     (A,),         C,    (operator, callback, system),              ""),
    _row("reopen",         "重办",     (A, C, X, F), H,    (citizen, operator, callback, supervisor, system), "reopening"),
    _row("withdraw",       "撤回",     OPEN,         W,    (citizen, operator),                       ""),
    _row("merge",          "并案",     OPEN,         M,    (operator, dispatcher),                    ""),
    _row("unmerge",        "拆开",     (M,),         SAME, (operator, dispatcher),                    ""),
    _row("refer",          "转出",     OPEN,         F,    (dispatcher, operator),                    ""),
    _row("supplement",     "补充",     OPEN,         SAME, (citizen, operator),                       ""),
    _row("amend",          "更正",     OPEN,         SAME, (operator, dispatcher),                    ""),
    _row("instruct",       "批示",     OPEN,         SAME, (leader,),                                 ""),
    _row("urge",           "催办",     OPEN,         SAME, (citizen, operator),                       "urging"),
)
# fmt: on

MOVES = {move.action: move for move in _TABLE}
MOVES_ZH = {move.action: move.zh for move in _TABLE}

#: reopen goes back to the unit that answered; a declined or referred case goes back to registration (no unit ever had it).
REOPENED_TO_REGISTERED = frozenset({State.DECLINED, State.REFERRED})

#: Entries of the journal that are not moves: they change no state and ask no relation.
NOTES = {
    "approval_asked": "申请",
    "approval_granted": "审批同意",
    "approval_refused": "审批不同意",
    "approval_lapsed": "审批失效",
    "deadline_step": "时限到点",
    "measure_opened": "开出措施",
    "measure_proposed": "建议措施",
    "measure_answered": "措施答复",
    "measure_returned": "措施退回重答",
    "measure_closed": "措施销号",
    "measure_withdrawn": "措施撤销",
    "contact_tried": "联系未成",
    "refused": "协办退出",
    "assigned": "分派到人",
    "entered": "登记当事人",
    "supported": "我也遇到",
    "left": "退出同诉",
    "confirmed": "确认办好",
    "disputed": "说没办好",
    "commented": "评论",
    "comment_shown": "评论公开",
    "comment_refused": "评论未通过",
    "comment_removed": "评论撤下",
    "gathered": "纳入专项",
    "spot": "点位进展",
    "split": "拆分",
    "absorbed": "并入",
    "detached": "拆出",
    "related": "关联",
    "notified": "通知",
    "released": "公开文本",
    "erased": "抹除",
    "recomputed": "重算时限",
    "noted": "内部留言",
    "alerted": "紧急上报",
    "callback_tried": "回访未通",
    "spot_checked": "抽检",
    "exemption_asked": "申请剔除",
    "exempted": "同意剔除",
    "exemption_refused": "不同意剔除",
}


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a move may not be made now, in words."""

    action: str
    zh: str
    en: str
    state: bool
    """True when the state is the reason (409), False when the person is (403)."""


@lru_cache(maxsize=4096)
def ask(action: str, *, state: State, who: frozenset[Who], disabled: frozenset[str]) -> WhyNot | None:
    """May this move be made now by somebody who stands so to the case? None means yes."""
    move = MOVES[action]
    if action in disabled:
        return WhyNot(action, f"本市规则没有「{move.zh}」这一步。", f"This city's rules have no step “{action}”.", True)
    if state not in move.start:
        started = "、".join(STATE_ZH[s] for s in State if s in move.start) or "收件前"
        return WhyNot(
            action,
            f"现在是「{STATE_ZH[state]}」，「{move.zh}」只能在「{started}」时做。",
            f"The case is {state.value}; “{action}” starts only from {', '.join(sorted(move.start)) or 'nothing'}.",
            True,
        )
    if not who & move.who:
        names = "、".join(WHO_ZH[w] for w in Who if w in move.who)
        return WhyNot(action, f"「{move.zh}」由{names}来做。", f"“{action}” is for: {', '.join(sorted(move.who))}.", False)
    return None


def lands(action: str, *, state: State, disabled: frozenset[str]) -> State:
    """The state after the move. Where a profile has no claim step, a dispatched case is in handling at once."""
    if action == "reopen" and state in REOPENED_TO_REGISTERED:
        return State.REGISTERED
    if action == "contact":
        return State.HANDLING
    end = MOVES[action].end
    if end is None:
        return state
    if end is State.DISPATCHED and "claim" in disabled:
        return State.HANDLING
    return end


def graph(disabled: frozenset[str]) -> dict[State, frozenset[State]]:
    """Edges of the enabled graph, without withdraw and merge (they lead out of everywhere)."""
    edges: dict[State, set[State]] = {state: set() for state in State}
    for action, move in MOVES.items():
        if action in disabled or action in {"withdraw", "merge", "unmerge", "receive"}:
            continue
        for state in move.start:
            edges[state].add(lands(action, state=state, disabled=disabled))
    return {state: frozenset(ends) for state, ends in edges.items()}
