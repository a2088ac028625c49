"""我的批示、我的建议: what somebody asked of units, by what has become of it. One page for leaders and for deputies; the words differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from minsheng.domain.access import Actor
from minsheng.domain.states import MeasureKind
from minsheng.policy.directory import Directory
from minsheng.queries import asked_units, places
from minsheng.queries import directory as directories
from minsheng.queries.asked_units import Asked
from minsheng.web import environment, frame, shown, words
from minsheng.web.desk.entering import badge
from minsheng.web.formats import Due

STATES = {"answered": "有了答复", "waiting": "等答复", "late": "超时没答复", "done": "已经了结"}
#: What a measure of these kinds is called where it stands (Measure.level).
LEVELS = {word: word for word in ("批示", "再次批示", "代表建议", "观察员建议", "再次建议")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One of the two pages. lists, case, act: names of addresses. released: the case is called by its released title."""

    measure: MeasureKind
    here: str
    title: str
    back: Row
    lists: str
    case: str
    act: str
    no: str
    what: str
    send: str
    empty: str
    hint: str
    icon: str
    released: bool = False


def instructions() -> Kind:
    """我的批示."""
    return Kind(
        measure=MeasureKind.INSTRUCTION,
        here="lead",
        title=_("我的批示"),
        back=Row(url=environment.url("lead"), label=_("驾驶舱")),
        lists="lead-instructions",
        case="desk-case",
        act="lead-instruction",
        no=_("不行，再批"),
        what=_("还要什么"),
        send=_("发出批示"),
        empty=_("这里没有您的批示"),
        hint=_("在任何一件诉求上点「批示」，发出去的都在这里跟。"),
        icon="writing-sign",
    )


def suggestions() -> Kind:
    """我的建议."""
    return Kind(
        measure=MeasureKind.SUGGESTION,
        here="look-on",
        title=_("我的建议"),
        back=Row(url=environment.url("look-on"), label=_("看本区")),
        lists="look-on-suggestions",
        case="look-on-case",
        act="look-on-suggestion",
        no=_("不满意，再提一次"),
        what=_("哪里不满意，还要什么"),
        send=_("再提一次"),
        empty=_("这里没有您的建议"),
        hint=_("在「看本区」打开一件诉求，可以给办理单位提建议。"),
        icon="message-2",
        released=True,
    )


def page(request: HttpRequest, actor: Actor, kind: Kind, form: Row, *, days: Sequence[tuple[str, str, str]] = (), status: int = 200) -> HttpResponse:
    """The list. What came back is shown first, then what is late, then what still waits."""
    counts = asked_units.counts(actor, kind.measure)
    state = request.GET.get("state") or ("answered" if form.key else next((key for key in ("answered", "late", "waiting") if counts[key]), "waiting"))
    found = asked_units.own(actor, kind.measure, state=state, cursor=request.GET.get("cursor", ""))
    here, tree = environment.url(kind.lists), directories.current()
    context = {
        "staff": badge(actor),
        "q": "",
        "kind": kind,
        "tabs": [Row(label=_(zh), url=f"{here}?state={key}", current=key == state, count=counts[key]) for key, zh in STATES.items()],
        "state": state,
        "rows": [row(one, tree, released=kind.released) for one in found.rows],
        "next": f"{here}?state={state}&cursor={found.next}" if found.next else None,
        "form": form,
        "days": days,
        "done": frame.told(request),
    }
    return frame.page(request, "watch/followed.html", context, status=status)


def row(one: Asked, tree: Directory, *, released: bool) -> Row:
    """One instruction or suggestion as its list shows it."""
    category, place = words.category(tree, one.category) or _("未分类"), places.short(tree, one.place) if one.place in tree.places else ""
    return Row(
        key=f"{one.code}-{one.number}",
        code=one.code,
        number=one.number,
        level=_(LEVELS.get(one.level, one.level)),
        name=(one.public_title or " · ".join(word for word in (category, place) if word)) if released else one.case_title or one.code,
        category=category,
        place=place,
        tag=shown.tag(one.case_state),
        unit=tree.units[one.unit].short_name if one.unit in tree.units else one.unit,
        status=one.status,
        at=one.opened_at,
        due=Due(start=one.opened_at, due=one.answer_by, met_at=one.answered_at) if one.answer_by else None,
        answered_at=one.answered_at,
        ended_at=one.ended_at,
        text=one.text or _("（已抹除）"),
        answer=one.answer,
    )
