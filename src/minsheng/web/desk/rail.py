"""侧栏: where somebody at the desk may go. One row a part; whoever may not do the deed does not see the row."""

from types import SimpleNamespace as Row

from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.policy.directory import Directory

#: key (`here` of the page), name of the address, icon, word, deed (domain.access.DEEDS).
RAIL = (
    ("lead", "lead", "layout-dashboard", "驾驶舱", "lead"),
    ("look-on", "look-on", "eye", "看本区", "look_on"),
    ("list", "desk", "inbox", "工单", "list"),
    ("calls", "desk-calls", "headset", "坐席", "answer_calls"),
    ("call-list", "desk-calls-all", "phone", "通话", "see_calls"),
    ("grid", "grid", "map-pin-check", "网格", "patrol"),
    ("spots", "grid-spots", "route", "巡查点", "plan_patrols"),
    ("approvals", "desk-approvals", "checklist", "审批", "decide_approvals"),
    ("measures", "desk-measures", "flag", "督办", "supervise"),
    ("callbacks", "desk-callbacks", "phone-check", "回访", "call_people"),
    ("quality", "desk-quality", "clipboard-check", "质检", "check_answers"),
    ("scores", "desk-scores", "chart-bar", "评分", "lead"),
    ("knowledge", "desk-knowledge", "book", "知识库", "read_articles"),
    ("rules", "desk-rules", "gavel", "规则", "propose_rules"),
    ("liaison", "desk-liaison", "address-book", "联系网民", "keep_in_touch"),
    ("campaigns", "desk-campaigns", "target", "专项", "run_campaigns"),
    ("remarks", "desk-remarks", "message-2", "评论", "list"),
    ("articles", "desk-articles", "file-text", "文章", "write_articles"),
    ("publications", "desk-publications", "news", "刊物", "read_publications"),
    ("templates", "desk-templates", "template", "模板", "write_templates"),
    ("plates", "plates", "qrcode", "码牌", "list"),
    ("people", "desk-people", "users", "账号", "administer"),
    ("admin", "admin", "settings", "管理", "administer"),
    ("acts", "admin-acts", "history", "记录", "read_acts"),
)


def rail(actor: Actor, tree: Directory) -> list[Row]:
    """The rows of this person."""
    return [Row(key=key, url=reverse(name), icon=icon, label=_(zh)) for key, name, icon, zh, deed in RAIL if access.may(actor, deed, tree)]
