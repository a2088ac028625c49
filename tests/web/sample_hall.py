"""Invented parts of the hall and of the table of units, for web/sample.py."""

from types import SimpleNamespace as Row
from typing import Any

from web.invented import NOW, at

_SELECTS = [
    Row(name="district", label="在哪里", first="全市", choices=[("beiping", "北屏区"), ("liuyin", "柳荫区")], chosen="liuyin", part="where", inner=False),
    Row(
        name="place",
        label="街道、社区",
        first="全部",
        choices=[("liuyinjiedao", "柳荫街道"), ("huaianli", "\u3000槐安里社区")],
        chosen="",
        part="where",
        inner=True,
    ),
    Row(
        name="category",
        label="什么事",
        first="所有的事",
        choices=[("heat", "供热"), ("road", "道路交通"), ("city", "市容环境")],
        chosen="",
        part="what",
        inner=False,
    ),
    Row(name="kind", label="哪一种", first="不限", choices=[("complaint", "投诉"), ("help", "求助")], chosen="", part="", inner=False),
    Row(name="when", label="什么时候", first="不限时间", choices=[("7", "最近 7 天"), ("year", "今年")], chosen="", part="", inner=False),
]
_STATES = [
    Row(label=label, url=f"/hall?tag={tag}", current=not tag, count=count)
    for label, tag, count in [
        ("全部", "", None),
        ("办理中", "handling", None),
        ("已超时", "over", 23),
        ("已答复", "answered", None),
        ("已办结", "closed", None),
    ]
]
_FILTERS = Row(q="", tag="", district="liuyin", place="", category="", matter="", kind="", when="", since="", to="")


class Drawn(Row):
    """A row of the hall as the view hands it over: finished HTML, drawn here when it is asked for."""

    def __html__(self) -> str:
        from web.drawing import components

        return str(components().request(self, NOW))


class Panel(Row):
    """The form above the list, finished."""

    def __html__(self) -> str:
        from web.drawing import page

        return page("citizen/hall/panel.html", {"filters": _FILTERS, "view": self.view, "states": _STATES, "selects": _SELECTS})


PANEL = Panel(view="")
MAP_PAGE = Row(
    here="柳荫区",
    up="/hall?view=map",
    total=2_000,
    most=2_000,
    cutoff=NOW,
    finding="柳荫街道最多，36 件，说得最多的是供热；超时的一共 2 件。",
    level="street",
    levels=[Row(label="按街道乡镇", url="/hall?view=map", current=True, count=None), Row(label="按社区村", url="/hall?view=map&level=community", current=False, count=None)],
    legend=[Row(shade=0, label="0"), Row(shade=1, label="1–18"), Row(shade=2, label="19–36")],
    places=[
        Row(code="liuyinjiedao", name="柳荫街道", n=36, overdue=2, shade=2, top=[Row(name="供热", n=14), Row(name="道路", n=4)],
            inside_url="/hall?view=map&place=liuyinjiedao", list_url="/hall?place=liuyinjiedao"),
        Row(code="shiqiao", name="石桥街道", n=3, overdue=0, shade=1, top=[], inside_url="/hall?view=map&place=shiqiao", list_url="/hall?place=shiqiao"),
    ],
    others=5,
    outside=[Row(code="liuyin", name="柳荫区", n=2, overdue=0, shade=0, top=[], inside_url=None, list_url="/hall?district=liuyin"),
             Row(code="", name="没有写到地点", n=1, overdue=0, shade=0, top=[], inside_url=None, list_url=None)],
    counts_url="/hall-counts.json",
    outlines_url="/hall-outlines.json",
    window="[111.6,29.3,112.3,29.9]",
    tiles=Row(layers="[]", subdomains="", datum="wgs84", note=""),
)  # fmt: skip

_NAMES = {"answer_on_time": "按时答复率", "resolution": "解决率", "satisfaction": "满意率", "contact": "响应率"}


def figure(key: str, numerator: int, denominator: int) -> Row:
    value = f"{numerator / denominator * 100:.1f}" if denominator else "–"
    return Row(key=key, label=_NAMES[key], value=value, unit="%" if denominator else "", above=f"在承诺时间里答复的 {numerator:,} 件",
               below=f"到期该答复的 {denominator:,} 件", cutoff=NOW)  # fmt: skip


def _line(rank: int | None, name: str, percent: int, move: str = "", look: str = "", card: str | None = None) -> Row:
    return Row(
        code=f"u{rank}", name=name, short=name, rank=rank, move=Row(words=move, look=look) if move else None, volume="1,918", value=f"{percent}.0", bar=percent,
        rates=[figure(key, percent, 100) for key in _NAMES], card=card,
        trend=Row(points="2,10 19,8 36,12 53,6 70,4 86,2" if rank else "", words="近 6 个月：88.0%、90.0%", falls=look == "down"),
    )  # fmt: skip


_LINES = [_line(1, "市水务集团", 99, "上升 2 名", "up"), _line(2, "市人社局", 98, "持平"), _line(42, "东浦区城管局", 88, "下降 3 名", "down", "orange_card"),
          _line(43, "城北热力公司", 80, "新进榜", "", "red_card"), _line(None, "市档案馆", 50)]  # fmt: skip
RANK_PAGE: dict[str, Any] = {
    "notes": [],
    "month": "2026 年 10 月",
    "state": None,
    "months": [("2026-10", "2026 年 10 月", True), ("2026-09", "2026 年 9 月", False)],
    "older": "/rank?before=2026-01",
    "kinds": [Row(label=label, url="/rank", current=n == 0, count=None) for n, label in enumerate(("承办单位", "县（市、区）", "街道乡镇"))],
    "measures": [Row(label=label, url=f"/rank?by={key}", current=key == "answer_on_time", count=None) for key, label in _NAMES.items()],
    "asked": Row(month=at(1, month=10), kind="units", by="answer_on_time"),
    "measure": "按时答复率",
    "average": [Row(rate=figure(key, 96, 100), change="比上个月 +0.8", better=True, worse=False) for key in _NAMES],
    "ends": 2,
    "best": _LINES[:2],
    "last": _LINES[2:4],
    "lines": _LINES,
    "minimum": 10,
    "silent": 3,
    "published_on": 5,
    "by_place": False,
    "cutoff": NOW,
    "cards": [
        Row(
            kind="red_card",
            unit="城北热力公司",
            at=at(29, 10, month=10),
            because="31 件供热诉求超时 3 天以上，2 次督办后仍未改。",
            ended=None,
            url="/cases/YC260000001",
        ),
        Row(kind="yellow_card", unit="高新区建设局", at=at(18, 10, month=10), because="5 件诉求超过 24 小时没有认领。", ended=at(25, 9, month=10), url=None),
    ],
    "csv_url": "/rank.csv",
}
RANK_EMPTY = RANK_PAGE | {
    "state": "还没过完",
    "older": None,
    "ends": 0,
    "best": [],
    "last": [],
    "lines": [],
    "silent": 0,
    "cards": [],
    "notes": ["那个月还没到。"],
}
