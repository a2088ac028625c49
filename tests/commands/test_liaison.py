"""领导联系网民: with consent, sealed, opened with a record; contacts; off the list means erased."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from minsheng.commands import liaison as keeping
from minsheng.domain.errors import BadInput, NotFound, WrongState
from minsheng.models.liaison import Liaison
from minsheng.models.staff import Act
from minsheng.queries import liaison
from minsheng.sealing import keyring
from tests.commands.scenes import unchanged
from tests.world import World

Make = Callable[..., World]
WHO = {"name": "王女士", "number": "138 0000 0061", "consent": "3 月 1 日座谈会上当面同意"}
LEADER = "leader1"


def enrolled(city: World, **more: Any) -> tuple[int, int]:
    """The leader, and the number of the entry."""
    me = city.who(LEADER)
    assert me.id is not None
    return me.id, keeping.enrol(me.id, by=me, **{**WHO, **more})


def test_a_list_is_sealed_and_shown_covered(world: Make) -> None:
    """No plain name or number lies in the table; the page shows the surname and two digits."""
    city = world("yunchuan")
    leader, number = enrolled(city)
    row = Liaison.objects.get(pk=number)
    assert b"138" not in bytes(row.phone) and "王".encode() not in bytes(row.name)
    (person,) = liaison.people(leader)
    assert (person.name, person.phone, person.consent) == ("王**", "61", WHO["consent"])


def test_opening_a_number_takes_a_reason_and_is_written_down(world: Make) -> None:
    """Who looked, at whom, why."""
    city = world("yunchuan")
    _, number = enrolled(city)
    with unchanged(), pytest.raises(BadInput):
        keeping.reveal(number, reason=" ", by=city.who(LEADER))
    assert keeping.reveal(number, reason="约下周走访", by=city.who(LEADER)) == ("王女士", "13800000061")
    act = Act.objects.get(kind="liaison_person")
    assert (act.subject, act.note, act.by) == (str(number), "约下周走访", city.who(LEADER).tag)


def test_the_same_person_stands_once_on_a_list(world: Make) -> None:
    """Found by the blind index; after leaving they may come back."""
    city = world("yunchuan")
    leader, number = enrolled(city)
    with unchanged(), pytest.raises(WrongState, match="已经在名单上"):
        enrolled(city, number="13800000061")
    keeping.leave(number, by=city.who(LEADER))
    assert liaison.people(leader) == []
    enrolled(city)


@pytest.mark.parametrize(("wrong", "field"), [({"name": ""}, "name"), ({"number": "123"}, "number"), ({"consent": " "}, "consent")])
def test_what_is_wrong_is_refused(world: Make, wrong: dict[str, str], field: str) -> None:
    """Nobody is put on a list without having agreed."""
    city = world("yunchuan")
    with unchanged(), pytest.raises(BadInput) as problem:
        enrolled(city, **wrong)
    assert problem.value.field == field


def test_contacts_are_counted_by_quarter(world: Make) -> None:
    """Newest first; an old contact keeps nobody in touch."""
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    leader, number = enrolled(city)
    me = city.who(LEADER)
    keeping.log(number, on=date(2025, 10, 1), method="phone", text="问了供暖的事", by=me)
    assert next(row for row in liaison.keepers(me) if row.id == leader).reached == 0
    keeping.log(number, on=date(2026, 3, 1), method="visit", text="上门看了楼道", by=me)
    row = next(row for row in liaison.keepers(me) if row.id == leader)
    assert (row.people, row.reached, row.last) == (1, 1, date(2026, 3, 1))
    assert [contact.text for contact in liaison.people(leader)[0].contacts] == ["上门看了楼道", "问了供暖的事"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"method": "pigeon"}, "method"), ({"on": date(2026, 3, 3)}, "on"), ({"text": ""}, "text"), ({"case": "YC990000001"}, "case")],
)
def test_a_wrong_contact_is_refused(world: Make, wrong: dict[str, Any], field: str) -> None:
    """With the field that is wrong."""
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    _, number = enrolled(city)
    given = {"on": date(2026, 3, 1), "method": "phone", "text": "聊了聊", **wrong}
    with unchanged(), pytest.raises(BadInput) as problem:
        keeping.log(number, by=city.who(LEADER), **given)
    assert problem.value.field == field


def test_a_list_is_kept_by_its_own(world: Make) -> None:
    """Another leader, a clerk of another unit and somebody without a post find nothing."""
    city = world("yunchuan")
    leader, number = enrolled(city)
    for stranger in ("songtao-street-heads", "chengguan", "dispatch1"):
        with unchanged(), pytest.raises(NotFound):
            keeping.enrol(leader, by=city.who(stranger), **{**WHO, "number": "13800000062"})
        with unchanged(), pytest.raises(NotFound):
            keeping.reveal(number, reason="看看", by=city.who(stranger))
    assert not liaison.keepers(city.who("chengguan"))
    assert leader in {row.id for row in liaison.keepers(city.who("admin1"))}


def test_who_leaves_is_erased(world: Make) -> None:
    """Name, number and what was said; that there was contact stays."""
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    _, number = enrolled(city)
    keeping.log(number, on=date(2026, 3, 1), method="phone", text="聊了聊", by=city.who(LEADER))
    keeping.leave(number, by=city.who(LEADER))
    row = Liaison.objects.get(pk=number)
    assert (row.name, row.phone, row.phone_index) == (None, None, None) and row.contacts.get().text == ""
    with pytest.raises(NotFound):
        keeping.leave(number, by=city.who(LEADER))


def test_a_new_key_seals_the_lists_again(world: Make, settings: Any) -> None:
    """Under the newest key, once; what was sealed before is still read."""
    city = world("yunchuan")
    leader, _ = enrolled(city)
    settings.MINSHENG_DATA_KEYS = (("new", b"9" * 32), *settings.MINSHENG_DATA_KEYS)
    keyring.cache_clear()
    try:
        assert (keeping.rekey(), keeping.rekey()) == (1, 0)
        assert liaison.people(leader)[0].name == "王**"
    finally:
        keyring.cache_clear()
