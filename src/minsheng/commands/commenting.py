"""评论 (大家说): what people say under a public case. Held until somebody of the desk has read it; every version and every reason is kept."""

from minsheng.casework import Work, casework
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotAllowed, NotFound, WrongState
from minsheng.domain.states import Role, Visibility, Who
from minsheng.domain.text import clean, line
from minsheng.intelligence.masking import mask
from minsheng.models.case import CaseText
from minsheng.models.participation import Comment, CommentWords
from minsheng.projections import is_public

LIMIT = 300
#: So many of one account may wait to be read in one case.
WAITING = 3
_JUDGES = frozenset({Who.OPERATOR, Who.DISPATCHER, Who.SUPERVISOR})


def comment(code: str, *, text: str, by: Actor) -> int:
    """评论: say something about a public case; it is seen once somebody has read it. Returns its number. A unit that has the case speaks as the unit."""
    text = clean(text, limit=LIMIT, name="text")
    with casework(code, by=by) as work:
        if not is_public(work.facts):
            raise NotFound()
        if not work.ask("publicity").value.comments:
            raise WrongState("这件诉求不开放评论。", "This case is not open for comments.")
        unit = _unit(work, by)
        if unit is None and Comment.objects.filter(case=work.case, account=by.account, status="held").count() >= WAITING:
            raise WrongState("您有几条还在等着看，看过以后再说。", "Some of your comments still wait to be read; please wait for them.")
        number = work.facts.comments + 1
        row = Comment.objects.create(case=work.case, number=number, account=by.account, unit=unit, status="held", at=work.now)
        _say(work, row, "commented", text)
        if unit is not None:
            _show(work, row, by)
    return number


def edit(code: str, number: int, *, text: str, by: Actor) -> None:
    """改评论: the author says it otherwise. What was shown stays until the new words have been read; the old ones are kept."""
    text = clean(text, limit=LIMIT, name="text")
    with casework(code, by=by) as work:
        row = _own(work, number, by)
        if row.status in ("removed", "refused"):
            raise WrongState("这条已经撤下，不能再改。", "This comment was taken down and cannot be changed.")
        row.status, row.edits = "held", row.edits + 1
        row.save(update_fields=["status", "edits"])
        _say(work, row, "commented", text)


def withdraw(code: str, number: int, *, by: Actor) -> None:
    """撤回评论: the author takes it back; nothing of it is shown any more."""
    with casework(code, by=by) as work:
        _remove(work, _own(work, number, by), "comment_removed", "本人撤回", by)


def show(code: str, number: int, *, by: Actor) -> None:
    """通过: somebody of the desk has read the latest words; they are shown, masked."""
    with casework(code, by=by) as work:
        row = _judged(work, number, by)
        if row.status != "held":
            raise WrongState("这条评论不在等着看。", "This comment does not wait to be read.")
        _show(work, row, by)


def refuse(code: str, number: int, *, reason: str, by: Actor) -> None:
    """不通过: it is not shown; the author reads why. An edited one that was shown before is taken down with it."""
    reason = line(reason, limit=200, name="reason")
    with casework(code, by=by) as work:
        row = _judged(work, number, by)
        if row.status != "held":
            raise WrongState("这条评论不在等着看。", "This comment does not wait to be read.")
        _remove(work, row, "comment_refused", reason, by)


def remove(code: str, number: int, *, reason: str, by: Actor) -> None:
    """撤下: what was shown is shown no more; readers see that, and why."""
    reason = line(reason, limit=200, name="reason")
    with casework(code, by=by) as work:
        row = _judged(work, number, by)
        if row.status == "removed":
            raise WrongState("这条评论已经撤下。", "This comment has been taken down already.")
        _remove(work, row, "comment_removed", reason, by)


def take_back(work: Work, row: Comment, *, reason: str) -> None:
    """What its author takes along (an account is deleted) is shown no more; within the work that is under way."""
    if row.status in ("held", "shown"):
        _remove(work, row, "comment_removed", reason, work.by)


# --- the small steps --------------------------------------------------------------------------------------------------------------


def _say(work: Work, row: Comment, action: str, text: str) -> None:
    digest = work.write("comment", text)
    CommentWords.objects.create(comment=row, digest=digest, at=work.now)
    work.note(action, data={"comment": row.number, "text": digest})


def _show(work: Work, row: Comment, by: Actor) -> None:
    last = CommentWords.objects.filter(comment=row).order_by("-id").first()
    assert last is not None
    fresh = next((t.body for t in work.texts if t.digest == last.digest), None)
    body = fresh if fresh is not None else CaseText.objects.filter(case=work.case, digest=last.digest).values_list("body", flat=True).first()
    if body is None:
        raise WrongState("这条评论的文字已经抹除。", "The words of this comment have been erased.")
    row.status, row.decided_at, row.reason = "shown", work.now, ""
    row.save(update_fields=["status", "decided_at", "reason"])
    work.note("comment_shown", data={"comment": row.number})
    work.release(last.digest, kind="comment", title="", body=mask(body).text, by=by.tag)


def _remove(work: Work, row: Comment, action: str, reason: str, by: Actor) -> None:
    row.status, row.reason, row.decided_at = action.removeprefix("comment_"), reason, work.now
    row.save(update_fields=["status", "reason", "decided_at"])
    work.note(action, data={"comment": row.number, "because": work.write("comment_reason", reason)}, by=by)


def _unit(work: Work, by: Actor) -> str | None:
    """The unit for which a staff member speaks; None for a citizen."""
    if by.kind != "staff":
        return None
    if not work.who(by) & {Who.LEAD, Who.CO}:
        raise NotAllowed("单位在评论里回应，由办理这件事的单位来。", "A unit speaks here only where it handles the case.")
    return work.facts.order(work.order_of(by)).unit


def _own(work: Work, number: int, by: Actor) -> Comment:
    row = Comment.objects.filter(case=work.case, number=number).first()
    mine = row is not None and (row.account == by.account if by.kind == "citizen" else row.unit in by.units())
    if row is None or not mine:
        raise NotFound()
    return row


def _judged(work: Work, number: int, by: Actor) -> Comment:
    if by.kind != "staff" or not (work.who(by) & _JUDGES or by.has(Role.EDITOR)) or work.facts.visibility != Visibility.PUBLIC:
        raise NotAllowed("评论由坐席、派单员、督办员或编辑来看。", "Comments are read by operators, dispatchers, supervisors and editors.")
    row = Comment.objects.filter(case=work.case, number=number).first()
    if row is None:
        raise NotFound()
    return row
