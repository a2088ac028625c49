"""补充、更正、催办、撤回、并案、拆开、拆分: what happens to a case beside its handling."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from minsheng.casework import Work, casework, caseworks, flush
from minsheng.commands import intake, people, publishing
from minsheng.domain.access import Actor
from minsheng.domain.calendar import Calendar, beijing_day, midnight
from minsheng.domain.deadlines import Duration, count
from minsheng.domain.errors import BadInput, NotAllowed, TooMany, WrongState
from minsheng.domain.states import OPEN, Kind, Urgency, Visibility, Who
from minsheng.domain.text import clean
from minsheng.models.case import Case, Party, Relation
from minsheng.ports import Classifier

_RELATORS = frozenset({Who.OPERATOR, Who.DISPATCHER, Who.SUPERVISOR, Who.LEAD})


def supplement(code: str, *, text: str, attachments: Sequence[str] = (), by: Actor) -> Work:
    """补充: the person adds words or photos."""
    from minsheng.commands.handling import take_evidence

    text = clean(text, limit=2000, name="text")
    with casework(code, by=by) as work:
        work.demand("supplement")
        work.move("supplement", data={"text": work.write("supplement", text), "files": take_evidence(work, attachments, purpose="report")})
    return work


def urge(code: str, *, by: Actor) -> Work:
    """催办: the person asks for haste; as often as the profile allows."""
    with casework(code, by=by) as work:
        work.demand("urge")
        rule = work.ask("urging")
        if work.facts.urged_at is not None:
            again = _again(work.facts.urged_at, Duration.parse(rule.value.every), work.rules.calendar)
            if work.now < again:
                raise TooMany(
                    retry_after=int((again - work.now).total_seconds()), zh=f"今天已经催过了，{rule.because}。", en="You have urged already; please wait a day."
                )
        work.move("urge", decision=rule)
    return work


def _again(last: datetime, every: Duration, calendar: Calendar) -> datetime:
    """每天一次 means: on another day. Hours and working days are counted like every other time."""
    return midnight(beijing_day(last) + timedelta(days=every.amount)) if every.unit == "days" else count(last, every, calendar).due


def withdraw(code: str, *, reason: str, by: Actor, seen: int | None = None) -> Work:
    """撤回: the person takes it back. Such a case never swells the closing rate."""
    reason = clean(reason, limit=1000, name="reason")
    with casework(code, by=by, seen=seen) as work:
        work.move("withdraw", data={"text": work.write("withdraw", reason)})
    return work


def amend(
    code: str, *, reason: str, category: str | None = None, urgency: str | None = None, kind: str | None = None, place: str | None = None,
    visibility: str | None = None, simple: bool | None = None, accused: Sequence[str] | None = None, by: Actor, seen: int | None = None,
) -> Work:  # fmt: skip
    """更正: category, place, urgency, kind, visibility or whether it is a simple matter; the old value stays in the journal."""
    reason = clean(reason, limit=1000, name="reason")
    with casework(code, by=by, seen=seen) as work:
        work.demand("amend")
        new: dict[str, Any] = {}
        if category is not None:
            new |= {"category": intake.known_category(work.directory, category), "sensitive": work.directory.categories[category].sensitive}
        if urgency is not None:
            new["urgency"] = str(intake.one_of(Urgency, urgency, field="urgency"))
        if kind is not None:
            new["kind"] = str(intake.one_of(Kind, kind, field="kind"))
        if place is not None:
            new |= _place(work, place)
        if visibility is not None:
            new["visibility"] = str(intake.one_of(Visibility, visibility, field="visibility"))
        if simple is not None:
            new["simple"] = simple
        if accused is not None:
            new["accused"] = [intake.known_unit(work.directory, unit) for unit in accused]
        changed = {name: value for name, value in new.items() if getattr(work.facts, name) != value}
        if not changed:
            raise BadInput(field="category", zh="没有改动。", en="Nothing was changed.")
        was = {name: getattr(work.facts, name) for name in changed}
        work.move("amend", data={**changed, "was": was, "text": work.write("amend", reason)})
        publishing.align(work)
    return work


def _place(work: Work, code: str) -> dict[str, Any]:
    if code not in work.directory.places:
        raise BadInput(field="place", zh="没有这个地点，请重新选。", en="There is no such place; choose another.")
    district = next((p for p in work.directory.place_ancestors(code) if work.directory.places[p].kind == "district"), None)
    return {"place": code, "district": district}


def merge(codes: Sequence[str], *, into: str, by: Actor) -> list[str]:
    """并案: the same matter told several times becomes one; every reporter is kept and told. Returns the codes that were merged."""
    if into in codes:
        raise BadInput(field="into", zh="不能并到自己里。", en="A case cannot be merged into itself.")
    with caseworks([into, *codes], by=by) as works:
        main = works[into]
        if main.facts.state not in OPEN:
            raise WrongState("要并入的那件已经结束了，请选一件还在办的。", "The main case is over; choose one that is open.")
        for code in codes:
            work = works[code]
            if Case.objects.filter(merged_into=work.case.pk).exists():
                raise WrongState(f"{code} 里已经并入了别的诉求，请把它作为主件。", f"{code} already holds merged cases; make it the main one.")
            work.move("merge", data={"into": main.case.pk})
            main.note("absorbed", data={"case": work.case.pk})
            Relation.objects.get_or_create(case=work.case, other=main.case, kind="merged", defaults={"at": work.now})
    return list(codes)


def unmerge(code: str, *, reason: str, by: Actor) -> Work:
    """拆开: it was not the same matter; the case stands again where it stood."""
    reason = clean(reason, limit=1000, name="reason")
    with transaction.atomic():
        row = Case.objects.filter(code=code, merged_into__isnull=False).first()
        main = Case.objects.filter(pk=row.merged_into).first() if row else None
        if main is None:
            raise WrongState("这件没有并入别的诉求。", "This case is not merged.")
        with caseworks([code, main.code], by=by) as works:
            work = works[code]
            work.move("unmerge", data={"text": work.write("unmerge", reason)})
            works[main.code].note("detached", data={"case": work.case.pk})
            Relation.objects.filter(case=work.case, other=works[main.code].case, kind="merged").delete()
    return work


def split(code: str, *, parts: Sequence[intake.Report], by: Actor, classifier: Classifier) -> list[str]:
    """拆分: one letter tells several matters; each part becomes a case with the same people. Returns the new codes."""
    if not parts:
        raise BadInput(field="parts", zh="请写出要拆成哪几件。", en="Say into which parts.")
    made: list[str] = []
    with casework(code, by=by) as work:
        work.demand("amend")
        rows = list(Party.objects.filter(case=work.case, erased_at=None, left_at=None))
        for part in parts:
            report = intake.check(_inherit(work, part), work.directory)
            fresh, _ = intake._admit(report, by, classifier)
            intake._attach(fresh, report)
            for row in rows:
                person = people.opened(row)
                people.add_party(fresh, role=row.role, kind=row.kind, name=person.name, phone=person.phone, address=person.address,
                                 identity=person.identity, account=row.account)  # fmt: skip
            with intake.once(report):
                flush([fresh])
            Relation.objects.create(case=work.case, other=fresh.case, kind="split", at=work.now)
            work.note("split", data={"case": fresh.case.pk})
            made.append(fresh.case.code)
    return made


def _inherit(work: Work, part: intake.Report) -> intake.Report:
    """A part comes from the same people by the same door; it is no more public, and its accused are no less accused, than the letter's."""
    facts = work.facts
    accused = tuple(dict.fromkeys([*part.accused, *facts.accused]))
    wish = part.wish if facts.visibility == Visibility.PUBLIC else str(Visibility.PRIVATE)
    return replace(part, channel=facts.channel, origin=facts.origin, requester=facts.requester, accused=accused, wish=wish, split_from=work.case.pk)


def relate(code: str, *, other: str, by: Actor) -> None:
    """关联: two cases that belong together but stay two."""
    with caseworks(sorted({code, other}), by=by) as works:
        if len(works) < 2:
            raise BadInput(field="other", zh="不能和自己关联。", en="A case cannot be related to itself.")
        if not all(work.who(by) & _RELATORS for work in works.values()):
            raise NotAllowed("关联由办理这些诉求的人来做。", "Cases are related by those who work on them.")
        a, b = works[code], works[other]
        Relation.objects.get_or_create(case=a.case, other=b.case, kind="related", defaults={"at": a.now})
        a.note("related", data={"case": b.case.pk})
        b.note("related", data={"case": a.case.pk})
