"""A case's journal as sentences that read well aloud: who did what, when, why, and which promises were kept."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from minsheng.cli.words import Pair, at, day, pick, span
from minsheng.clock import local
from minsheng.commands.callback import LEVELS
from minsheng.commands.dispatch import REFERRALS
from minsheng.domain.deadlines import CLOCKS, PROMISES, Duration
from minsheng.domain.facts import Event
from minsheng.domain.moves import MOVES_ZH
from minsheng.domain.states import (
    CHANNEL_ZH,
    FAILED,
    KIND_ZH,
    MEASURE_ZH,
    METHODS,
    OUTCOME_ZH,
    STATE_ZH,
    URGENCY_ZH,
    Channel,
    Kind,
    MeasureKind,
    Outcome,
    Urgency,
)
from minsheng.queries.telling import Kept, Telling

#: What a unit does is said of the unit; what else staff do, of the post.
_UNITS_OWN = frozenset((
    "claim", "contact", "contact_tried", "send_back", "escalate", "co_handle", "contribute", "refused", "progress", "reply", "extend", "answer",
    "park", "unpark", "approval_asked", "measure_answered",
))  # fmt: skip
#: Entries that say nothing aloud: they stand beside one that does.
_UNSAID = frozenset({"released", "notified", "absorbed", "detached"})
CLOCKS_EN = {
    "contact": "first contact", "co_handle": "co-handling", "close": "closing", "quality": "check of the answer", "measure": "answer to the measure",
    "review": "review", "approval": "consent",
}  # fmt: skip
LEVELS_EN = {5: "very satisfied", 4: "satisfied", 3: "fairly satisfied", 2: "not satisfied", 1: "not satisfied at all"}

_SENTENCES: dict[str, Pair] = {
    "receive": ("{who}通过{channel}{kind}", "{who} ({kind}) wrote by {channel}"),
    "register": ("{who}受理，事项是“{category}”，{urgency}", "{who} registered it under “{category}”, {urgency}"),
    "answer_at_once": ("{who}当场答复", "{who} answered at once"),
    "decline": ("{who}不予受理", "{who} declined it"),
    "dispatch": ("{who}派给{lead}{co}", "{who} dispatched it to {lead}{co}"),
    "rule": ("{who}裁定由{lead}办{interim}{co}", "{who} ruled that {lead} handles it{interim}{co}"),
    "reassign": ("{who}改派给{lead}{co}", "{who} reassigned it to {lead}{co}"),
    "forward": ("{who}转给{lead}{co}", "{who} forwarded it to {lead}{co}"),
    "escalate": ("{who}上交给{lead}", "{who} escalated it to {lead}"),
    "claim": ("{who}认领", "{who} claimed it"),
    "contact": ("{who}{method}联系上了诉求人", "{who} spoke with the citizen ({method})"),
    "contact_tried": ("{who}联系诉求人没有联系上（{failed}）", "{who} tried to reach the citizen in vain ({failed})"),
    "send_back": ("{who}退单，建议由{proposed}办", "{who} sent it back and proposed {proposed}"),
    "co_handle": ("{who}请{asked}协办", "{who} asked {asked} to co-handle"),
    "contribute": ("{who}交来协办意见", "{who} gave its co-handler's opinion"),
    "refused": ("{who}退出协办", "{who} withdrew from co-handling"),
    "progress": ("{who}记下进展", "{who} noted progress"),
    "reply": ("{who}公开答复群众{promise}", "{who} replied in public{promise}"),
    "extend": ("答复时限延长 {by}，到 {until}", "The {clock} deadline was extended by {by}, until {until}"),
    "answer": ("{who}答复，结果是{outcome}", "{who} answered: {outcome}"),
    "pass_check": ("{who}看过答复，质检通过", "{who} read the answer and passed it"),
    "return_answer": ("{who}把答复退回重写", "{who} returned the answer to be written anew"),
    "park": ("挂账，责任单位是{owner}，{review}复查", "Parked; {owner} is responsible, reviewed on {review}"),
    "unpark": ("{who}销账，继续办", "{who} took it up again"),
    "call_back": ("{who}回访：{verdict}", "{who} called back: {verdict}"),
    "rate": ("{who}评价：{level}", "{who} rated it: {level}"),
    "close": ("办结（{closing}）", "Closed ({closing})"),
    "reopen": ("重新办理，第 {round} 轮", "Reopened, round {round}"),
    "withdraw": ("{who}撤回", "{who} withdrew it"),
    "merge": ("{who}把它并入 {into}", "{who} merged it into {into}"),
    "unmerge": ("{who}把它拆开，单独办", "{who} separated it again"),
    "refer": ("{who}转到{referral}", "{who} referred it to {referral}"),
    "supplement": ("{who}补充", "{who} added"),
    "amend": ("{who}更正了登记的内容", "{who} corrected the record"),
    "instruct": ("{who}批示{unit}", "{who} instructed {unit}"),
    "urge": ("{who}催办", "{who} asked for haste"),
    "approval_asked": ("{who}申请{move}，等{approver}审批", "{who} asked {approver} for consent to {move_en}"),
    "approval_granted": ("{who}同意{move}", "{who} consented to {move_en}"),
    "approval_refused": ("{who}不同意{move}", "{who} refused {move_en}"),
    "approval_lapsed": ("{move}的申请失效", "The request to {move_en} lapsed"),
    "measure_opened": ("{who}对{unit}开出{measure}{reply_by}", "{who} opened a measure against {unit}: {measure}{reply_by}"),
    "measure_proposed": ("规则建议对{unit}开出{measure}，等具名的人来定", "The rules propose a measure against {unit}: {measure}; a named person decides"),
    "measure_answered": ("{who}答复了{measure}", "{who} answered the {measure}"),
    "measure_returned": ("{who}把{measure}的答复退回", "{who} returned the answer to the {measure}"),
    "measure_closed": ("{who}把{measure}销号", "{who} closed the {measure}"),
    "measure_withdrawn": ("{measure}撤销", "The {measure} was withdrawn"),
    "assigned": ("{who}分派到人", "{who} assigned it to a colleague"),
    "entered": ("{who}登记了一位当事人", "{who} entered a person whom it concerns"),
    "confirmed": ("同诉人说办好了", "Somebody else affected says that it is done"),
    "disputed": ("同诉人说没办好", "Somebody else affected says that it is not done"),
    "commented": ("有人评论", "Somebody commented"),
    "comment_shown": ("{who}公开了一条评论", "{who} released a comment"),
    "comment_refused": ("{who}没有通过一条评论", "{who} refused a comment"),
    "comment_removed": ("{who}撤下了一条评论", "{who} took a comment down"),
    "noted": ("{who}给同事留言", "{who} left a note for colleagues"),
    "callback_tried": ("{who}打了回访电话，没打通", "{who} tried to call back and did not get through"),
    "spot_checked": ("{who}抽查了答复", "{who} looked at the answer on a spot check"),
    "exemption_asked": ("{who}申请剔除", "{who} asked that it should not count"),
    "exempted": ("{who}同意剔除", "{who} agreed that it does not count"),
    "exemption_refused": ("{who}没有同意剔除", "{who} refused the exemption"),
    "alerted": ("{who}紧急上报", "{who} reported it upwards as urgent"),
    "supported": ("又有一位市民说“我也遇到”", "One more citizen has met it too"),
    "left": ("一位市民退出同诉", "One citizen left"),
    "gathered": ("{who}把它纳入专项“{campaign}”", "{who} gathered it into the campaign “{campaign}”"),
    "spot": ("专项“{campaign}”第 {spot} 处完成", "Spot {spot} of the campaign “{campaign}” is done"),
    "split": ("{who}拆出另一件 {other}", "{who} split off {other}"),
    "related": ("{who}把它和 {other} 关联起来", "{who} related it to {other}"),
    "erased": ("{who}按要求抹除了个人内容", "{who} erased the person's words on request"),
    "recomputed": ("放假安排公布后，时限重算", "Deadlines were counted again after the holidays were published"),
}

_CLOSING: dict[str, Pair] = {
    "callback": ("回访满意", "content when called back"), "rating": ("群众评价满意", "rated good"),
    "silence": ("到期没有人提出不满意；这不算满意", "nobody objected in time; this does not count as content"), "operator": ("坐席办结", "by the desk"),
}  # fmt: skip
_ASKED: tuple[tuple[str, Pair, Pair], ...] = (
    ("contacted", ("联系了", "contacted"), ("没有联系", "not contacted")),
    ("solved", ("解决了", "solved"), ("没有解决", "not solved")),
    ("satisfied", ("满意", "content"), ("不满意", "not content")),
)


def lines(told: Telling, lang: str) -> Iterator[str]:
    """The whole story: what it is about, what happened day by day, how it stands."""
    facts = told.facts
    yield f"{told.code}　{told.title or pick(lang, '（保密，不说原话）', '(secret: the words are withheld)')}"
    kind = pick(lang, KIND_ZH[Kind(facts.kind)], facts.kind)
    about = [part for part in (told.place, told.category, kind, pick(lang, URGENCY_ZH[Urgency(facts.urgency)], facts.urgency)) if part]
    yield pick(lang, "　", " · ").join(about)
    today = None
    for event in told.events:
        said = sentence(told, event, lang)
        if said is None:
            continue
        if local(event.at).date() != today:
            today = local(event.at).date()
            yield ""
            yield day(today, lang)
        yield f"  {local(event.at):%H:%M}　{said}"
    yield ""
    yield from _ending(told, lang)


def sentence(told: Telling, event: Event, lang: str) -> str | None:
    """One entry as a sentence, with its words, its reason, and the promises it kept or broke; None where another entry says it already."""
    if event.action == "deadline_step":
        return _due(event, lang)
    if event.action in _UNSAID or (event.action == "measure_opened" and event.data.get("kind") == "instruction" and event.actor != "system"):
        return None
    found = pick(lang, *_SENTENCES[event.action]).format_map(_fields(told, event, lang))
    if event.action == "measure_opened" and event.data["kind"] == "reminder":
        found = pick(
            lang, f"提醒{_unit(told, event.data['unit'])}：{event.data['level']}", f"{_unit(told, event.data['unit'])} was reminded: {event.data['level']}"
        )
    text = told.words.get(event.data.get("text") or "", "")
    because = _because(event)
    if because:
        found += pick(lang, f"（{because}）", f" ({because})")
    if text:
        found += pick(lang, f"：“{text}”", f": “{text}”")
    stop = "" if text.endswith(("。", "！", "？", ".", "!", "?")) else pick(lang, "。", ".")
    return found + stop + _clocks(told, event, lang)


def _because(event: Event) -> str:
    """Why it was so: the rule's own words, and for a dispatch the ground on which the unit was found."""
    if event.action in ("receive", "call_back", "close", "pass_check", "answer", "reply"):
        return ""
    because = (event.decision or {}).get("because", "")
    basis = event.data.get("basis", "")
    return "；".join(part for part in (because, basis) if part and part not in event.data.get("level", ""))


def _fields(told: Telling, event: Event, lang: str) -> Mapping[str, Any]:
    """Everything that a sentence may name."""
    d, facts = event.data, told.facts
    kind, move = d.get("kind", ""), d.get("move", "")
    measure = next((m for n, m in facts.measures.items() if n == str(d.get("measure"))), None)
    category = d.get("category") or facts.category
    return {
        "who": _who(told, event, lang),
        "channel": pick(lang, CHANNEL_ZH[Channel(d["channel"])], d["channel"]) if "channel" in d else "",
        "kind": pick(lang, KIND_ZH[Kind(kind)], kind) if kind in KIND_ZH else kind,
        "category": told.category if category == facts.category else category,
        "urgency": pick(lang, URGENCY_ZH[Urgency(d.get("urgency", facts.urgency))], d.get("urgency", facts.urgency)),
        "lead": _unit(told, d.get("lead")),
        "co": _co(told, d, lang),
        "asked": pick(lang, "、", ", ").join(_unit(told, unit) for unit in d.get("co", ())),
        "interim": pick(lang, f"，先管到 {_day(d['interim_until'], lang)}", f" until {_day(d['interim_until'], lang)}") if d.get("interim_until") else "",
        "method": pick(lang, METHODS.get(d.get("method", ""), ""), d.get("method", "")),
        "failed": pick(lang, FAILED.get(d.get("result", ""), ""), d.get("result", "")),
        "proposed": _unit(told, d.get("proposed")),
        "promise": pick(lang, f"，答应 {_day(d['promised_at'], lang)}办好", f" and promised {_day(d['promised_at'], lang)}") if d.get("promised_at") else "",
        "clock": d.get("clock", ""),
        "by": pick(lang, Duration.parse(d["by"]).zh, d["by"]) if event.action == "extend" else "",
        "until": _moment(d["due"], lang) if event.action == "extend" and "due" in d else "",
        "outcome": pick(lang, OUTCOME_ZH[Outcome(d["outcome"])], d["outcome"]) if d.get("outcome") else "",
        "owner": _unit(told, d.get("owner")),
        "review": _day(d["review_at"], lang) if d.get("review_at") else "",
        "verdict": _verdict(d, lang),
        "level": pick(lang, LEVELS.get(d.get("level", 0), ""), LEVELS_EN.get(d.get("level", 0), "")) if event.action == "rate" else d.get("level", ""),
        "closing": pick(lang, *_CLOSING.get(d.get("because", ""), ("", ""))),
        "round": 1 + sum(e.action == "reopen" for e in told.events[: event.seq]),
        "into": told.cases.get(d.get("into", 0), ""),
        "other": told.cases.get(d.get("case", 0), ""),
        "referral": pick(lang, REFERRALS.get(d.get("to", ""), ""), d.get("to", "")),
        "unit": _unit(told, d.get("unit") or (measure or {}).get("unit")),
        "move": MOVES_ZH.get(move, ""),
        "move_en": move.replace("_", " "),
        "approver": _unit(told, d.get("approver")),
        "measure": _measure(measure or d, lang),
        "reply_by": pick(lang, f"，{_moment(d['answer_by'], lang)} 前答复", f", to be answered by {_moment(d['answer_by'], lang)}")
        if d.get("answer_by")
        else "",
        "campaign": told.campaigns.get(d.get("campaign", 0), ""),
        "spot": d.get("spot", ""),
    }


def _who(told: Telling, event: Event, lang: str) -> str:
    if event.actor.startswith("staff:"):
        post = told.people.get(event.actor, "")
        return _unit(told, event.unit) if event.action in _UNITS_OWN and event.unit else post or _unit(told, event.unit)
    return pick(lang, "系统按规则", "The platform, by rule,") if event.actor == "system" else pick(lang, "诉求人", "The citizen")


def _unit(told: Telling, code: str | None) -> str:
    return told.units.get(code or "", code or "")


def _co(told: Telling, data: Mapping[str, Any], lang: str) -> str:
    names = pick(lang, "、", ", ").join(_unit(told, unit) for unit in data.get("co", ()))
    return pick(lang, f"，{names}协办", f", with {names}") if names else ""


def _measure(measure: Mapping[str, Any], lang: str) -> str:
    kind = measure.get("kind", "")
    zh = MEASURE_ZH[MeasureKind(kind)] if kind in MEASURE_ZH else ""
    level = measure.get("level", "")
    name = zh if level == zh or not level else f"{zh}（{level}）"
    points = measure.get("points") or 0
    return pick(lang, name + (f"，扣 {points} 分" if points else ""), kind.replace("_", " ") + (f" ({points} points)" if points else ""))


def _verdict(data: Mapping[str, Any], lang: str) -> str:
    if not data.get("reached"):
        return pick(lang, "没有打通", "nobody was reached")
    return pick(lang, "，", ", ").join(pick(lang, *(yes if data[name] else no)) for name, yes, no in _ASKED if data.get(name) is not None)


def _due(event: Event, lang: str) -> str | None:
    """A clock has reached a step: worth a sentence when it warns, or when a promise was missed."""
    d = event.data
    name, due = _clock(d["clock"], lang), _moment(d["due"], lang)
    if d.get("missed"):
        return pick(lang, f"{name}时限到了（{due}），没有办到。", f"The {name} deadline ({due}) was missed.")
    if d["step"] == "warning":
        return pick(lang, f"{name}时限快到了：{due}。", f"The {name} deadline comes near: {due}.")
    return None


def _clocks(told: Telling, event: Event, lang: str) -> str:
    """The promises that this entry kept or broke, and those to the public that it started, each with the reason."""
    said = []
    for met in event.data.get("met", ()):
        if met["kind"] not in PROMISES:
            continue
        name, due = _clock(met["kind"], lang), datetime.fromisoformat(met["due"])
        if met["late"]:
            said.append(pick(lang, f"{name}晚了 {span(event.at - due, lang)}。", f"The {name} was {span(event.at - due, lang)} late."))
        else:
            said.append(pick(lang, f"{name}按时。", f"The {name} was in time."))
    for armed in event.data.get("armed", ()):
        if armed["kind"] not in ("answer", "close", "contact", "ruling"):
            continue
        due = datetime.fromisoformat(armed["due"])
        because = next((why for (kind, at_), why in told.reasons.items() if kind == armed["kind"] and at_ and datetime.fromisoformat(at_) == due), "")
        name = _clock(armed["kind"], lang)
        said.append(pick(lang, f"{name}最晚到 {at(due, lang, year=event.at.year)}", f"The {name} is due by {at(due, lang, year=event.at.year)}"))
        said[-1] += pick(lang, f"（{because}）。" if because else "。", f" ({because})." if because else ".")
    return "".join(f"\n         {line}" for line in said)


def _ending(told: Telling, lang: str) -> Iterator[str]:
    """How it stands, what was promised and kept, what the citizen says."""
    facts = told.facts
    assert facts.state is not None and facts.received_at is not None
    state = pick(lang, STATE_ZH[facts.state], facts.state.value)
    took = span(facts.closed_at - facts.received_at, lang) if facts.closed_at else ""
    rounds = pick(lang, f"，一共 {facts.round} 轮", f", {facts.round} rounds") if facts.round > 1 else ""
    unit = _unit(told, facts.holder())
    yield pick(lang, f"现在：{state}{rounds}。", f"Now: {state}{rounds}. ") + (pick(lang, f"从收到到办结用了 {took}。", f"It took {took}.") if took else "")
    if unit:
        yield pick(lang, f"主办单位：{unit}。", f"Lead unit: {unit}.")
    yield from _promises(told, lang)
    verdict = _verdict({"reached": True, **facts.verdict}, lang) if facts.verdict else ""
    rating = pick(lang, LEVELS[facts.rating], LEVELS_EN[facts.rating]) if facts.rating else ""
    said = pick(lang, "；", "; ").join(part for part in (verdict, rating and pick(lang, f"评价{rating}", f"rated {rating}")) if part)
    yield pick(lang, "群众怎么说：", "The citizen says: ") + (said or pick(lang, "还没有说。", "nothing yet.")) + (pick(lang, "。", ".") if said else "")


def _promises(told: Telling, lang: str) -> Iterator[str]:
    """How many promises were kept, and each that was not."""
    kept = [one for one in told.promises if one.met_at is not None and not one.late]
    running = [one for one in told.promises if one.met_at is None and not one.late and not one.ended]
    missed = [one for one in told.promises if one not in kept and one not in running]
    if not told.promises:
        return
    said = [pick(lang, f"{len(kept)} 项按时", f"{len(kept)} kept")]
    if running:
        said.append(pick(lang, f"{len(running)} 项还在时限内", f"{len(running)} still running"))
    said += [_missed(one, lang) for one in missed]
    yield pick(lang, "承诺：", "Promises: ") + pick(lang, "，", ", ").join(said) + pick(lang, "。", ".")


def _missed(one: Kept, lang: str) -> str:
    name = _clock(one.kind, lang) + (pick(lang, f"（第 {one.round} 轮）", f" (round {one.round})") if one.round > 1 else "")
    if one.met_at is not None:
        return pick(lang, f"{name}晚了 {span(one.met_at - one.due_at, lang)}", f"{name} {span(one.met_at - one.due_at, lang)} late")
    return pick(lang, f"{name}没有办到", f"{name} not kept")


def _clock(kind: str, lang: str) -> str:
    return pick(lang, CLOCKS[kind].zh, CLOCKS_EN.get(kind, kind))


def _day(text: str, lang: str) -> str:
    """The day that people name: 24:00 belongs to the day that ends."""
    moment = datetime.fromisoformat(text)
    return at(moment, lang, year=local(moment).year).replace("24:00", "").strip()


def _moment(text: str, lang: str) -> str:
    moment = datetime.fromisoformat(text)
    return at(moment, lang, year=local(moment).year)
