"""The desk's pages of 云川市, invented like those of `sample`."""

from datetime import datetime, timedelta
from types import SimpleNamespace as Row
from typing import Any

from markupsafe import Markup
from web.invented import CLAIM, CLOSE, CODE, FILED, FORM, NOW, REPLY, REPLY_DUE, STAIR, TEXT, THERMO, TITLE, at

from minsheng.web.formats import Due


class Work(Row):
    """A row of the worklist as the view hands it over: finished HTML."""

    def __html__(self) -> str:
        from web.drawing import components

        return str(components().work(self, NOW))


def item(
    no: str,
    title: str,
    place: str,
    category: str,
    channel: str,
    unit: str | None,
    tag: str,
    supporters: int,
    due: Due | None,
    card: str | None = None,
    fresh: bool = False,
) -> Row:
    clock = Row(label="答复", due=due) if due else None
    return Work(
        code=f"2026{no}",
        short=no,
        title=title,
        place=place,
        category=category,
        channel=channel,
        supporters=supporters,
        unit=unit,
        card=card,
        tag=tag,
        clock=clock,
        fresh=fresh,
        at=at(19, 9),
        version=3,
        urgent="紧急" if tag == "over" else "",
        tone="bad",
        starred=supporters == 37,
        why="和 20261117-0298 同一个电话（7 天内）" if tag == "registered" else None,
        alike="20261117-0298" if tag == "registered" else None,
    )


def ends(hours: float, *, whole: float = 72) -> Due:
    return Due(start=NOW + timedelta(hours=hours - whole), due=NOW + timedelta(hours=hours))


WORK = [
    item("1114-0096", "小区门口夜市占道，消防车进不来", "东浦街道 东浦新苑", "市容", "网页", "东浦区城管局", "watch", 118, ends(-28), "orange_card"),
    item("1116-0207", "学校西门放学时段堵车，家长车停三排", "石桥街道 第三小学", "交通", "电话", "市交警支队", "over", 41, ends(-3.2)),
    item("1116-0338", "临街门面冷库风机夜里一直响", "临湖街道 纺织路 41 号", "噪声", "扫码", "临湖街道办", "over", 9, ends(-0.45), fresh=True),
    item("1116-0355", "油烟管道对着居民窗户，两年没改", "临湖街道 纺织路 43 号", "油烟", "微信", "临湖街道办", "soon", 12, ends(0.65)),
    item("1116-0412", "公交 17 路末班车提前 20 分钟走了", "高新区 科教路", "公交", "电话", "市公交集团", "soon", 3, ends(2.1)),
    item("1116-0466", "工地凌晨 2 点还在打桩", "高新区 云川西路", "噪声", "微信", "高新区建设局", "handling", 27, ends(5.8), "yellow_card"),
    item("1117-0311", TITLE, "柳荫街道 槐安里 12 栋", "供热", "扫码", "城北热力公司", "handling", 37, ends(34.4), "red_card"),
    item("1117-0340", "快递柜占了盲道", "石桥街道 幸福里", "市容", "网页", "石桥街道办", "handling", 2, ends(36.2)),
    item(
        "1117-0398",
        "楼上漏水，物业说不归他们管",
        "北屏街道 锦屏花园",
        "物业",
        "电话",
        "市房屋管理局",
        "handling",
        0,
        Due(start=FILED, due=at(22, 9), paused=True),
    ),
    item("1118-0122", "公园健身器材螺丝松了，孩子差点摔", "临湖公园", "园林", "扫码", "市园林绿化局", "dispatched", 6, ends(51)),
    item("1118-0175", "村口路灯从来没亮过", "河西镇 罗家湾村", "照明", "微信", "河西镇政府", "parked", 15, ends(54)),
    item("1118-0219", "医保电子凭证扫不出来，窗口让下载另一个", "市第二医院", "医保", "电话", "市医保局", "handling", 4, ends(57)),
    item("1119-0044", "垃圾堆在 8 栋后墙，清了又堆", "临湖新村 8 栋", "环卫", "微信", "临湖街道办", "again", 24, ends(68), fresh=True),
    item("1119-0071", "单车停满人行道，轮椅过不去", "石桥街道 地铁口", "市容", "扫码", None, "registered", 11, None, fresh=True),
]


def queue(label: str, icon: str, count: int, *, alarm: bool = False, current: bool = False) -> Row:
    return Row(label=label, icon=icon, count=count, more=count > 9999, alarm=alarm, current=current, url=f"/desk?queue={icon}")


GROUPS = [
    Row(
        label=None,
        queues=[
            queue("待派单", "inbox", 18),
            queue("待认领", "user-question", 64),
            queue("办理中", "tool", 3642, current=True),
            queue("将超时", "clock-exclamation", 41),
            queue("已超时", "alert-triangle", 23, alarm=True),
            queue("待回访", "phone-check", 1129),
            queue("督办", "eye", 5, alarm=True),
        ],
    ),
    Row(label="我的", queues=[queue("退回给我的", "arrow-back-up", 3), queue("延期待批", "hourglass", 4), queue("疑似重复", "git-merge", 9)]),
    Row(
        label="存好的筛选",
        queues=[Row(label="供热专班", icon="filter", count=None, more=False, alarm=False, current=False, url="/desk?queue=handling&category=08")],
    ),
]


def note(
    when: datetime,
    who: str,
    what: str,
    text: str | None,
    *,
    public: bool = False,
    mark: str | None = None,
    icon: str = "notes",
    because: str | None = None,
    tone: str = "",
    badge: str = "热",
    to: str | None = None,
) -> Row:
    return Row(
        at=when, who=who, badge=badge, what=what, text=text, public=public, mark=mark, alarm=mark == "紧急上报", to=to, icon=icon, photos=[],
        because=because, tone=tone,
    )  # fmt: skip


JOURNAL = [
    note(FILED, "居民", "提交", None, icon="send"),
    note(
        at(17, 20, 48),
        "系统",
        "派给城北热力公司，柳荫街道协办",
        None,
        icon="arrow-right",
        because="规则 dispatch-3：供热类按供热站划分；槐安里属城北换热站。规则版本 2026-10-01。",
    ),
    note(at(17, 21, 28), "城北热力公司", "认领", None, icon="user-check"),
    note(at(17, 22, 5), "城北热力公司 值班员", "联系", "已通话 3 分钟，约 18 日 9 点上门测温。住户家有 80 岁老人，请先去这家。"),
    note(at(18, 16, 10), "城北热力公司", "阶段答复", REPLY, public=True),
    note(at(18, 17, 32), "柳荫街道 07 网格", "协办意见", "停热通知已贴 3 单元门口，并发楼栋群。2 单元也有 4 户说不热，建议一起测。", badge="街"),
    note(at(18, 20, 15), "市政府分管领导", "", "同一个换热站报了 14 件，不要一户一户修。请热力公司把全部立管查一遍，21 日前报结果。", mark="批示", badge="批"),
    note(at(19, 7, 40), "热线中心 坐席 02", "紧急上报", "3 单元有老人发烧，家里只有 12 度。", mark="紧急上报", badge="中", to="已通知 市政府分管领导 等 4 人"),
    note(at(19, 7, 50), "城北热力公司 值班员", "内部留言", "先去 4 层，带上电暖器。", to="@运行二班"),
    note(at(19, 8), "系统", "提醒：距答复时限 36 小时", None, icon="bell", tone="warn"),
    note(at(19, 9, 5), "运行二班", "进展", "两只阀门已换。1、3、5 层测温 20.1、20.6、19.8 度，4 层没人。"),
]


def field(
    name: str,
    label: str,
    kind: str = "text",
    *,
    required: bool = True,
    choices: tuple[tuple[str, str], ...] = (),
    hint: str = "",
    value: str = "",
    error: str = "",
) -> Row:
    return Row(
        name=name, label=label, type=kind, required=required, choices=list(choices), list="unit", hint=hint, value=value, error=error, limit=None, kept=[]
    )  # fmt: skip


def move(action: str, label: str, effect: str, *fields: Row, primary: bool = False, ask: str | None = None) -> Row:
    answers = action == "answer"
    return Row(
        action=action, label=label, button=label, effect=effect, fields=list(fields), drawn=None, primary=primary, ask=ask, tone="bad" if action == "alert" else "",
        checked=answers, templates=[("7", "室温不达标，已换阀门")] if answers else [], review=None, anyway=False,
    )  # fmt: skip


UNITS = (("liuyin", "柳荫街道办事处"), ("fangguan", "市房屋管理局"), ("shuiwu", "市水务集团"))
MOVES = [
    move(
        "answer",
        "发出答复",
        "居民和大厅都会看到",
        field(
            "text",
            "答复",
            "textarea",
            hint="说清原因、做了什么、下一步和时间、找谁",
            value="您好。3 单元立管两只阀门锈死，今早已换新，复测 3 户室温 19.8 到 20.6 度。4 层没人，今晚 7 点再去。",
        ),
        field("outcome", "结果", "select", choices=(("solved", "已解决"), ("partly", "部分解决"), ("planned", "已列入计划"))),
        field("evidence", "办理照片", "file", required=False),
        primary=True,
    ),
    move(
        "note",
        "内部留言",
        "居民看不到，大厅也看不到",
        field("text", "留言", "textarea"),
        field("to", "@ 谁", "checks", required=False, choices=(("4", "运行二班"), ("5", "派单员 07"))),
    ),
    move("alert", "紧急上报", "领导和督办员马上收到", field("text", "什么情况", "textarea")),
    move("progress", "写进展", "默认居民看得到", field("text", "进展", "textarea"), field("public", "居民也能看到", "checkbox", required=False, value="1")),
    move("reply", "先答一步", "居民会看到，答复时限算按时", field("text", "先答什么", "textarea"), field("promise", "答应办好的日子", "date", required=False)),
    move(
        "contact",
        "记联系",
        "只有单位看得到",
        field("result", "结果", "radio", choices=(("reached", "联系上了"), ("missed", "没接")), value="reached"),
        field("text", "说了什么", "textarea"),
    ),
    move("co_handle", "请人协办", "协办单位马上收到", field("to", "请谁", "lookup", choices=UNITS), field("text", "请他做什么", "textarea")),
    move("extend", "申请延期", "由热线中心批，批前时限照走", field("days", "延几天", "number"), field("text", "为什么", "textarea")),
    move(
        "send_back",
        "退回重派",
        "由热线中心批，要写该谁办",
        field("owner", "该谁办", "lookup", choices=UNITS),
        field("text", "为什么", "textarea"),
        ask="退回后由派单员重派，确定退回吗？",
    ),
    move("escalate", "上交", "交给上一级单位", field("text", "已经做了什么", "textarea")),
    move("park", "挂账", "由热线中心批", field("plan", "打算怎么办", "textarea"), field("review", "哪天再看", "date"), field("owner", "谁盯着", "text")),
]
DEADLINES = [
    Row(
        label="24 小时认领",
        note="17 日 21:28 认领",
        due=CLAIM.due,
        why=[("从", "11 月 17 日 20:48 派单"), ("到", "11 月 18 日 20:48"), ("依据", "本市规则 claim-1，版本 2026-10-01")],
    ),
    Row(
        label="72 小时答复",
        note="20 日 20:46 前",
        due=REPLY_DUE.due,
        why=[
            ("从", "11 月 17 日 20:46 收件"),
            ("算了", "72 小时，日历时间"),
            ("没算", "没有跳过的日子，没有暂停"),
            ("依据", "本市规则 answer-2，版本 2026-10-01"),
        ],
    ),
    Row(label="7 天办结", note="24 日 20:46 前", due=CLOSE.due, why=[("从", "11 月 17 日 20:46 收件"), ("依据", "本市规则 close-1，版本 2026-10-01")]),
]


def handler(role: str, name: str, **more: Any) -> Row:
    bare = {"card": None, "note": None, "person": None, "asked": None, "opinion": None, "waiting": False, "clock": None, "trouble": None}
    return Row(role=role, name=name, **{**bare, **more})


def suggestion(kind: str, label: str, name: str, share: int | None, *reasons: str, verdict: bool | None = None) -> Row:
    field_ = Row(type="select" if kind == "urgency" else "lookup", list=kind, label="应该是", choices=[("normal", "一般")])
    return Row(
        kind=kind, value="x", label=label, name=name, share=share, reasons=list(reasons), holds=False, verdict=verdict, acts=kind == "unit", field=field_
    )  # fmt: skip


DESK_CASE: dict[str, Any] = {
    "case": Row(
        code=CODE,
        title=TITLE,
        text=TEXT,
        tag="handling",
        channel="扫码",
        at=FILED,
        version=9,
        visibility="公开",
        chips=["供热 › 温度不达标", "37 人同诉", "较急"],
        media=[Row(at=FILED, photos=[THERMO, STAIR])],
    ),
    "back": Row(label="办理中", url="/desk?queue=handling"),
    "deadlines": DEADLINES,
    "facts": [
        ("地址", "槐安里 12 栋 3 单元"),
        ("网格", "柳荫街道 07 网格"),
        ("同诉", "37 人，其中 12 栋 22 人"),
        ("以前", "今年反映过 2 件，都满意"),
    ],
    "person": Row(kind="个人", name="王**", phone="有，尾号 01", opened=None, reveal=Row(url=f"/desk/cases/{CODE}/reveal", label="看姓名和电话")),
    "openings": [Row(who="值班员", unit="城北热力公司", reason="约上门测温的时间", at=at(17, 22))],
    "journal": JOURNAL,
    "last": 11,
    "news": "",
    "shown": [
        Row(label="全部", url=f"/desk/cases/{CODE}", current=True, count=9),
        Row(label="公开", url=f"/desk/cases/{CODE}?show=public", current=False, count=3),
        Row(label="内部", url=f"/desk/cases/{CODE}?show=internal", current=False, count=6),
        Row(label="只看办理", url=f"/desk/cases/{CODE}?show=work", current=False, count=8),
    ],
    "moves": MOVES,
    "chosen": "answer",
    "refused": [
        Row(
            label="现在还不到这一步",
            rows=[
                Row(label="认领", reason="现在是「办理中」，「认领」只能在「待认领」时做。"),
                Row(label="办结", reason="现在是「办理中」，「办结」只能在「已答复」时做。"),
            ],
        ),
        Row(label="由别人来做", rows=[Row(label="派单", reason="「派单」由派单员来做。")]),
    ],
    "lists": Markup("").join(
        Markup('<datalist id="list-{}"><option value="{} {}"></option></datalist>').format(name, *UNITS[0]) for name in ("unit", "category", "place")
    ),
    "conflict": None,
    "done": None,
    "problem": None,
    "handlers": [
        handler("主办", "城北热力公司", card="red_card", note="已联系", person="值班员", trouble="经办人已经离开单位，请重新分派"),
        handler("协办", "柳荫街道办事处", asked="请张贴停热通知", opinion="通知已贴。"),
        handler("协办", "市房屋管理局", asked="请查产权", waiting=True, clock=ends(20)),
    ],
    "suggestions": [
        suggestion("category", "类别", "供热 › 温度不达标", 96, "「暖气不热」", "「15 度」", verdict=True),
        suggestion("unit", "主办", "城北热力公司", 93, "槐安里属城北换热站"),
        suggestion("urgency", "紧急程度", "较急", None, "有老人儿童，室温低于 16 度", verdict=False),
    ],
    "measures": [
        Row(
            label="督办单 2026-118",
            number=1,
            moves=[],
            who="市督查室",
            at=at(19, 9),
            text="21 日前报全部立管排查结果。",
            clock=ends(55),
            state="待答复",
            card="yellow_card",
        )
    ],
    "approvals": [
        Row(
            id=4,
            label="延期 2 天",
            who="城北热力公司",
            at=at(19, 9, 50),
            text="4 层住户不在家，要等人回来复测。",
            state="待批",
            clock=ends(3.5, whole=4),
            moves=[
                move("grant", "同意", "时限往后推", field("text", "意见", "textarea", required=False)),
                move("refuse", "不同意", "时限照走", field("text", "为什么", "textarea")),
            ],
        )
    ],
    "starred": False,
    "knowledge": Row(into="answer-text", category="", place=""),
    "sources": [],
    "similar": None,
}
ALIKE = [
    Row(
        code="20261117-0298", title="2 单元暖气也不热", url="/desk/cases/20261117-0298", tag="handling", share=91, reasons=["「暖气」", "同一栋楼"],
        released=True, merge=f"/desk/cases/{CODE}?do=merge&into=20261117-0298#composer",
    ),
    Row(
        code="20260114-0520", title="去年 9 栋立管阀门锈死", url="/cases/20260114-0520", tag="closed", share=79, reasons=["「阀门」"], released=False, merge=None,
    ),
]  # fmt: skip
REVIEW = [
    Row(level="ok", text="说了原因", words=[]),
    Row(level="hint", text="有 2 处套话，建议删掉", words=["高度重视", "第一时间"]),
    Row(level="warn", text="诉求有 2 个要点，这 1 个好像没有答到", words=["热费怎么退"]),
]
LATE_MOVES = [
    move(
        "answer", "发出答复", "居民和大厅都会看到", field("text", "答复", "textarea", value="您好。阀门已换新。", error="没说热费怎么退，补一句"), primary=True
    ),
    *MOVES[1:],
]
LATE_MOVES[0].review, LATE_MOVES[0].anyway = REVIEW, True
LATE_MOVES[0].fields[0].kept = ["ticket"]
TEMPLATES: dict[str, Any] = {
    "rows": [
        Row(
            number=7, title="室温不达标，已换阀门", body="{date}，{unit}到{place}换了阀门。", whose="城北热力公司", action="答复", category="供热",
            url="/desk/templates/7",
        ),
        Row(number=8, title="先告诉您", body="已经收到。", whose="大家都能用", action="阶段答复", category="所有类别", url=None),
    ],
    "form": Row(number=7, values={"title": "", "body": "写了一半", "action": "answer", "unit": "heat", "category": ""}, errors={"title": "请写名字"}),
    "units": [("heat", "城北热力公司"), ("*", "大家都能用")],
    "actions": [("answer", "答复"), ("reply", "阶段答复")],
    "places": [("{place}", "地点")],
    "categories": ["0202 供热"],
    "limit": 4000,
    "gone": Row(title="旧的", fields=[("title", "旧的"), ("body", "旧的话")]),
    "done": Row(words="「旧的」删掉了。", draft=""),
}  # fmt: skip
TOLD = [
    Row(id=2, code=CODE, title=TITLE, what="坐席 02 紧急上报", alarm=True, text="有老人发烧。", at=at(19, 9), read=False, sees=True, url="/desk/mentions/2"),
    Row(id=1, code=CODE, title="", what="值班员 给您留言", alarm=False, text="", at=at(18, 9), read=True, sees=False, url="/desk/mentions/1"),
]


PREVIEW = Row(
    gone=False,
    code=CODE,
    title=TITLE,
    text=TEXT,
    channel="扫码",
    at=FILED,
    version=9,
    tag="handling",
    chips=["供热 › 温度不达标", "37 人同诉"],
    photos=[THERMO, STAIR],
    place="柳荫街道 槐安里 12 栋",
    unit="城北热力公司",
    promises=[CLAIM, REPLY_DUE, CLOSE],
    latest=[
        Row(who="城北热力公司", what="阶段答复", at=at(18, 16, 10), text=REPLY, public=True),
        Row(who="系统", what="提醒", at=at(19, 8), text="", public=False),
    ],
    first=MOVES[0],
    answer=MOVES[2],
    urge=move("urge", "催办", ""),
    other=MOVES[5],
    open="answer",
    lists={"unit": [f"{code} {name}" for code, name in UNITS]},
    starred=True,
    conflict=None,
    problem=None,
    done=None,
)
CHOICES = {"channel": [("web", "网页"), ("phone", "电话")], "kind": [("complaint", "投诉")], "urgency": [("urgent", "紧急")]}
EMPTY_CHOICE = dict.fromkeys(
    ("category", "place", "unit", "channel", "kind", "urgency", "words", "received_from", "received_to", "due_to", "again", "supporters", "sort"), ""
)
LIST: dict[str, Any] = {
    "groups": GROUPS,
    "queue": Row(key="handling", label="办理中", count=3642),
    "sorts": [Row(label="快到期的在前", url="/desk?sort=due", current=True), Row(label="最新的在前", url="/desk?sort=new", current=False)],
    "chosen": [Row(label="类别：供热", url="/desk?queue=handling")],
    "choose": "/desk/choose?queue=handling",
    "save": Row(query=[("queue", "handling"), ("category", "08")], units=[("centre", "市热线中心")]),
    "kept": False,
    "rows": WORK,
    "next": "/desk?after=1119-0071",
    "more_words": "再看 50 件",
    "bulk": [
        Row(key="dispatch", label="派单", icon="arrow-right"), Row(key="urge", label="催办", icon="bell-ringing"), Row(key="export", label="导出", icon="download"),
    ],
    "once": "abc",
    "query": {"queue": "handling", "category": "08"},
    "limit": 500,
    "problem": None,
    "done": None,
    "preview": PREVIEW,
}  # fmt: skip
BULK_ROWS = [
    Row(code="20261114-0096", title="小区门口夜市占道", done=False, why="同事刚刚更新了这件诉求。"), Row(code="20261116-0207", title="学校西门堵车", done=True, why=""),
    Row(code="20261116-0338", title="", done=None, why=""),
]  # fmt: skip
KEPT = Row(id=3, name="供热专班", url="/desk?queue=handling&category=08", words=["办理中", "类别：供热"], owner="", unit="市热线中心")
DESK_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "desk-signin": (
        "desk/signin.html",
        {
            "form": FORM,
            "next": "/desk",
            "why": None,
            "sso": Row(name="云川统一身份", url="/account/with/staff"),
            "demo": Row(password="abcd-efgh-jkmn", people=[Row(username="dispatcher", what="派单员"), Row(username="heating", what="承办单位")]),
        },
    ),
    "desk-worklist": ("desk/worklist.html", LIST),
    "desk-empty": (
        "desk/worklist.html",
        LIST
        | {"queue": Row(key="x", label="退回给我的", count=0), "sorts": [], "chosen": [], "save": None, "choose": None, "rows": [], "next": None, "bulk": []}
        | {"preview": None, "problem": "没有「甲」这个类别，请从列表里选。", "done": Row(words="存好了")},
    ),
    "desk-choose": (
        "desk/worklist/choose.html",
        {
            "queue": Row(key="handling", label="办理中", url="/desk?queue=handling"),
            "values": EMPTY_CHOICE | {"category": "08 供热", "again": "1"},
            "lists": {"category": ["08 供热"], "place": ["liuyin 柳荫街道"], "unit": ["heat 城北热力公司"]},
            "choices": CHOICES,
        },
    ),
    "desk-filters": (
        "desk/worklist/filters.html",
        {
            "own": [KEPT, Row(id=4, name="学校周边", url="/desk", words=["办理中"], owner="", unit=None)],
            "others": [Row(id=5, name="10 人以上同诉", url="/desk", words=["办理中"], owner="派单员 02", unit="市热线中心")],
            "units": [("centre", "市热线中心")],
            "fresh": Row(name="供热专班", unit="", query=[("queue", "handling")], error="您已经有一个同名的筛选，请换个名字。"),
            "wrong": Row(id=4, name="供热专班", error="您已经有一个同名的筛选，请换个名字。"),
            "gone": Row(name="旧的", unit="", query=[("queue", "handling")]),
            "done": Row(words="移好了。"),
        },
    ),
    "desk-no-filters": ("desk/worklist/filters.html", {"own": [], "others": [], "units": [], "fresh": None, "wrong": None, "gone": None, "done": None}),
    "desk-bulk-ask": (
        "desk/worklist/ask.html",
        {
            "action": Row(key="merge", label="并成一件", effect=""),
            "move": move("merge", "并案", "", field("into", "并入哪一件（编号）", error="没有这个编号", value="1114")),
            "rows": WORK[:3],
            "count": 12,
            "hidden": [("20261114-0096", 3)],
            "once": "abc",
            "lists": {"unit": ["a b"]},
            "problem": "您的岗位不能导出。",
        },
    ),
    "desk-bulk": (
        "desk/worklist/bulk.html",
        {
            "job": Row(id=7, action="urge", label="催办", total=3, done=2, good=1, failed=1, ended=False, at=at(19, 9), file=None, makes_file=False),
            "rows": BULK_ROWS,
            "again": [],
        },
    ),
    "desk-bulk-done": (
        "desk/worklist/bulk.html",
        {
            "job": Row(id=7, action="urge", label="催办", total=2, done=2, good=1, failed=1, ended=True, at=at(19, 9), file=None, makes_file=False),
            "rows": BULK_ROWS[:2],
            "again": ["20261114-0096"],
        },
    ),
    "desk-bulk-file": (
        "desk/worklist/bulk.html",
        {
            "job": Row(id=7, action="export", label="导出", total=2, done=2, good=2, failed=0, ended=True, at=at(19, 9), file="/f", makes_file=True),
            "rows": [],
            "again": [],
        },
    ),
    "desk-bulk-refused": ("desk/worklist/refused.html", {"problem": "还没有选。请先勾选要办的诉求。", "back": "/desk"}),
    "desk-case": ("desk/case.html", DESK_CASE),
    "desk-conflict": (
        "desk/case.html",
        DESK_CASE
        | {
            "moves": LATE_MOVES,
            "similar": ALIKE,
            "news": "有新的经过：派单员 07 改派",
            "conflict": Row(rows=[Row(who="派单员 07", what="改派给柳荫街道", at=at(19, 10, 20), text="离得近")], possible=True, why="", typed=[]),
        },
    ),
    "desk-conflict-over": (
        "desk/case.html",
        DESK_CASE
        | {
            "moves": MOVES[3:],
            "similar": [],
            "suggestions": [],
            "person": Row(kind="个人", name="", phone="没有留", opened=[("诉求人", "王女士 138 0000 0001")], reveal=None),
            "conflict": Row(
                rows=[Row(who="值班员", what="答复", at=at(19, 10, 20), text=None)],
                possible=False,
                why="现在是「已答复」。",
                typed=[Row(label="答复", text="写了一半")],
            ),
        },
    ),
    "desk-templates": ("desk/templates.html", TEMPLATES),
    "desk-templates-new": (
        "desk/templates.html",
        TEMPLATES | {"rows": [], "gone": None, "done": None, "form": Row(number=None, values=TEMPLATES["form"].values, errors={})},
    ),
    "desk-mentions": ("desk/mentions.html", {"rows": TOLD, "upto": 2, "next": "/desk/mentions?cursor=x", "done": Row(words="都标为已读了。", draft="")}),
    "desk-mentions-none": ("desk/mentions.html", {"rows": [], "upto": 0, "next": None, "done": None}),
    "desk-again": (
        "desk/again.html",
        {
            "action": f"/desk/cases/{CODE}/moves",
            "words": [("text", "您写的内容", "写了一半")],
            "others": [("action", "answer")],
            "code": CODE,
            "signed_out": True,
            "lost": False,
        },
    ),
    "desk-bare": (
        "desk/case.html",
        DESK_CASE
        | {key: [] for key in ("deadlines", "moves", "refused", "handlers", "suggestions", "measures", "approvals", "similar", "openings", "journal")}
        | {"done": Row(words="退回了，等热线中心批", draft="x"), "problem": "这一步现在不能做"},
    ),
}
