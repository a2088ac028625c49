"""消息: what this account was told, newest first."""

from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng.commands import messages as commands
from minsheng.domain.errors import BadInput
from minsheng.queries import messages as queries
from minsheng.web import frame, shown

PAGE = 20
#: What happened, by the event that a message tells of: in a few words, and with an icon (templates/icons.txt).
_NEWS = {
    "receive": ("收到了", "send"),
    "decline": ("不予受理", "ban"),
    "dispatch": ("交给单位办理", "arrow-right"),
    "rule": ("定下来由谁办", "arrow-right"),
    "reassign": ("换了单位办理", "arrow-right"),
    "forward": ("换了单位办理", "arrow-right"),
    "escalate": ("交到上一级办理", "arrow-right"),
    "reply": ("有阶段答复", "tool"),
    "pass_check": ("已经答复", "message-check"),
    "answer_at_once": ("已经答复", "message-check"),
    "park": ("列入计划，到时候再办", "calendar-pause"),
    "unpark": ("重新开始办理", "tool"),
    "close": ("已经办结", "check"),
    "reopen": ("重新办理", "refresh"),
    "refer": ("转到别处处理", "external-link"),
    "merge": ("和同一件事并在一起办", "git-merge"),
    "unmerge": ("拆开单独办", "git-merge"),
    "gathered": ("列入专项", "list"),
    "spot": ("专项又完成一处", "list"),
}
_OTHER = ("有新进展", "bell")


@require_http_methods(["GET", "HEAD", "POST"])
def messages(request: HttpRequest) -> HttpResponse:
    """The list; posted, everything that it showed is read."""
    account = frame.account(request)
    if account is None:
        return frame.page(request, "citizen/messages.html", {"signed_in": False, "unread": 0, "rows": [], "upto": 0, "next": None, "first": True, "done": None})
    if request.method == "POST":
        commands.read(account, upto=_number(request.POST.get("upto", "")))
        frame.tell(request, _("都标成已读了。"))
        return HttpResponseRedirect(reverse("messages"))
    found = queries.page(account, cursor=request.GET.get("cursor", ""), limit=PAGE)
    context = {
        "signed_in": True,
        "unread": queries.unread(account),
        "rows": [_row(message) for message in found.rows],
        "upto": found.rows[0].id if found.rows else 0,
        "next": f"{reverse('messages')}?cursor={found.next}" if found.next else None,
        "first": not request.GET.get("cursor"),
        "done": frame.told(request),
    }
    return frame.page(request, "citizen/messages.html", context)


@require_safe
def message(request: HttpRequest, message: int) -> HttpResponse:
    """打开一条: it is read, and its case opens."""
    account = frame.account(request)
    if account is None:
        return HttpResponseRedirect(reverse("messages"))  # which says to sign in
    code = commands.read_one(account, message=message)
    return HttpResponseRedirect(reverse("case", args=(code,)))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise BadInput(field="upto", zh="这个页面放得太久了，请刷新后再点一次。", en="This page is out of date: reload it and try again.")
    return int(text)


def _row(message: queries.Message) -> Row:
    """A row of the page. The full sentence is Chinese; an English page has the news and the case."""
    news, icon = _NEWS.get(message.event, _OTHER)
    said = message.text.removeprefix(f"编号 {message.code}：").removeprefix(f"您关注的 {message.code}：") if frame.chinese() else ""
    titled = bool(message.title or message.body)
    return Row(
        id=message.id,
        code=message.code,
        title=shown.headline(message.title, message.body) if titled else None,
        news=_(news),
        icon=icon,
        text="" if said.rstrip("。") == news else said,
        at=message.at,
        read=message.read,
        followed=message.followed,
        url=reverse("message", args=(message.id,)) if message.opens else None,
    )
