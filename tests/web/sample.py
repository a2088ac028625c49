"""Invented pages of 云川市, in the shapes that the views fill: for the gallery and for the tests of templates.

`PAGES` maps a name to (template, context). Nothing here is real: city, units, people and numbers are made up.
"""

from datetime import datetime
from types import SimpleNamespace as Row
from typing import Any

from markupsafe import Markup
from web.invented import ANSWER, CITY, CLAIM, CLOSE, CODE, FILED, FORM, MET, NOW, REPLY, REPLY_DUE, STAFF, STAIR, TEXT, THERMO, TITLE, at, photo
from web.sample_account import ACCOUNT_PAGES
from web.sample_articles import ARTICLE_PAGES, BESIDE
from web.sample_calls import CALL_PAGES
from web.sample_desk import DESK_PAGES
from web.sample_grid import GRID_PAGES
from web.sample_hall import MAP_PAGE, PANEL, RANK_EMPTY, RANK_PAGE, Drawn, Panel, figure
from web.sample_knowledge import KNOWLEDGE_PAGES
from web.sample_plates import PLATES_PAGES


def request(
    tag: str,
    title: str,
    category: str,
    place: str,
    when: datetime,
    supporters: int,
    unit: str = "",
    text: str = "",
    shot: Row | None = None,
    promise: Row | None = None,
) -> Row:
    return Drawn(
        code=f"2026{when:%m%d}-0{300 + supporters}",
        title=title,
        tag=tag,
        category=category,
        place=place,
        at=when,
        supporters=supporters,
        answer=Row(unit=unit, text=text) if unit else None,
        photo=shot,
        promise=promise,
    )


HALL = [
    request(
        "handling",
        TITLE,
        "供热",
        "槐安里小区",
        at(18, 16, 10),
        37,
        "城北热力公司",
        "上门测温 15.6 度，立管阀门锈死，19 日上午更换。",
        THERMO,
        Row(look="on", words=Markup("承诺 <b>11 月 20 日 20:46</b> 前答复，<b>剩 1 天 10 小时</b>")),
    ),
    request(
        "answered",
        "石桥路中段有个大坑，晚上骑车差点摔倒",
        "道路",
        "石桥街道",
        at(18, 18, 20),
        62,
        "市交通运输局",
        "昨晚已先填平，今晚 22 点后重新铺沥青。",
        photo("pothole", "路面坑洞"),
        Row(look="kept", words="按时答复"),
    ),
    request(
        "over",
        "小区门口夜市占道，消防车进不来",
        "市容",
        "东浦街道",
        at(14, 9),
        118,
        "东浦区城管局",
        "已发督办单。",
        promise=Row(look="over", words=Markup("承诺 <b>11 月 18 日 06:20</b> 前答复，<b>超 1 天 4 小时</b>")),
    ),
    request(
        "again",
        "垃圾堆在 8 栋后墙，清了又堆",
        "环卫",
        "临湖新村",
        at(19, 7, 55),
        24,
        "临湖街道",
        "居民不满意，已要求重办。今天 12 点前清完，并加装监控。",
        photo("trash", "墙边堆放的垃圾袋"),
    ),
    request(
        "answered",
        "槐安里北门晚上一盏路灯都不亮",
        "照明",
        "槐安里小区",
        at(16, 21),
        15,
        "市城管局照明中心",
        "换了 3 盏灯和一段电缆，当晚全亮。",
        photo("lamp", "夜里没有亮的路灯"),
        Row(look="late", words="答复晚了 26 分"),
    ),
    request(
        "closed",
        "灵活就业的社保，补缴去年的还来得及吗？",
        "社保",
        "",
        at(19, 9, 12),
        0,
        "市人社局",
        "来得及。12 月 31 日前带身份证到任一社保窗口，或手机上办。",
    ),
]


def stages(now: int, days: tuple[int, ...]) -> list[Row]:
    words = ("已提交", "已派单", "已认领", "办理中", "已答复", "待评价")
    return [Row(label=word, at=at(days[i]) if i < len(days) else None, status="done" if i < now else "now" if i == now else "") for i, word in enumerate(words)]


MINE = [
    Row(code=CODE, title=TITLE, tag="handling", at=FILED, latest="城北热力公司 18 日回复：已找到原因，明天换阀门", stages=stages(3, ()), promise=REPLY_DUE.due)
]
QUESTIONS = [
    Row(name="contacted", label="有人联系过您吗", choices=[("yes", "联系过"), ("no", "没有")]),
    Row(name="solved", label="问题解决了吗", choices=[("yes", "解决了"), ("partly", "解决了一部分"), ("no", "没解决")]),
    Row(name="attitude", label="态度好不好", choices=[("yes", "好"), ("no", "不好")]),
]
HANDLERS = [
    Row(role="主办", name="城北热力公司", card="red_card", note="10 月满意率 71.9%，第 43 名"),
    Row(role="协办", name="柳荫街道办事处", card=None, note=None),
    Row(role="监督", name="市 12345 热线中心", card=None, note=None),
]


def entry(when: datetime, who: str, what: str, text: str | None, icon: str, *, hot: bool = False, photos: tuple[Row, ...] = ()) -> Row:
    return Row(at=when, what=f"{who} {what}", text=text, icon=icon, hot=hot, photos=list(photos))


LINE = [
    entry(at(18, 16, 10), "城北热力公司", "回复进展", REPLY, "tool", hot=True),
    entry(at(17, 22, 5), "城北热力公司", "打过电话", "通话 3 分钟，约好第二天上午上门测温", "phone"),
    entry(at(17, 21, 28), "城北热力公司", "认领", None, "user-check"),
    entry(at(17, 20, 48), "派给城北热力公司，柳荫街道协办", "", None, "arrow-right"),
    entry(FILED, "居民", "提交", "扫楼栋码 · 1 段文字、2 张照片", "send"),
]
ANSWERED = [entry(at(19, 9, 40), "城北热力公司", "答复", ANSWER, "message-check", hot=True, photos=(photo("valve", "已更换的立管阀门"),)), *LINE]
CASE = Row(
    code=CODE,
    title=TITLE,
    text=TEXT,
    tag="handling",
    category="供热 › 温度不达标",
    place="柳荫街道 槐安里小区",
    by="居民 · 已隐去姓名",
    photos=[
        THERMO,
        STAIR,
        Row(kind="video", url="/photos/stair.mp4", small="/photos/stair.svg", alt="视频 1", seconds=21),
        Row(kind="audio", url="/photos/voice.m4a", small="", alt="录音 1", seconds=12),
    ],
    supporters=37,
    public=True,
)
CASE_PAGE: dict[str, Any] = {
    "case": CASE,
    "holder": True,
    "clock": Row(label="距离承诺的答复时间还有", due=REPLY_DUE.due),
    "took": None,
    "stages": stages(3, (17, 17, 17, 18)),
    "promises": [CLAIM, REPLY_DUE, CLOSE],
    "timeline": LINE,
    "checking": False,
    "answer": None,
    "handlers": HANDLERS,
    "rating": None,
    "rate": None,
    "urge": Row(open=True, reason="每天可以催 1 次。超时会自动提醒并发督办单，不用您一直盯着。", form=FORM),
    "supplement": Row(open=True, reason="有了新情况，写在这里，办理单位马上看得到。", form=FORM),
    "withdraw": Row(open=True, reason="撤回以后不再办理，办理记录会留着。", form=FORM),
    "done": None,
    "openings": [Row(at=at(17, 22), unit_name="城北热力公司", reason="约上门测温的时间")],
    "silence": None,
    "voices": None,
    "signed_in": True,
    "mine_too": Row(open=False, joined=False, count=37, form=FORM),
    "follow": None,
    "remarks": [],
    "remark": Row(open=True, form=FORM, limit=300),
}
GIVEN = Row(
    unit="城北热力公司",
    at=at(19, 9, 40),
    text=ANSWER,
    outcome="已解决",
    photos=[photo("valve", "已更换的立管阀门")],
    contact="经办：运行二班 电话 0000-3310 转 2",
)
BAD, GOOD = ["问题没解决，或者又出现了", "没人联系过我", "拖得太久"], ["办得快", "说得明白"]
REMARKS = [
    Row(number=1, unit_name="", text="5 楼也是，摸着都是凉的。建议把 2 单元一起查查。", status="shown", reason="", at=at(18, 19, 2), mine=False,
        earlier=[Row(at=at(18, 19), text="5 楼也是，摸着都是凉的。")]),
    Row(number=2, unit_name="柳荫街道", text="收到，已请热力公司把 2 单元列进明天的测温名单。", status="shown", reason="", at=at(18, 19, 30), mine=False, earlier=[]),
    Row(number=3, unit_name="", text="", status="removed", reason="与这件事无关", at=at(18, 20), mine=False, earlier=[]),
    Row(number=4, unit_name="", text="我们楼热了，谢谢师傅。", status="held", reason="", at=at(19, 8, 15), mine=True, earlier=[]),
]  # fmt: skip
RATE = Row(form=FORM, questions=QUESTIONS, bad=BAD, good=GOOD, may_reopen="回到办理单位重办，时限重新算，由柳荫街道一起盯着。每件事可以重办 2 次。")
JUDGE_PAGE = CASE_PAGE | {
    "case": Row(**(vars(CASE) | {"tag": "rate"})),
    "clock": None,
    "took": Row(label="从提交到答复用了", words="1 天 12 小时 54 分", note="比承诺的早 35 小时", kept=True),
    "stages": stages(5, (17, 17, 17, 18, 19)),
    "promises": [CLAIM, MET, CLOSE],
    "timeline": ANSWERED,
    "answer": GIVEN,
    "rate": RATE,
    "urge": None,
    "withdraw": None,
    "supplement": None,
}
PICKER = Row(outlines="/places.json", version=3, window="[111.6,29.3,112.3,29.9]", tiles=Row(layers="[]", subdomains="", datum="wgs84", note=""))
NEW_PAGE: dict[str, Any] = {
    "form": Row(
        values={"text": TEXT, "place": "柳荫街道 槐安里小区 12 栋 3 单元", "district": "liuyin", "visibility": "public", "requester": "citizen"}, errors={}
    ),
    "kinds": [("complaint", "投诉"), ("help", "求助"), ("enquiry", "咨询"), ("suggestion", "建议"), ("report", "举报"), ("praise", "表扬")],
    "districts": [("beiping", "北屏区"), ("dongpu", "东浦区"), ("liuyin", "柳荫区"), ("linhu", "临湖县")],
    "place": "槐安里小区 12 栋",
    "scanned": "huaianli-b12",
    "lost": False,
    "requesters": [("citizen", "我自己", ""), ("enterprise", "企业或单位", ""), ("anonymous", "匿名", "只有举报可以匿名。没有人能给您回电话。")],
    "known": None,
    "spot": Row(words="柳荫区 柳荫街道 槐安里社区", district="liuyin"),
    "choices": [],
    "problem": "",
    "picker": PICKER,
    "number": None,
    "visibilities": [("public", "公开，让大家看到问题和答复", "不显示姓名、电话、门牌号"), ("private", "不公开，只给办理单位看", "")],
    "photo_limit": 9,
    "photo_mb": 10,
    "media": Row(most={"photo": 9, "video": 1, "audio": 3}, seconds={"video": 60, "audio": 120}, transcribes=True, browser_voice=True),
    "text_limit": 1000,
    "promise": "提交后 3 分钟派单，11 月 22 日 10:24 前给您答复",
    "groups": [("供热", [("020701", "暖气不热"), ("020702", "停暖与管道故障")]), ("路灯照明", [("020201", "路灯不亮")])],
    "suggested": None,
    "suggest_problem": None,
    "preview": None,
    "preview_problem": None,
}
KEPT = [
    Row(ticket="t1", kind="photo", label="照片 1", thumbnail="/photos/thermo.svg", file="/photos/thermo.svg"),
    Row(ticket="t2", kind="audio", label="录音 1", thumbnail="", file="/photos/voice.m4a"),
]
NEW_ERRORS = NEW_PAGE | {
    "place": None,
    "form": Row(
        values={"phone": "1380000204", "visibility": "public", "kept": KEPT},
        errors={"text": "写一写发生了什么事，一两句话就行", "place": "写明在哪里，写到能找得到就行", "phone": "手机号要 11 位数字，您填了 10 位"},
    ),
}


COMMON: dict[str, Any] = {
    "now": NOW,
    "city": CITY,
    "display": Row(size="", theme="", language="zh", next="/"),
    "csrf_input": "",
    "unread": None,
    "staff": STAFF,
    "q": "",
}
HALL_PAGE: dict[str, Any] = {
    "panel": PANEL,
    "notes": [],
    "map": None,
    "view_urls": Row(list="/hall", map="/hall?view=map"),
    "feed": "/hall.atom",
    "feed_title": "全市",
    "rows": HALL,
    "found": "最新的 20 件",
    "next": "/hall?cursor=20261114-0096",
}


def told(key: int, news: str, icon: str, title: str | None, text: str, when: datetime, *, read: bool, followed: bool = False, opens: bool = True) -> Row:
    url = f"/mine/messages/{key}" if opens else None
    return Row(id=key, code=CODE, title=title, news=news, icon=icon, text=text, at=when, read=read, followed=followed, url=url)


MESSAGES_PAGE: dict[str, Any] = {
    "signed_in": True,
    "unread": 2,
    "rows": [
        told(9, "已经答复", "message-check", TITLE, "城北热力公司已经答复，请打开看，并告诉我们办得怎么样。", at(19, 9, 40), read=False),
        told(8, "有阶段答复", "tool", "石桥路中段有个大坑", "市交通运输局有了阶段答复。", at(18, 18, 20), read=False, followed=True),
        told(7, "交给单位办理", "arrow-right", TITLE, "已经交给城北热力公司办理。", at(17, 20, 48), read=True),
        told(6, "收到了", "send", TITLE, f"您反映的事已经收到，编号 {CODE}。凭编号和查询码可以随时看进展。", FILED, read=True),
        told(5, "已经办结", "check", None, "", at(3, 16), read=True, followed=True, opens=False),
    ],
    "upto": 9,
    "next": "/mine/messages?cursor=LXw1",
    "first": True,
    "done": None,
}
NOTICE = Row(
    url="/notices/no-water", title="柳荫街道今晚 22:00 到明早 5:00 停水", summary="槐安里、柳荫新村等 6 个小区。管道抢修。",
    label=Row(word="停水", tone="soon"), at=at(19, 9), until=at(20, 5), other_language=False,
)  # fmt: skip
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "home": (
        "citizen/home.html",
        {
            "promises": ["24 小时内有人认领", "3 天内答复", "7 天内办结"],
            "mine": MINE,
            "to_rate": [Row(code="20261116-0315", title="槐安里北门路灯不亮", note="办得好不好，由您说了算。5 天内不评价会打电话回访您。")],
            "figures": [Row(label="收到诉求", value="1,284"), Row(label="已经答复", value="1,107")],
            "rates": [figure("answer_on_time", 1_072, 1_107), figure("satisfaction", 458, 492)],
            "notices": [NOTICE],
            "ranked": Row(
                title="10 月晒榜",
                url="/rank",
                best=[
                    Row(rank=1, name="市水务集团", rate=figure("answer_on_time", 996, 1_000)),
                    Row(rank=2, name="市人社局", rate=figure("answer_on_time", 991, 1_000)),
                ],
                last=[
                    Row(rank=42, name="东浦区城管局", rate=figure("answer_on_time", 88, 100)),
                    Row(rank=43, name="城北热力公司", rate=figure("answer_on_time", 80, 100)),
                ],
            ),
            "figures_at": NOW,
            "figures_title": "今天的云川",
            "overdue": 23,
            "overdue_url": "/hall?tag=over",
            "released": HALL[1:4],
        },
    ),
    "home-first-day": (
        "citizen/home.html",
        {
            "promises": [],
            "mine": [],
            "to_rate": [],
            "figures": [Row(label="收到诉求", value="0")],
            "rates": [figure("answer_on_time", 0, 0)],
            "notices": [],
            "ranked": None,
            "figures_at": NOW,
            "figures_title": "今天的云川",
            "overdue": 0,
            "overdue_url": "/hall",
            "released": [],
        },
    ),
    "new": ("citizen/new.html", NEW_PAGE),
    "new-errors": ("citizen/new.html", NEW_ERRORS),
    "new-beside": ("citizen/new.html", NEW_PAGE | BESIDE),
    "new-known": ("citizen/new.html", NEW_PAGE | {"known": Row(name="李**", phone="138 **** 0046", proven=True)}),
    "offline": ("offline/offline.html", {}),
    "outbox": ("offline/outbox.html", {}),
    "new-number": ("citizen/new.html", NEW_PAGE | {"place": None, "number": "huaianli-b12.q"}),
    "filed": (
        "citizen/filed.html",
        {
            "case": Row(code="20261119-0407", title=TITLE, tag="received"),
            "secret": "柳叶 4827",
            "draft": "",
            "next_steps": [
                Row(what="派给该办的单位", by=at(19, 10, 27)),
                Row(what="单位认领，给您打电话", by=at(20, 10, 24)),
                Row(what="给您答复", by=at(23)),
                Row(what="您来评价，没办好可以要求重办", by=None),
            ],
        },
    ),
    "case": ("citizen/case.html", CASE_PAGE),
    "case-judge": ("citizen/case.html", JUDGE_PAGE),
    "case-silent": (
        "citizen/case.html",
        JUDGE_PAGE
        | {
            "case": Row(**(vars(CASE) | {"tag": "closed"})),
            "holder": False,
            "rate": None,
            "silence": "到期没有人提出不满意，就办结了。没有人评价，不算满意。",
            "follow": Row(on=True),
            "mine_too": Row(open=False, joined=True, count=3, form=FORM),
            "remarks": REMARKS,
            "remark": Row(open=True, form=Row(values={"remark": ""}, errors={"remark": "写一句再发。"}), limit=300),
        },
    ),
    "voice": ("citizen/voice.html", {"case": CASE, "answer": GIVEN, "form": FORM, "to": "/r/x"}),
    "thanks": ("citizen/thanks.html", {"case": CASE, "public": True, "again": False}),
    "case-public": (
        "citizen/case.html",
        JUDGE_PAGE
        | {
            "case": Row(**(vars(CASE) | {"tag": "closed"})),
            "holder": False,
            "rate": None,
            "rating": Row(level="满意", comment="师傅来得快", at=NOW),
            "signed_in": False,
            "voices": Row(affected=37, confirmed=12, disputed=1, silent=24),
            "mine_too": Row(open=True, joined=False, count=37, form=FORM),
            "remarks": REMARKS,
        },
    ),
    "rate": ("citizen/rate.html", {"case": CASE, "answer": GIVEN, "rate": RATE, "to": "/r/x", "linked": True}),
    "rate-errors": (
        "citizen/rate.html",
        {
            "case": CASE,
            "checking": False,
            "answer": None,
            "rate": Row(
                form=Row(values={"level": "2", "why": [BAD[0]]}, errors={"solved": "问题解决了没有，选一个"}),
                questions=QUESTIONS,
                bad=BAD,
                good=GOOD,
                may_reopen=None,
            ),
            "to": "/cases/20261117-0311/rate",
            "linked": False,
        },
    ),
    "hall": ("citizen/hall.html", HALL_PAGE),
    "hall-empty": (
        "citizen/hall.html",
        HALL_PAGE | {"rows": [], "found": None, "next": None, "notes": ["没有「火星」这个地方，没有按它筛选。"]},
    ),
    "hall-map": ("citizen/hall.html", HALL_PAGE | {"map": MAP_PAGE, "panel": Panel(view="map")}),
    "rank": ("citizen/rank.html", RANK_PAGE),
    "rank-empty": ("citizen/rank.html", RANK_EMPTY),
    "find": ("citizen/find.html", {"form": FORM, "mine": MINE, "example": "YC260000123"}),
    "find-errors": (
        "citizen/find.html",
        {"form": Row(values={"code": "20261117-0311"}, errors={"secret": "编号和查询码对不上，请核对后再试"}), "mine": [], "example": "YC260000123"},
    ),
    **ARTICLE_PAGES,
    **KNOWLEDGE_PAGES,
    "messages": ("citizen/messages.html", MESSAGES_PAGE),
    "messages-empty": ("citizen/messages.html", MESSAGES_PAGE | {"rows": [], "unread": 0, "next": None}),
    "messages-anonymous": ("citizen/messages.html", MESSAGES_PAGE | {"signed_in": False, "rows": [], "unread": 0, "next": None}),
    **ACCOUNT_PAGES,
    **DESK_PAGES,
    **CALL_PAGES,
    **PLATES_PAGES,
    **GRID_PAGES,
    **{f"error-{status}": (f"errors/{status}.html", {"message": None}) for status in (400, 403, 404, 409, 413, 422, 429, 500, 503)},
}
