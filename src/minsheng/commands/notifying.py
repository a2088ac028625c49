"""通知: who is told what, by the way that each person chose. A notice is written once per event, receiver and way; what leaves the site is sent."""

from collections.abc import Iterator

from django.db import transaction

from minsheng import clock
from minsheng.commands import reaching, sending
from minsheng.commands.notice_words import WORDS, Words
from minsheng.commands.reaching import Receiver
from minsheng.domain.facts import Event
from minsheng.domain.states import MEASURE_ZH, MeasureKind
from minsheng.models.case import Case
from minsheng.models.measure import Measure
from minsheng.models.read import Notice
from minsheng.ports import MailSender, SmsSender, WechatSender
from minsheng.queries import directory as directories
from minsheng.queries.journal import journal

#: Rows in one statement: PostgreSQL takes 65,535 values.
_TOGETHER = 2_000


def notify(case: int, *, first: int, last: int, sms: SmsSender | None = None, mail: MailSender | None = None, wechat: WechatSender | None = None) -> int:
    """Write the notices of these events and send what goes out; returns how many are new. A way without a sender is not offered here."""
    row = Case.objects.get(pk=case)
    offered = [way for way, sender in (("sms", sms), ("mail", mail), ("wechat", wechat)) if sender is not None]
    with transaction.atomic():
        made = _write(list(_notices(row, journal(case, first=first, last=last), offered)))
    sending.send(row, sms=sms, mail=mail, wechat=wechat)
    return made


def _notices(case: Case, events: list[Event], offered: list[str]) -> Iterator[Notice]:
    told = [(event, words) for event in events if (words := WORDS.get(event.action)) is not None]
    people = reaching.concerned(case, offered=offered) if any(words.citizen for _, words in told) else []
    public = any(words.follower for _, words in told)
    followers = reaching.followers(case, offered=offered, beside=people) if public else []
    for event, words in told:
        for receiver in people if words.citizen else ():
            yield from _for_person(case, event, words.citizen, receiver, quiet=words.quiet)
        for receiver in followers if words.follower else ():
            yield from _for_person(case, event, words.follower, receiver, quiet=words.quiet)
        yield from _for_units(case, event, words)
        yield from _for_opener(case, event, words)


def _for_person(case: Case, event: Event, said: str, receiver: Receiver, *, quiet: bool) -> Iterator[Notice]:
    """The one notice that everybody has, and one for each way beside it."""
    text = said.format(code=receiver.code, unit=sending.unit_of(case, event))
    key = f"{case.pk}:{event.seq}:{receiver.to}"
    yield _notice(case, key, receiver.to, "site" if quiet else receiver.first, event, text)
    for way in () if quiet else receiver.beside:
        yield _notice(case, f"{key}:{way}", receiver.to, way, event, text)


def _for_units(case: Case, event: Event, words: Words) -> Iterator[Notice]:
    if words.unit:
        title = "举报，内容请打开看" if sending.secret(case) else case.title[:40]
        text = words.unit.format(code=case.code, title=title, level=event.data.get("level") or "")
        for unit in _receivers(case, event):
            yield _notice(case, f"{case.pk}:{event.seq}:unit:{unit}", f"unit:{unit}", "site", event, text)


def _for_opener(case: Case, event: Event, words: Words) -> Iterator[Notice]:
    """Whoever asked the unit by a measure; what a rule opened has nobody to tell."""
    if words.opener:
        opener, kind = Measure.objects.values_list("opened_by", "kind").get(case=case, number=event.data["measure"])
        if opener.startswith("staff:"):
            to = opener.replace("staff:", "user:")
            text = words.opener.format(kind=MEASURE_ZH[MeasureKind(kind)], code=case.code)
            yield _notice(case, f"{case.pk}:{event.seq}:{to}", to, "site", event, text)


def _receivers(case: Case, event: Event) -> list[str]:
    """The units an event is for: named in it, else the one that has the case. Accused units and those below them are told nothing."""
    data, tree = event.data, directories.current()
    first = [] if event.action == "co_handle" else [data.get("unit") or data.get("approver") or data.get("for") or data.get("lead") or case.unit]
    known = [unit for unit in dict.fromkeys([*first, *(data.get("co") or [])]) if unit in tree.units]
    return [unit for unit in known if not any(tree.under(unit, root=accused) for accused in case.facts["accused"])]


def _notice(case: Case, key: str, to: str, channel: str, event: Event, text: str) -> Notice:
    return Notice(key=key, case=case, to=to, channel=channel, template=event.action, text=text, at=clock.now())


def _write(notices: list[Notice]) -> int:
    """Those that are not there yet; another run that writes the same at this moment is no error."""
    known = set(Notice.objects.filter(key__in=[notice.key for notice in notices]).values_list("key", flat=True)) if notices else set()
    fresh = [notice for notice in notices if notice.key not in known]
    Notice.objects.bulk_create(fresh, batch_size=_TOGETHER, ignore_conflicts=True)
    return len(fresh)
