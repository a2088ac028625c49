"""The words of a case: states, kinds, roles. One word per idea (HOUSE §8); GLOSSARY.md is tested against these."""

from enum import StrEnum


class State(StrEnum):
    """状态: in whose hands the case is. Who is watching is said by measures, never by a state."""

    RECEIVED = "received"
    REGISTERED = "registered"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    ANSWERED = "answered"
    PARKED = "parked"
    CLOSED = "closed"
    DECLINED = "declined"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


OPEN = frozenset({State.RECEIVED, State.REGISTERED, State.DISPATCHED, State.HANDLING, State.ANSWERED, State.PARKED})
FINAL = frozenset(State) - OPEN

STATE_ZH = {
    State.RECEIVED: "待受理",
    State.REGISTERED: "待派单",
    State.DISPATCHED: "待认领",
    State.HANDLING: "办理中",
    State.ANSWERED: "已答复",
    State.PARKED: "挂账",
    State.CLOSED: "已办结",
    State.DECLINED: "不予受理",
    State.REFERRED: "已转出",
    State.WITHDRAWN: "已撤回",
    State.MERGED: "已并案",
}


class Kind(StrEnum):
    """诉求类型."""

    COMPLAINT = "complaint"
    HELP = "help"
    ENQUIRY = "enquiry"
    SUGGESTION = "suggestion"
    REPORT = "report"
    PRAISE = "praise"


KIND_ZH = {Kind.COMPLAINT: "投诉", Kind.HELP: "求助", Kind.ENQUIRY: "咨询", Kind.SUGGESTION: "建议", Kind.REPORT: "举报", Kind.PRAISE: "表扬"}


class Urgency(StrEnum):
    """紧急程度."""

    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


URGENCY_ZH = {Urgency.NORMAL: "一般", Urgency.HIGH: "较急", Urgency.URGENT: "紧急"}


class Channel(StrEnum):
    """渠道: by which door the case came in."""

    WEB = "web"
    PHONE = "phone"
    WECHAT = "wechat"
    WEIBO = "weibo"
    APP = "app"
    MAILBOX = "mailbox"
    MEDIA = "media"
    QR = "qr"
    PATROL = "patrol"
    API = "api"
    IMPORT = "import"


CHANNEL_ZH = {
    Channel.WEB: "网页",
    Channel.PHONE: "电话",
    Channel.WECHAT: "微信",
    Channel.WEIBO: "微博",
    Channel.APP: "客户端",
    Channel.MAILBOX: "信箱",
    Channel.MEDIA: "媒体热线",
    Channel.QR: "扫码",
    Channel.PATROL: "巡查",
    Channel.API: "平台推送",
    Channel.IMPORT: "历史导入",
}


class Origin(StrEnum):
    """来源: who noticed. Only citizens' cases count in rates."""

    CITIZEN = "citizen"
    PATROL = "patrol"
    UNIT = "unit"
    DRILL = "drill"


class Role(StrEnum):
    """角色 of a staff member."""

    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    STAFF = "staff"
    CHECKER = "checker"
    CALLBACK = "callback"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    GRID = "grid"
    DEPUTY = "deputy"
    OBSERVER = "observer"
    EDITOR = "editor"
    DISCIPLINE = "discipline"
    ANALYST = "analyst"
    ADMIN = "admin"


ROLE_ZH = {
    Role.OPERATOR: "坐席",
    Role.DISPATCHER: "派单员",
    Role.STAFF: "承办员",
    Role.CHECKER: "质检员",
    Role.CALLBACK: "回访员",
    Role.SUPERVISOR: "督办员",
    Role.LEADER: "领导",
    Role.GRID: "网格员",
    Role.DEPUTY: "人大代表",
    Role.OBSERVER: "观察员",
    Role.EDITOR: "编辑",
    Role.DISCIPLINE: "纪检",
    Role.ANALYST: "分析员",
    Role.ADMIN: "管理员",
}


class Who(StrEnum):
    """Relation of an actor to a case: what the table of moves asks for."""

    CITIZEN = "citizen"
    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    LEAD = "lead"
    CO = "co"
    CHECKER = "checker"
    SUPERVISOR = "supervisor"
    CALLBACK = "callback"
    LEADER = "leader"
    SYSTEM = "system"


WHO_ZH = {
    Who.CITIZEN: "诉求人",
    Who.OPERATOR: "坐席",
    Who.DISPATCHER: "派单员",
    Who.LEAD: "主办单位",
    Who.CO: "协办单位",
    Who.CHECKER: "质检员",
    Who.SUPERVISOR: "督办员",
    Who.CALLBACK: "回访员",
    Who.LEADER: "领导",
    Who.SYSTEM: "系统",
}


class OrderRole(StrEnum):
    """主办 / 协办."""

    LEAD = "lead"
    CO = "co"


class Outcome(StrEnum):
    """办理结果: what the unit says it achieved. 办结 is never read as 解决."""

    SOLVED = "solved"
    PARTLY = "partly"
    EXPLAINED = "explained"
    PLANNED = "planned"
    DECLINED = "declined"


OUTCOME_ZH = {
    Outcome.SOLVED: "已解决",
    Outcome.PARTLY: "部分解决",
    Outcome.EXPLAINED: "已说明情况",
    Outcome.PLANNED: "已列入计划",
    Outcome.DECLINED: "不能办，已说明依据",
}


class Visibility(StrEnum):
    """公开 / 不公开 / 保密 (举报: never public, the accused never see it)."""

    PUBLIC = "public"
    PRIVATE = "private"
    SECRET = "secret"  # noqa: S105


class PartyRole(StrEnum):
    """当事人: caller, person concerned, affected, accused."""

    CALLER = "caller"
    CONCERNED = "concerned"
    AFFECTED = "affected"
    ACCUSED = "accused"


PARTY_ZH = {PartyRole.CALLER: "诉求人", PartyRole.CONCERNED: "当事人", PartyRole.AFFECTED: "同诉人", PartyRole.ACCUSED: "被反映人"}

#: 联系: by which way a person was reached, and why not.
METHODS = {"phone": "电话", "visit": "上门", "message": "短信或微信", "video": "视频"}
FAILED = {"no_answer": "没人接", "busy": "占线", "wrong_number": "号码不对", "absent": "家里没人", "refused": "不愿意谈"}


class MeasureKind(StrEnum):
    """监督措施."""

    REMINDER = "reminder"
    SUPERVISION = "supervision"
    YELLOW_CARD = "yellow_card"
    ORANGE_CARD = "orange_card"
    RED_CARD = "red_card"
    INTERVIEW = "interview"
    EXPOSURE = "exposure"
    SPECIAL_REPORT = "special_report"
    REFERRAL = "referral"
    INSTRUCTION = "instruction"
    CRITICISM = "criticism"
    SUGGESTION = "suggestion"


MEASURE_ZH = {
    MeasureKind.REMINDER: "提醒",
    MeasureKind.SUPERVISION: "督办单",
    MeasureKind.YELLOW_CARD: "黄牌",
    MeasureKind.ORANGE_CARD: "橙牌",
    MeasureKind.RED_CARD: "红牌",
    MeasureKind.INTERVIEW: "约谈",
    MeasureKind.EXPOSURE: "曝光",
    MeasureKind.SPECIAL_REPORT: "专报",
    MeasureKind.REFERRAL: "移交纪检",
    MeasureKind.INSTRUCTION: "批示",
    MeasureKind.CRITICISM: "通报批评",
    MeasureKind.SUGGESTION: "代表建议",
}

#: Rules may open these by themselves; every other kind is only proposed by rule and opened by a named person (CITIES §1).
OPENED_BY_RULE = frozenset({MeasureKind.REMINDER, MeasureKind.SUPERVISION, MeasureKind.YELLOW_CARD})
#: These do not put a case under 督办.
UNWATCHED = frozenset({MeasureKind.REMINDER, MeasureKind.SUGGESTION})
