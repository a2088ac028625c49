"""删除账号: the person is gone from every row, the cases and their journals stand, with or without the words."""

import json
from collections.abc import Callable

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.test import Client

from minsheng import clock
from minsheng.commands import accounts, callback, checkpoints, commenting, correcting, following, handling, intake, leaving, people
from minsheng.commands.accounts import Said
from minsheng.domain.access import citizen
from minsheng.domain.errors import NotFound
from minsheng.models.case import Attachment, CaseText, Filing, Party, ReleasedText
from minsheng.models.participation import Comment, Follow
from minsheng.models.people import Account, User
from minsheng.models.read import HallRow, Notice
from minsheng.queries import accounts as held
from tests.commands import scenes
from tests.commands.scenes import LAMP, event
from tests.commands.test_accounts import MAIL, PHONE, account
from tests.world import World, classifier

Make = Callable[..., World]
#: Numbers, names and addresses of the person, of whom nothing may be left.
PERSON = ("13800000031", "李小姐", "li@example.com", "openid-1", "银杏花园1栋2单元")
WORDS = ("小区门口的路灯坏了", "路灯不亮", "修得很慢", "我家门口也黑", "早就该修了")


def lived(city: World) -> tuple[int, str, str]:
    """An account that has done everything: filed, judged, joined, disputed, commented, followed. (account, own case, joined case)."""
    pk = account()
    correcting.correct(pk, name="李小姐", kind="citizen")
    correcting.change_contact(pk, MAIL)
    accounts.link_provider(pk, provider="weixin", uid="openid-1", said=Said(wechat="openid-1"))
    me = citizen(pk)
    own = scenes.closed(city, account=pk, name="李小姐", phone=PHONE.value, address="银杏花园1栋2单元")
    Attachment.objects.create(case=city.case(own), digest="d" * 64, media_type="image/jpeg", size=1, at=clock.now())
    city.do(callback.rate, own, by=me, level=3, reasons="修得很慢")
    joined = scenes.checked(city, phone="13800000002", title="河边路灯坏了", body="河边的路灯也坏了，晚上看不见路。")
    city.do(people.support, joined, by=me, name="李小姐", phone=PHONE.value)
    part = Party.objects.get(case__code=joined, account=pk).pk
    city.do(callback.voice, joined, by=me, party=part, done=False, words="我家门口也黑")
    number = city.do(commenting.comment, joined, by=me, text="早就该修了")
    commenting.show(joined, number, by=city.who("desk1"))
    following.follow(joined, account=pk)
    Notice.objects.create(key=f"u{pk}", case=city.case(joined), to=f"account:{pk}", channel="site", template="x", text="有进展", at=clock.now())
    city.send()
    return pk, own, joined


def everything(city: World) -> str:
    """All rows that could hold a person or a word, sealed ones opened as far as they open."""
    found = [list(m.objects.values()) for m in (CaseText, ReleasedText, HallRow, Notice, Party, Filing, Comment, User, Account, SocialAccount)]
    found.append([people.opened(row).__repr__() for row in Party.objects.all()])
    found.append([repr(held.me(pk)) for pk in Account.objects.values_list("pk", flat=True)])
    return json.dumps(found, default=str, ensure_ascii=False)


def test_the_person_goes_and_the_words_stay(world: Make) -> None:
    """Names, numbers and the way in are gone; requests, judgements and comments can still be read; the journal says what happened and holds."""
    city = world("yunchuan")
    pk, own, joined = lived(city)
    seqs = {code: city.case(code).seq for code in (own, joined)}
    before = everything(city)
    assert all(word in before for word in (*PERSON, *WORDS))
    leaving.close(pk)
    after = everything(city)
    assert [word for word in PERSON if word in after] == []
    assert [word for word in WORDS if word not in after] == []
    for code in (own, joined):
        said = event(code, "erased")
        assert (said.data["erased"], said.actor, said.seq) == ([], f"citizen:{pk}", seqs[code] + 1)
        assert CaseText.objects.get(digest=said.data["text"]).body == leaving.REASON
    assert not Party.objects.filter(account=pk).exists()
    assert Party.objects.filter(erased_at=clock.now()).count() == 2
    assert Party.objects.get(case__code=joined, role="caller").phone is not None, "other people of the case stay"
    assert HallRow.objects.get(code=joined).supporters == 1, "who joined still counts as a figure"
    comment = Comment.objects.get()
    assert (comment.account, comment.status) == (None, "shown")
    assert not Follow.objects.exists() and not SocialAccount.objects.exists() and not Notice.objects.filter(to=f"account:{pk}").exists()
    assert checkpoints.verify(rebuild=1).erased == 0
    city.holds()


def test_the_words_go_along_where_that_was_asked_for(world: Make) -> None:
    """Request, photo, judgement, dispute and comment are erased; the unit's answer stays; verify calls it erased, not broken."""
    city = world("yunchuan")
    pk, own, joined = lived(city)
    leaving.close_with_words(pk)
    after = everything(city)
    assert [word for word in (*PERSON, *WORDS) if word in after] == []
    assert "城管所更换了银杏花园1栋门口的两盏路灯" in after, "what the unit said stays"
    assert "河边的路灯也坏了" in after, "and what other people said"
    assert CaseText.objects.get(case__code=own, kind="body").body is None
    assert CaseText.objects.get(case__code=own, kind="rating").body is None
    assert CaseText.objects.get(case__code=joined, kind="voice").body is None
    assert CaseText.objects.get(case__code=joined, kind="comment").body is None
    assert (Comment.objects.get().status, Comment.objects.get().reason) == ("removed", leaving.REASON)
    assert ReleasedText.objects.get(case__code=joined, kind="comment").body == ""
    assert Attachment.objects.get().erased_at == clock.now()
    assert (HallRow.objects.get(code=own).title, HallRow.objects.get(code=own).body) == ("", "")
    assert city.actions(joined)[-2:] == ["comment_removed", "erased"]
    assert checkpoints.verify(rebuild=1).erased >= 4
    city.holds()


def test_the_way_in_is_gone_and_the_number_may_begin_anew(world: Make) -> None:
    """Every session ends, the user is nobody; the same number gets another account, which sees nothing of the old one."""
    city = world("yunchuan")
    pk, *_ = lived(city)
    browser = Client()
    browser.force_login(User.objects.get(pk=pk), backend="django.contrib.auth.backends.ModelBackend")
    session = browser.session
    session["account"] = pk
    session.save()
    assert "我的资料" in browser.get("/mine").content.decode()
    leaving.close(pk)
    assert "登录，看全部诉求" in browser.get("/mine").content.decode()
    user = User.objects.get(pk=pk)
    assert (user.is_active, user.display_name, user.has_usable_password()) == (False, "", False)
    assert user.username.startswith("gone-")
    assert Session.objects.exists(), "the row stays until it is swept, but opens nothing"
    assert accounts.find_or_make(PHONE) != pk
    assert held.me(pk) is None and not held.is_open(pk)
    for command in (leaving.close, leaving.close_with_words):
        with pytest.raises(NotFound):
            command(pk)


def test_nobody_is_told_anything_more(world: Make) -> None:
    """The next step of the case finds no number; filing the same form again finds no earlier filing."""
    city = world("yunchuan")
    pk = account()
    report = intake.Report(**LAMP, name="李小姐", phone=PHONE.value, account=pk)
    code = intake.file(report, by=citizen(pk), classifier=classifier("yunchuan"), key="k").code
    city.send()
    leaving.close(pk)
    sent = len(city.sms.sent)
    city.do(handling.claim, code, by=scenes.CLERK)
    city.send()
    assert len(city.sms.sent) == sent
    assert not Filing.objects.exists()
    city.holds()


def test_an_account_that_did_nothing_leaves_as_easily(world: Make) -> None:
    city = world("yunchuan")
    pk = account()
    leaving.close_with_words(pk)
    assert Account.objects.get(pk=pk).erased_at == clock.now()
    city.holds()


def test_what_is_filed_in_the_moment_of_leaving_is_cleaned_up(world: Make) -> None:
    """Two windows: one deletes, one files. Within the hour the case knows nobody either."""
    city = world("yunchuan")
    pk = account()
    leaving.close(pk)
    late = scenes.dispatched(city, account=pk, name="李小姐", phone=PHONE.value)
    assert leaving.follow_up() == 1
    party = Party.objects.get(case__code=late)
    assert (party.name, party.phone, party.account, party.erased_at) == (None, None, None, clock.now())
    assert leaving.follow_up() == 0
    city.holds()
