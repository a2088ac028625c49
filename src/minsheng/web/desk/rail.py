"""侧栏: where somebody at the desk may go. One row a part; whoever may not do the deed does not see the row."""

from types import SimpleNamespace as Row

from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.policy.directory import Directory

#: key (`here` of the page), name of the address, icon, word, deed (domain.access.DEEDS).
RAIL = (
    ("list", "desk", "inbox", "工单", "list"),
    ("remarks", "desk-remarks", "message-2", "评论", "list"),
    ("articles", "desk-articles", "file-text", "文章", "write_articles"),
    ("plates", "plates", "qrcode", "码牌", "list"),
    ("admin", "admin", "settings", "管理", "administer"),
    ("acts", "admin-acts", "history", "记录", "read_acts"),
)


def rail(actor: Actor, tree: Directory) -> list[Row]:
    """The rows of this person."""
    return [Row(key=key, url=reverse(name), icon=icon, label=_(zh)) for key, name, icon, zh, deed in RAIL if access.may(actor, deed, tree)]
