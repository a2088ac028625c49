"""答复模板: words to begin an answer with. A unit's own, or everybody's; none of it is part of a case."""

from minsheng import clock
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, TooMany
from minsheng.domain.states import Role
from minsheng.domain.text import clean, line
from minsheng.models.work import AnswerTemplate
from minsheng.queries import directory as directories

TITLE_LIMIT, BODY_LIMIT = 60, 4000
#: Moves that a template may be written for.
ACTIONS = {"answer": "答复", "reply": "阶段答复", "answer_at_once": "当场答复"}
#: A unit keeps a handful; more than this nobody finds anything in.
MOST = 200


def write(*, title: str, body: str, action: str, unit: str | None, category: str | None, by: Actor) -> int:
    """写模板: returns its number. unit None: for everybody, which only the centre's people may write."""
    values = _checked(title=title, body=body, action=action, unit=unit, category=category, by=by)
    if AnswerTemplate.objects.filter(unit=unit).count() >= MOST:
        raise TooMany(retry_after=3600, zh=f"已经有 {MOST} 个模板了，请先删掉不用的。", en=f"There are {MOST} templates already; delete some first.")
    return AnswerTemplate.objects.create(**values, user_id=by.id, at=clock.now()).pk


def edit(number: int, *, title: str, body: str, action: str, unit: str | None, category: str | None, by: Actor) -> None:
    """改模板."""
    own(number, by=by)
    values = _checked(title=title, body=body, action=action, unit=unit, category=category, by=by)
    AnswerTemplate.objects.filter(pk=number).update(**values, user_id=by.id, at=clock.now())


def delete(number: int, *, by: Actor) -> AnswerTemplate:
    """删模板: returns what it held, so that the page can offer to write it anew."""
    row = own(number, by=by)
    AnswerTemplate.objects.filter(pk=number).delete()
    return row


def own(number: int, *, by: Actor) -> AnswerTemplate:
    """The template, where this person may change it; else it is not found."""
    row = AnswerTemplate.objects.filter(pk=number).first()
    if row is None or not may_change(by, row.unit):
        raise NotFound("没有这个模板，或它不归您改。", "There is no such template, or it is not yours to change.")
    return row


def may_change(by: Actor, unit: str | None) -> bool:
    """Those of the own units; everybody's only at the level of the centre."""
    tree = directories.current()
    if not access.may(by, "write_templates", tree):
        return False
    if unit is not None:
        return unit in by.units()
    return any(m.roles & {Role.OPERATOR, Role.EDITOR, Role.ADMIN} and access.at_centre(m.unit, tree) for m in by.memberships)


def _checked(*, title: str, body: str, action: str, unit: str | None, category: str | None, by: Actor) -> dict[str, str | None]:
    if not may_change(by, unit):
        raise NotAllowed(
            "模板由承办员、坐席和编辑写；大家都能用的由热线中心写。", "Templates are written by units and operators; those for everybody by the centre."
        )
    if action not in ACTIONS:
        raise BadInput(field="action", zh="请选用在哪一步：" + "、".join(ACTIONS.values()) + "。", en="Choose: " + ", ".join(ACTIONS))
    if category is not None and category not in directories.current().categories:
        raise BadInput(field="category", zh="没有这个类别，请重新选，或者留空。", en="There is no such category; choose again or leave it empty.")
    return {
        "title": line(title, limit=TITLE_LIMIT, name="title"), "body": clean(body, limit=BODY_LIMIT, name="body"), "action": action, "unit": unit,
        "category": category,
    }  # fmt: skip
