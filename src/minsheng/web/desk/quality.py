"""质检: the request beside its answer, a score card, remarks that go to the unit; a drawn sample; figures per unit and per writer."""

import csv
import io
import secrets
from datetime import date, timedelta
from types import SimpleNamespace as Row
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as said
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import clock
from minsheng.commands import acts, answering
from minsheng.domain import scorecard
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, Stale
from minsheng.domain.scorecard import ITEMS
from minsheng.intelligence import answer_quality
from minsheng.queries import cases, quality
from minsheng.queries import rules as rulebook
from minsheng.queries.cases import DeskView, Entry
from minsheng.queries.quality import MOST_DRAWN, Judged, Line
from minsheng.web import formats, frame, shown
from minsheng.web.desk.approvals import capped
from minsheng.web.desk.deeds import demand
from minsheng.web.desk.entering import badge, staff
from minsheng.web.formats import Due

DRAWN = 20
#: What checkers write again and again, by item of the card.
PHRASES = {
    "cause": (said("请写明原因：查到了什么，为什么会这样。"),),
    "done": (said("请写明谁、哪天、做了什么。"), said("只说了会处理，没有说做了什么。")),
    "next": (said("没办完的请写明下一步和哪天办好。"), said("请留下可以打的电话。")),
    "points": (said("诉求里的问题没有都答到，请一条一条答。"), said("答的不是这件事，请核对。")),
    "plain": (said("套话请换成具体的事。"), said("政策请用大白话讲，写明是哪一条。")),
    "evidence": (said("请附现场照片。"), said("请写明依据的文件和条款。")),
    "in_time": (said("超过了答应的时间，请向诉求人说明。"),),
}
_MODES = {"check": said("待质检"), "spot": said("抽检"), "done": said("已经看过")}
_ACTIONS = {"pass_check": said("通过"), "return_answer": said("退回重写"), "spot_checked": said("抽检")}


@require_safe
@staff
def worklist(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """Answers that wait for their check."""
    demand(actor, "check_answers")
    page, share = quality.page(actor, cursor=request.GET.get("cursor", "")), max(rule.share for rule in rulebook.today().profile.quality)
    context = {
        "staff": badge(actor),
        "q": "",
        "tabs": tabs("list", quality.count(actor)),
        "share": None if share >= 1 else f"{share:.0%}",
        "rows": [
            Row(code=row.code, title=row.title or _("（已抹除）"), category=row.category_name or _("未分类"), place=row.place_name, unit=row.unit_name or "–",
                failures=row.failures, round=row.round, at=row.answered_at, due=Due(start=row.answered_at, due=row.due_at) if row.due_at else None)
            for row in page.rows
        ],
        "next": reverse("desk-quality") + "?" + urlencode({"cursor": page.next}) if page.next else None,
        "done": frame.told(request),
    }  # fmt: skip
    return frame.page(request, "desk/judging/quality.html", context)


def tabs(current: str, waiting: int | None = None) -> list[Row]:
    """待质检, 抽样, 数字."""
    count = capped(waiting, quality.COUNTED_TO) if waiting is not None else ""
    rows = (
        ("list", _("待质检"), "desk-quality", count),
        ("sample", _("抽样"), "desk-quality-sample", ""),
        ("figures", _("质检情况"), "desk-quality-figures", ""),
    )
    return [Row(label=label, url=reverse(name), count=n, current=key == current) for key, label, name, n in rows]


# --- one answer -------------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def check(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """One answer with its card. Remarks go to the unit as the reason; the points stay as numbers."""
    demand(actor, "check_answers")
    if request.method != "POST":
        return _page(request, code, actor)
    seen, typed = request.POST.get("seen", ""), request.POST.dict()
    try:
        words = _record(code, typed, actor, seen=int(seen) if seen.isdecimal() else None)
    except BadInput as problem:
        return _page(request, code, actor, typed=typed, errors={problem.field: frame.words(problem)}, status=422)
    except Stale:
        return _page(request, code, actor, typed=typed, errors={"stale": _("这件刚刚有了变化，没有记。请看一眼，再交一次。")}, status=409)
    except MinshengError as problem:
        if problem.status == 404:
            raise
        return _page(request, code, actor, typed=typed, errors={"stale": frame.words(problem)}, status=problem.status)
    frame.tell(request, words, draft=request.path)
    following = next((row.code for row in quality.page(actor, limit=2).rows if row.code != code), None)
    return HttpResponseRedirect(frame.back(request, default=reverse("desk-quality-case", args=(following,)) if following else reverse("desk-quality")))


def _record(code: str, typed: dict[str, str], actor: Actor, *, seen: int | None) -> str:
    scores = {item.key: int(typed[name]) for item in ITEMS if typed.get(name := f"score-{item.key}", "").isdecimal()}
    missing = next((item for item in ITEMS if item.key not in scores), None)
    if missing is not None:
        raise BadInput(field=missing.key, zh=f"「{missing.zh}」还没有打分。", en=f"“{missing.en}” has no points yet.")
    remarks = _remarks(typed)
    match typed.get("what"):
        case "pass":
            answering.pass_check(code, scores=scores, by=actor, seen=seen)
            return _("%(code)s 通过了，诉求人现在看得到。") % {"code": code}
        case "return":
            if not remarks:
                raise BadInput(field="remarks", zh="退回请写哪里要改，单位看得到。", en="Say what has to change; the unit reads it.")
            answering.return_answer(code, remarks=remarks, scores=scores, by=actor, seen=seen)
            return _("%(code)s 退回去了，单位看得到哪里要改。") % {"code": code}
        case "spot":
            answering.spot_check(code, scores=scores, remarks=remarks, by=actor, seen=seen)
            return _("%(code)s 的抽检分记下了。") % {"code": code}
        case _other:
            raise BadInput(field="stale", zh="请选通过还是退回。", en="Pass it, or send it back.")


def _remarks(typed: dict[str, str]) -> str:
    """One line an item, then what was said of the whole."""
    lines = [f"{item.lack_zh}：{words}" for item in ITEMS if (words := typed.get(f"remark-{item.key}", "").strip())]
    return "\n".join([*lines, *([typed["remarks"].strip()] if typed.get("remarks", "").strip() else [])])


def _page(
    request: HttpRequest, code: str, actor: Actor, *, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    view = cases.desk(code, actor)
    entry = next((e for e in reversed(view.case.entries) if e.action in ("answer", "answer_at_once") and e.text), None)
    mode = _mode(view, entry)
    findings = answer_quality.check(entry.text, view.case.body) if entry else ()
    clock_ = next((p for p in view.case.promises if p.kind == "answer"), None)
    late = bool(clock_ and (clock_.state == "missed" or clock_.late_now))
    suggested = scorecard.suggested([f.kind for f in findings], photos=len(entry.shots) if entry else 0, late=late)
    earlier = [e for e in view.case.entries if e.action in ("return_answer", "spot_checked") or (e.action == "pass_check" and "total" in e.data)]
    running = next((p for p in view.case.promises if p.kind == "quality" and p.state == "running"), None)
    context = {
        "staff": badge(actor),
        "q": "",
        "case": Row(
            code=code, title=shown.headline(view.case.title, view.case.body), text=view.case.body, version=view.case.version, at=view.case.received_at,
            photos=shown.photos(code, view.case.shots), category=view.case.category_name or _("未分类"), tag=shown.tag(view.case.state),
        ),
        "mode": mode,
        "mode_word": _(_MODES[mode]),
        "may_return": any(c.action == "return_answer" and c.allowed for c in view.choices),
        "due": shown.due(running) if running else None,
        "answer": Row(unit=entry.unit_name, who=entry.actor, at=entry.at, parts=parts(entry.text, findings), photos=shown.photos(code, entry.shots),
                      outcome=_(view.case.outcome_zh) if view.case.outcome_zh else "") if entry else None,
        "findings": [Row(words=f.zh if frame.chinese() else f.en, severity=f.severity) for f in findings if f.kind != "phrase"],
        "items": _items(suggested, typed or {}, errors or {}),
        "pass_from": scorecard.PASS_FROM,
        "remarks": (typed or {}).get("remarks", ""),
        "errors": errors or {},
        "earlier": [Row(at=e.at, what=_(_ACTIONS[e.action]), total=e.data.get("total"), text=e.text) for e in earlier],
        "return_to": frame.back(request, default=""),
        "done": frame.told(request),
    }  # fmt: skip
    return frame.page(request, "desk/judging/check.html", context, status=status)


def _mode(view: DeskView, entry: Entry | None) -> str:
    """check: nobody has read it yet; spot: it passed by rule, unread; done: a person has judged it, or there is nothing to judge."""
    if entry is None or view.case.state not in ("answered", "closed"):
        return "done"
    after = [e for e in view.case.entries if e.seq > entry.seq]
    passed = next((e for e in after if e.action == "pass_check"), None)
    if passed is None:
        return "check" if entry.action == "answer" and view.case.state == "answered" else "done"
    unread = passed.data.get("sampled") is False and not any(e.action == "spot_checked" for e in after)
    return "spot" if unread else "done"


def parts(text: str, findings: tuple[answer_quality.Finding, ...]) -> list[tuple[str, str]]:
    """The answer in pieces (words, why they are marked): set phrases and words about another matter."""
    spans = sorted((*f.span, f.zh if frame.chinese() else f.en) for f in findings if f.span is not None and f.kind in ("phrase", "wrong_echo"))
    found, at = [], 0
    for start, end, why in spans:
        if start < at:
            continue
        found += [(text[at:start], ""), (text[start:end], why)]
        at = end
    return [(words, why) for words, why in (*found, (text[at:], "")) if words]


def _items(suggested: dict[str, int], typed: dict[str, str], errors: dict[str, str]) -> list[Row]:
    chinese = frame.chinese()
    return [
        Row(key=item.key, label=item.zh if chinese else item.en, hint=item.hint_zh if chinese else item.hint_en, weight=item.weight, must=item.must,
            suggested=suggested[item.key], value=typed.get(f"score-{item.key}", ""), remark=typed.get(f"remark-{item.key}", ""),
            error=errors.get(item.key, ""), phrases=[_(words) for words in PHRASES[item.key]])
        for item in ITEMS
    ]  # fmt: skip


# --- a sample ---------------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def sample(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """抽样: a POST draws a seed, writes down who drew it, and leads to the list; the list is the same whenever it is loaded."""
    demand(actor, "check_answers")
    today = clock.local(clock.now()).date()
    if request.method == "POST":
        size = _size(request.POST.get("size", ""))
        seed = secrets.token_hex(4)
        acts.record("sample", by=actor, subject=f"sample:{seed}", after={"size": size, "until": today.isoformat()})
        return HttpResponseRedirect(reverse("desk-quality-sample") + "?" + urlencode({"seed": seed, "size": size, "until": today.isoformat()}))
    seed, until = request.GET.get("seed", "")[:16], _day(request.GET.get("until", "")) or today
    drawn = quality.sample(actor, seed=seed, size=_size(request.GET.get("size", "")), until=min(until, today)) if seed else None
    context = {
        "staff": badge(actor),
        "q": "",
        "tabs": tabs("sample"),
        "size": drawn.size if drawn else DRAWN,
        "most": MOST_DRAWN,
        "sample": Row(seed=drawn.seed, size=drawn.size, out_of=drawn.out_of, since=drawn.until - timedelta(days=7), until=drawn.until - timedelta(days=1),
                      rows=[Row(code=row.code, title=row.title or _("（已抹除）"), unit=row.unit_name or "–", tag=shown.tag(row.state), total=row.total)
                            for row in drawn.rows]) if drawn else None,
        "done": frame.told(request),
    }  # fmt: skip
    return frame.page(request, "desk/judging/sample.html", context)


def _size(text: str) -> int:
    return min(max(int(text), 1), MOST_DRAWN) if text.isdecimal() and len(text) < 6 else DRAWN


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


# --- figures ----------------------------------------------------------------------------------------------------------------------


@require_safe
@staff
def figures(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """质检情况 of a month, per unit and per writer, each down to the cases."""
    demand(actor, "check_answers")
    month, key = _month(request), request.GET.get("of", "")[:120]
    found = quality.figures(actor, month)
    lines = {line.key: line for line in (*found.units, *found.writers)}
    context = {
        "staff": badge(actor),
        "q": "",
        "tabs": tabs("figures"),
        "month": f"{month:%Y-%m}",
        "whole": _line(found.whole, month),
        "units": [_line(line, month) for line in found.units],
        "writers": [_line(line, month) for line in found.writers],
        "chosen": lines[key].name if key in lines else None,
        "behind": [_judged(row) for row in quality.behind(actor, month, key=key)] if key in lines else [],
    }
    return frame.page(request, "desk/judging/figures.html", context)


_HEADS = (
    said("月份"), said("分组"), said("名称"), said("看过（条）"), said("第一次看（条）"), said("第一次就通过（条）"), said("退回（条）"), said("打过分（条）"),
    said("总分"), said("平均分"), said("最常见的问题"), said("次数"),
)  # fmt: skip


@require_POST
@staff
def table(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """The same figures for a spreadsheet (UTF-8 with BOM); that they were taken out is written down."""
    demand(actor, "check_answers")
    month = _month(request)
    found = quality.figures(actor, month)
    file = io.StringIO()
    sheet = csv.writer(file)
    sheet.writerow([_(head) for head in _HEADS])
    for kind, lines in ((_("单位"), found.units), (_("写的人"), found.writers)):
        for line in lines:
            fault, often = line.worst or ("", 0)
            mean = f"{line.mean:.1f}" if line.mean is not None else ""
            numbers = (line.checked, line.firsts, line.passed_first, line.returned, line.scored, line.points, mean, _item(fault) if fault else "", often or "")
            sheet.writerow([f"{month:%Y-%m}", kind, plain(line.name), *numbers])
    acts.record("export", by=actor, subject=f"quality:{month:%Y-%m}", after={"rows": len(found.units) + len(found.writers)})
    answer = HttpResponse("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="quality-{month:%Y-%m}.csv"'
    return answer


def plain(text: str) -> str:
    """A spreadsheet takes what begins with such a sign for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _month(request: HttpRequest) -> date:
    asked = request.POST.get("month") or request.GET.get("month", "")
    return _day(f"{asked[:7]}-01") or clock.local(clock.now()).date().replace(day=1)


def _line(line: Line, month: date) -> Row:
    return Row(
        name=line.name, checked=line.checked, first=formats.percent(line.passed_first, line.firsts) if line.firsts else "–",
        first_of=f"{line.passed_first} / {line.firsts}", returned=formats.percent(line.returned, line.checked) if line.checked else "–",
        returned_of=f"{line.returned} / {line.checked}", mean=f"{line.mean:.1f}" if line.mean is not None else "–", mean_of=f"{line.points} / {line.scored}",
        worst=_item(line.worst[0]) if line.worst else "–", worst_of=f"{line.worst[1]} / {line.scored}" if line.worst else "",
        url=reverse("desk-quality-figures") + "?" + urlencode({"month": f"{month:%Y-%m}", "of": line.key}) + "#behind",
    )  # fmt: skip


def _item(key: str) -> str:
    found = next(item for item in ITEMS if item.key == key)
    return found.lack_zh if frame.chinese() else found.lack_en


def _judged(row: Judged) -> Row:
    return Row(
        code=row.code, title=row.title or _("（已抹除）"), at=row.at, what=_(_ACTIONS[row.action]), first=row.first, total=row.total, by_rule=row.by_rule,
        lost=_("、").join(_item(item.key) for item in ITEMS if row.scores.get(item.key, 2) < 2),
    )  # fmt: skip
