"""账号和任职: the list of accounts, one account with its posts, roles, dates and stand-ins, and what was changed in it."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import clock
from minsheng.commands.administering import handing, users
from minsheng.commands.administering.ground import mark
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, NotFound, Stale
from minsheng.domain.states import ROLE_ZH, Role
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries import directory_history, members
from minsheng.queries.members import Colleague, Held
from minsheng.web import frame
from minsheng.web.desk.admin import kinds
from minsheng.web.desk.admin.frame import administrators, day, errors, page, within

#: Empty posts at the end of the form, folded away.
SPARE = 1
MOST = 12
_NAMES = [one.name for one in fields(Held)]
_HISTORY = {
    "display_name": "名称", "unit": "单位", "roles": "角色", "post": "岗位", "valid_from": "从哪天起", "valid_until": "到哪天为止", "delegated_to": "由谁代理",
}  # fmt: skip


@require_safe
@administrators
def index(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """账号: by user name, a page at a time."""
    tree, words, role = directories.current(), request.GET.get("words", "").strip()[:60], request.GET.get("role", "")
    role = role if role in set(Role) else ""
    roots = directories.administered(actor)
    area = None if tree.root in roots else {code for root in roots for code in tree.subtree(root)}
    unit = kinds.code(request.GET.get("unit", ""), "unit", tree)
    chosen = ({unit} if area is None or unit in area else set()) if unit else area
    found, after = members.listed(units=chosen, words=words, after=request.GET.get("after", "")[:60], role=role)
    asked = {"words": words, "role": role, "unit": unit}
    context = {
        "rows": [_row(one, tree) for one in found],
        "words": words,
        "role": role,
        "unit": kinds.with_name(unit, "unit", tree) if unit else "",
        "roles": [(str(r), _(ROLE_ZH[r])) for r in Role],
        "next": reverse("admin-users") + "?" + urlencode({**{k: v for k, v in asked.items() if v}, "after": after}) if after else None,
        "lists": {"unit": [f"{u.code} {u.name}" for u in tree.units.values() if area is None or u.code in area]},
    }
    return page(request, "users", actor, "users", context)


def _row(one: Colleague, tree: Directory) -> Row:
    today = clock.local(clock.now()).date()

    def post(h: Held) -> Row:
        unit = tree.units[h.unit].name if h.unit in tree.units else h.unit
        return Row(unit=unit, roles=_roles(h.roles), over=h.valid_until is not None and h.valid_until < today, until=h.valid_until)

    posts = [post(h) for h in one.held]
    return Row(number=one.number, username=one.username, name=one.name, active=one.active, posts=posts)


def _roles(roles: tuple[str, ...]) -> str:
    return "、".join(_(ROLE_ZH[Role(role)]) if role in set(Role) else role for role in roles)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def new(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """新增账号."""
    if request.method != "POST":
        return _form(request, actor, None, {"username": "", "display_name": ""}, [], {})
    typed, held, wrong = _typed(request)
    if not wrong:
        try:
            number = users.enter(typed["username"], display_name=typed["display_name"], held=_posts(held), by=actor)
        except BadInput as problem:
            wrong = _placed(errors(problem), held)
        except MinshengError as problem:
            return _form(request, actor, None, typed, held, {}, problem=frame.words(problem), status=problem.status)
        else:
            frame.tell(request, _("账号加好了。还没有密码，请在账号安全里发给本人。"), draft="admin-user-new")
            return HttpResponseRedirect(reverse("admin-user", args=(number,)))
    return _form(request, actor, None, typed, held, wrong, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def show(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """一个账号: its posts within the area of the administrator; sent, they are arranged anew."""
    found = _colleague(number, actor)
    if request.method != "POST":
        return _form(request, actor, found, {"username": found.username, "display_name": found.name}, _rows(found, actor), {})
    typed, held, wrong = _typed(request)
    seen = request.POST.get("seen", "")
    if not wrong:
        try:
            jobs = users.arrange(
                number, display_name=typed["display_name"], held=_posts(held), seen=int(seen) if seen.isdecimal() else None,
                hand_to=typed["hand_to"], by=actor,
            )  # fmt: skip
        except Stale as problem:
            return _form(request, actor, _colleague(number, actor), typed, held, {}, conflict=frame.words(problem), status=409)
        except BadInput as problem:
            wrong = _placed(errors(problem), held)
        except MinshengError as problem:
            return _form(request, actor, found, typed, held, {}, problem=frame.words(problem), status=problem.status)
        else:
            frame.tell(request, _("改好了，马上生效。") if not jobs else _("改好了。离开的单位，手上的工单正在移交。"), draft=f"admin-user-{number}")
            return HttpResponseRedirect(reverse("admin-job", args=(jobs[0],)) if jobs else reverse("admin-user", args=(number,)))
    return _form(request, actor, found, typed, held, wrong, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def hand(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """手上的工单: give the open orders of one unit back to it, or to a colleague."""
    found, tree = _colleague(number, actor), directories.current()
    unit = request.POST.get("unit", "")
    here = HttpResponseRedirect(reverse("admin-user", args=(number,)))
    if request.method != "POST" or unit not in tree.units or not within(actor, tree, unit):
        return here
    to = request.POST.get("to", "")
    chosen = next((one.number for one in members.of_unit(unit) if one.username == to), None)
    job = handing.hand_back(found.number, unit=unit, to=chosen, by=actor)
    return HttpResponseRedirect(reverse("admin-job", args=(job,))) if job is not None else here


@require_POST
@administrators
def undo(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """改回去."""
    user = users.put_back(number, by=actor)
    frame.tell(request, _("改回去了，也记了一笔。"))
    return HttpResponseRedirect(reverse("admin-user", args=(user,)))


# --- one page -----------------------------------------------------------------------------------------------------------------------


def _colleague(number: int, actor: Actor) -> Colleague:
    """Somebody of the actor's area, or nobody that they may know of."""
    found, tree = members.colleague(number), directories.current()
    if found is None or (found.held and not any(within(actor, tree, h.unit) for h in found.held)):
        raise NotFound(_("没有这个账号，或者不归您管。"), "There is no such account, or it is outside of your area.")
    return found


def _rows(found: Colleague, actor: Actor) -> list[dict[str, Any]]:
    """The posts within the area, as the form holds them."""
    tree = directories.current()
    return [
        {
            "unit": kinds.with_name(h.unit, "unit", tree), "roles": list(h.roles), "post": h.post, "valid_from": _day(h.valid_from),
            "valid_until": _day(h.valid_until), "delegated_to": h.delegated_to,
        }
        for h in found.held if within(actor, tree, h.unit)
    ]  # fmt: skip


def _form(
    request: HttpRequest, actor: Actor, found: Colleague | None, typed: Mapping[str, str], held: list[dict[str, Any]], wrong: dict[str, str],
    *, conflict: str | None = None, problem: str | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    tree = directories.current()
    general = wrong.pop("", None)
    elsewhere = [h for h in found.held if not within(actor, tree, h.unit)] if found else []
    number = found.number if found else None
    blank = {"unit": "", "roles": [], "post": "", "valid_from": "", "valid_until": "", "delegated_to": ""}
    rows = (held + [dict(blank) for _n in range(SPARE)])[:MOST]
    context = {
        "user": found,
        "form": Row(values=dict(typed), errors=wrong),
        "held": rows,
        "elsewhere": [f"{tree.units[h.unit].name if h.unit in tree.units else h.unit}：{_roles(h.roles)}" for h in elsewhere],
        "roles": [(str(r), _(ROLE_ZH[r])) for r in Role],
        "seen": mark(members.picture(number)) if number is not None else None,
        "history": _history(directory_history.history(f"user:{number}"), tree) if number is not None else [],
        "work": _work(found, tree) if found else [],
        "lists": {
            "unit": [f"{u.code} {u.name}" for u in tree.units.values() if within(actor, tree, u.code)],
            "post": [f"{p.code} {p.name}" for p in tree.posts.values() if within(actor, tree, p.unit)],
        },
        "conflict": conflict,
        "problem": problem or general,
    }
    return page(request, "user", actor, "users", context, status=status)


def _work(found: Colleague, tree: Directory) -> list[Row]:
    """Open orders that this person has, by unit; with the colleagues who could take them."""
    here = []
    for unit in dict.fromkeys(h.unit for h in found.held):
        orders = members.order_codes(unit, assignee=found.number)
        if orders:
            others = [(one.username, one.name) for one in members.of_unit(unit) if one.number != found.number]
            here.append(Row(unit=unit, name=tree.units[unit].name if unit in tree.units else unit, codes=orders[:5], count=len(orders), others=others))
    return here


def _history(found: list[directory_history.Changed], tree: Directory) -> list[Row]:
    return [
        Row(number=one.number, at=one.at, by=one.name, from_day=one.from_day, note=one.note, what=_what(one), lines=_lines(one, tree),
            undoable=one.newest and one.before is not None and "posts" in one.before)
        for one in found
    ]  # fmt: skip


def _what(one: directory_history.Changed) -> str:
    if "orders" in (one.after or {}):
        return str(_("移交"))
    return str(_("新增") if one.before is None else _("修改"))


def _lines(one: directory_history.Changed, tree: Directory) -> list[Row]:
    before, after = one.before or {}, one.after or {}
    lines = []
    if before.get("display_name", "") != after.get("display_name", "") and "posts" in after:
        lines.append(Row(label=_(_HISTORY["display_name"]), before=before.get("display_name", ""), after=after.get("display_name", "")))
    then, now = ([_post_words(post, tree) for post in told.get("posts", ())] for told in (before, after))
    lines += [Row(label=_("任职"), before=words, after="") for words in then if words not in now]
    lines += [Row(label=_("任职"), before="", after=words) for words in now if words not in then]
    return lines


def _post_words(post: dict[str, str], tree: Directory) -> str:
    unit = tree.units[post["unit"]].name if post["unit"] in tree.units else post["unit"]
    words = f"{unit}：{_roles(tuple(post['roles'].split(';')))}"
    if post["valid_from"] or post["valid_until"]:
        words += f"（{post['valid_from'] or '…'} – {post['valid_until'] or '…'}）"
    return words + (f"，{_('由谁代理')} {post['delegated_to']}" if post["delegated_to"] else "")


# --- reading ------------------------------------------------------------------------------------------------------------------------


def _typed(request: HttpRequest) -> tuple[dict[str, str], list[dict[str, Any]], dict[str, str]]:
    """What was typed; the rows that say anything; and what cannot be a day."""
    typed = {name: request.POST.get(name, "").strip() for name in ("username", "display_name", "hand_to")}
    rows, wrong = [], {}
    for n in range(MOST):
        row: dict[str, Any] = {name: request.POST.get(f"{name}-{n}", "").strip() for name in _NAMES if name != "roles"}
        row["roles"] = request.POST.getlist(f"roles-{n}")
        if not any(row.values()) or request.POST.get(f"away-{n}"):
            continue
        at = len(rows)
        rows.append(row)
        for name in ("valid_from", "valid_until"):
            try:
                day(row[name], f"{name}-{at}")
            except BadInput as problem:
                wrong |= errors(problem)
    return typed, rows, wrong


def _posts(rows: list[dict[str, Any]]) -> list[Held]:
    tree = directories.current()
    return [
        Held(kinds.code(row["unit"], "unit", tree), tuple(row["roles"]), row["post"].split(" ", 1)[0], day(row["valid_from"], ""), day(row["valid_until"], ""),
             row["delegated_to"].split(" ", 1)[0])
        for row in rows
    ]  # fmt: skip


def _placed(wrong: dict[str, str], held: list[dict[str, Any]]) -> dict[str, str]:
    """Errors at the fields of the page: what is about all posts stands at the first one."""
    return {("unit-0" if name == "held" else name): words for name, words in wrong.items()}


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
