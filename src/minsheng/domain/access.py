"""Who stands how to a case: one function answers, for every door (rules of access, HOUSE §4 and CITIES §2 People)."""

from dataclasses import dataclass
from typing import Literal, Protocol

from minsheng.domain.facts import CaseFacts
from minsheng.domain.states import MeasureKind, OrderRole, Role, Visibility, Who


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's place in the tree: unit and roles held there today."""

    unit: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. id: user id of staff or account id of a citizen; None for the system and for somebody who holds only code and secret."""

    kind: Literal["system", "staff", "citizen"]
    id: int | None = None
    name: str = ""
    memberships: tuple[Membership, ...] = ()

    @property
    def tag(self) -> str:
        """As written into the journal."""
        return self.kind if self.id is None else f"{self.kind}:{self.id}"

    @property
    def account(self) -> int | None:
        """The account of a citizen who has signed in."""
        return self.id if self.kind == "citizen" else None

    def has(self, role: Role) -> bool:
        """Does the actor hold this role anywhere?"""
        return any(role in m.roles for m in self.memberships)

    def units(self) -> tuple[str, ...]:
        """Codes of the units the actor belongs to."""
        return tuple(m.unit for m in self.memberships)


SYSTEM = Actor("system")
HOLDER = Actor("citizen")
"""Somebody who showed code and secret of a case."""


def citizen(account: int) -> Actor:
    """A citizen who has signed in. The door has checked whose case it is: to a case every citizen stands as its citizen."""
    return Actor("citizen", account)


class Tree(Protocol):
    """What access needs to know of the directory."""

    @property
    def centre(self) -> str:
        """The unit that receives and dispatches for the whole city."""

    def under(self, unit: str, *, root: str) -> bool:
        """Is `unit` the `root` or below it?"""

    def area_of(self, unit: str) -> str:
        """The area unit that `unit` is or hangs under."""


#: Roles that give the relation of the same name where the actor's area covers the case.
_BY_ROLE = {
    Role.OPERATOR: Who.OPERATOR,
    Role.DISPATCHER: Who.DISPATCHER,
    Role.CHECKER: Who.CHECKER,
    Role.CALLBACK: Who.CALLBACK,
    Role.SUPERVISOR: Who.SUPERVISOR,
    Role.LEADER: Who.LEADER,
}
#: The desk of the centre, which alone sorts 举报.
_DESK = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.CHECKER, Role.CALLBACK})
_WORKS = frozenset({Role.STAFF, Role.GRID, Role.LEADER})
#: Roles that may read every case their area covers, though no move is theirs.
_READERS = frozenset({Role.DEPUTY, Role.OBSERVER, Role.ANALYST, Role.DISCIPLINE, Role.EDITOR, Role.ADMIN})


def relations(actor: Actor, facts: CaseFacts, tree: Tree, *, place_unit: str | None) -> frozenset[Who]:
    """How the actor stands to the case. `place_unit`: the area unit of the case's place, None where the place is unknown."""
    if actor.kind == "system":
        return frozenset({Who.SYSTEM})
    if actor.kind == "citizen":
        return frozenset({Who.CITIZEN})
    if is_accused(actor, facts, tree):
        return frozenset()
    found: set[Who] = set()
    for membership in actor.memberships:
        if membership.roles & _WORKS:
            for order in facts.active_orders():
                if order.unit == membership.unit:
                    found.add(Who.LEAD if order.role is OrderRole.LEAD else Who.CO)
        if covers(membership.unit, facts, tree, place_unit=place_unit):
            found |= {_BY_ROLE[role] for role in membership.roles if role in _BY_ROLE and (role is not Role.LEADER or leads(membership.unit, facts, tree))}
    return frozenset(found)


def is_accused(actor: Actor, facts: CaseFacts, tree: Tree) -> bool:
    """Does the actor belong to an accused unit or its subtree? Such a person never receives, sees or answers the case."""
    return any(tree.under(m.unit, root=accused) for m in actor.memberships for accused in facts.accused)


def is_asked(actor: Actor, facts: CaseFacts) -> bool:
    """Is the actor's unit asked for consent, or has it a measure to answer? Who must answer may read what it is about."""
    asked = {a["approver"] for a in facts.approvals.values() if a["status"] == "asked"}
    asked |= {m["unit"] for m in facts.measures.values() if m["status"] == "opened"}
    return bool(asked & set(actor.units()))


def covers(unit: str, facts: CaseFacts, tree: Tree, *, place_unit: str | None) -> bool:
    """Does the area of this unit cover the case: the city centre covers all, others their own part of the tree."""
    if at_centre(unit, tree):
        return True
    root = tree.area_of(unit)
    touched = [place_unit] if place_unit else []
    touched += [order.unit for order in facts.orders]
    return any(tree.under(other, root=root) for other in touched)


def leads(unit: str, facts: CaseFacts, tree: Tree) -> bool:
    """May a leader of this unit instruct on the case? The head of an area on what lies in it; the head of a department only on its own."""
    return tree.area_of(unit) == unit or any(tree.under(order.unit, root=unit) for order in facts.orders)


def at_centre(unit: str, tree: Tree) -> bool:
    """Does this unit stand at the level of the centre: the centre itself, or a body of the whole city."""
    return unit == tree.centre or tree.under(tree.centre, root=tree.area_of(unit))


def only_looks_on(actor: Actor) -> bool:
    """A deputy or an observer and nothing else: reads what was released, never a person's own words."""
    return bool(actor.memberships) and all(m.roles <= {Role.DEPUTY, Role.OBSERVER} for m in actor.memberships)


#: Roles that see what touches privacy without working on it: who sorts, checks and calls back, whoever leads there, and discipline.
_PRIVY = frozenset({Who.OPERATOR, Who.DISPATCHER, Who.CHECKER, Who.CALLBACK, Who.SUPERVISOR, Who.LEADER})


def works_on(actor: Actor, facts: CaseFacts) -> bool:
    """Is a running or past order the actor's to read? In a sensitive matter only the one it was assigned to, and the head of the unit (assignment)."""
    for order in facts.orders:
        for membership in actor.memberships:
            if order.unit != membership.unit or not membership.roles & _WORKS:
                continue
            if not facts.sensitive or order.assignee in (None, actor.id) or Role.LEADER in membership.roles:
                return True
    return False


#: Roles that put plates up: who receives, sorts and handles cases, and who keeps the directory.
_PRINTS = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.STAFF, Role.GRID, Role.LEADER, Role.ADMIN})


def prints_for(actor: Actor, tree: Tree) -> tuple[str, ...]:
    """The area units whose places this staff member may print plates for, each with all below it; at the centre that is the city."""
    units = [m.unit for m in actor.memberships if m.roles & _PRINTS]
    return tuple(dict.fromkeys(tree.area_of(tree.centre) if at_centre(unit, tree) else tree.area_of(unit) for unit in units))


def may_see(actor: Actor, facts: CaseFacts, tree: Tree, *, place_unit: str | None) -> bool:
    """May this staff member read the case? 举报: those who work on it, the centre's desk, discipline. Sensitive: nobody who only looks on."""
    if actor.kind == "system":
        return True
    if actor.kind == "citizen" or is_accused(actor, facts, tree):
        return False
    found = relations(actor, facts, tree, place_unit=place_unit)
    if facts.visibility == Visibility.SECRET:
        desk = any(m.roles & _DESK and at_centre(m.unit, tree) for m in actor.memberships)
        return bool(found & {Who.LEAD, Who.CO}) or desk or actor.has(Role.DISCIPLINE) or is_asked(actor, facts)
    if works_on(actor, facts) or found & _PRIVY or is_asked(actor, facts):
        return True
    readers = {Role.DISCIPLINE} if facts.sensitive else _READERS
    return any(m.roles & readers and covers(m.unit, facts, tree, place_unit=place_unit) for m in actor.memberships)


def proposes(actor: Actor, tree: Tree) -> bool:
    """Is the actor a supervisor of the centre, who alone may hand a matter to discipline?"""
    return any(Role.SUPERVISOR in m.roles and at_centre(m.unit, tree) for m in actor.memberships)


def sees_measure(actor: Actor, kind: str, status: str, opened_by: str, tree: Tree) -> bool:
    """移交纪检 is sealed: discipline, whoever opened it and, while it is only proposed, the supervisors of the centre. Other measures go with the case."""
    if kind != MeasureKind.REFERRAL or actor.kind == "system" or actor.has(Role.DISCIPLINE):
        return True
    return opened_by == actor.tag or (status == "proposed" and proposes(actor, tree))


# --- one function for everything that is not a move -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody at the desk may want to do, beside the moves. who: relations to the case that allow it (None: whoever may see it).

    past: whoever worked on it may still do it when the order has ended.
    roles: for what is about no single case. centre: only at the level of the centre; else in the actor's own part of the tree (`areas`).
    """

    zh: str
    who: frozenset[Who] | None = None
    roles: frozenset[Role] = frozenset()
    centre: bool = False
    past: bool = False


_ALL_WHO = frozenset({Who.LEAD, Who.CO, Who.OPERATOR, Who.DISPATCHER, Who.CALLBACK, Who.SUPERVISOR})
_EVERYBODY = frozenset(Role)


def _about(zh: str, *who: Who, past: bool = False) -> Deed:
    return Deed(zh, who=frozenset(who) or None, past=past)


def _role(zh: str, *roles: Role, centre: bool = False) -> Deed:
    return Deed(zh, roles=frozenset(roles), centre=centre)


DEEDS = {
    # about one case; whoever does them must be able to see it
    "see": _about("查看"),
    "star": _about("盯着"),
    "print": _about("打印", *_ALL_WHO, Who.LEADER, Who.CHECKER, past=True),
    "open_person": _about("查看姓名电话", *_ALL_WHO),
    "note": _about("内部留言", *_ALL_WHO, Who.LEADER, Who.CHECKER),
    "alert": _about("紧急上报", Who.OPERATOR, Who.DISPATCHER, Who.SUPERVISOR),
    "judge_suggestion": _about("说建议对不对", *_ALL_WHO),
    "ask_exemption": _about("申请剔除", Who.LEAD, Who.SUPERVISOR),
    "decide_exemption": _about("审批剔除", Who.DISPATCHER, Who.SUPERVISOR),
    # about no single case
    "list": Deed("看列表", roles=_EVERYBODY - {Role.DEPUTY, Role.OBSERVER}),
    "export": _role("导出", Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.ANALYST, Role.LEADER, Role.STAFF),
    "supervise": _role("看督办", Role.SUPERVISOR, Role.DISPATCHER, Role.LEADER, Role.STAFF, Role.DISCIPLINE, Role.ANALYST),
    "answer_calls": _role("接电话", Role.OPERATOR),
    "call_people": _role("打回访电话", Role.CALLBACK, Role.OPERATOR),
    "see_calls": _role("看通话列表", Role.OPERATOR, Role.CALLBACK, Role.SUPERVISOR, Role.ADMIN),
    "oversee_calls": _role("看通话统计", Role.SUPERVISOR, Role.ADMIN),
    "check_answers": _role("质检答复", Role.CHECKER, Role.SUPERVISOR),
    "read_articles": _role("查知识库", *(_EVERYBODY - {Role.DEPUTY, Role.OBSERVER})),
    "propose_articles": _role("提交知识", Role.EDITOR, Role.ADMIN, Role.OPERATOR, Role.STAFF, Role.DISPATCHER),
    "write_articles": _role("写文章", Role.EDITOR, Role.ADMIN, centre=True),
    "review_articles": _role("审文章", Role.EDITOR, Role.ADMIN, Role.SUPERVISOR, centre=True),
    "draft_publications": _role("起草刊物", Role.EDITOR, Role.ANALYST, Role.SUPERVISOR, centre=True),
    "sign_publications": _role("签发刊物", Role.LEADER, Role.SUPERVISOR, centre=True),
    "read_publications": _role("看刊物", Role.EDITOR, Role.ANALYST, Role.SUPERVISOR, Role.LEADER, centre=True),
    "decide_approvals": _role("审批", Role.DISPATCHER, Role.SUPERVISOR, Role.OPERATOR, Role.LEADER, Role.STAFF),
    "rule_disputes": _role("裁定", Role.DISPATCHER, Role.SUPERVISOR),
    "decide_rules": _role("定职责规则", Role.ADMIN, Role.SUPERVISOR, centre=True),
    "propose_rules": _role("建议职责规则", Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN),
    "patrol": _role("巡查", Role.GRID),
    "plan_patrols": _role("安排巡查", Role.LEADER, Role.ADMIN, Role.STAFF),
    "lead": _role("看驾驶舱", Role.LEADER, Role.SUPERVISOR, Role.ANALYST, Role.ADMIN),
    "look_on": _role("代表和观察员", Role.DEPUTY, Role.OBSERVER),
    "administer": _role("管理", Role.ADMIN),
    "read_acts": _role("看操作记录", Role.ADMIN, Role.DISCIPLINE),
    "keep_in_touch": _role("领导联系网民", Role.LEADER, Role.STAFF, Role.ADMIN),
    "run_campaigns": _role("办专项", Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER, Role.STAFF),
    "write_templates": _role("写答复模板", Role.STAFF, Role.LEADER, Role.OPERATOR, Role.ADMIN, Role.EDITOR),
}  # fmt: skip


def may(actor: Actor, deed: str, tree: Tree, *, facts: CaseFacts | None = None, place_unit: str | None = None) -> bool:
    """May this actor do this? The one answer for every screen, list, export and print; moves are asked of domain.moves with the same relations."""
    row = DEEDS[deed]
    if actor.kind == "system":
        return True
    if row.roles:
        return any(m.roles & row.roles and (not row.centre or at_centre(m.unit, tree)) for m in actor.memberships)
    assert facts is not None, f"{deed} is about a case"
    if not may_see(actor, facts, tree, place_unit=place_unit):
        return False
    if row.who is None or (row.past and works_on(actor, facts)):
        return True
    return bool(relations(actor, facts, tree, place_unit=place_unit) & row.who)


def areas(actor: Actor, deed: str, tree: Tree) -> tuple[str, ...]:
    """Where the actor may do what is about no single case: root units, each with everything below it; the city's root at the centre. () is nowhere."""
    row = DEEDS[deed]
    found = [m.unit for m in actor.memberships if m.roles & row.roles and (not row.centre or at_centre(m.unit, tree))]
    return tuple(dict.fromkeys(tree.area_of(tree.centre) if at_centre(unit, tree) else tree.area_of(unit) for unit in found))


def own(actor: Actor, deed: str) -> tuple[str, ...]:
    """The actor's own units in which the deed is theirs, each with what hangs below it: for what a unit plans for itself, not for its whole area."""
    return tuple(dict.fromkeys(m.unit for m in actor.memberships if m.roles & DEEDS[deed].roles))


#: Desks that decide on requests of the units below them, and of their own.
_DECIDES = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.OPERATOR})


def decides_for(actor: Actor, unit: str, tree: Tree) -> bool:
    """May the actor decide requests addressed to `unit`: its desk, head or clerks, or the desk of the centre (or of the area) above it."""
    for membership in actor.memberships:
        if membership.unit == unit and membership.roles & (_DECIDES | {Role.LEADER, Role.STAFF}):
            return True
        if membership.roles & _DECIDES and (membership.unit == tree.centre or tree.under(unit, root=tree.area_of(membership.unit))):
            return True
    return False
