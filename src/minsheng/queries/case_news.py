"""新的经过: what has happened to a case since a page was drawn, and what was done just now. One or two cheap questions each."""

from datetime import datetime

from minsheng.domain import access, facts_json
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound
from minsheng.domain.facts import CaseFacts
from minsheng.models.case import Case, CaseText
from minsheng.models.event import CaseEvent
from minsheng.models.fetching import fetch
from minsheng.queries import directory as directories
from minsheng.queries.cases import _place_unit


def news(code: str, actor: Actor) -> tuple[int, int]:
    """Number of the last entry and version of the case, for a page that is left open: one question. Not found where the person may not see it (any more)."""
    case, tree = next(iter(fetch(Case, "WHERE code = %s", [code])), None), directories.current()
    facts = facts_json.from_json(case.facts) if case else CaseFacts()
    if case is None or not access.may_see(actor, facts, tree, place_unit=_place_unit(facts, tree)):
        raise NotFound()
    return case.seq, case.version


def last_at(case: int, action: str) -> datetime | None:
    """When this was last done to the case."""
    return CaseEvent.objects.filter(case_id=case, action=action).order_by("-seq").values_list("at", flat=True).first()


def said_again(code: str, *, action: str, text: str, by: str, since: datetime) -> bool:
    """Has this person recorded the very same words by the same step since then (a button pressed twice)?"""
    found = CaseEvent.objects.filter(case__code=code, action=action, actor=by, at__gte=since).order_by("-seq").values_list("case_id", "data__text").first()
    if found is None:
        return False
    return not text or CaseText.objects.filter(case_id=found[0], digest=found[1], body=text).exists()
