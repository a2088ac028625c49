"""办理: queues, cases and moves for staff."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from minsheng.api import auth
from minsheng.api.errors import Problem
from minsheng.api.hall import Cursor
from minsheng.api.schemas import (
    ApprovalPage,
    ApprovalRow,
    AvailableMoves,
    Decision,
    Desk,
    InboxPage,
    Me,
    MoveAsked,
    Moved,
    MoveDescription,
    OpenedPeople,
    OpenedPerson,
    Post,
    Queues,
    Reason,
    Timeline,
    available,
    described,
    moved,
    send,
)  # fmt: skip
from minsheng.commands import approvals, forms, people
from minsheng.domain import access, facts_json
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput
from minsheng.domain.moves import MOVES_ZH
from minsheng.models.approval import Approval
from minsheng.policy.directory import Directory
from minsheng.queries import cases, inbox
from minsheng.queries import directory as directories
from minsheng.queries.pages import Cursor as Place
from minsheng.queries.pages import read

router = Router(tags=["staff"], auth=auth.STAFF)

REFUSALS = dict.fromkeys((400, 401, 403, 404, 409, 413, 415, 422), Problem)


@router.get("/me", summary="Who I am", response={200: Me, 401: Problem}, operation_id="me")
def me(request: HttpRequest) -> HttpResponse:
    """Units and roles of the caller, today."""
    actor, tree = auth.staff(request), directories.current()
    posts = [Post(m.unit, tree.units[m.unit].name if m.unit in tree.units else m.unit, sorted(m.roles)) for m in actor.memberships]
    return send(Me, Me(actor.id, actor.name, posts))


# --- queues -----------------------------------------------------------------------------------------------------------------------


class Stretch(BaseModel):
    """Which page."""

    cursor: Cursor = Field("", description="`next` of the page before")
    limit: int = Field(30, ge=1, le=100)


class Wanted(Stretch):
    """Which page of which queue."""

    queue: str = Field(max_length=40, examples=["dispatched"])


@router.get("/queues", summary="My queues", response={200: Queues, 401: Problem}, operation_id="queues")
def queues(request: HttpRequest) -> HttpResponse:
    """The caller's queues with their counts."""
    return send(Queues, Queues(inbox.queues(auth.staff(request))))


@router.get("/inbox", summary="A page of a queue", response={200: InboxPage, 401: Problem, 404: Problem, 422: Problem}, operation_id="inbox")
def inbox_page(request: HttpRequest, wanted: Query[Wanted]) -> HttpResponse:
    """Most pressing first."""
    page = inbox.inbox(auth.staff(request), queue=wanted.queue, cursor=wanted.cursor, limit=wanted.limit)
    return send(InboxPage, InboxPage(page.rows, page.next))


# --- one case -----------------------------------------------------------------------------------------------------------------------


@router.get("/cases/{code}/desk", summary="A case for staff", response={200: Desk, 401: Problem, 404: Problem}, operation_id="desk")
def desk(request: HttpRequest, code: str) -> HttpResponse:
    """Everything about the case but names and phones: those are opened with a reason."""
    view = cases.desk(code, auth.staff(request))
    return send(Desk, Desk(view, available(view.choices)))


@router.get("/cases/{code}/events", summary="The journal of a case", response={200: Timeline, 401: Problem, 404: Problem}, operation_id="events")
def events(request: HttpRequest, code: str) -> HttpResponse:
    """流转记录, in order, with the reason of every decision."""
    return send(Timeline, Timeline(cases.desk(code, auth.staff(request)).case.entries))


@router.get("/cases/{code}/moves", summary="What may I do now?", response={200: AvailableMoves, 401: Problem, 404: Problem}, operation_id="available_moves")
def available_moves(request: HttpRequest, code: str) -> HttpResponse:
    """Every move of this city with its fields, or why it may not be made now."""
    view = cases.desk(code, auth.staff(request))
    return send(AvailableMoves, AvailableMoves(view.case.version, available(view.choices)))


@router.post("/cases/{code}/moves", summary="Make a move", response={200: Moved, **REFUSALS}, operation_id="make_move")
def make_move(request: HttpRequest, code: str, asked: MoveAsked) -> HttpResponse:
    """The move named by `move`, with its fields beside it. 403 or 409 says why not; 409 `stale`: read the case again."""
    return send(Moved, _perform(code, asked.move, asked.model_extra or {}, by=auth.staff(request), seen=asked.seen))


@router.get("/moves", summary="All moves and their fields", response={200: list[MoveDescription], 401: Problem}, operation_id="moves")
def moves(request: HttpRequest) -> HttpResponse:
    """环节动作 and the steps beside them, as forms."""
    return send(list[MoveDescription], [described(form) for form in forms.FORMS.values()])


def _perform(code: str, action: str, raw: dict[str, Any], *, by: Actor, seen: int | None) -> Moved:
    known = {field.name for field in forms.form(action).fields}
    for name in raw:
        if name not in known:
            raise BadInput(
                field=name[:60],
                zh=f"「{MOVES_ZH.get(action, action)}」没有这一项，请看看名称有没有写错。",
                en=f"“{action}” has no such field; please check its name.",
            )
    return moved(forms.perform(code, action, raw, by=by, seen=seen))


@router.post("/cases/{code}/parties/open", summary="Open the people of a case", response={200: OpenedPeople, **REFUSALS}, operation_id="open_parties")
def open_parties(request: HttpRequest, code: str, why: Reason) -> HttpResponse:
    """查看诉求人: names, phones and addresses. Who, when and why is recorded, and the person can see it."""
    opened = people.open_parties(code, reason=why.reason, by=auth.staff(request))
    return send(OpenedPeople, OpenedPeople([OpenedPerson(p.role, p.name, p.phone, p.address, p.identity) for p in opened]))


# --- approvals ------------------------------------------------------------------------------------------------------------------------


@router.get("/approvals", summary="What waits for my consent", response={200: ApprovalPage, 401: Problem, 422: Problem}, operation_id="approvals")
def waiting(request: HttpRequest, wanted: Query[Stretch]) -> HttpResponse:
    """退单、延期、挂账 and the like that the caller may decide on, oldest first."""
    actor, tree, after = auth.staff(request), directories.current(), read(wanted.cursor)
    asked = Approval.objects.filter(status="asked").exclude(asked_by=actor.tag)
    units = [u for u in asked.values_list("approver_unit", flat=True).distinct() if u in tree.units and approvals.may_decide(actor, u)]
    rows = asked.filter(approver_unit__in=units).select_related("case").order_by("asked_at", "id")
    if after is not None:
        rows = rows.extra(where=["(ms_approval.asked_at, ms_approval.id) > (%s, %s)"], params=[after.at, after.id])
    found, limit = list(rows[: wanted.limit + 1]), wanted.limit
    following = str(Place(found[limit - 1].asked_at, found[limit - 1].pk)) if len(found) > limit else ""
    return send(ApprovalPage, ApprovalPage([_approval(row, tree) for row in found[:limit] if _may_see(row, actor, tree)], following))


@router.post("/cases/{code}/approvals/{number}", summary="Consent or refuse", response={200: Moved, **REFUSALS}, operation_id="decide")
def decide(request: HttpRequest, code: str, number: str, said: Decision) -> HttpResponse:
    """审批: with consent the held move is made, if it still may be."""
    raw = {"number": number} if said.decision == "grant" else {"number": number, "reason": said.reason}
    return send(Moved, _perform(code, said.decision, raw, by=auth.staff(request), seen=said.seen))


def _may_see(row: Approval, actor: Actor, tree: Directory) -> bool:
    facts = facts_json.from_json(row.case.facts)
    place = facts.place or facts.district
    return access.may_see(actor, facts, tree, place_unit=tree.places[place].unit if place and place in tree.places else None)


def _approval(row: Approval, tree: Directory) -> ApprovalRow:
    def name(unit: str | None) -> str:
        return tree.units[unit].name if unit and unit in tree.units else unit or ""

    return ApprovalRow(
        code=row.case.code, title=row.case.title, number=row.number, move=row.move, move_zh=MOVES_ZH[row.move],
        asked_unit=row.asked_unit, asked_unit_name=name(row.asked_unit), approver_unit=row.approver_unit, approver_name=name(row.approver_unit),
        asked_at=row.asked_at, version=row.case.version,
    )  # fmt: skip
