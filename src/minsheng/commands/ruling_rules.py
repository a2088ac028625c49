"""裁定成规则: what a ruling taught becomes a rule of responsibility. One proposes, another with the right to decide accepts or refuses."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from minsheng import clock
from minsheng.casework import casework
from minsheng.commands import acts
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.calendar import beijing_day, due_day
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.domain.text import line
from minsheng.models.places import City, Responsibility, RuleProposal
from minsheng.policy.directory import Directory
from minsheng.policy.responsibility import Answer, responsible
from minsheng.queries import directory as directories
from minsheng.queries.journal import journal


def propose_rule(
    code: str, *, category: str, place: str | None, basis: str, valid_from: date | None = None, by: Actor
) -> RuleProposal:  # fmt: skip
    """建议成规则: from the case's ruling, for its category or one above it, at a place that the case lies in. An interim owner gives a rule until that day."""
    basis = line(basis, limit=200, name="basis")
    with casework(code, by=by) as work:
        tree = work.directory
        if not access.may(by, "propose_rules", tree):
            raise NotAllowed("职责规则由派单员、督办员或管理员来建议。", "Rules are proposed by dispatchers, supervisors and administrators.")
        ruling = next((event for event in reversed(journal(work.case.pk)) if event.action == "rule"), None)
        if ruling is None:
            raise WrongState("这件还没有裁定，裁定以后才能成规则。", "There is no ruling yet to make a rule of.")
        if category not in above_category(tree, work.facts.category):
            raise BadInput(field="category", zh="请选这件的类别或它的上一级。", en="Choose the category of the case or one above it.")
        lies_in = tree.place_ancestors(work.facts.place or work.facts.district or "") if (work.facts.place or work.facts.district) in tree.places else ()
        if place is not None and place not in lies_in:
            raise BadInput(field="place", zh="请选这件所在的社区、街道或县区。", en="Choose the community, street or district that the case lies in.")
        lead, interim = ruling.data["lead"], ruling.data.get("interim_until")
        if RuleProposal.objects.filter(category=category, place=place, lead=lead, status="asked").exists():
            raise WrongState("同样的规则已经建议过了。", "The same rule has been proposed already.")
        return RuleProposal.objects.create(
            case=work.case, category=category, place=place, lead=lead, co=list(ruling.data.get("co", ())), basis=basis,
            valid_from=valid_from or beijing_day(work.now), valid_until=due_day(datetime.fromisoformat(interim)) if interim else None,
            by=by.tag, at=work.now,
        )  # fmt: skip


def above_category(tree: Directory, category: str | None) -> tuple[str, ...]:
    """The category itself, then each above it."""
    found: list[str] = []
    while category is not None and category in tree.categories:
        found.append(category)
        category = tree.categories[category].parent
    return tuple(found)


def accept_rule(number: int, *, by: Actor) -> RuleProposal:
    """同意成规则: it stands in the directory from its day on, before the rules of the same reach, in a new version of the directory."""
    with transaction.atomic():
        row, tree = _asked(number, by)
        _demand_known(row, tree)
        day = max(row.valid_from or beijing_day(clock.now()), beijing_day(clock.now()))
        before = responsible(tree, category=row.category, place=row.place, on=day)
        Responsibility.objects.update(position=F("position") + 1)
        Responsibility.objects.create(
            category=row.category, place=row.place, lead=row.lead, co=row.co, basis=row.basis, valid_from=day, valid_until=row.valid_until, position=0
        )
        row.valid_from = day
        _decided(row, "accepted", by=by, reason="")
        City.objects.update(directory_version=F("directory_version") + 1)
        directories.forget()
        after = responsible(directories.current(), category=row.category, place=row.place, on=day)
        acts.record("rule", by=by, subject=f"rule:{row.pk}", before=_told(before), after={**_told(after), "category": row.category, "place": row.place},
                    from_day=day, note=row.basis)  # fmt: skip
    directories.forget()
    return row


def refuse_rule(number: int, *, reason: str, by: Actor) -> RuleProposal:
    """不同意成规则: with the reason; the ruling itself stands."""
    reason = line(reason, limit=200, name="reason")
    with transaction.atomic():
        row, _tree = _asked(number, by)
        _decided(row, "refused", by=by, reason=reason)
    return row


def _asked(number: int, by: Actor) -> tuple[RuleProposal, Directory]:
    tree = directories.current()
    if not access.may(by, "decide_rules", tree):
        raise NotAllowed("职责规则由中心的督办员或管理员来定。", "Rules are decided by supervisors and administrators of the centre.")
    row = RuleProposal.objects.select_for_update().filter(pk=number).first()
    if row is None:
        raise NotFound()
    if row.status != "asked":
        raise WrongState("这条建议已经处理过了。", "This proposal has been decided already.")
    if row.by == by.tag:
        raise NotAllowed("定规则要两个人：不能批自己的建议。", "A rule takes two persons: nobody decides on their own proposal.")
    return row, tree


def _demand_known(row: RuleProposal, tree: Directory) -> None:
    """What the directory no longer knows cannot be ruled about."""
    today, unit = beijing_day(clock.now()), tree.units.get(row.lead)
    if unit is None or not unit.valid(today):
        raise WrongState("规则里的单位已经撤销，请不同意，重新裁定后再建议。", "The unit of this rule no longer exists: refuse it and propose anew.")
    if row.category not in tree.categories or (row.place is not None and row.place not in tree.places):
        raise WrongState("规则里的类别或地点已经没有了，请不同意，重新建议。", "The category or place of this rule is gone: refuse it and propose anew.")


def _decided(row: RuleProposal, status: str, *, by: Actor, reason: str) -> None:
    row.status, row.decided_by, row.decided_at, row.reason = status, by.tag, clock.now(), reason
    row.save()


def _told(answer: Answer) -> dict[str, object]:
    return {"lead": answer.lead, "co": list(answer.co), "basis": answer.basis}
