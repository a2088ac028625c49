"""怎么找到人: who is told by which way, in which words, and by no other."""

from collections.abc import Callable

import pytest
from django.test.utils import override_settings

from minsheng import clock
from minsheng.adapters.mail import ConsoleMail
from minsheng.adapters.sms import ConsoleSms
from minsheng.adapters.wechat import ConsoleWechat
from minsheng.commands import amending, answering, callback, dispatch, following, handling, intake, notifying, people
from minsheng.domain.access import citizen
from minsheng.models.case import Case, Party
from minsheng.models.people import Account
from minsheng.models.read import HallRow, Notice
from tests.commands import scenes
from tests.commands.scenes import CLERK, GOOD, LAMP
from tests.world import World

Make = Callable[..., World]
MAIL, OPENID = "someone@example.com", "o0000-example-openid"


def ways(code: str, to: str, template: str) -> list[str]:
    """By which ways somebody was told of an event."""
    return list(Notice.objects.filter(case__code=code, to=to, template=template).order_by("id").values_list("channel", flat=True))


def party(code: str) -> str:
    return f"party:{Party.objects.get(case__code=code, role='caller').pk}"


def own(city: World, account: int, **report: object) -> str:
    """A lamp case that this account filed, claimed by its unit."""
    code = city.file(**{**LAMP, "account": account, **report})
    city.do(handling.claim, code, by=CLERK)
    return code


# --- by choice ----------------------------------------------------------------------------------------------------------------------------


def test_an_account_is_told_on_the_site_and_by_the_ways_it_chose(world: Make) -> None:
    """Each way gets its own notice with its own key; every address is the account's."""
    city = world("yunchuan")
    account = city.account("sms", "mail", "wechat", phone="13800000031", mail=MAIL, wechat=OPENID)
    code = own(city, account, phone="13800000031")
    city.send()
    assert ways(code, party(code), "dispatch") == ["site", "sms", "mail", "wechat"]
    keys = list(Notice.objects.filter(case__code=code, template="dispatch", to=party(code)).order_by("id").values_list("key", flat=True))
    assert [key.rsplit(":", 1)[1] for key in keys[1:]] == ["sms", "mail", "wechat"]
    assert len({key.removesuffix(":sms").removesuffix(":mail").removesuffix(":wechat") for key in keys}) == 1
    assert {m.phone for m in city.sms.sent} == {"13800000031"}
    assert {m.to for m in city.mail.sent} == {MAIL}
    assert {m.openid for m in city.wechat.sent} == {OPENID}
    assert city.told("13800000031") == ["receive", "dispatch"], "told once each, however many ways"


@pytest.mark.parametrize("chosen", ["sms", "mail", "wechat", ""])
def test_only_the_chosen_way_is_used(world: Make, chosen: str) -> None:
    city = world("yunchuan")
    account = city.account(*([chosen] if chosen else []), phone="13800000031", mail=MAIL, wechat=OPENID)
    code = own(city, account)
    city.send()
    assert ways(code, party(code), "receive") == ["site", *([chosen] if chosen else [])]
    assert [bool(box.sent) for box in (city.sms, city.mail, city.wechat)] == [chosen == way for way in ("sms", "mail", "wechat")]


def test_an_address_that_is_not_proven_is_not_used(world: Make) -> None:
    """A mail address that nobody has confirmed may be somebody else's. The number that was left with the case itself is used as ever."""
    city = world("yunchuan")
    account = city.account("sms", "mail", phone="13800000031", mail=MAIL)
    Account.objects.update(mail_verified_at=None, phone_verified_at=None)
    code = own(city, account, phone="13800000001")
    city.send()
    assert ways(code, party(code), "receive") == ["site", "sms"]
    assert {m.phone for m in city.sms.sent} == {"13800000001"}
    without = own(city, account, phone="", name="", channel="mailbox", body="另一盏路灯也坏了，在后门。")
    city.send()
    assert ways(without, party(without), "receive") == ["site"]


def test_what_is_not_offered_here_is_not_written_down(world: Make) -> None:
    """A city without a provider: no notice waits for one. Whoever has no account is told on the site instead of by SMS."""
    city = world("yunchuan")
    account = city.account("sms", "mail", "wechat", phone="13800000031", mail=MAIL, wechat=OPENID)
    code, other = own(city, account), scenes.handled(city, phone="13800000032", body="后门的路灯也坏了。")
    mail = ConsoleMail()
    for row in Case.objects.all():
        notifying.notify(row.pk, first=1, last=row.seq, mail=mail)
    assert ways(code, party(code), "receive") == ["site", "mail"]
    assert ways(other, party(other), "receive") == ["site"]
    assert mail.sent


def test_a_choice_that_changes_counts_for_what_still_waits(world: Make) -> None:
    """Chosen when it was written and not any more when it is sent: it is not sent, and not tried for ever."""
    city = world("yunchuan")
    account = city.account("mail", mail=MAIL)
    row = city.case(own(city, account))

    class Changing(ConsoleSms):
        """Between writing and sending the person changes the mind."""

        def send(self, message: object) -> None:
            raise AssertionError("nobody chose SMS")

    Account.objects.filter(pk=account).update(channels=["mail"])
    notifying.notify(row.pk, first=1, last=1, mail=ConsoleMail(), sms=Changing())
    Notice.objects.filter(channel="mail").update(sent_at=None)
    Account.objects.filter(pk=account).update(channels=[])
    mail = ConsoleMail()
    notifying.notify(row.pk, first=1, last=1, mail=mail, sms=Changing())
    assert mail.sent == ()
    assert set(Notice.objects.filter(channel="mail").values_list("problem", flat=True)) == {"no mail address"}


def test_a_deleted_account_is_told_nothing_more(world: Make) -> None:
    city = world("yunchuan")
    account = city.account("mail", mail=MAIL)
    code = own(city, account, phone="", name="", channel="mailbox")
    Account.objects.filter(pk=account).update(erased_at=clock.now())
    city.send()
    assert city.mail.sent == ()
    assert ways(code, party(code), "receive") == ["site"]


# --- merged, joined, left ---------------------------------------------------------------------------------------------------------------


def test_everybody_is_told_of_every_answer_under_the_number_they_know(world: Make) -> None:
    """Reporters of merged cases by their own code, those who joined by the case's; who left is not."""
    city = world("yunchuan")
    main, one = scenes.handled(city), scenes.handled(city, phone="13800000002", body="小区门口的路灯不亮，走路看不见。")
    joined = city.account("mail", mail=MAIL)
    city.do(people.support, main, by=citizen(joined), name="李女士", phone="13800000003")
    for phone in ("13800000004", "13800000005"):
        city.do(people.support, main, by="citizen", name="王女士", phone=phone)
    city.do(people.leave, main, by="citizen", phone="13800000005")
    amending.merge([one], into=main, by=city.who("desk1"))
    city.send()
    before, mails = len(city.sms.sent), len(city.mail.sent)
    for text in (GOOD, GOOD.replace("两盏", "三盏")):
        city.do(answering.answer, main, by=CLERK, outcome="solved", text=text)
        city.check(main)
        if text == GOOD:
            city.do(callback.reopen, main, by="citizen", reason="又不亮了")
    city.send()
    told = {(m.phone, m.values[0]) for m in city.sms.sent[before:] if "已经答复" in m.text}
    assert told == {("13800000001", main), ("13800000002", one), ("13800000004", main)}
    answers = [m for m in city.sms.sent[before:] if "已经答复" in m.text]
    assert len(answers) == 6, "both answers, three numbers"
    assert [m.to for m in city.mail.sent[mails:] if "已经答复" in m.text] == [MAIL, MAIL]
    city.holds()


def test_one_person_twice_in_a_case_is_told_once_by_phone(world: Make) -> None:
    """Somebody reported it twice and both were merged: one SMS, under the number of the main case; the site tells both parts."""
    city = world("yunchuan")
    main, again = scenes.handled(city), scenes.handled(city, body="小区门口的路灯不亮，走路看不见。")
    amending.merge([again], into=main, by=city.who("desk1"))
    city.send()
    before = len(city.sms.sent)
    city.do(handling.reply, main, by=CLERK, text="明天换灯。")
    city.send()
    assert [(m.phone, m.values[0]) for m in city.sms.sent[before:]] == [("13800000001", main)]
    assert ways(main, party(again), "reply") == ["site"]
    account = city.account("sms", phone="13800000001")
    Party.objects.filter(case__code=main).update(account=account)
    before = len(city.sms.sent)
    city.do(handling.reply, main, by=CLERK, text="后天换灯。")
    city.send()
    assert len(city.sms.sent) == before + 1, "also where one part has an account with this number and the other has not"


# --- followers ------------------------------------------------------------------------------------------------------------------------------


def test_followers_hear_of_every_public_step_and_their_phones_stay_silent(world: Make) -> None:
    """Dispatch, interim reply, answer, closing, reopening, parking: on the site, by mail and WeChat where chosen, never by SMS."""
    city = world("yunchuan")
    code = city.file(**LAMP)
    account = city.account("sms", "mail", "wechat", phone="13800000031", mail=MAIL, wechat=OPENID)
    quiet = city.account("sms", phone="13800000032")
    for one in (account, quiet):
        following.follow(code, account=one)
    city.do(handling.claim, code, by=CLERK)
    city.do(handling.reply, code, by=CLERK, text="明天换灯。")
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    city.check(code)
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    city.do(callback.reopen, code, by="citizen", reason="又不亮了")
    city.do(handling.park, code, by=CLERK, plan="等电缆到货，先装临时灯。", owner=scenes.UNIT, review_on=clock.local(clock.now()).date().replace(month=6))
    scenes.granted(city, code)
    city.send()
    steps = ["dispatch", "reply", "pass_check", "close", "reopen", "park"]
    assert city.told(f"account:{account}") == city.told(f"account:{quiet}") == steps
    assert all(ways(code, f"account:{account}", step) == ["site", "mail", "wechat"] for step in steps)
    assert {m.phone for m in city.sms.sent} == {"13800000001"}
    assert all("您关注的" in text for text in city.read(f"account:{account}"))
    assert not any("/r/" in m.text for m in city.mail.sent), "the link by which somebody judges is not theirs"


def test_whoever_is_part_of_it_is_not_told_twice(world: Make) -> None:
    city = world("yunchuan")
    account = city.account("mail", mail=MAIL)
    code = city.file(**LAMP, account=account)
    following.follow(code, account=account)
    city.send()
    assert ways(code, party(code), "dispatch") == ["site", "mail"]
    assert city.told(f"account:{account}") == []


def test_what_is_not_public_any_more_is_told_to_nobody_else(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.handled(city)
    account = city.account("mail", mail=MAIL)
    following.follow(code, account=account)
    city.do(amending.amend, code, by="desk1", visibility="private", reason="诉求人要求。")
    assert not HallRow.objects.filter(code=code).exists()
    city.do(handling.reply, code, by=CLERK, text="明天换灯。")
    city.send()
    assert city.told(f"account:{account}") == []
    assert city.mail.sent == ()


def test_whoever_leaves_off_following_hears_no_more(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.handled(city)
    account = city.account()
    following.follow(code, account=account)
    city.send()
    following.unfollow(code, account=account)
    city.do(handling.reply, code, by=CLERK, text="明天换灯。")
    city.send()
    assert city.told(f"account:{account}") == ["dispatch"]


# --- 举报 ----------------------------------------------------------------------------------------------------------------------------------------


@override_settings(MINSHENG_SITE="https://12345.example.cn")
def test_a_message_about_a_report_says_its_number_and_nothing_of_what_it_is_about(world: Make) -> None:
    """Whoever looks over a shoulder learns neither the matter nor the unit; no link opens it without its secret; units read the title inside only."""
    city = world("yunchuan")
    account = city.account("sms", "mail", "wechat", phone="13800000031", mail=MAIL, wechat=OPENID)
    words = {"title": "站长收好处", "body": "某站的站长收了商户的好处费才给办证。"}
    code = city.file(**words, place="yinxing-b1", kind="report", accused=("songtao",), account=account, phone="13800000031")
    city.do(intake.register, code, by="desk1", category="020201")
    city.do(dispatch.dispatch, code, by="dispatch1", lead="city.urban_management")
    city.do(handling.claim, code, by="chengguan")
    city.do(handling.reply, code, by="chengguan", text="正在核实。")
    city.do(answering.answer, code, by="chengguan", outcome="solved", text=GOOD)
    city.check(code)
    city.send()
    said = [m.text for m in city.sms.sent] + [" ".join(m.values) for m in city.sms.sent]
    said += [m.subject + m.text for m in city.mail.sent] + [" ".join(m.values.values()) + m.url for m in city.wechat.sent]
    said += Notice.objects.filter(case__code=code).values_list("text", flat=True)
    assert len(said) > 20
    for text in said:
        assert code in text
        assert not any(word in text for word in ("站长", "好处", "商户", "城管", "/r/")), text
    assert {m.template for m in city.sms.sent} <= {"received", "progress"}
    assert {m.values for m in city.sms.sent} == {(code,)}


def test_nobody_accused_hears_by_any_way(world: Make) -> None:
    """Also where the accused person has an account."""
    city = world("yunchuan")
    account = city.account("sms", "mail", phone="13800000039", mail=MAIL)
    code = city.file(**LAMP, kind="report", accused=("songtao",), name="", phone="", requester="anonymous")
    city.do(intake.register, code, by="desk1", category="020201")
    city.do(dispatch.dispatch, code, by="dispatch1", lead="city.urban_management")
    city.do(people.enter, code, by="dispatch1", role="accused", name="某站长", phone="13800000039")
    Party.objects.filter(case__code=code, role="accused").update(account=account)
    city.do(handling.claim, code, by="chengguan")
    city.do(handling.reply, code, by="chengguan", text="正在核实。")
    city.send()
    assert city.sms.sent == city.mail.sent == ()
    assert not Notice.objects.filter(to__in=[f"account:{account}", f"party:{Party.objects.get(role='accused').pk}"]).exists()


def test_wechat_values_go_by_our_names(world: Make) -> None:
    city = world("yunchuan")
    wechat = ConsoleWechat()
    row = city.case(own(city, city.account("wechat", wechat=OPENID)))
    notifying.notify(row.pk, first=1, last=row.seq, wechat=wechat)
    assert [m.template for m in wechat.sent] == ["received", "assigned"]
    assert set(wechat.sent[1].values) == {"code", "what", "unit", "time"}
    assert wechat.sent[1].values["code"] == row.code
    assert wechat.sent[1].values["time"] == "2026-03-02 09:00"
    assert wechat.sent[1].url == "", "without a public address there is no page to open"
