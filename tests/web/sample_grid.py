"""The grid worker's pages and the page where a leader signs, of 云川市, invented like those of `sample`."""

from datetime import timedelta
from types import SimpleNamespace as Row
from typing import Any

from web.invented import CODE, FORM, NOW, STAIR, TEXT, THERMO, TITLE, at
from web.sample_desk import ends, field, move

from minsheng.web.formats import Due

PHONE = Row(values={}, errors={}, key="0b6f3a52-7c1d-4e0e-9a55-1f2d3c4b5a69", person="7")
CONTACT = Due(start=NOW - timedelta(minutes=18), due=NOW + timedelta(minutes=12))


def job(title: str, place: str, tag: str, *, contact: Due | None = None, due: Due | None = None, near: bool = True) -> Row:
    return Row(code=CODE, title=title, tag=tag, category="供热", place=place, contact=contact, due=due, lat=31.2 if near else None, lng=118.3 if near else None)


DAY: dict[str, Any] = {
    "form": PHONE,
    "done": None,
    "where": "柳荫街道 07 网格",
    "jobs": [
        job(TITLE, "槐安里 12 栋 3 单元 501", "soon", contact=CONTACT),
        job("3 单元楼梯间窗户破了", "槐安里 12 栋 3 单元", "handling", due=ends(7.5)),
        job("楼道堆了电动车，要清走", "没有写明在哪里", "over", due=ends(-2), near=False),
    ],
    "spots": [Row(number=3, name="12 栋配电箱", place="槐安里社区", last="上次 11 月 12 日", every=7)],
    "later": 4,
    "done_today": [
        Row(at=at(19, 9, 50), what="联系", about="8 栋后墙垃圾又堆起来了", url="/grid/cases/x"),
        Row(at=at(19, 8, 40), what="没问题", about="北门消防栓", url=None),
    ],
}
ONE: dict[str, Any] = {
    "done": None,
    "case": Row(
        code=CODE, title=TITLE, text=TEXT, tag="soon", category="供热 › 温度不达标", place="槐安里 12 栋 3 单元 501", version=4, photos=[THERMO, STAIR], lat=31.2,
        lng=118.3,
    ),
    "contact": CONTACT,
    "deadlines": [Row(label="答复", due=ends(34))],
    "course": [Row(at=at(19, 7), what="进展", who="城北热力公司", text="更换阀门两只。")],
    "may_contact": True,
    "may_visit": True,
    "may_open": True,
    "why_not": "这件现在不等您做什么。",
    "failed": [("no_answer", "没人接"), ("busy", "占线")],
    "truths": [("true", "属实", ""), ("partly", "部分属实", ""), ("untrue", "不属实", "")],
    "nexts": [("progress", "还要再来，先记进展", ""), ("answer", "办好了，发出答复", "")],
    "form": PHONE,
    "missed": PHONE,
    "reached": PHONE,
    "doing": "",
    "opened": None,
    "problem": None,
}  # fmt: skip
SIGN: dict[str, Any] = {
    "one": Row(
        code=CODE, state_zh="办理中", place="柳荫街道 槐安里 12 栋", category="供热", urgency_zh="较急", voices=37, content=TEXT, lead="城北热力公司", co=["柳荫街道"],
        situation=["城北热力公司：上门测温 15.6 度，立管阀门锈死。", "共 37 人反映。"],
        instructions=[Row(by="分管负责人", at=at(18, 9), unit_name="城北热力公司", text="请三天内修好。")],
        done=[Row(unit_name="城北热力公司", at=at(19, 7), text="已更换阀门。")],
    ),
    "title": TITLE,
    "photos": [THERMO],
    "deadlines": [Row(label="答复", due=ends(34))],
    "version": 4,
    "move": move("instruct", "批示", "单位马上收到", field("text", "批示", "textarea"), field("unit", "批给哪个单位", "lookup", value="liuyin 柳荫街道")),
    "why_not": "",
    "lists": {"unit": ["liuyin 柳荫街道"]},
    "problem": None,
    "done": None,
}  # fmt: skip
SPOT = Row(
    number=3, name="12 栋配电箱", unit="柳荫街道", place="槐安里社区", every=7, last="11 月 12 日", active=True, due=True,
    form=Row(values={"name": "12 栋配电箱", "place": "huaianli", "every_days": "7"}, errors={}), open=False,
)  # fmt: skip
PLAN: dict[str, Any] = {
    "rows": [SPOT, Row(**(vars(SPOT) | {"number": 4, "name": "北门消防栓", "active": False, "due": False}))],
    "form": Row(values={"every_days": "7"}, errors={"name": "请写看什么。"}),
    "units": [("liuyin", "柳荫街道")],
    "places": [("huaianli", "槐安里社区")],
    "done": None,
}
NEW: dict[str, Any] = {"form": PHONE, "done": None, "spot": None, "grids": [("g7", "第 7 网格")], "guess": "/grid/new/guess"}
WRONG = Row(**(vars(PHONE) | {"errors": {"text": "写一写看到了什么。", "grid": "请选在哪个网格。"}, "values": {"fixed": "先拉了警戒线。"}}))
GRID_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "grid": ("unit/grid.html", DAY),
    "grid-empty": ("unit/grid.html", DAY | {"jobs": [], "spots": [], "later": 0, "done_today": [], "done": Row(words="走访记下了。", draft="")}),
    "grid-case": ("unit/case.html", ONE),
    "grid-case-called": ("unit/case.html", ONE | {"opened": [Row(role="诉求人", name="王女士", phone="13800000046", address="")], "doing": "missed"}),
    "grid-case-over": (
        "unit/case.html",
        ONE | {"contact": None, "may_contact": False, "may_visit": False, "may_open": False, "problem": "现在是「已答复」。", "course": [], "deadlines": []},
    ),
    "grid-new": ("unit/new.html", NEW),
    "grid-new-wrong": ("unit/new.html", NEW | {"form": WRONG, "spot": Row(name="12 栋配电箱", place="槐安里社区")}),
    "grid-spots": ("unit/spots.html", PLAN),
    "grid-spots-empty": ("unit/spots.html", PLAN | {"rows": [], "form": FORM}),
    "desk-sign": ("desk/sign.html", SIGN),
    "desk-sign-read": ("desk/sign.html", SIGN | {"move": None, "why_not": "「批示」由领导来做。", "lists": {}, "problem": "同事刚刚更新了这件诉求"}),
}
