"""An explanation as sentences: what policy.explain answers, for a person to read. The reasons stay in the city's own words."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from minsheng.policy.directory import Directory
from minsheng.policy.given import CHOICES, NAMES_EN, NAMES_ZH
from minsheng.policy.said import at, day, pick

Told = Mapping[str, Any]

_MODES = {"automatic": ("系统按规则办，不用等人", "by rule, nobody has to be waited for"), "desk": ("由人看过再定", "a person looks at it first")}
_VISIBILITY = {"public": ("公开", "public"), "private": ("不公开", "private"), "secret": ("保密", "secret")}
_RELEASE = {"rule": ("打码后由规则直接放行", "masked, and released by rule"), "person": ("打码后由人看过再放行", "masked, and released by a person")}
_CALLERS = {"centre": ("中心", "the centre"), "county": ("县区中心", "the county's centre"), "message": ("短信", "a message")}
_ON_BAD = {"reopen": ("不满意的自动重办", "a bad result reopens the case"), "ask": ("不满意的由人定", "a bad result is decided by a person")}
_ON_GOOD = {"close": ("满意的办结", "a good one closes it"), "wait": ("满意的等满期限再办结", "a good one waits for the end of its time")}
_PHRASES = {"return": ("套话答复自动退回", "an answer made of phrases is returned by rule"), "mark": ("套话只做标记", "phrases are only marked")}
_TO = {
    "lead": ("主办单位", "the lead unit"),
    "centre": ("中心", "the centre"),
    "next_level": ("上一级", "the level above"),
    "parent": ("上一级", "the level above"),
}
_EVENTS_EN = {
    "receive": "receipt", "dispatch": "dispatch", "co_handle": "being asked to co-handle", "answer": "the answer", "send_back": "the refusals",
    "rule": "the ruling", "park": "parking", "reply": "the reply", "approval_asked": "the request", "measure_opened": "the measure",
}  # fmt: skip


def lines(told: Told, lang: str, *, directory: Directory | None) -> Iterator[str]:
    """The whole explanation, line by line."""
    yield f"{told['city']}　{told['platform']}　{pick(lang, '规则版本', 'rules')} {told['profile']}@{told['version']}（{told['hash'][:8]}）"
    received = datetime.fromisoformat(told["at"])
    yield pick(lang, f"{at(received, lang)} 收到一件诉求（北京时间）：", f"A case received on {at(received, lang)}, Beijing time:")
    yield "  " + pick(lang, "　", "; ").join(_facts(told["facts"], lang, directory))
    yield from _hands(told, lang)
    yield from _deadlines(told, lang)
    yield from _rules(told, lang)
    yield pick(lang, "〔设定〕：公开报道没有写明，照别的城市的做法定的。", "[assumed]: the published accounts are silent; we chose what other cities do.")


def _facts(facts: Told, lang: str, directory: Directory | None) -> Iterator[str]:
    """The facts that say something: those that are given or follow, not those at rest."""
    resting = (None, False, 0)
    for name, value in facts.items():
        if value in resting or (name == "round" and value == 1):
            continue
        if name == "category" and directory is not None:
            value = f"{value} {pick(lang, directory.categories[value].name, directory.categories[value].name_en)}"
        elif name == "place" and directory is not None:
            value = f"{directory.places[value].name}（{value}）"
        elif name in CHOICES and lang == "zh":
            value = CHOICES[name][value]
        elif value is True:
            value = pick(lang, "是", "yes")
        yield pick(lang, f"{NAMES_ZH[name]}：{value}", f"{NAMES_EN[name]}: {value}")


def _because(item: Told, lang: str) -> str:
    return str(item["because"]) + (pick(lang, "〔设定〕", " [assumed]") if item.get("assumed") else "")


def _hands(told: Told, lang: str) -> Iterator[str]:
    first, dispatch = told["first_receiver"], told["dispatch"]
    yield ""
    yield pick(lang, f"首接：{first['name']}，{_MODES[first['mode']][0]}", f"First receiver: {first['name']}; {_MODES[first['mode']][1]}")
    yield f"  {_because(first, lang)}"
    if dispatch["lead"] is None:
        who = pick(lang, "按类别和地点定，给出 category= 或 place= 就能说到单位", "by category and place: give category= or place= to see the unit")
    else:
        co = "、".join(unit["name"] for unit in dispatch["co"])
        who = dispatch["lead"]["name"] + (pick(lang, f"，{co} 协办", f", with {co}") if co else "")
    yield pick(lang, f"派单：{who}；{_MODES[dispatch['mode']][0]}", f"Dispatched to: {who}; {_MODES[dispatch['mode']][1]}")
    yield f"  {_because(dispatch, lang)}" + (pick(lang, f"；{dispatch['basis']}", f"; {dispatch['basis']}") if "basis" in dispatch else "")


def _deadlines(told: Told, lang: str) -> Iterator[str]:
    year = date.fromisoformat(told["at"][:10]).year
    yield ""
    yield pick(lang, "时限", "Deadlines")
    skipped: list[Told] = []
    for item in told["deadlines"]:
        yield from _deadline(item, lang, year=year, before=skipped)
        skipped = item["skipped"] or skipped
    for item in told["named_days"]:
        yield from _named(item, lang, year=year)
    for item in told["counted"]:
        yield pick(lang, f"  {item['name']}按次数加严：", f"  Each time ({item['fact']}):")
        for step in item["steps"]:
            nth = step["count"]
            yield f"      {pick(lang, f'第 {nth} 次', f'no. {nth}')}　{_rung(step, lang)}"


def _deadline(item: Told, lang: str, *, year: int, before: list[Told]) -> Iterator[str]:
    start = pick(lang, f"从{item['starts_zh']}算起", f"from {_EVENTS_EN[item['starts']]}")
    if item["starts"] != "receive":
        start += pick(lang, "，假如就在这时", ", if that were now")
    yield (
        f"  {pick(lang, item['name'], item['kind'])}　{pick(lang, item['within_zh'], item['within'])}　"
        + pick(lang, "到 ", "until ")
        + at(datetime.fromisoformat(item["due"]), lang, year=year)
        + pick(lang, f"（{start}）", f" ({start})")
    )
    yield f"      {_because(item, lang)}"
    if item.get("share", 1) < 1:
        yield "      " + pick(lang, f"只对抽中的 {item['share']:.0%} 计时", f"runs only for the {item['share']:.0%} that are sampled")
    if item["skipped"]:
        days = pick(lang, "同上", "as above") if item["skipped"] == before else _skipped(item["skipped"], lang, year=year)
        yield "      " + pick(lang, "不计的日子：", "days not counted: ") + days
    if item.get("provisional"):
        years = "、".join(map(str, item["provisional"]))
        yield "      " + pick(lang, f"暂定：{years} 年的放假调休还没有公布，公布后重算", f"provisional: the working days of {years} are not published yet")
    for step in item["steps"]:
        when = at(datetime.fromisoformat(step["at"]), lang, year=year)
        if step["name"] == "warning":
            yield f"      {when}　" + pick(lang, "预警", "warning")
        elif step["name"] == "ladder":
            yield f"      {when}　{_rung(step, lang)}"


def _skipped(skipped: list[Told], lang: str, *, year: int) -> str:
    """Days in a row that were skipped for one reason are said together."""
    runs: list[list[Any]] = []
    for item in skipped:
        today = date.fromisoformat(item["day"])
        if runs and runs[-1][2] == item["why"] and (today - runs[-1][1]).days == 1:
            runs[-1][1] = today
        else:
            runs.append([today, today, item["why"]])
    said = []
    for first, last, why in runs:
        days = day(first, lang, year=year) + (pick(lang, "至 ", " to ") + day(last, lang, year=year) if last != first else "")
        said.append(f"{days} {why}")
    return pick(lang, "；", "; ").join(said)


def _rung(step: Told, lang: str) -> str:
    receiver = step["receiver"]
    name = receiver["name"] + (f"（{receiver['post']}）" if "post" in receiver else "") if receiver else _generic(step["to"], lang)
    found = pick(lang, f"{step['level']}（{step['measure_zh']}）→ {name}", f"{step['measure']}, {step['level']} → {name}")
    if step["points"]:
        found += pick(lang, f"，扣 {step['points']} 分", f", {step['points']} points")
    if step["proposed_only"]:
        found += pick(lang, "，规则只建议，由具名的人开出", "; only proposed by rule, opened by a named person")
    return found + pick(lang, "：", ": ") + _because(step, lang)


def _generic(to: str, lang: str) -> str:
    """A receiver that cannot be named before a unit has the case."""
    if to in _TO:
        return pick(lang, *_TO[to])
    if to.startswith("post:"):
        return pick(lang, f"责任链第 {to[5:]} 级", f"rung {to[5:]} of the chain of responsibility")
    return to.removeprefix("@")


def _named(item: Told, lang: str, *, year: int) -> Iterator[str]:
    latest = ""
    if item["latest"]:
        until = at(datetime.fromisoformat(item["latest"]), lang, year=year)
        latest = pick(lang, f"，最远 {item['within_zh']}（现在写最远到 {until}）", f", at most {item['within']} away (now: {until})")
    yield pick(lang, f"  {item['name']}　{item['starts_zh']}时由人写明日子{latest}", f"  {item['kind']}　a day named at {_EVENTS_EN[item['starts']]}{latest}")
    yield f"      {_because(item, lang)}"
    for step in item["steps"]:
        when = pick(lang, "到期", "when due") if step["after"] == "+0" else f"{pick(lang, '到期', 'due')} {step['after']}"
        yield f"      {when}　{_rung(step, lang)}"


def _rules(told: Told, lang: str) -> Iterator[str]:
    yield ""
    yield pick(lang, "审批", "Consent")
    for item in told["approvals"]:
        who = item["unit"]["name"] if item["unit"] else pick(lang, *_TO.get(item["approver"], ("督办员", "the supervisor")))
        yield f"  {pick(lang, item['name'], item['move'])} → {who}" + pick(lang, "：", ": ") + _because(item, lang)
    if not told["approvals"]:
        yield "  " + pick(lang, "不用审批", "none")
    yield ""
    publicity, callback, quality = told["publicity"], told["callback"], told["quality"]
    said = pick(lang, *_VISIBILITY[publicity["visibility"]])
    if publicity["visibility"] == "public":
        said += pick(lang, "，", ", ") + pick(lang, *_RELEASE[publicity["release"]])
        said += pick(lang, "，可以点评", ", open to comments") if publicity["comments"] else ""
    yield pick(lang, "公开：", "Publicity: ") + said + pick(lang, "。", ". ") + _because(publicity, lang)
    who, bad, good = pick(lang, *_CALLERS[callback["by"]]), pick(lang, *_ON_BAD[callback["on_bad"]]), pick(lang, *_ON_GOOD[callback["on_good"]])
    yield pick(lang, f"回访：{callback['share']:.0%} 由{who}回访；{good}，{bad}。", f"Callback: {callback['share']:.0%} by {who}; {good}, {bad}. ") + _because(
        callback, lang
    )
    yield (
        pick(lang, "质检：", "Quality: ")
        + f"{quality['share']:.0%}"
        + pick(lang, "，", ", ")
        + pick(lang, *_PHRASES[quality["phrases"]])
        + pick(lang, "。", ". ")
        + _because(quality, lang)
    )
    yield from _limits(told, lang)


def _limits(told: Told, lang: str) -> Iterator[str]:
    """延期、挂账、重办、退单、上交、催办、匿名: how often and how far."""
    extension, parking, reopening, refusal, above, urging = (told[name] for name in ("extension", "parking", "reopening", "send_back", "escalation", "urging"))
    yield pick(
        lang,
        f"延期：最多 {extension['times']} 次，一次最多 {extension['longest_zh']}。",
        f"Extension: {extension['times']} time(s), at most {extension['longest']}. ",
    ) + _because(extension, lang)
    yield pick(lang, f"挂账：复查日在 {parking['review_within_zh']}以内。", f"Parking: reviewed within {parking['review_within']}. ") + _because(parking, lang)
    yield pick(
        lang,
        f"重办：{reopening['within_zh']}以内，一共最多 {reopening['rounds']} 轮。",
        f"Reopening: within {reopening['within']}, {reopening['rounds']} rounds in all. ",
    ) + _because(reopening, lang)
    if refusal["allowed"]:
        yield pick(lang, f"退单：退 {refusal['ruling_after']} 次就裁定，", f"Sending back: a ruling after {refusal['ruling_after']}; ") + _because(
            refusal, lang
        )
    else:
        yield pick(lang, "退单：不能退。", "Sending back: not allowed. ") + _because(refusal, lang)
    unit = above["unit"]["name"] if above["unit"] else pick(lang, *_TO.get(above["to"], (above["to"], above["to"])))
    yield pick(lang, f"上交：{unit}。", f"Escalation: {unit}. ") + _because(above, lang)
    yield pick(lang, f"催办：{urging['every_zh']}可以催一次。", f"Urging: once in {urging['every']}. ") + _because(urging, lang)
    intake = told["intake"]
    anonymous = pick(lang, "可以匿名" if intake["anonymous"] else "要留联系方式", "may be anonymous" if intake["anonymous"] else "a contact is needed")
    yield (
        pick(lang, "收件：", "Intake: ")
        + pick(lang, "收，" if intake["accepted"] else "不收，", "accepted, " if intake["accepted"] else "refused, ")
        + anonymous
        + pick(lang, "。", ". ")
        + _because(intake, lang)
    )
    if told["disabled_moves"]:
        off = pick(lang, "、".join(m["name"] for m in told["disabled_moves"]), ", ".join(m["move"] for m in told["disabled_moves"]))
        yield pick(lang, f"不用的环节：{off}", f"Steps not used here: {off}")
