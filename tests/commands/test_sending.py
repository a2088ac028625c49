"""发送: one way that is down holds nothing back, what fails comes again, nothing goes out twice, and many people cost no more questions."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from structlog.testing import capture_logs

from minsheng import clock
from minsheng.adapters.mail import ConsoleMail
from minsheng.adapters.sms import ConsoleSms
from minsheng.adapters.wechat import ConsoleWechat
from minsheng.commands import answering, callback, handling, links, notifying, people, sending
from minsheng.models.case import Link, Party
from minsheng.models.people import Account
from minsheng.models.read import Notice
from minsheng.ports import Mail, Refused, Sms, Undelivered
from tests.commands import scenes
from tests.commands.scenes import CLERK, GOOD, LAMP
from tests.world import World

Make = Callable[..., World]
SITE = "https://12345.example.cn"
MAIL = "someone@example.com"
BUSY = Undelivered("短信平台没有应答。", "The provider does not answer.")


class Unwilling(ConsoleSms):
    """Fails as it is told: for a number, or for all."""

    def __init__(self, **problems: Undelivered) -> None:
        super().__init__()
        self.problems, self.tried = problems, 0

    def send(self, message: Sms) -> None:
        self.tried += 1
        problem = self.problems.get("all") or self.problems.get(f"n{message.phone}")
        if problem is not None:
            raise problem
        super().send(message)


class Unread(ConsoleMail):
    """A mail server that is away."""

    def send(self, message: Mail) -> None:
        raise Undelivered("连不上。", "Cannot be reached.")


def told(city: World, code: str, **senders: Any) -> int:
    row = city.case(code)
    return notifying.notify(row.pk, first=1, last=row.seq, **senders)


def supported(city: World, n: int) -> str:
    """A case that n people joined: numbers without an account, and every fifth with one, told by mail."""
    code = scenes.handled(city, body=f"小区门口的路灯坏了，{n} 户人家晚上看不见路。")
    row = city.case(code)
    for number in range(n):
        account = city.account("mail", mail=MAIL) if number % 5 == 0 else None
        city.do(people.support, code, by="citizen", name="邻居", phone=f"138000001{number:02d}")
        Party.objects.filter(pk=Party.objects.filter(case=row).latest("id").pk).update(account=account)
    return code


# --- failing ----------------------------------------------------------------------------------------------------------------------------------


def test_one_failing_way_holds_no_other_back(world: Make) -> None:
    """SMS is away: mail and WeChat go out in the same run; the job fails and comes again, and only SMS is tried anew."""
    city = world("yunchuan")
    code = city.file(**LAMP, account=city.account("sms", "mail", "wechat", phone="13800000001", mail=MAIL, wechat="o-example"))
    mail, wechat, sms = ConsoleMail(), ConsoleWechat(), Unwilling(all=BUSY)
    with pytest.raises(Undelivered) as caught:
        told(city, code, sms=sms, mail=mail, wechat=wechat)
    assert caught.value.__cause__ is caught.value.__context__ is None, "the worker writes the error into the log: nothing of a library hangs on it"
    assert (len(mail.sent), len(wechat.sent), sms.sent) == (2, 2, ())
    assert not Notice.objects.filter(channel__in=("mail", "wechat"), sent_at=None).exists()
    sms.problems.clear()
    assert told(city, code, sms=sms, mail=mail, wechat=wechat) == 0
    assert (len(mail.sent), len(wechat.sent), len(sms.sent)) == (2, 2, 2)
    assert not Notice.objects.exclude(channel="site").filter(sent_at=None).exists()


def test_what_is_refused_for_good_is_noted_and_left(world: Make) -> None:
    """A number on a blacklist: the job ends well, the notice says why, nobody tries again; others are sent."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(people.support, code, by="citizen", name="邻居", phone="13800000002")
    city.do(handling.reply, code, by=CLERK, text="明天换灯。")
    sms = Unwilling(n13800000001=Refused("黑名单", "FailedOperation.PhoneNumberInBlacklist"))
    told(city, code, sms=sms)
    assert {m.phone for m in sms.sent} == {"13800000002"}
    refused = Notice.objects.filter(channel="sms", sent_at=None)
    assert set(refused.values_list("problem", flat=True)) == {"FailedOperation.PhoneNumberInBlacklist"}
    tried = sms.tried
    told(city, code, sms=sms)
    assert sms.tried == tried


def test_one_number_that_fails_for_now_holds_no_other_back(world: Make) -> None:
    city = world("yunchuan")
    code = supported(city, 6)
    city.do(handling.reply, code, by=CLERK, text="明天换灯。")
    row, seq, sms = city.case(code), scenes.event(code, "reply").seq, Unwilling(n13800000102=BUSY)
    with pytest.raises(Undelivered):
        notifying.notify(row.pk, first=seq, last=seq, sms=sms, mail=ConsoleMail())
    assert {m.phone for m in sms.sent} == {"13800000001", "13800000101", "13800000103", "13800000104"}


def test_a_provider_that_is_down_is_not_asked_for_everybody(world: Make) -> None:
    """Three failures in a row: the rest waits for the next run, instead of for as many timeouts."""
    city = world("yunchuan")
    code = supported(city, 20)
    city.do(handling.reply, code, by=CLERK, text="明天换灯。")
    row, seq, sms = city.case(code), scenes.event(code, "reply").seq, Unwilling(all=BUSY)
    with pytest.raises(Undelivered), capture_logs() as logged:
        notifying.notify(row.pk, first=seq, last=seq, sms=sms)
    assert sms.tried == sending.DOWN
    assert len(logged) == sending.DOWN
    assert "138000" not in str(logged)
    assert Notice.objects.filter(channel="sms", sent_at=None, problem="").count() == 17


def test_what_has_not_arrived_within_a_day_is_no_news(world: Make) -> None:
    """The last run of the job ends well: it is noted, and an old 已派单 does not reach anybody days later."""
    city = world("yunchuan")
    code, sms = scenes.dispatched(city), Unwilling(all=BUSY)
    with pytest.raises(Undelivered):
        told(city, code, sms=sms)
    clock.advance(sending.LATE)
    with pytest.raises(Undelivered):
        told(city, code, sms=sms)
    clock.advance(timedelta(minutes=1))
    sms.problems.clear()
    told(city, code, sms=sms)
    assert sms.sent == ()
    assert set(Notice.objects.filter(channel="sms").values_list("problem", flat=True)) == {"not delivered within a day"}


def test_a_way_that_is_not_offered_any_more_is_noted(world: Make) -> None:
    """The city gave up its mail server while letters waited."""
    city = world("yunchuan")
    code = city.file(**LAMP, account=city.account("mail", mail=MAIL))
    with pytest.raises(Undelivered):
        told(city, code, mail=Unread())
    told(city, code)
    assert set(Notice.objects.filter(channel="mail").values_list("problem", flat=True)) == {"not offered any more"}


def test_a_seal_that_does_not_open_holds_no_other_back(world: Make) -> None:
    """A row sealed under a key that is missing: the others are sent, and the job comes again in case the key does."""
    city = world("yunchuan")
    code = scenes.handled(city)
    account = city.account("mail", mail=MAIL)
    city.do(people.support, code, by="citizen", name="邻居", phone="13800000002")
    Party.objects.filter(role="affected").update(account=account)
    Account.objects.filter(pk=account).update(mail=b"\x01\x04lost" + bytes(60))
    city.do(handling.reply, code, by=CLERK, text="明天换灯。")
    sms, mail = ConsoleSms(), ConsoleMail()
    with pytest.raises(Undelivered, match="lost"):
        told(city, code, sms=sms, mail=mail)
    assert sms.sent
    assert not Notice.objects.filter(channel="sms", sent_at=None).exists()
    assert Notice.objects.filter(channel="mail", sent_at=None, problem="").exists()


def test_whoever_leaves_while_a_message_waits_is_not_told(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(people.support, code, by="citizen", name="邻居", phone="13800000002")
    city.do(handling.reply, code, by=CLERK, text="明天换灯。")
    sms = Unwilling(all=BUSY)
    with pytest.raises(Undelivered):
        told(city, code, sms=sms)
    city.do(people.leave, code, by="citizen", phone="13800000002")
    sms.problems.clear()
    told(city, code, sms=sms)
    assert {m.phone for m in sms.sent} == {"13800000001"}
    assert set(Notice.objects.filter(channel="sms", sent_at=None).values_list("problem", flat=True)) == {"no number"}


# --- once --------------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_once() -> None:
    """The second waits for the first and finds nothing left: also a sender that does not know keys is given each message once."""
    city = World("yunchuan", at="2026-03-02T09:00+08:00")
    try:
        row, given, gate = city.case(scenes.handled(city)), [], Event()

        class Slow(ConsoleSms):
            def send(self, message: Sms) -> None:
                gate.wait(0.3)
                given.append(message.key)

        slow = Slow()
        results = scenes.at_once(*[lambda: notifying.notify(row.pk, first=1, last=row.seq, sms=slow)] * 2)
        assert not [problem for problem in results if isinstance(problem, Exception)]
        assert len(given) == len(set(given)) == 2
    finally:
        city.leave()


def test_what_was_sent_stays_noted_when_the_rest_breaks(world: Make) -> None:
    """An error that nobody expected: what has gone out is not sent again."""
    city = world("yunchuan")
    code = scenes.handled(city)

    class Broken(ConsoleSms):
        def send(self, message: Sms) -> None:
            if self.sent:
                raise RuntimeError("a bug")
            super().send(message)

    with pytest.raises(RuntimeError):
        told(city, code, sms=Broken())
    assert Notice.objects.filter(channel="sms", sent_at__isnull=False).count() == 1


# --- many ------------------------------------------------------------------------------------------------------------------------------------------------


@override_settings(MINSHENG_SITE=SITE)
def test_fifty_people_cost_no_more_questions_than_five(world: Make) -> None:
    """Written in bulk, read in bulk, links issued in bulk; what was sent is noted for fifty at a time."""
    city = world("yunchuan")
    counted = []
    for n in (5, 50):
        code = supported(city, n)
        city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
        city.check(code)
        row, sms, mail = city.case(code), ConsoleSms(), ConsoleMail()
        seq = scenes.event(code, "pass_check").seq
        with CaptureQueriesContext(connection) as queries:
            notifying.notify(row.pk, first=seq, last=seq, sms=sms, mail=mail, wechat=ConsoleWechat())
        assert len(sms.sent) + len(mail.sent) == n + 1
        assert Link.objects.filter(case=row).count() == n + 1
        counted.append(len(queries))
    assert counted[0] == counted[1] - 1, "one more to note the fifty-first as sent"
    assert counted[0] < 25


# --- the link of an answer ---------------------------------------------------------------------------------------------------------------------


@override_settings(MINSHENG_SITE=SITE)
def test_an_answer_brings_each_person_a_link_to_judge_it(world: Make) -> None:
    """Their own, by every way the same, said again when the message is sent anew; the word itself stands in no table."""
    city = world("yunchuan")
    account = city.account("sms", "mail", "wechat", phone="13800000031", mail=MAIL, wechat="o-example")
    code = city.file(**LAMP, account=account, phone="13800000031")
    city.do(handling.claim, code, by=CLERK)
    city.do(people.support, code, by="citizen", name="邻居", phone="13800000002")
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    city.check(code)
    city.send()
    mine, neighbour = ([m for m in city.sms.sent if m.phone == phone and m.template == "answer"] for phone in ("13800000031", "13800000002"))
    (word,) = {m.values[2] for m in mine}
    assert mine[0].text.endswith(f"点开：{SITE}/r/{word}")
    assert f"{SITE}/r/{word}" in next(m.text for m in city.mail.sent if "评价" in m.subject)
    assert {m.url for m in city.wechat.sent if m.template == "answer"} == {f"{SITE}/r/{word}"}
    other = neighbour[0].values[2]
    assert links.find(word, address="203.0.113.7").party.account == account
    assert links.find(other, address="203.0.113.7").other
    assert not Notice.objects.filter(text__contains=word).exists()
    assert not Link.objects.filter(digest=word).exists()
    before = Link.objects.count()
    Notice.objects.filter(channel="mail").update(sent_at=None)
    mail = ConsoleMail()
    told(city, code, mail=mail)
    assert any(word in m.text for m in mail.sent)
    assert Link.objects.count() == before


@override_settings(MINSHENG_SITE=SITE)
def test_every_answer_has_a_link_of_its_own(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.checked(city)
    city.send()
    city.do(callback.reopen, code, by="citizen", reason="又不亮了")
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    city.check(code)
    city.send()
    words = [m.values[2] for m in city.sms.sent if m.template == "answer"]
    assert len(set(words)) == 2
    assert links.find(words[1], address="203.0.113.7").case.code == code


@override_settings(MINSHENG_SITE=SITE)
def test_an_answer_that_was_reopened_meanwhile_is_not_there_to_judge(world: Make) -> None:
    """The worker was away: the message comes without a link, which would judge the round that runs now."""
    city = world("yunchuan")
    code = scenes.checked(city)
    city.do(callback.reopen, code, by="citizen", reason="又不亮了")
    city.send()
    late = next(m for m in city.sms.sent if "已经答复" in m.text)
    assert (late.template, late.values) == ("progress", (code,))
    assert not Link.objects.exists()


def test_without_a_public_address_messages_carry_no_link(world: Make) -> None:
    city = world("yunchuan")
    code = city.file(**LAMP, account=city.account("mail", mail=MAIL))
    city.do(handling.claim, code, by=CLERK)
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    city.check(code)
    city.send()
    assert not any("http" in m.text for m in (*city.sms.sent, *city.mail.sent))
    assert not any(m.template == "answer" for m in city.sms.sent)


@override_settings(MINSHENG_SITE=SITE)
def test_a_letter_has_a_subject_the_words_and_the_page(world: Make) -> None:
    city = world("yunchuan")
    code = city.file(**LAMP, account=city.account("mail", mail=MAIL))
    city.send()
    letter = city.mail.sent[0]
    assert letter.subject == f"编号 {code}：已经收到"
    assert f"{SITE}/cases/{code}" in letter.text
    assert "我的资料" in letter.text
    assert LAMP["title"] not in letter.subject + letter.text
