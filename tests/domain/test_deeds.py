"""谁能做什么: role × deed × relation, as one table. What a role may not do stands here too, by its absence."""

from datetime import UTC, datetime

import pytest

from minsheng.domain.access import DEEDS, SYSTEM, Actor, Membership, areas, may, may_see, own, works_on
from minsheng.domain.facts import CaseFacts, OrderFacts
from minsheng.domain.states import OrderRole, Role, State
from tests.domain.test_access import TREE, person

#: role → what somebody with that role at the centre may do that is about no single case.
AT_CENTRE = {
    "operator": "list decide_approvals export answer_calls call_people see_calls read_articles propose_articles write_templates",
    "dispatcher": "list supervise rule_disputes decide_approvals export read_articles propose_articles propose_rules run_campaigns",
    "staff": "list supervise decide_approvals export read_articles propose_articles plan_patrols write_templates run_campaigns keep_in_touch",
    "checker": "list check_answers read_articles",
    "callback": "list call_people see_calls read_articles",
    "supervisor": "list supervise rule_disputes decide_approvals export see_calls oversee_calls check_answers read_articles review_articles decide_rules propose_rules lead"
    " run_campaigns draft_publications sign_publications read_publications",
    "leader": "list supervise decide_approvals export read_articles plan_patrols lead write_templates run_campaigns keep_in_touch sign_publications read_publications",
    "grid": "list read_articles patrol",
    "deputy": "look_on",
    "observer": "look_on",
    "editor": "list read_articles propose_articles write_articles review_articles write_templates draft_publications read_publications",
    "discipline": "list supervise read_articles read_acts",
    "analyst": "list supervise export read_articles lead draft_publications read_publications",
    "admin": "list see_calls oversee_calls read_articles propose_articles write_articles review_articles decide_rules propose_rules plan_patrols lead administer read_acts"
    " write_templates keep_in_touch",
}
#: Deeds that only somebody at the level of the centre may do: a county's people with the same role may not.
CENTRE_ONLY = {"write_articles", "review_articles", "decide_rules", "draft_publications", "sign_publications", "read_publications"}
GENERAL = {name for name, deed in DEEDS.items() if deed.roles}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: Role) -> None:
    centre, county = person(("city.centre", role)), person(("east.centre", role))

    assert {deed for deed in GENERAL if may(centre, deed, TREE)} == set(AT_CENTRE[role].split())
    assert {deed for deed in GENERAL if may(county, deed, TREE)} == set(AT_CENTRE[role].split()) - CENTRE_ONLY


def test_where_somebody_may_do_it() -> None:
    assert areas(person(("city.centre", "admin")), "administer", TREE) == ("city",)
    assert areas(person(("east.centre", "admin")), "administer", TREE) == ("east",)
    assert areas(person(("brook", "leader"), ("west.centre", "leader")), "lead", TREE) == ("brook", "west")
    assert areas(person(("east.centre", "editor")), "write_articles", TREE) == ()
    assert areas(person(("east.centre", "operator")), "administer", TREE) == ()


def case(*, sensitive: bool = False, assignee: int | None = None, ended: bool = False, visibility: str = "private") -> CaseFacts:
    """A case that the village has, assigned to somebody or to nobody; a county's parks co-handle it."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    lead = OrderFacts(number=1, unit="brookside", role=OrderRole.LEAD, round=1, opened_at=at, assignee=assignee, ended_at=at if ended else None)
    co = OrderFacts(number=2, unit="east.parks", role=OrderRole.CO, round=1, opened_at=at)
    return CaseFacts(state=State.HANDLING, orders=[lead, co], visibility=visibility, sensitive=sensitive)


ABOUT = {name for name, deed in DEEDS.items() if not deed.roles}
EVERY = "see star print open_person note alert judge_suggestion"
#: (who, held posts) → what about the case above.
RELATIONS = [
    ("the unit that has it", (("brookside", "staff"),), "see star print open_person note judge_suggestion ask_exemption"),
    ("a co-handler", (("east.parks", "staff"),), "see star print open_person note judge_suggestion"),
    ("the city's operator", (("city.centre", "operator"),), EVERY),
    ("the city's dispatcher", (("city.centre", "dispatcher"),), EVERY + " decide_exemption"),
    ("the county's supervisor", (("east.centre", "supervisor"),), EVERY + " ask_exemption decide_exemption"),
    ("the callback desk calls, so it sees the number", (("city.centre", "callback"),), "see star print open_person note judge_suggestion"),
    ("a checker needs no number", (("city.centre", "checker"),), "see star print note"),
    ("nor does a leader", (("city", "leader"),), "see star print note"),
    ("a deputy looks on", (("east", "deputy"),), "see star"),
    ("an administrator has no business with a person", (("city.centre", "admin"),), "see star"),
    ("another county", (("west.centre", "operator"),), ""),
    ("another unit", (("brook.police", "staff"),), ""),
]


@pytest.mark.parametrize(("what", "posts", "may_do"), RELATIONS, ids=[row[0] for row in RELATIONS])
def test_what_somebody_may_do_with_a_case(what: str, posts: tuple[tuple[str, str], ...], may_do: str) -> None:
    found = {deed for deed in ABOUT if may(person(*posts), deed, TREE, facts=case(), place_unit="brookside")}

    assert found == set(may_do.split()), what


def test_the_system_may_do_everything_and_a_citizen_nothing_here() -> None:
    assert all(may(SYSTEM, deed, TREE, facts=case(), place_unit=None) for deed in DEEDS)
    assert not any(may(Actor("citizen", 7), deed, TREE, facts=case(), place_unit=None) for deed in DEEDS)


# --- what touches privacy -------------------------------------------------------------------------------------------------------

ASSIGNED = case(sensitive=True, assignee=1)
SENSITIVE = [
    ("it is assigned to this person", 1, (("brookside", "staff"),), True),
    ("it is assigned to a colleague", 2, (("brookside", "staff"),), False),
    ("the head of the unit", 2, (("brookside", "staff leader"),), True),
    ("the other unit's order is nobody's yet", 2, (("east.parks", "staff"),), True),
    ("who sorts it", 2, (("city.centre", "operator"),), True),
    ("who checks the answer", 2, (("city.centre", "checker"),), True),
    ("who leads there", 2, (("east", "leader"),), True),
    ("discipline", 2, (("city.discipline", "discipline"),), True),
    ("a deputy only looks on", 2, (("east", "deputy"),), False),
    ("an observer too", 2, (("east", "observer"),), False),
    ("an analyst counts", 2, (("city.centre", "analyst"),), False),
    ("an administrator", 2, (("city.centre", "admin"),), False),
]


@pytest.mark.parametrize(("what", "user", "posts", "sees"), SENSITIVE, ids=[row[0] for row in SENSITIVE])
def test_who_reads_a_sensitive_matter(what: str, user: int, posts: tuple[tuple[str, str], ...], sees: bool) -> None:
    actor = Actor("staff", user, memberships=tuple(Membership(unit, frozenset(Role(r) for r in roles.split())) for unit, roles in posts))

    assert may_see(actor, ASSIGNED, TREE, place_unit="brookside") is sees, what


def test_whoever_handled_a_sensitive_matter_may_look_it_up_later_and_the_others_of_the_unit_may_not() -> None:
    over = case(sensitive=True, assignee=1, ended=True)
    first, second = (Actor("staff", user, memberships=(Membership("brookside", frozenset({Role.STAFF})),)) for user in (1, 2))

    assert works_on(first, over)
    assert not works_on(second, over)
    assert works_on(second, case(assignee=1, ended=True)), "an ordinary matter is the whole unit's"


def test_whoever_had_it_may_still_print_it() -> None:
    """办结以后: the order has ended; the unit files its sheet and opens nobody any more."""
    clerk = person(("brookside", "staff"))
    assert may(clerk, "print", TREE, facts=case(ended=True), place_unit=None)
    assert not may(clerk, "open_person", TREE, facts=case(ended=True), place_unit=None)


def test_a_unit_plans_for_itself() -> None:
    """Not for its whole area: a bureau of the city plans nobody else's rounds."""
    assert own(person(("city.centre", "staff"), ("brook", "grid")), "plan_patrols") == ("city.centre",)
    assert own(person(("brook", "grid")), "plan_patrols") == ()
