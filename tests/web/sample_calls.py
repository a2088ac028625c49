"""The hotline desk of 云川市, invented like the pages of `sample_desk`."""

from types import SimpleNamespace as Row
from typing import Any

from web.invented import at

from minsheng.domain.calls import SEAT_ZH, WRAP_UPS
from minsheng.web.formats import Due


def call(pk: int, status: str, word: str, icon: str, look: str, **more: Any) -> Row:
    values: dict[str, Any] = {
        "direction": "in", "number": "138 **** 0019", "hidden": False, "line": "12345", "extension": "8001", "user": 1, "who": "坐席 1027", "case": "",
        "at": at(19, 10, 21), "since": None, "lasted": "02:47", "live": False, "wrap_up": "", "transferred_to": "", "recorded": False, "good": False,
        "seated": "坐席 1027", "to_ring_back": False, "to_adopt": False, "to_wrap": False,
    }  # fmt: skip
    return Row(id=pk, status=status, word=word, icon=icon, look=look, **values | more)


TALKING = call(46, "answered", "正在通话", "phone", "doing", live=True, since=at(19, 10, 22))
RINGING = call(47, "ringing", "正在响铃", "bell-ringing", "soon", live=True, since=at(19, 10, 24), number="138 **** 0020", to_adopt=True)
MISSED = call(45, "missed", "未接", "alert-triangle", "over", to_ring_back=True)
DONE = call(44, "ended", "已挂断", "check", "done", wrap_up="已立案", case="20261119-0071", recorded=True)
HIDDEN = call(43, "ended", "已挂断", "check", "done", number="号码没有显示", hidden=True, who="", extension="", line="", to_wrap=True)
NAMES = ("kind", "title", "text", "place", "known", "category", "urgency", "requester", "name", "phone", "answer", "find")
BLANK = dict.fromkeys(NAMES, "") | {"kind": "enquiry", "public": "1", "used": []}
FILLED = BLANK | {
    "title": "前几天室温不够，热费怎么退", "text": "来电人住槐安里 11 栋，15 日供暖后室温不够，17 日修好。问这几天的热费怎么退。", "place": "槐安里 11 栋",
    "answer": "低于 18 度的按天退。", "used": ["heating-refund"],
}  # fmt: skip
NEAR = [Row(code="20261117-0311", title="整栋楼暖气不热", tag="handling", place="槐安里社区", at=at(17, 9), supporters=37)]

PAGE: dict[str, Any] = {
    "seat": Row(extension="8001", state="talking", word="通话中", since=at(19, 10, 22), taken_by=""),
    "call": TALKING,
    "other": RINGING,
    "mark": "8001.talking_46.answered.-_47.ringing.-",
    "kinds": [("enquiry", "咨询"), ("help", "求助"), ("complaint", "投诉")],
    "urgencies": [("normal", "一般"), ("urgent", "紧急")],
    "requesters": [("enterprise", "企业"), ("anonymous", "不留姓名")],
    "groups": (("供热", (("060101", "热费退还"), ("060102", "温度不达标"))),),
    "limits": {"title": 60, "text": 4000, "answer": 4000, "place": 200, "name": 40, "phone": 40, "find": 100},
    "emergency": [Row(to="police", number="110"), Row(to="fire", number="119"), Row(to="ambulance", number="120")],
    "form": Row(values=FILLED, errors={}),
    "seat_form": Row(values={"extension": ""}, errors={}),
    "states": [Row(value=state, word=SEAT_ZH[state]) for state in ("ready", "wrapping", "away")],
    "earlier": [
        Row(code="20261116-0090", title="11 栋暖气不热", tag="handling", at=at(16, 8), clock=Due(start=at(16, 8), due=at(20, 8)), open=True),
        Row(code="20260703-0012", title="垃圾清运时间太早", tag="closed", at=at(3, 8), clock=None, open=False),
    ],
    "before": [DONE],
    "wrap_ups": [(value, WRAP_UPS[value]) for value in ("wrong_number", "silent", "other")],
    "again": False,
    "guess": Row(code="060101", name="热费退还", share=94, because=["热费", "退"], unit="城北热力公司", danger=["煤气味"]),
    "near": NEAR,
    "answers": [
        Row(slug="heating-refund", title="室温不达标，热费怎么退", summary="低于 18 度的按天退；低于 16 度的，当天全退。", updated_at=at(1, 9)),
        Row(slug="heating-late", title="热费退还要多久到账", summary="", updated_at=at(2, 9)),
    ],
    "find": "热费 退",
    "waiting": Row(ringing=1, missed=7, open=0),
    "mine": Row(answered=46, spoken="3 分 12 秒"),
    "draft": "call-46",
    "done": None,
    "problem": None,
}
IDLE = PAGE | {
    "seat": None, "call": None, "other": None, "form": Row(values=BLANK, errors={}), "earlier": [], "before": [], "guess": None, "near": [], "answers": [],
    "find": "", "draft": "call-new",
}  # fmt: skip
LIST: dict[str, Any] = {
    "which": "today",
    "title": "今天",
    "lists": [
        Row(label="今天", url="/desk/calls/all?which=today", current=True, count=None),
        Row(label="未接", url="/desk/calls/all?which=missed", current=False, count=7),
    ],
    "form": Row(values={"status": "", "wrap_up": ""}, errors={}),
    "statuses": [("missed", "未接")],
    "wrap_ups": [("filed", "已立案")],
    "rows": [RINGING, TALKING, MISSED, DONE, HIDDEN],
    "next": "/desk/calls/all?cursor=x",
    "more_words": "再看 50 个",
    "figures": [Row(name="坐席 1027", offered=48, answered=46, out=3, open=1, spoken="3 分 12 秒", wrapped="0 分 41 秒")],
    "may_answer": True,
    "may_sit": True,
    "sits_at": "",
    "done": Row(words="小结记下了。", draft="call-44"),
}
ONE: dict[str, Any] = {
    "call": MISSED,
    "note": "骂人，没说什么事。",
    "mine": True,
    "opened": "138 0000 0019",
    "before": [DONE],
    "form": Row(values=dict.fromkeys(("reason", "result", "note", "code"), ""), errors={"result": "请选一个小结。"}),
    "wrap_ups": [("wrong_number", "打错")],
    "emergency": [("police", "110")],
    "problem": "这通电话是别的坐席接的。",
    "done": None,
}
CALL_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "desk-calls": ("desk/calls/desk.html", PAGE),
    "desk-calls-idle": ("desk/calls/desk.html", IDLE),
    "desk-calls-taken": ("desk/calls/desk.html", IDLE | {"seat": Row(extension="", state="away", word="离开", since=at(19, 9), taken_by="坐席 1030")}),
    "desk-calls-away": ("desk/calls/desk.html", IDLE | {"seat": Row(extension="8001", state="away", word="离开", since=at(19, 9), taken_by="")}),
    "desk-calls-wrong": (
        "desk/calls/desk.html",
        PAGE
        | {"form": Row(values=FILLED, errors={"name": "请写怎么称呼您。", "result": "请选一个小结。"}), "problem": "这类事项不在受理范围。", "again": True},
    ),
    "desk-calls-done": ("desk/calls/desk.html", PAGE | {"call": DONE, "done": Row(words="20261119-0071 立好了。", draft="call-44")}),
    "desk-calls-list": ("desk/calls/list.html", LIST),
    "desk-calls-none": ("desk/calls/list.html", LIST | {"rows": [], "which": "missed", "figures": [], "may_answer": False, "next": None, "done": None}),
    "desk-call": ("desk/calls/call.html", ONE),
    "desk-call-hidden": ("desk/calls/call.html", ONE | {"call": HIDDEN, "mine": False, "opened": "", "note": "", "problem": None, "before": []}),
}
