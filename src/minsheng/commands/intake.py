"""收件、受理: how a request becomes a case, is sorted, and goes to the right hands in the same transaction."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from minsheng import clock
from minsheng.casework import Work, casework, flush, new_case
from minsheng.commands import dispatch as dispatching
from minsheng.commands import people, publishing
from minsheng.domain.access import SYSTEM, Actor
from minsheng.domain.deadlines import CLOCKS
from minsheng.domain.errors import BadInput, WrongState
from minsheng.domain.states import Channel, Kind, Origin, PartyRole, Urgency, Visibility
from minsheng.domain.text import clean, headline, line
from minsheng.intelligence.classify import Classification
from minsheng.models.case import Attachment, Filing
from minsheng.models.deadline import Deadline
from minsheng.policy import directory as places
from minsheng.policy.directory import Directory
from minsheng.policy.responsibility import responsible
from minsheng.ports import Classifier
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.sealing import keyring

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
BODY_LIMIT, TITLE_LIMIT, PLACE_LIMIT = 4000, 60, 200
#: Clocks that the person is told of.
PROMISED = frozenset(kind for kind, clock in CLOCKS.items() if clock.public)
#: Channels on which a person files alone, so that a phone number is needed to answer.
_ALONE = frozenset({Channel.WEB, Channel.WECHAT, Channel.APP, Channel.QR, Channel.PHONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody tells. Everything but `body` may be left to be found out.

    place: code of a known place (from a scanned code); place_text: where, in words; lat, lng: WGS-84 degrees.
    attachments: upload tickets. external: (system, number). likes: supporters that an older system counted.
    """

    body: str
    title: str = ""
    kind: str = Kind.COMPLAINT
    channel: str = Channel.WEB
    origin: str = Origin.CITIZEN
    requester: str = "citizen"
    name: str = ""
    phone: str = ""
    address: str = ""
    identity: str = ""
    district: str | None = None
    place: str | None = None
    place_text: str = ""
    lat: float | None = None
    lng: float | None = None
    wish: str = Visibility.PUBLIC
    category: str | None = None
    urgency: str | None = None
    accused: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    external: tuple[str, str] | None = None
    likes: int = 0
    account: int | None = None
    split_from: int | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """What the person gets: the code, the secret that proves it is theirs, and what is promised: (kind of clock, due), in the order of their due times."""

    code: str
    secret: str
    state: str
    promises: tuple[tuple[str, datetime], ...]
    repeated: str = ""


def file(report: Report, *, by: Actor, classifier: Classifier, key: str = "", draft: str = "") -> Filed:
    """收件: file a request. With `key`, the same request sent twice is one case and gets the same answer.

    draft: an unguessable name that a device gave the request when it was written. It is one case for ever, whoever sends it again, with or without
    another cookie, signed in or not; sent again with other words, nothing is stored and `repeated` says "changed".
    """
    return _file_once(report, by=by, classifier=classifier, key=key, draft=draft, admit=_admit)


def hold(report: Report, *, by: Actor, classifier: Classifier, key: str = "") -> Filed:
    """收件，先不派: filed by an operator who goes on with it in the same breath (当场答复): no rule registers or dispatches it meanwhile."""
    return _file_once(report, by=by, classifier=classifier, key=key, draft="", admit=_take_in)


def _file_once(report: Report, *, by: Actor, classifier: Classifier, key: str, draft: str, admit: "Admit") -> Filed:
    report = check(report, directories.current())
    try:
        return _file(report, by=by, classifier=classifier, key=key, draft=draft, admit=admit)
    except _Meanwhile:
        # Two at once under one key: the other has been stored by now, and this one gets its answer.
        return _file(report, by=by, classifier=classifier, key=key, draft=draft, admit=admit)


class _Meanwhile(Exception):
    """The same key was stored between our look and our insert."""


def _file(report: Report, *, by: Actor, classifier: Classifier, key: str, draft: str, admit: "Admit") -> Filed:
    with once(report):
        earlier = _earlier_draft(report, draft) or _earlier(report, by, key)
        if earlier is not None:
            return earlier
        work, secret = admit(report, by, classifier)
        _attach(work, report)
        if key:
            _remember(work, _key_digest(by, key), _body_digest(report), secret)
        if draft:
            _remember(work, _draft_digest(draft), _body_digest(replace(report, account=None)), secret)
        flush([work])
    return _filed(work, secret)


def file_old(report: Report, *, by: Actor, classifier: Classifier) -> Filed:
    """导入: file a case of an older system at the time the clock stands at: nobody is told, no ladder runs."""
    report = check(report, directories.current())
    with once(report):
        work, secret = _admit(report, by, classifier)
        work.quiet()
        _attach(work, report)
        flush([work])
    return _filed(work, secret)


def _filed(work: Work, secret: str) -> Filed:
    promises = sorted(((t.kind, t.due_at) for t in work.timers if t.kind in PROMISED), key=lambda promise: promise[1])
    return Filed(work.case.code, secret, str(work.facts.state), tuple(promises))


@contextmanager
def once(report: Report) -> Iterator[None]:
    """One transaction of filing; what the database refuses because it was filed before is said in words.

    A new case is written by one statement, which is a transaction by itself. It needs a wider one only with photos, whose rows are there already,
    or within another command.
    """
    alone = not (report.attachments or transaction.get_connection().in_atomic_block)
    try:
        with nullcontext() if alone else transaction.atomic():
            yield
    except IntegrityError as refused:
        match getattr(getattr(refused.__cause__, "diag", None), "constraint_name", None):
            case "external_once":
                raise WrongState("这个外部编号已经收过了。", "This external number has been filed already.") from None
            case "ms_filing_pkey":
                raise _Meanwhile from None
        raise


def register(
    code: str,
    *,
    by: Actor,
    seen: int | None = None,
    category: str | None = None,
    urgency: str | None = None,
    kind: str | None = None,
    simple: bool | None = None,
    accused: tuple[str, ...] = (),
) -> Work:
    """受理: accept the case under a category. Where the rules are sure, it is dispatched in the same breath. simple: 简易事项, sooner in some cities."""
    with casework(code, by=by, seen=seen) as work:
        data: dict[str, Any] = {}
        if category is not None:
            data |= {"category": known_category(work.directory, category), "sensitive": work.directory.categories[category].sensitive}
        if urgency is not None:
            data["urgency"] = one_of(Urgency, urgency, field="urgency")
        if kind is not None:
            data["kind"] = one_of(Kind, kind, field="kind")
        if simple is not None:
            data["simple"] = simple
        if accused:
            data["accused"] = [known_unit(work.directory, unit) for unit in accused]
        if (category or work.facts.category) is None:
            raise BadInput(field="category", zh="请先选类别，再受理。", en="Choose a category first.")
        work.move("register", data=data, decision=work.ask("registration", sure=True))
        publishing.align(work)
        dispatching.by_rule(work, sure=dispatching.target(work).sure)
    return work


def decline(code: str, *, reason: str, basis: str, appeal: str, by: Actor, seen: int | None = None) -> Work:
    """不予受理: with reason, basis and how to appeal; never silent."""
    reason = clean(reason, limit=1000, name="reason")
    basis = clean(basis, limit=400, name="basis")
    appeal = clean(appeal, limit=400, name="appeal")
    with casework(code, by=by, seen=seen) as work:
        digest = work.write("decline", f"{reason}\n依据：{basis}\n不同意时：{appeal}", public=True)
        work.move("decline", data={"text": digest}, decision=work.ask("intake"))
    return work


# --- checking what was told ---------------------------------------------------------------------------------------------


def check(report: Report, directory: Directory) -> Report:
    """Every field cleaned and known, or BadInput saying what to do. Place and district are made to agree."""
    values = {name: getattr(report, name) for name in Report.__slots__}
    values["body"] = clean(report.body, limit=BODY_LIMIT, name="body")
    values["title"] = line(report.title, limit=TITLE_LIMIT, name="title") if report.title.strip() else ""
    values["place_text"] = line(report.place_text, limit=PLACE_LIMIT, name="place_text") if report.place_text.strip() else ""
    for name, known in (("kind", Kind), ("channel", Channel), ("origin", Origin), ("wish", Visibility)):
        values[name] = str(one_of(known, values[name], field=name))
    if report.urgency is not None:
        values["urgency"] = one_of(Urgency, report.urgency, field="urgency")
    if report.requester not in ("citizen", "enterprise", "anonymous"):
        raise BadInput(field="requester", zh="请选个人、企业或匿名。", en="Choose citizen, enterprise or anonymous.")
    if report.category is not None:
        values["category"] = known_category(directory, report.category)
    values["accused"] = tuple(known_unit(directory, unit) for unit in report.accused)
    values["place"], values["district"] = _where(report, directory)
    values |= people.check_contact(report, required=report.channel in _ALONE and report.requester != "anonymous" and report.split_from is None)
    if any("\0" in ticket for ticket in report.attachments):
        raise _photo_missing()
    if report.external is not None:
        system, number = report.external
        values["external"] = line(system, limit=40, name="external"), line(number, limit=80, name="external")
    return Report(**values)


def _photo_missing() -> BadInput:
    return BadInput(field="attachments", zh="有文件没有传上来，请重新添加。", en="A file is missing; please add it again.")


def one_of(known: Any, value: str, *, field: str) -> Any:
    """The member of an enum, or BadInput listing what there is."""
    try:
        return known(value)
    except ValueError:
        names = "、".join(str(m) for m in known)
        raise BadInput(field=field, zh=f"没有「{value[:40]}」这个选项，可选：{names}。", en=f"Unknown value; choose one of: {names}.") from None


def known_category(directory: Directory, code: str) -> str:
    """A category code that exists."""
    if code not in directory.categories:
        raise BadInput(field="category", zh="没有这个类别，请重新选。", en="There is no such category; choose another.")
    return code


def known_unit(directory: Directory, code: str) -> str:
    """A unit code that exists and is valid today."""
    unit = directory.units.get(code)
    if unit is None or not unit.valid(clock.local(clock.now()).date()):
        raise BadInput(field="unit", zh="没有这个单位，或它已经撤销，请重新选。", en="There is no such unit, or it no longer exists; choose another.")
    return code


def _where(report: Report, directory: Directory) -> tuple[str | None, str | None]:
    for name in ("place", "district"):
        code = getattr(report, name)
        if code is not None and code not in directory.places:
            raise BadInput(field=name, zh="没有这个地点，请重新选。", en="There is no such place; choose another.")
    if (report.lat is None) != (report.lng is None):
        raise BadInput(field="lat", zh="经度和纬度要一起给。", en="Give both latitude and longitude.")
    place = report.place
    if report.lat is not None and report.lng is not None:
        if not (-90 <= report.lat <= 90 and -180 <= report.lng <= 180):
            raise BadInput(
                field="lat",
                zh="位置不对：纬度在 -90 到 90 之间，经度在 -180 到 180 之间。",
                en="Latitude lies between -90 and 90, longitude between -180 and 180.",
            )
        found = places.locate(directory, lat=report.lat, lng=report.lng)
        if found is None and place is None and report.district is None:
            raise BadInput(
                field="lat",
                zh=f"这个位置不在{directory.name}，请在地图上重新选，或者用文字写在哪里。",
                en="This point lies outside the city; choose another or describe the place.",
            )
        place = place or (found.code if found else None)
    district = report.district
    if place is not None:
        district = next((p for p in directory.place_ancestors(place) if directory.places[p].kind == "district"), district)
    if district is not None and directory.places[district].kind != "district":
        place, district = place or district, next((p for p in directory.place_ancestors(district) if directory.places[p].kind == "district"), None)
    return place or district, district


# --- admitting ----------------------------------------------------------------------------------------------------------


Admit = Callable[[Report, Actor, Classifier], tuple[Work, str]]


def _admit(report: Report, by: Actor, classifier: Classifier) -> tuple[Work, str]:
    work, secret, found = _received(report, by, classifier)
    category = work.facts.category
    target = dispatching.target(work)
    sure = category is not None and (found.sure or report.category is not None) and target.sure
    registration = work.ask("registration", sure=sure)
    # Where the place alone decides (扫码), the first handler sorts the matter; elsewhere a category is needed to know whose it is.
    to_place = work.ask("dispatch", sure=sure).value.to == "community"
    if registration.value.mode == "automatic" and (category is not None or to_place):
        work.move("register", data={"category": category} if category else {}, by=SYSTEM, decision=registration)
        dispatching.by_rule(work, sure=sure)
    return work, secret


def _take_in(report: Report, by: Actor, classifier: Classifier) -> tuple[Work, str]:
    work, secret, _ = _received(report, by, classifier)
    return work, secret


def _received(report: Report, by: Actor, classifier: Classifier) -> tuple[Work, str, Classification]:
    rules, secret = rulebook.today(), "".join(secrets.choice(_ALPHABET) for _ in range(10))
    found = classifier.suggest(report.title, report.body, place=report.place)
    work = new_case(by=by, secret=secret, rules=rules, title=report.title or headline(report.body), lat=report.lat, lng=report.lng, likes=report.likes)
    _receive(work, report, found, report.category or (found.suggestions[0].code if found.suggestions and found.sure else None))
    return work, secret, found


def _receive(work: Work, report: Report, found: Classification, category: str | None) -> None:
    known = work.directory.categories.get(category or "")
    urgency = report.urgency or (Urgency.URGENT if found.urgent else known.urgency if known else Urgency.NORMAL)
    work.facts.requester, work.facts.kind, work.facts.channel, work.facts.origin = report.requester, report.kind, report.channel, report.origin
    work.facts.category, work.facts.place, work.facts.urgency = category, report.place, urgency
    work.facts.sensitive = bool(known and known.sensitive)
    intake = work.ask("intake")
    if not intake.value.accepted:
        raise WrongState(f"这类事项不在受理范围：{intake.because}", f"Not accepted here: {intake.because}")
    if report.requester == "anonymous" and not intake.value.anonymous:
        raise BadInput(field="requester", zh=f"这类事项不能匿名：{intake.because}。", en="This kind of request cannot be anonymous.")
    publicity = work.ask("publicity")
    visibility = publicity.value.visibility if publicity.value.visibility != "public" else ("private" if report.wish != "public" else "public")
    digest = work.write("body", report.body, title=report.title)
    data: dict[str, Any] = {
        "text": digest, "kind": report.kind, "urgency": str(urgency), "category": category, "place": report.place, "district": report.district,
        "channel": report.channel, "origin": report.origin, "requester": report.requester, "visibility": visibility,
        "accused": list(report.accused), "sensitive": work.facts.sensitive,
        "suggested": [{"code": s.code, "percent": round(s.confidence * 100), "because": list(s.because)} for s in found.suggestions[:3]],
    }  # fmt: skip
    if found.urgent and report.urgency is None:
        data["urgent_because"] = work.write("urgent", "、".join(found.urgent_because))  # the person's own words: beside the journal, erasable
    if report.place_text:
        data["place_text"] = work.write("place", report.place_text)
    if report.split_from is not None:
        data["split_from"] = report.split_from
    work.move("receive", data=data, decision=publicity)
    publishing.publish(work, digest, kind="body", title=report.title, body=report.body)


def _attach(work: Work, report: Report) -> None:
    """Rows beside the case: the person (sealed), uploaded files, the number in another system."""
    if report.name or report.phone or report.account:
        people.add_party(work, role=PartyRole.CALLER, kind=report.requester, name=report.name, phone=report.phone, address=report.address,
                         identity=report.identity, account=report.account)  # fmt: skip
    if report.attachments:
        taken = Attachment.objects.filter(ticket__in=report.attachments, case=None).update(case=work.case, ticket="")
        if taken != len(set(report.attachments)):
            raise _photo_missing()
    if report.external is not None:
        system, number = report.external
        work.beside.append(("ms_external_id", {"case_id": work.case.pk, "system": system, "number": number}))


def _body_digest(report: Report) -> str:
    """What makes two requests the same: everything but the upload tickets, which differ when a form with photos is sent twice."""
    report = replace(report, attachments=())
    told = json.dumps(asdict(report), sort_keys=True, ensure_ascii=False)
    # Keyed: from a plain hash of so few unknown digits a telephone number could be tried out.
    return hmac.new(settings.SECRET_KEY.encode(), f"filing:{told}".encode(), hashlib.sha256).hexdigest()


def _key_digest(by: Actor, key: str) -> str:
    return hashlib.sha256(f"{by.tag}\n{key}".encode()).hexdigest()


def _draft_digest(draft: str) -> str:
    return hashlib.sha256(f"draft\n{draft}".encode()).hexdigest()


def _earlier(report: Report, by: Actor, key: str) -> Filed | None:
    row = Filing.objects.select_related("case").filter(key=_key_digest(by, key)).first() if key else None
    if row is None:
        return None
    if row.body != _body_digest(report):
        raise WrongState("这个提交编号已经用过，内容却不一样。请刷新页面再提交。", "This Idempotency-Key was used for another request.")
    return _again(row, repeated="yes")


def _earlier_draft(report: Report, draft: str) -> Filed | None:
    row = Filing.objects.select_related("case").filter(key=_draft_digest(draft)).first() if draft else None
    if row is None:
        return None
    return _again(row, repeated="yes" if row.body == _body_digest(replace(report, account=None)) else "changed")


def _again(row: Filing, *, repeated: str) -> Filed:
    clocks = Deadline.objects.filter(case=row.case, kind__in=PROMISED, ended_at=None).order_by("due_at", "id").values_list("kind", "due_at")
    return Filed(row.case.code, keyring().open(row.secret, context=b"filing"), row.case.state, tuple(clocks), repeated=repeated)


def _remember(work: Work, key: str, body: str, secret: str) -> None:
    sealed = keyring().seal(secret, context=b"filing")
    row = {"key": key, "body": body, "case_id": work.case.pk, "secret": sealed, "at": work.now}
    work.beside.append(("ms_filing", row))


def suggest_unit(directory: Directory, *, category: str | None, place: str | None) -> str:
    """Who would answer for this, for previews."""
    return responsible(directory, category=category, place=place, on=clock.local(clock.now()).date()).lead
