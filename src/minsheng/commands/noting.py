"""内部留言: what colleagues say to each other about a case. Never public, never for the citizen; who is named in it is told."""

from collections.abc import Iterable, Sequence

from minsheng import clock
from minsheng.casework import Work, casework
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.calendar import beijing_day
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.domain.text import clean
from minsheng.models.case import CaseText
from minsheng.models.read import Notice
from minsheng.queries import colleagues, mentions
from minsheng.queries.colleagues import Colleague

LIMIT = 1000


def note(code: str, *, text: str, to: Sequence[int] = (), by: Actor) -> Work:
    """留言: an internal entry. to: ids of colleagues (of the units that have the case, or of the desk) who are to see it."""
    text = clean(text, limit=LIMIT, name="text")
    with casework(code, by=by) as work:
        if not work.may("note"):
            raise NotAllowed("内部留言由办理这件事的人来写。", "Notes are written by those who work on this case.")
        last = CaseText.objects.filter(case=work.case, kind="noted").order_by("-id").values_list("body", "at").first()
        if last is not None and last[0] == text and (work.now - last[1]).total_seconds() < AGAIN:
            raise WrongState("这条留言刚刚已经记下了，没有重复记。", "This note has just been recorded; it was not recorded twice.")
        chosen = _chosen(work, to)
        work.note("noted", data={"text": work.write("noted", text), "to": chosen})
        tell(work, chosen, "noted", f"{by.name or '同事'} 在 {code} 里给您留了言")
    return work


#: Within so many seconds the same words are a double click.
AGAIN = 60


def tell(work: Work, people: Iterable[int], template: str, text: str) -> None:
    """A message to each, in the transaction of the entry just recorded: it must not wait for the worker."""
    seq = work.facts.seq
    for user in people:
        row = {
            "key": f"{work.case.pk}:{seq}:user:{user}", "case_id": work.case.pk, "to": f"user:{user}", "channel": "site", "template": template,
            "text": text, "at": work.now, "sent_at": None, "read_at": None, "problem": "",
        }  # fmt: skip
        work.beside.append(("ms_notice", row))


def may_be_told(work: Work) -> list[Colleague]:
    """Whom a note may be for: people of the units that have the case, and of the centre, who may see it; not the writer."""
    units = {order.unit for order in work.facts.active_orders()} | {work.directory.centre}
    people = colleagues.of(units, on=beijing_day(work.now))
    return [one for one in people if one.id != work.by.id and access.may_see(one.actor, work.facts, work.directory, place_unit=work.place_unit)]


def _chosen(work: Work, to: Sequence[int]) -> list[int]:
    wanted = list(dict.fromkeys(to))
    if not wanted:
        return []
    known = {one.id for one in may_be_told(work)}
    if not set(wanted) <= known:
        raise BadInput(
            field="to", zh="只能 @ 这件事的主办、协办单位和热线中心的同事，请重新选。", en="Choose colleagues of the units on this case or of the centre."
        )
    return wanted


# --- the inbox --------------------------------------------------------------------------------------------------------------------


def read(user: int, *, upto: int) -> int:
    """全部标为已读, up to the newest one that the page showed. Returns how many were unread. They concern no case: no journal holds it."""
    return Notice.objects.filter(to=f"user:{user}", id__lte=upto, read_at=None).update(read_at=clock.now())


def read_one(user: int, *, message: int) -> str:
    """打开一条: it is read now. Returns the code of its case; somebody else's message is not found."""
    found = mentions.code_of(user, message=message)
    if found is None:
        raise NotFound("没有找到这条消息。", "There is no such message.")
    Notice.objects.filter(pk=message, read_at=None).update(read_at=clock.now())
    return found
