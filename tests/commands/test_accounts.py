"""市民账号: begun by asking, proven by a code or a provider, sealed, and never anybody else's."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from allauth.socialaccount.models import SocialAccount

from minsheng import clock
from minsheng.commands import accounts, codes
from minsheng.commands.accounts import Said
from minsheng.commands.codes import Contact
from minsheng.domain.access import citizen
from minsheng.domain.errors import NotFound, WrongState
from minsheng.models.case import Party
from minsheng.models.people import Account, Member, User
from minsheng.queries import accounts as held
from minsheng.sealing import Keyring, SealBroken
from tests.commands import scenes
from tests.commands.scenes import at_once
from tests.world import World

Make = Callable[..., World]
PHONE, MAIL = Contact("phone", "13800000031"), Contact("mail", "li@example.com")


def account(contact: Contact = PHONE) -> int:
    """An account that has proven itself."""
    made = accounts.find_or_make(contact)
    accounts.prove(made, kind=contact.kind)
    return made


def me(pk: int) -> held.Me:
    found = held.me(pk)
    assert found is not None
    return found


def test_asking_begins_an_account_that_is_nobody_yet(world: Make) -> None:
    """Sealed, without a name, without a way to be told; the user row says nothing and holds no post."""
    world("yunchuan")
    made = accounts.find_or_make(PHONE)
    assert accounts.find_or_make(codes.contact("138 0000 0031")) == made
    found, user = me(made), User.objects.get(pk=made)
    assert (found.phone, found.phone_proven, found.level, found.channels, found.name) == ("13800000031", False, "", (), "")
    assert user.username.startswith("c-") and user.display_name == "" and not user.has_usable_password()
    assert not Member.objects.filter(user=user).exists()
    stored = json.dumps(
        list(Account.objects.filter(pk=made).values()) + list(User.objects.filter(pk=made).values()),
        default=lambda value: bytes(value).hex() if isinstance(value, (bytes, memoryview)) else str(value),
    )
    assert "13800000031" not in stored and b"13800000031".hex() not in stored


def test_a_code_proves_the_number_and_opens_its_way_of_being_told(world: Make) -> None:
    """Once proven the level says so; a second way does not lower it."""
    world("yunchuan")
    pk = account()
    assert (me(pk).level, me(pk).channels, me(pk).phone_proven) == ("phone", ("sms",), True)
    other = account(MAIL)
    assert other != pk
    assert (me(other).level, me(other).channels, me(other).mail_proven) == ("mail", ("mail",), True)
    with pytest.raises(NotFound):
        accounts.prove(0, kind="phone")


def test_who_chose_not_to_be_told_is_not_told_again_by_signing_in(world: Make) -> None:
    """The second code opens no way that the person has closed."""
    world("yunchuan")
    pk = account()
    Account.objects.filter(pk=pk).update(channels=[])
    accounts.prove(pk, kind="phone")
    assert me(pk).channels == ()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_begin_one_account() -> None:
    """The same number asked for in two windows, or the same person back from a provider twice."""
    with clock.moved(datetime.fromisoformat("2026-03-02T09:00+08:00")):
        assert len(set(at_once(*(lambda: accounts.find_or_make(PHONE) for _ in range(4))))) == 1
        enter = lambda: accounts.enter_by_provider(provider="oidc", uid="u1", said=Said())  # noqa: E731
        assert len(set(at_once(enter, enter, enter))) == 1
    assert Account.objects.count() == User.objects.count() == 2


def test_a_sealed_number_opens_in_its_own_row_only(world: Make) -> None:
    world("yunchuan")
    one, two = account(), account(Contact("phone", "13800000032"))
    Account.objects.filter(pk=one).update(phone=Account.objects.get(pk=two).phone)
    with pytest.raises(SealBroken):
        held.me(one)


# --- providers ----------------------------------------------------------------------------------------------------------------------


def test_a_provider_finds_its_account_again_and_keeps_nothing_of_what_it_said(world: Make) -> None:
    """Only the identity is matched; extra data stay empty."""
    world("yunchuan")
    pk = accounts.enter_by_provider(provider="weixin", uid="openid-1", said=Said(wechat="openid-1"))
    assert accounts.enter_by_provider(provider="weixin", uid="openid-1", said=Said(wechat="openid-1")) == pk
    assert accounts.enter_by_provider(provider="oidc", uid="openid-1", said=Said()) != pk
    assert (me(pk).wechat, me(pk).channels, me(pk).level) == ("openid-1", ("wechat",), "")
    assert SocialAccount.objects.get(provider="weixin").extra_data == {}


def test_the_real_name_is_what_the_provider_last_said(world: Make) -> None:
    """Known by it: the level and, where there was none, the name. Known no more: back to what else is proven. Silent: as it was."""
    world("yunchuan")
    pk = accounts.enter_by_provider(provider="oidc", uid="u1", said=Said(name="李明", real_name=True))
    assert (me(pk).level, me(pk).name) == ("real_name", "李明")
    accounts.enter_by_provider(provider="oidc", uid="u1", said=Said(name="李小明", real_name=True))
    assert me(pk).name == "李明"
    accounts.enter_by_provider(provider="oidc", uid="u1", said=Said())
    assert me(pk).level == "real_name"
    accounts.enter_by_provider(provider="oidc", uid="u1", said=Said(real_name=False))
    assert me(pk).level == ""


@pytest.mark.parametrize("name", ["", "  ", "\x00李", "李" * 60])
def test_a_name_that_is_none_keeps_nobody_out(world: Make, name: str) -> None:
    """What cannot be shown is left out, what is too long is cut."""
    world("yunchuan")
    pk = accounts.enter_by_provider(provider="oidc", uid="u1", said=Said(name=name, real_name=True))
    assert (me(pk).level, me(pk).name) == ("real_name", "李" * 40 if len(name) == 60 else "")


def test_linking_and_unlinking(world: Make) -> None:
    """An identity of another account is refused; the last way in cannot be taken away."""
    world("yunchuan")
    pk = account()
    stranger = accounts.enter_by_provider(provider="oidc", uid="u1", said=Said())
    with pytest.raises(WrongState, match="另一个账号"):
        accounts.link_provider(pk, provider="oidc", uid="u1", said=Said())
    with pytest.raises(WrongState, match="唯一办法"):
        accounts.unlink_provider(stranger, provider="oidc")
    accounts.link_provider(pk, provider="oidc", uid="u2", said=Said(name="李明", real_name=True))
    accounts.link_provider(pk, provider="oidc", uid="u2", said=Said(name="李明", real_name=True))
    assert (me(pk).level, [provider for provider, _ in me(pk).providers]) == ("real_name", ["oidc"])
    assert accounts.enter_by_provider(provider="oidc", uid="u2", said=Said()) == pk
    accounts.unlink_provider(pk, provider="oidc")
    assert me(pk).providers == ()
    assert accounts.enter_by_provider(provider="oidc", uid="u2", said=Said()) != pk


# --- cases and upkeep ---------------------------------------------------------------------------------------------------------------


def test_cases_held_by_the_browser_go_to_the_account_unless_they_have_one(world: Make) -> None:
    """Somebody else's stay; an anonymous one has nobody to be put to."""
    city = world("yunchuan")
    pk, other = account(), account(Contact("phone", "13800000032"))
    free, taken = scenes.dispatched(city), scenes.dispatched(city, account=other)
    silent = city.file(body="有人在河边倒建筑垃圾，每天夜里都来。", kind="report", requester="anonymous", name="", phone="")
    assert accounts.adopt(pk, codes=[free, taken, silent, "NOTHING"]) == 1
    assert dict(Party.objects.filter(role="caller").values_list("case__code", "account")) == {free: pk, taken: other}
    assert accounts.adopt(pk, codes=[free]) == 0
    assert citizen(pk).account == pk


def test_what_nobody_proved_is_swept_after_a_day(world: Make) -> None:
    """Not what was proven, nor what a provider opened, nor what was asked for again today."""
    world("yunchuan")
    proven, by_provider = account(), accounts.enter_by_provider(provider="oidc", uid="u1", said=Said())
    left, again = accounts.find_or_make(Contact("phone", "13800000033")), accounts.find_or_make(Contact("phone", "13800000034"))
    clock.advance(timedelta(hours=20))
    accounts.find_or_make(Contact("phone", "13800000034"))
    clock.advance(timedelta(hours=5))
    assert accounts.sweep_unproven() == 1
    assert set(Account.objects.values_list("pk", flat=True)) == {proven, by_provider, again}
    assert not User.objects.filter(pk=left).exists()


def test_keys_rotate_without_losing_an_account(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sealed field under the newest key; afterwards the old key may go."""
    world("yunchuan")
    pk = accounts.enter_by_provider(provider="oidc", uid="u1", said=Said(name="李明", real_name=True, wechat="openid-1"))
    fresh = Keyring(keys=[("new", b"n" * 32), ("test-2", b"2" * 32)], index_key=b"i" * 32)
    monkeypatch.setattr(accounts, "keyring", lambda: fresh)
    assert accounts.rekey() == 1
    assert accounts.rekey() == 0
    monkeypatch.setattr(held, "keyring", lambda: Keyring(keys=[("new", b"n" * 32)], index_key=b"i" * 32))
    assert (me(pk).name, me(pk).wechat) == ("李明", "openid-1")
