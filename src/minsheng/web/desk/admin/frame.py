"""What stands around every page of the administration: who may come in, where it leads, and how refusals of a form come back."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng.commands.administering.ground import BadRow
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotAllowed
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.web import frame
from minsheng.web.desk.entering import badge, staff

#: key, name of the address, its argument, icon, word, deed.
_PARTS = (
    ("units", "admin-items", "units", "building", "单位", "administer"),
    ("places", "admin-items", "places", "map-2", "地点", "administer"),
    ("categories", "admin-items", "categories", "category", "事项分类", "administer"),
    ("rules", "admin-items", "rules", "route", "职责规则", "administer"),
    ("posts", "admin-items", "posts", "id-badge-2", "责任岗位", "administer"),
    ("users", "admin-users", "", "users", "账号和任职", "administer"),
    ("calendar", "admin-calendar", "", "calendar-check", "日历调整", "administer"),
    ("import", "admin-import", "", "upload", "导入导出", "administer"),
    ("profile", "admin-profile", "", "book", "城市规则", "administer"),
    ("acts", "admin-acts", "", "history", "操作记录", "read_acts"),
)
_GROUPS = (("通讯录", ("units", "places", "categories", "rules", "posts", "users")), ("规则和时间", ("calendar", "profile")), ("数据", ("import", "acts")))


def administrators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for who administers somewhere; somebody else at the desk reads why not."""
    return _guarded(view, "administer", NotAllowed("这里由管理员来管。您的账号没有这个权限。", "This is for administrators; your account is none."))


def readers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for who may read what colleagues did."""
    return _guarded(view, "read_acts", NotAllowed("操作记录由管理员和纪检监察来看。您的账号没有这个权限。", "The record is for administrators and discipline."))


def _guarded(view: Callable[..., HttpResponse], deed: str, refusal: NotAllowed) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, actor: Actor, **kwargs: Any) -> HttpResponse:
        if not access.may(actor, deed, directories.current()):
            raise refusal
        return view(request, *args, actor=actor, **kwargs)

    return staff(guarded)


def page(request: HttpRequest, template: str, actor: Actor, here: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """One page of the administration."""
    around = {"staff": badge(actor), "q": "", "part": here, "parts": parts(actor, here), "done": frame.told(request)}
    return frame.page(request, f"desk/admin/{template}.html", {**around, **context}, status=status)


def parts(actor: Actor, here: str) -> list[Row]:
    """The parts that this person may open, in groups."""
    tree = directories.current()
    known = {
        key: Row(url=reverse(name, args=(argument,) if argument else ()), icon=icon, label=_(zh), current=key == here)
        for key, name, argument, icon, zh, deed in _PARTS
        if access.may(actor, deed, tree)
    }
    groups = [Row(label=_(zh), parts=[known[key] for key in keys if key in known]) for zh, keys in _GROUPS]
    return [group for group in groups if group.parts]


def errors(problem: BadInput) -> dict[str, str]:
    """field → what to do, in the language of the page."""
    if isinstance(problem, BadRow):
        return {name: zh if frame.chinese() else en for name, (zh, en) in problem.all.items()}
    return {problem.field: frame.words(problem)}


def day(text: str, name: str) -> date | None:
    """A day as a form sends it; None where nothing was written."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(field=name, zh="日子要写成 2026-01-31 这样。", en="Write the day like 2026-01-31.") from None


def within(actor: Actor, tree: Directory, unit: str | None) -> bool:
    """Does the unit lie where this person administers? None stands for the whole city."""
    roots = directories.administered(actor)
    return tree.root in roots if unit is None else any(tree.under(unit, root=root) for root in roots)
