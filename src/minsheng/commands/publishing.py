"""公开: what everybody may read. Only masked text, released by a person or by a rule that the profile states."""

from dataclasses import dataclass

from minsheng.casework import Work, casework
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotAllowed, WrongState
from minsheng.domain.states import Visibility, Who
from minsheng.domain.text import clean, line
from minsheng.intelligence.masking import mask
from minsheng.models.case import Attachment, CaseText, ReleasedText
from minsheng.policy import decide
from minsheng.projections import public_place
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook

#: Kinds of text that have a public version.
_PUBLIC = ("body", "reply", "answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """别人会看到的样子, before anything is filed. visibility: public, private or secret; because: the rule's reason where the rule is stricter than the wish.

    hidden: kinds of what was masked, one for each place; place: code, as near as everybody may know; waits: a person reads it before it is public.
    """

    visibility: str
    because: str
    title: str
    body: str
    hidden: tuple[str, ...]
    place: str | None
    waits: bool


def preview(*, title: str, body: str, kind: str, category: str | None, place: str | None, wish: str) -> Preview:
    """What everybody would see of a request that is being written. Nothing is stored."""
    body = clean(body, limit=4000, name="body")
    title = line(title, limit=60, name="title") if title.strip() else ""
    tree = directories.current()
    known = tree.categories.get(category or "")
    facts = {"kind": kind, "category": category, "sensitive": bool(known and known.sensitive), "origin": "citizen", "channel": "web"}
    rule = decide.decide(rulebook.today(), "publicity", facts)
    stricter = rule.value.visibility != Visibility.PUBLIC
    masked = mask(title), mask(body)
    return Preview(
        visibility=str(rule.value.visibility if stricter else wish),
        because=rule.because if stricter else "",
        title=masked[0].text,
        body=masked[1].text,
        hidden=masked[0].found + masked[1].found,
        place=public_place(tree, place),
        waits=rule.value.release != "rule",
    )


def publish(work: Work, digest: str, *, kind: str, title: str, body: str) -> None:
    """Release a text at once where the profile's rule says so; else it waits for a person."""
    decision = work.ask("publicity")
    if work.facts.visibility != Visibility.PUBLIC or decision.value.visibility != "public" or decision.value.release != "rule":
        return
    work.release(digest, kind=kind, title=mask(title).text, body=fit(work, kind, body), by=decision.rule)


def align(work: Work) -> None:
    """After a change of category or kind: what today's rules keep private becomes private. The stricter of the two stands."""
    wanted = work.ask("publicity").value.visibility
    strict = [Visibility.PUBLIC, Visibility.PRIVATE, Visibility.SECRET]
    if strict.index(Visibility(wanted)) > strict.index(Visibility(work.facts.visibility)):
        work.facts.visibility = wanted
        work.events[-1].data["visibility"] = wanted


def fit(work: Work, kind: str, body: str) -> str:
    """The text with everything personal hidden. An answer must say whom to call: the numbers of the units in charge and the hotline stay."""
    if kind == "body":
        return mask(body).text
    units = (work.directory.units.get(order.unit) for order in work.facts.orders)
    numbers = dict.fromkeys([unit.phone for unit in units if unit and unit.phone] + [work.rules.profile.hotline])
    marks = {chr(0xE000 + n): number for n, number in enumerate(numbers)}
    for mark, number in marks.items():
        body = body.replace(number, mark)
    body = mask(body).text
    for mark, number in marks.items():
        body = body.replace(mark, number)
    return body


def pending(work: Work) -> list[CaseText]:
    """Texts that are meant for the public and have no released version yet."""
    if work.facts.visibility != Visibility.PUBLIC:
        return []
    done = set(ReleasedText.objects.filter(case=work.case).values_list("digest", flat=True))
    texts = list(CaseText.objects.filter(case=work.case, kind__in=_PUBLIC, erased_at=None).order_by("id"))
    # Of the answers only the one that stands: not one that was returned, nor one that still waits for its check.
    stands = next((t for t in reversed(texts) if t.kind == "answer"), None) if _answer_stands(work) else None
    return [t for t in texts if t.digest not in done and (t.kind != "answer" or t is stands)]


def _answer_stands(work: Work) -> bool:
    return work.facts.answered_at is not None and not any(t.kind == "quality" and t.running for t in work.timers)


def release(code: str, *, by: Actor, seen: int | None = None) -> Work:
    """公开: a person has read the case and releases every waiting text, masked."""
    with casework(code, by=by, seen=seen) as work:
        _demand(work)
        waiting = pending(work)
        if not waiting:
            raise WrongState("没有等着公开的文字。", "No text waits to be released.")
        for text in waiting:
            work.release(text.digest, kind=text.kind, title=mask(text.title).text, body=fit(work, text.kind, text.body or ""), by=by.tag)
        # The person has looked at the pictures too: a photo is never public by rule, because nothing here can read a face or a plate.
        # A voice never is: it is known like a face, says names and numbers, and cannot be masked.
        Attachment.objects.filter(case=work.case, erased_at=None).exclude(kind="audio").update(public=True)
    return work


def edit_released(code: str, digest: str, *, title: str, body: str, by: Actor) -> Work:
    """改公开文本: replace the public version of one text by a better masked one; earlier versions are kept."""
    title, body = line(title, limit=60, name="title") if title.strip() else "", clean(body, limit=4000, name="body")
    with casework(code, by=by) as work:
        _demand(work)
        last = ReleasedText.objects.filter(case=work.case, digest=digest).order_by("-version").first()
        if last is None:
            raise WrongState("这段文字还没有公开。", "This text is not public yet.")
        work.release(digest, kind=last.kind, title=mask(title).text, body=fit(work, last.kind, body), by=by.tag, version=last.version + 1)
    return work


def _demand(work: Work) -> None:
    if not work.who(work.by) & {Who.OPERATOR, Who.DISPATCHER, Who.SUPERVISOR}:
        raise NotAllowed("公开由坐席、派单员或督办员来定。", "Releasing is for operators, dispatchers and supervisors.")
    if work.facts.visibility != Visibility.PUBLIC:
        raise WrongState("这件诉求不公开。", "This case is not public.")
