"""城市规则: today's rules in words, what changed between versions, and a box that says what they decide for given facts, and why."""

from collections.abc import Mapping
from datetime import date, datetime, time
from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError
from minsheng.policy import given, in_words, rules_in_words
from minsheng.policy.explain import explain
from minsheng.policy.schema import Profile
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries import rules_history
from minsheng.web import frame
from minsheng.web.desk.admin import kinds
from minsheng.web.desk.admin.frame import administrators, page

#: Facts that the box asks for: those that differ before a case is handled.
_ASKED = ("kind", "urgency", "channel", "origin", "requester", "level", "outcome")
_FLAGS = ("simple", "sensitive", "risk", "sure", "satisfied", "solved")
_LABELS = {
    "kind": "类型",
    "urgency": "紧急程度",
    "channel": "渠道",
    "origin": "来源",
    "requester": "诉求人",
    "level": "承办单位级别",
    "outcome": "办理结果",
    "simple": "简易事项",
    "sensitive": "涉及隐私",
    "risk": "风险事项",
    "sure": "有把握",
    "satisfied": "满意",
    "solved": "已解决",
    "category": "事项",
    "place": "地点",
    "day": "哪天收到",
}
#: Words of the facts that stand in no table of the screens.
_WORDS = ("个人", "企业", "匿名", "群众反映", "巡查发现", "单位自查", "演练")


@require_safe
@administrators
def show(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """The rules of today, or what one version changed."""
    rules, tree = rulebook.today(), directories.current()
    language = "zh" if frame.chinese() else "en"
    versions = rules_history.versions()
    asked = request.GET.get("version", "")
    told = _told(request.GET, language)
    chosen = next((n for n, row in enumerate(versions) if row.hash == asked), None)
    context = {
        "rules": Row(code=rules.profile.code, version=rules.profile.version, hash=rules.hash, name=rules.profile.name, sources=rules.profile.sources,
                     off=rules.profile.disabled_moves),
        "sections": rules_in_words.sections(rules.profile, language, directory=tree),
        "versions": [Row(version=row.version, hash=row.hash, at=row.published_at, now=row.hash == rules.hash, current=row.hash == asked) for row in versions],
        "changes": _changes(versions[chosen].body, versions[chosen + 1].body) if chosen is not None and chosen + 1 < len(versions) else [],
        "chosen": versions[chosen].version if chosen is not None else None,
        "first": chosen is not None and chosen + 1 == len(versions),
        "box": told,
        "lists": {
            "category": [f"{c.code} {c.name}" for c in tree.categories.values()],
            "place": [f"{p.code} {p.name}" for p in tree.places.values() if p.kind != "building"],
        },
    }  # fmt: skip
    return page(request, "profile", actor, "profile", context)


def _changes(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[Row]:
    """In what a version differs from the one before; both are read by today's schema, so that new keys do not count."""
    bodies = [Profile.model_validate(body).model_dump(mode="json") for body in (old, new)]
    return [Row(path=path, before=before, after=after) for path, before, after in rules_in_words.differences(*bodies)]


def _told(asked: Mapping[str, Any], language: str) -> Row:
    """The box: what was asked, what is wrong with it, and what the rules answer."""
    tree, rules = directories.current(), rulebook.today()
    typed = {name: str(asked.get(f"f_{name}", ""))[:80].strip() for name in (*_ASKED, *_FLAGS, "category", "place", "day")}
    words = [f"{name}={typed[name]}" for name in (*_ASKED, *_FLAGS) if typed[name]]
    words += [f"{name}={kinds.code(typed[name], name, tree)}" for name in ("category", "place") if typed[name]]
    wrong, lines = {}, []
    if any(typed.values()):
        try:
            moment = _moment(typed["day"])
            lines = list(in_words.lines(explain(rules, given.read(words, directory=tree), at=moment, directory=tree), language, directory=tree))
        except MinshengError as problem:
            field = problem.field if isinstance(problem, BadInput) else "day"
            wrong = {f"f_{field}": frame.words(problem)}
    selects = [Row(name=f"f_{name}", label=_(_LABELS[name]), choices=[(value, _(zh)) for value, zh in given.CHOICES[name].items()]) for name in _ASKED]
    flags = [Row(name=f"f_{name}", label=_(_LABELS[name])) for name in _FLAGS]
    values = {f"f_{name}": value for name, value in typed.items()}
    return Row(form=Row(values=values, errors=wrong), selects=selects, flags=flags, lines=lines, yes_no=[("true", _("是")), ("false", _("否"))])


def _moment(text: str) -> datetime:
    """Nine o'clock of that day; now where none is named."""
    if not text:
        return clock.now()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput(field="day", zh="日子要写成 2026-01-31 这样。", en="Write the day like 2026-01-31.") from None
    if not 2000 <= day.year <= 2100:
        raise BadInput(field="day", zh="年份要在 2000 到 2100 之间。", en="The year must lie between 2000 and 2100.")
    return datetime.combine(day, time(9), clock.BEIJING)
