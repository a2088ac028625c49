"""紧急上报: a matter that cannot wait is told upwards at once: to those who lead and supervise where it lies."""

import math
from datetime import timedelta

from minsheng.casework import Work, casework
from minsheng.commands.noting import tell
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.calendar import beijing_day
from minsheng.domain.errors import NotAllowed, TooMany, WrongState
from minsheng.domain.states import OPEN, Who
from minsheng.domain.text import clean
from minsheng.queries import case_news, colleagues

#: One matter is reported upwards once in this time: who was told need not be told again.
EVERY = timedelta(hours=1)
LIMIT = 500


def alert(code: str, *, text: str, by: Actor) -> Work:
    """上报: leaders and supervisors of the area and of the city are told, each by a message; the entry stays with the case."""
    text = clean(text, limit=LIMIT, name="text")
    with casework(code, by=by) as work:
        if not work.may("alert"):
            raise NotAllowed("紧急上报由坐席、派单员和督办员来做。", "Operators, dispatchers and supervisors report urgent matters.")
        if work.facts.state not in OPEN:
            raise WrongState("这件已经结束，不用上报了。", "This case is over; it need not be reported.")
        _not_too_soon(work)
        told = _above(work)
        work.note("alerted", data={"text": work.write("alerted", text), "to": told})
        tell(work, told, "alerted", f"紧急上报 {code}")
    return work


def _not_too_soon(work: Work) -> None:
    last = case_news.last_at(work.case.pk, "alerted")
    if last is not None and work.now < last + EVERY:
        wait = math.ceil((last + EVERY - work.now).total_seconds())
        raise TooMany(
            retry_after=wait,
            zh=f"这件刚刚上报过，领导和督办员都收到了。{math.ceil(wait / 60)} 分钟后可以再报。",
            en="This case has just been reported; those above know of it. You may report it again within the hour.",
        )


def _above(work: Work) -> list[int]:
    """Whose area covers the case as leader or supervisor, and who may see it; not who reports."""
    told = []
    for one in colleagues.leading(on=beijing_day(work.now)):
        who = access.relations(one.actor, work.facts, work.directory, place_unit=work.place_unit)
        sees = access.may_see(one.actor, work.facts, work.directory, place_unit=work.place_unit)
        if one.id != work.by.id and sees and who & {Who.LEADER, Who.SUPERVISOR}:
            told.append(one.id)
    return told
