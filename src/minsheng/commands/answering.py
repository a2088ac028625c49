"""答复、质检、当场答复: what the citizen is told, and whether it says anything."""

from collections.abc import Mapping, Sequence
from typing import Any

from minsheng.casework import Work, casework
from minsheng.commands import publishing
from minsheng.commands.handling import _lead_order, take_evidence
from minsheng.commands.intake import known_category, one_of
from minsheng.domain import scorecard
from minsheng.domain.access import SYSTEM, Actor
from minsheng.domain.errors import BadInput, NotAllowed, WrongState
from minsheng.domain.states import Outcome, Who
from minsheng.domain.text import clean
from minsheng.intelligence import answer_quality
from minsheng.models.case import CaseText
from minsheng.models.fetching import fetch
from minsheng.policy import decide


def answer(code: str, *, outcome: str, text: str, evidence: Sequence[str] = (), by: Actor, seen: int | None = None) -> Work:
    """答复: the unit's public answer with its outcome and evidence. Where the profile checks answers, it is checked before it is read."""
    text = clean(text, limit=4000, name="text")
    with casework(code, by=by, seen=seen) as work:
        work.demand("answer")
        digest = work.write("answer", text, public=True)
        data: dict[str, Any] = {
            "order": _lead_order(work, by),
            "outcome": str(one_of(Outcome, outcome, field="outcome")),
            "text": digest,
            "evidence": take_evidence(work, evidence),
        }
        work.move("answer", data=data)
        _check_by_rule(work, text)
    return work


def answer_at_once(code: str, *, text: str, category: str | None = None, by: Actor, seen: int | None = None) -> Work:
    """当场答复: answered in the call. Where the caller is content, `close` follows in the same call."""
    text = clean(text, limit=4000, name="text")
    with casework(code, by=by, seen=seen) as work:
        work.demand("answer_at_once")
        if category is not None and category != work.facts.category:
            chosen = known_category(work.directory, category)
            if work.why_not("amend") is None:
                work.move(
                    "amend", data={"category": chosen, "sensitive": work.directory.categories[chosen].sensitive, "was": {"category": work.facts.category}}
                )
        digest = work.write("answer", text, public=True)
        work.move("answer_at_once", data={"outcome": str(Outcome.EXPLAINED), "text": digest})
        publishing.publish(work, digest, kind="answer", title="", body=text)
    return work


def pass_check(code: str, *, scores: Mapping[str, int] | None = None, by: Actor, seen: int | None = None) -> Work:
    """质检通过: a checker has read the answer; now everybody may read it. With a score card only where its points are enough."""
    points = _points(scores)
    if scores is not None:
        _demand_enough(scores)
    with casework(code, by=by, seen=seen) as work:
        work.demand("pass_check")
        if work.facts.checked:
            raise WrongState("这条答复已经质检通过。", "This answer has passed its check already.")
        work.move("pass_check", data=points, decision=work.ask("quality"))
        _publish_answer(work)
    return work


def return_answer(code: str, *, remarks: str, scores: Mapping[str, int] | None = None, by: Actor, seen: int | None = None) -> Work:
    """退回重答: the answer does not do; with remarks. The answer clock counts as never met."""
    remarks, points = clean(remarks, limit=1000, name="remarks"), _points(scores)
    with casework(code, by=by, seen=seen) as work:
        work.move("return_answer", data={"text": work.write("remarks", remarks), **points}, decision=work.ask("quality"))
    return work


def spot_check(code: str, *, scores: Mapping[str, int], remarks: str = "", by: Actor, seen: int | None = None) -> Work:
    """抽检: points for an answer that passed without anybody reading it and was drawn later. It changes nothing else: who wants it anew returns it."""
    points = _points(scores)
    with casework(code, by=by, seen=seen) as work:
        if not work.may("check_answers") or not work.who(by) & {Who.CHECKER, Who.SUPERVISOR}:
            raise NotAllowed("抽检由质检员或督办员来做。", "Answers are spot-checked by checkers and supervisors.")
        if not work.facts.checked or work.facts.answered_at is None:
            raise WrongState("现在没有通过了的答复，不能抽检。", "There is no answer that has passed, so there is nothing to spot-check.")
        text = work.write("remarks", clean(remarks, limit=1000, name="remarks")) if remarks.strip() else None
        work.note("spot_checked", data={**points, "text": text})
    return work


def _points(scores: Mapping[str, int] | None) -> dict[str, Any]:
    """What the journal keeps of a score card: numbers only."""
    if scores is None:
        return {}
    found = scorecard.score(scores)
    return {"scores": dict(found.scores), "total": found.total, "passes": found.passes}


def _demand_enough(scores: Mapping[str, int]) -> None:
    found = scorecard.score(scores)
    if found.passes:
        return
    zeros = "、".join(item.zh for item in scorecard.ITEMS if item.key in found.zeros)
    zh = f"「{zeros}」是 0 分，不能通过。" if zeros else f"总分 {found.total}，不到 {scorecard.PASS_FROM} 分，不能通过。"
    raise BadInput(
        field="scores",
        zh=zh + "请改分，或者退回重写。",
        en=f"With {found.total} points{' and a zero in what must be there' if zeros else ''} it cannot pass: change the points, or send it back.",
    )


def _check_by_rule(work: Work, text: str) -> None:
    decision = work.ask("quality")
    if not decide.sampled(decision.value.share, f"quality:{work.case.code}:{work.facts.round}"):
        work.move("pass_check", data={"sampled": False}, by=SYSTEM, decision=decision)
        _publish_answer(work)
        return
    asked = fetch(CaseText, "WHERE case_id = %s AND kind = 'body' ORDER BY id LIMIT 1", [work.case.pk])
    findings = answer_quality.check(text, (asked[0].body if asked else None) or "")
    if decision.value.phrases == "return" and answer_quality.fails(findings):
        remarks = "；".join(dict.fromkeys(f.zh for f in findings))
        data = {"text": work.write("remarks", remarks[:1000]), "findings": [f.kind for f in findings]}
        work.move("return_answer", data=data, by=SYSTEM, decision=decision)


# Nothing, when the last answer is public already (answered at once, or released by a person).
_LAST_UNRELEASED = (
    "WHERE id = (SELECT max(id) FROM ms_case_text WHERE case_id = %s AND kind = 'answer' AND erased_at IS NULL)"
    " AND NOT EXISTS (SELECT 1 FROM ms_released_text r WHERE r.case_id = ms_case_text.case_id AND r.digest = ms_case_text.digest)"
)


def _publish_answer(work: Work) -> None:
    """Release the last answer by the profile's rule: from this transaction, or from the table."""
    text = next((t for t in reversed(work.texts) if t.kind == "answer"), None)
    text = text or next(iter(fetch(CaseText, _LAST_UNRELEASED, [work.case.pk])), None)
    if text is not None and text.body is not None:
        publishing.publish(work, text.digest, kind="answer", title="", body=text.body)
