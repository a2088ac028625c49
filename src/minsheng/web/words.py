"""What a state is called on a screen: word, icon and colour together (UI.md §3), never colour alone.

The keys are the states of a case and, over them, what needs doing: soon, over, watch, again, rate.
Icons named here must also stand in a template as icon("…"), because the sprite holds only those (tests/web/test_templates.py).
"""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext_noop as said

from minsheng.policy.directory import Directory


@dataclass(frozen=True, slots=True)
class Tag:
    """`look` is the colour of the style sheet (data-s)."""

    word: str
    icon: str
    look: str


TAGS = {
    "received": Tag(said("已提交"), "send", "new"),
    "registered": Tag(said("待派单"), "inbox", "wait"),
    "dispatched": Tag(said("已派单"), "arrow-right", "sent"),
    "claimed": Tag(said("已认领"), "user-check", "claim"),
    "handling": Tag(said("办理中"), "tool", "doing"),
    "answered": Tag(said("已答复"), "message-check", "reply"),
    "closed": Tag(said("已办结"), "check", "done"),
    "parked": Tag(said("挂账"), "calendar-pause", "wait"),
    "declined": Tag(said("不予受理"), "ban", "back"),
    "referred": Tag(said("已转出"), "external-link", "back"),
    "withdrawn": Tag(said("已撤回"), "circle-minus", "new"),
    "merged": Tag(said("已并案"), "git-merge", "new"),
    "rate": Tag(said("待评价"), "star", "rate"),
    "again": Tag(said("重新办理"), "refresh", "again"),
    "back": Tag(said("已退回"), "arrow-back-up", "back"),
    "soon": Tag(said("将超时"), "clock-exclamation", "soon"),
    "over": Tag(said("已超时"), "alert-triangle", "over"),
    "watch": Tag(said("督办"), "eye", "watch"),
}

#: The three cards: data-c, the one character on it, its name.
CARDS = {
    "yellow_card": ("y", said("黄"), said("黄牌")),
    "orange_card": ("o", said("橙"), said("橙牌")),
    "red_card": ("r", said("红"), said("红牌")),
}


def category(tree: Directory, code: str | None) -> str:
    """What a category is called in the language of the page."""
    found = tree.categories.get(code or "")
    if found is None:
        return ""
    return found.name if (get_language() or "zh").startswith("zh") else found.name_en or found.name
