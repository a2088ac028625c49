"""一件诉求: the person's own view where it is theirs, else what everybody may read; and what each may do with it."""

from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng.domain.states import OPEN, State
from minsheng.models.case import Case
from minsheng.policy import decide
from minsheng.queries import cases, remarks
from minsheng.queries import rules as rulebook
from minsheng.web import formats, frame, shown

EMPTY = Row(values={}, errors={})
#: Comments of so many letters (commands/commenting.py).
REMARK = 300


@require_safe
def case(request: HttpRequest, code: str) -> HttpResponse:
    """一件诉求."""
    return frame.page(request, "citizen/case.html", case_context(request, code))


def case_context(request: HttpRequest, code: str, **changed: Any) -> dict[str, Any]:
    """The context of citizen/case.html; `changed` replaces parts after an error."""
    own = frame.own(request, code)
    view = cases.holder(own) if own else cases.public(code)
    answer = shown.answer(view)
    may = set(view.moves) if own else set()
    public = view.visibility == "public"
    context = {
        "case": _head(view, own=own is not None, tag=_tag(view, may, answered=answer is not None)),
        "holder": bool(own),
        "clock": shown.running(view) if answer is None else None,
        "took": _took(view) if answer is not None else None,
        "stages": shown.stages(view),
        "promises": shown.promises(view),
        "timeline": shown.timeline(view, own=bool(own)),
        "answer": answer,
        "checking": answer is None and view.state == State.ANSWERED,
        "handlers": shown.handlers(view),
        "rating": Row(level=_(shown.LEVELS[view.rating]), comment=None, at=view.answered_at) if view.rating else None,
        "silence": _silence(view),
        "voices": view.voices if view.voices.affected and answer is not None else None,
        "rate": rating(view) if "rate" in may and view.rating is None and answer is not None else None,
        "urge": Row(open=True, reason=_("每天可以催 1 次。超时会自动提醒，不用您一直盯着。"), form=EMPTY) if "urge" in may and answer is None else None,
        "supplement": Row(open=True, reason=_("有了新情况，写在这里，办理单位马上看得到。"), form=EMPTY) if "supplement" in may else None,
        "withdraw": Row(open=True, reason=_("撤回以后不再办理，办理记录会留着。"), form=EMPTY) if "withdraw" in may and answer is None else None,
        "done": frame.told(request),
        "openings": view.openings,
        **_together(request, view, own=own, public=public),
    }
    return {**context, **changed}


def _head(view: cases.CaseView, *, own: bool, tag: str) -> Row:
    return Row(
        code=view.code,
        title=shown.headline(view.title, view.body),
        text=view.body,
        tag=tag,
        category=" › ".join(view.category_name.split(" › ")[-2:]),
        place=" ".join(dict.fromkeys(p for p in (view.district_name, view.place_name, view.place_text) if p)),
        by=_("您反映的") if own else _("居民 · 已隐去姓名"),
        photos=shown.photos(view.code, view.shots),
        supporters=view.supporters,
        public=view.visibility == "public",
    )


def _together(request: HttpRequest, view: cases.CaseView, *, own: Case | None, public: bool) -> dict[str, Any]:
    """我家也是, 有进展告诉我, 大家说: what people do together with a public case."""
    account = frame.account(request)
    row = own or (Case.objects.only("id", "facts", "rules").filter(code=view.code).first() if account or view.comments else None)
    joined = account is not None and row is not None and remarks.joined(row.pk, account)
    open_ = public and view.state in OPEN
    return {
        "signed_in": account is not None,
        "mine_too": Row(open=open_ and own is None and not joined, joined=joined, count=view.supporters, form=EMPTY) if public else None,
        "follow": Row(on=row is not None and remarks.follows(row.pk, account)) if public and account and own is None else None,
        "remarks": remarks.remarks(row.pk, account=account) if public and row is not None and view.comments else [],
        "remark": Row(open=_comments(view), form=EMPTY, limit=REMARK) if public else None,
    }


def _comments(view: cases.CaseView) -> bool:
    """Does the city let people comment on a case of this kind?"""
    known = {"kind": view.kind, "category": view.category, "sensitive": False}
    return bool(decide.decide(rulebook.today(), "publicity", known).value.comments)


def _silence(view: cases.CaseView) -> str | None:
    """Silence is shown as silence: nobody has judged, and what that means."""
    if view.rating or view.answered_at is None:
        return None
    if view.state == State.CLOSED and view.closed_because == "silence":
        return _("到期没有人提出不满意，就办结了。没有人评价，不算满意。")
    return _("还没有人评价。") if view.state in (State.ANSWERED, State.CLOSED) else None


def rating(view: cases.CaseView, *, form: Row | None = None) -> Row:
    """The form in which the person judges."""
    yes_no = [("yes", _("是")), ("no", _("没有"))]
    questions = [Row(name="contacted", label=_("有人联系过您吗"), choices=yes_no), Row(name="solved", label=_("问题解决了吗"), choices=yes_no)]
    profile = rulebook.today().profile
    rounds = profile.reopening[-1].rounds
    again = _("回到办理单位重办，时限重新算。每件事最多办 %(n)s 轮。") % {"n": rounds} if "reopen" in view.moves and view.round < rounds else None
    bad, good = (_reasons(rated_bad=bad) for bad in (True, False))
    return Row(form=form or EMPTY, questions=questions, may_reopen=again, bad=bad, good=good)


def _reasons(*, rated_bad: bool) -> list[str]:
    return list(decide.decide(rulebook.today(), "rating", {"rated_bad": rated_bad}).value.reasons)  # in the city's words: the page translates them


def _tag(view: cases.CaseView, may: set[str], *, answered: bool) -> str:
    if "rate" in may and view.rating is None and answered:
        return "rate"
    return shown.tag(view.state, overdue=shown.late(view), round_=view.round)


def _took(view: cases.CaseView) -> Row | None:
    promise = next((p for p in view.promises if p.kind == "answer" and p.met_at is not None), None)
    if promise is None or promise.met_at is None:
        return None
    kept = promise.state == "kept"
    gap = abs(promise.due_at - promise.met_at)
    note = _("比承诺的早 %(time)s") if kept else _("比承诺的晚 %(time)s")
    return Row(label=_("从提交到答复用了"), words=formats.took(promise.met_at - promise.started_at), note=note % {"time": formats.span(gap)}, kept=kept)
