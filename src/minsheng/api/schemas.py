"""What comes in and what goes out. Answers are the rows of the queries themselves: the description and the JSON come from the same dataclasses."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from minsheng.commands.forms import FORMS, Done, Form
from minsheng.commands.forms import Field as FormField
from minsheng.commands.intake import BODY_LIMIT, PLACE_LIMIT, TITLE_LIMIT, Report
from minsheng.domain.states import Channel, Kind, Origin, Urgency, Visibility
from minsheng.queries.cases import CaseView, DeskView, Entry
from minsheng.queries.cases import Choice as MoveChoice
from minsheng.queries.hall import HallItem
from minsheng.queries.inbox import Counted, InboxItem
from minsheng.queries.statistics import Figures

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
"""A code of a unit, place, category, or an upload ticket."""
Degrees = Annotated[float, Field(allow_inf_nan=False)]


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def send(kind: Any, value: Any, *, status: int = 200, cache: str = "no-store", **headers: str) -> HttpResponse:
    """A value as JSON, written straight from the dataclass: nothing is validated again that the program itself has made."""
    response = HttpResponse(_adapter(kind).dump_json(value), status=status, content_type="application/json")
    response.headers["Cache-Control"] = cache
    for name, words in headers.items():
        response.headers[name.replace("_", "-")] = words
    return response


# --- in -----------------------------------------------------------------------------------------------------------------------


class Told(BaseModel):
    """Something that is sent to us: a name that we do not know is a mistake, not a secret wish."""

    model_config = ConfigDict(extra="forbid")


class External(Told):
    """The number that the request has in the system that sends it: never filed twice."""

    system: Code
    number: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,80}$")]


class NewCase(Told):
    """诉求: everything but `body` may be left to be found out; who files alone by web, WeChat, app or code leaves name and phone, or says `anonymous`."""

    body: str = Field(description=f"what is the matter; at most {BODY_LIMIT} characters", examples=["小区门口路灯坏了半个月，晚上看不见路。"])
    title: str = Field("", description=f"at most {TITLE_LIMIT} characters; left empty, the first line")
    kind: Kind = Kind.COMPLAINT
    channel: Channel = Field(Channel.WEB, description="without a token only web, wechat, app, qr")
    origin: Origin = Field(Origin.CITIZEN, description="only with a token other than citizen")
    requester: Literal["citizen", "enterprise", "anonymous"] = "citizen"
    name: str = ""
    phone: str = Field("", examples=["13800000001"])
    address: str = ""
    identity: str = ""
    district: Code | None = None
    place: Code | None = Field(None, description="code of a known place, as from a scanned code")
    place_text: str = Field("", description=f"where it is, in words; at most {PLACE_LIMIT} characters")
    lat: Degrees | None = Field(None, description="WGS-84")
    lng: Degrees | None = None
    wish: Visibility = Field(Visibility.PUBLIC, description="may it be public? The rules may keep it private all the same")
    category: Code | None = None
    urgency: Urgency | None = None
    accused: list[Code] = Field([], max_length=20, description="units that a 举报 is about: they never see it")
    attachments: list[Code] = Field([], max_length=9, description="tickets of POST /uploads")
    external: External | None = Field(None, description="only with a token")

    def report(self) -> Report:
        """As the command takes it."""
        return Report(
            body=self.body, title=self.title, kind=self.kind, channel=self.channel, origin=self.origin, requester=self.requester, name=self.name,
            phone=self.phone, address=self.address, identity=self.identity, district=self.district, place=self.place, place_text=self.place_text,
            lat=self.lat, lng=self.lng, wish=self.wish, category=self.category, urgency=self.urgency, accused=tuple(self.accused),
            attachments=tuple(self.attachments), external=(self.external.system, self.external.number) if self.external else None,
        )  # fmt: skip


class MoveAsked(BaseModel):
    """环节动作: the move, the version that the caller has seen, and the move's own fields beside them (GET /moves lists them)."""

    model_config = ConfigDict(extra="allow")

    move: str = Field(max_length=40, examples=["claim"])
    seen: int | None = Field(None, ge=0, le=2**31 - 1, description="`version` of the case as read; when it has changed since, the answer is 409 `stale`")


class Decision(Told):
    """审批."""

    decision: Literal["grant", "refuse"]
    reason: str = Field("", description="required when refused")
    seen: int | None = Field(None, ge=0, le=2**31 - 1)


class Reason(Told):
    """Why somebody's data are opened; it is recorded, and the person can see it."""

    reason: str


class Rating(Told):
    """评价."""

    level: int = Field(ge=1, le=5, description="5 非常满意, 4 满意, 3 基本满意, 2 不满意, 1 非常不满意")
    reasons: str = ""


class Verdict(Told):
    """回访, answered by the person: the three questions; one left out is not answered."""

    contacted: bool | None = None
    solved: bool | None = None
    satisfied: bool | None = None
    note: str = ""


class Addition(Told):
    """补充."""

    text: str
    attachments: list[Code] = Field([], max_length=9)


class Supporter(Told):
    """我也遇到."""

    name: str
    phone: str


# --- out ----------------------------------------------------------------------------------------------------------------------


@dataclass
class Promised:
    """A promise that runs: answer, close, contact …"""

    kind: str
    name: str
    due: datetime


@dataclass
class Receipt:
    """What the person gets. The secret is shown only here: with code and secret the case is followed, supplemented, urged and rated."""

    code: str
    secret: str
    state: str
    promises: list[Promised]
    url: str


@dataclass
class HallPage:
    """One page; `next` is the cursor of the following one, "" at the end."""

    items: list[HallItem]
    next: str


@dataclass
class InboxPage:
    """One page of a queue."""

    items: list[InboxItem]
    next: str


@dataclass
class Queues:
    """The caller's queues with their counts (99+ is `more`)."""

    queues: list[Counted]


@dataclass
class Me:
    """Who I am here."""

    id: int | None
    name: str
    memberships: list["Post"]


@dataclass
class Post:
    """One unit with the roles held there today."""

    unit: str
    unit_name: str
    roles: list[str]


@dataclass
class AvailableMove:
    """A move with whether it may be made now; if not, why not; if so, with its fields."""

    action: str
    zh: str
    en: str
    allowed: bool
    why_not_zh: str
    why_not_en: str
    fields: list[FormField]


@dataclass
class AvailableMoves:
    """Every move that this city knows."""

    version: int
    available_moves: list[AvailableMove]


@dataclass
class Desk:
    """The case as staff sees it."""

    view: DeskView
    available_moves: list[AvailableMove]


@dataclass
class Moved:
    """What became of a move. recorded: the entries of the journal, in order (`approval_asked` where consent is needed first)."""

    code: str
    state: str
    version: int
    recorded: list[str]
    available_moves: list[AvailableMove]


@dataclass
class Acted:
    """What became of what the holder did."""

    code: str
    state: str
    recorded: list[str]


@dataclass
class MoveDescription:
    """A move and its fields, as a form would show them."""

    action: str
    zh: str
    en: str
    fields: list[FormField]


@dataclass
class Timeline:
    """流转记录."""

    entries: list[Entry]


@dataclass
class ApprovalRow:
    """A request that waits for the caller's consent."""

    code: str
    title: str
    number: int
    move: str
    move_zh: str
    asked_unit: str | None
    asked_unit_name: str
    approver_unit: str
    approver_name: str
    asked_at: datetime
    version: int


@dataclass
class ApprovalPage:
    """One page, oldest first."""

    items: list[ApprovalRow]
    next: str


@dataclass
class OpenedPerson:
    """One person of a case, opened with a reason."""

    role: str
    name: str
    phone: str
    address: str
    identity: str


@dataclass
class OpenedPeople:
    """The people of a case."""

    people: list[OpenedPerson]


@dataclass
class Uploaded:
    """A photo that waits for its case."""

    ticket: str
    width: int
    height: int
    digest: str


@dataclass
class UnitRow:
    """承办单位."""

    code: str
    name: str
    short_name: str
    parent: str | None
    level: str
    kind: str
    function: str | None
    phone: str
    opening_hours: str
    valid_from: date | None
    valid_until: date | None


@dataclass
class PlaceRow:
    """地点; polygon: a ring of [lng, lat], only when asked for and only of districts."""

    code: str
    name: str
    kind: str
    parent: str | None
    unit: str
    lat: float | None
    lng: float | None
    polygon: tuple[tuple[float, float], ...] | None


@dataclass
class CategoryRow:
    """事项."""

    code: str
    name: str
    name_en: str
    parent: str | None
    level: int
    urgency: str
    sensitive: bool


@dataclass
class Units:
    """The tree: each names its parent; parents stand before children."""

    units: list[UnitRow]


@dataclass
class Places:
    """The tree: each names its parent; parents stand before children."""

    places: list[PlaceRow]


@dataclass
class Categories:
    """The tree of three levels."""

    categories: list[CategoryRow]


__all__ = ["CaseView", "Figures"]


def available(choices: list[MoveChoice]) -> list[AvailableMove]:
    """The moves of a case with the fields of those that may be made."""
    return [
        AvailableMove(c.action, c.zh, FORMS[c.action].en, c.allowed, c.why_not_zh, c.why_not_en, list(FORMS[c.action].fields) if c.allowed else [])
        for c in choices
    ]  # fmt: skip


def described(form: Form) -> MoveDescription:
    """One form."""
    return MoveDescription(form.action, form.zh, form.en, list(form.fields))


def moved(done: Done) -> Moved:
    """What a move answers."""
    return Moved(done.code, done.state, done.version, list(done.actions), available(list(done.choices)))
