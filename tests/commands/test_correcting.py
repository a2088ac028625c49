"""更正: what a person corrects is right from then on, in the account and in the cases that are still open."""

from collections.abc import Callable

import pytest
from allauth.socialaccount.models import SocialAccount

from minsheng.commands import accounts, correcting, people
from minsheng.commands.accounts import Said
from minsheng.commands.codes import Contact
from minsheng.domain.errors import BadInput, NotFound, WrongState
from minsheng.models.case import Party
from minsheng.models.people import Account
from minsheng.queries import accounts as held
from tests.commands import scenes
from tests.commands.test_accounts import MAIL, PHONE, account, me
from tests.world import World

Make = Callable[..., World]
NEW = Contact("phone", "13800000041")


def persons(code: str) -> list[tuple[str, str]]:
    return [(p.name, p.phone) for p in map(people.opened, Party.objects.filter(case__code=code).order_by("pk"))]


def test_a_corrected_name_reaches_the_open_cases_that_bear_it(world: Make) -> None:
    """Not the closed one, nor one that was filed under another name."""
    city = world("yunchuan")
    pk = account()
    correcting.correct(pk, name="李女士", kind="citizen")
    open_, other, done = (scenes.dispatched(city, account=pk, name=name) for name in ("李女士", "王先生", "李女士"))
    done = scenes.closed(city, account=pk, name="李女士")
    correcting.correct(pk, name=" 李 明 ", kind="enterprise")
    assert (me(pk).name, me(pk).kind) == ("李 明", "enterprise")
    assert [persons(code)[0][0] for code in (open_, other, done)] == ["李 明", "王先生", "李女士"]
    correcting.correct(pk, name="", kind="citizen")
    assert me(pk).name == ""
    assert persons(open_)[0][0] == "李 明"
    city.holds()


@pytest.mark.parametrize(("name", "kind", "field"), [("李" * 41, "citizen", "name"), ("李", "staff", "kind"), ("\x00", "citizen", "name")])
def test_a_wrong_name_or_kind(world: Make, name: str, kind: str, field: str) -> None:
    world("yunchuan")
    pk = account()
    with pytest.raises(BadInput) as refused:
        correcting.correct(pk, name=name, kind=kind)
    assert refused.value.field == field


def test_a_new_number_signs_in_and_reaches_the_open_cases(world: Make) -> None:
    """The old one opens nothing any more; the index of the cases goes along, so that the desk finds them by the new one."""
    city = world("yunchuan")
    pk = account()
    mine, others = scenes.dispatched(city, account=pk, phone=PHONE.value), scenes.dispatched(city, account=pk, phone="13800000099")
    correcting.change_contact(pk, NEW)
    assert (me(pk).phone, me(pk).phone_proven) == (NEW.value, True)
    assert accounts.find_or_make(NEW) == pk
    assert accounts.find_or_make(PHONE) != pk
    assert [persons(code)[0][1] for code in (mine, others)] == [NEW.value, "13800000099"]
    assert [case.code for case in people.of_phone(NEW.value)] == [mine]
    city.holds()


def test_a_number_with_an_account_of_its_own_stays_there(world: Make) -> None:
    """One that was only asked for gives way: its owner has just shown that it is theirs."""
    world("yunchuan")
    pk, other = account(), account(NEW)
    with pytest.raises(BadInput, match="自己的账号"):
        correcting.change_contact(pk, NEW)
    assert me(pk).phone == PHONE.value
    begun = accounts.find_or_make(Contact("phone", "13800000042"))
    correcting.change_contact(pk, Contact("phone", "13800000042"))
    assert not Account.objects.filter(pk=begun).exists()
    assert me(other).phone == NEW.value


def test_mail_is_added_and_taken_away(world: Make) -> None:
    """With it the way of being told. The only way in stays."""
    world("yunchuan")
    pk = account()
    correcting.change_contact(pk, MAIL)
    assert (me(pk).mail, me(pk).mail_proven, me(pk).channels, me(pk).level) == (MAIL.value, True, ("sms", "mail"), "phone")
    correcting.drop_mail(pk)
    assert (me(pk).mail, me(pk).mail_proven, me(pk).channels) == ("", False, ("sms",))
    alone = account(MAIL)
    with pytest.raises(WrongState, match="唯一办法"):
        correcting.drop_mail(alone)
    accounts.link_provider(alone, provider="oidc", uid="u1", said=Said())
    correcting.drop_mail(alone)
    assert (me(alone).mail, me(alone).level) == ("", "")
    assert SocialAccount.objects.filter(user_id=alone).exists()


def test_only_ways_that_are_there_can_be_chosen(world: Make) -> None:
    """None is a choice too."""
    world("yunchuan")
    pk = account()
    correcting.choose_channels(pk, channels=[])
    assert me(pk).channels == ()
    correcting.choose_channels(pk, channels=["sms"])
    assert me(pk).channels == ("sms",)
    for wrong in (["mail"], ["wechat"], ["pigeon"], ["sms", "mail"]):
        with pytest.raises(BadInput, match="还没有开通"):
            correcting.choose_channels(pk, channels=wrong)
    assert me(pk).channels == ("sms",)


def test_an_account_that_is_gone_corrects_nothing(world: Make) -> None:
    world("yunchuan")
    with pytest.raises(NotFound):
        correcting.correct(0, name="李", kind="citizen")
    assert held.me(0) is None
