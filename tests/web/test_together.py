"""What people do with a case that others filed: join, follow, comment; and judging by the link of a message."""

from collections.abc import Callable

import pytest
from django.test import Client

from minsheng import clock
from minsheng.commands import answering, commenting, links, people
from minsheng.domain.access import citizen
from minsheng.models.case import Case, Link, Party
from minsheng.models.participation import Comment, Follow
from minsheng.models.people import Account, User
from tests.commands import scenes
from tests.world import World

WANG = "13800000021"


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def signed_in(client: Client, name: str = "c-1") -> int:
    """Somebody with an account, in this browser."""
    user = User.objects.create(username=name, display_name="", password="!", created_at=clock.now())
    Account.objects.create(user=user, channels=[], at=clock.now())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account"] = user.pk
    session.save()
    return user.pk


def read(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def link(city: World, code: str, phone: str = "13800000001") -> str:
    return "/r/" + links.issue(city.case(code), Party.objects.get(pk=city.party(phone)))


def test_join_and_leave(city: World, client: Client) -> None:
    """With a name and a number; once is once; out again by the number. A wrong number says what to do and keeps what was typed."""
    code = scenes.handled(city)
    page = read(client, f"/cases/{code}")
    assert "我家也是，算我一个" in page and "想退出" not in page
    wrong = client.post(f"/cases/{code}/mine-too", {"name": "王女士", "phone": "1380000"})
    assert wrong.status_code == 422 and "王女士" in wrong.content.decode() and "11 位" in wrong.content.decode()
    assert client.post(f"/cases/{code}/mine-too", {"name": "王女士", "phone": WANG}).status_code == 302
    assert "算上您了" in read(client, f"/cases/{code}")
    again = client.post(f"/cases/{code}/mine-too", {"name": "王女士", "phone": WANG})
    assert again.status_code == 422 and "已经算上了" in again.content.decode()
    assert city.case(code).facts["supporters"] == 1
    nobody = client.post(f"/cases/{code}/leave", {"phone": "13800000099"})
    assert nobody.status_code == 404 and "没有加入" in nobody.content.decode()
    assert client.post(f"/cases/{code}/leave", {"phone": ""}).status_code == 422
    assert client.post(f"/cases/{code}/leave", {"phone": WANG}).status_code == 302
    assert city.case(code).facts["supporters"] == 0
    city.holds()


def test_with_an_account_one_tap_is_enough(city: World, client: Client) -> None:
    """Joined by account: no number is asked, and the page knows who is in."""
    code = scenes.handled(city)
    account = signed_in(client)
    assert client.post(f"/cases/{code}/mine-too").status_code == 302
    assert "您也在里面" in read(client, f"/cases/{code}")
    assert Party.objects.get(role="affected").account == account
    assert client.post(f"/cases/{code}/leave").status_code == 302
    assert "算我一个" in read(client, f"/cases/{code}")
    city.holds()


def test_a_private_case_has_none_of_it(city: World, client: Client) -> None:
    """Unknown and private answer alike, whatever is posted."""
    private = city.file(body="家里的事。", wish="private", place="yinxing-b1")
    signed_in(client)
    for code in (private, "YC269999999"):
        for what, values in (
            ("mine-too", {"name": "王", "phone": WANG}),
            ("follow", {"on": "yes"}),
            ("remarks", {"remark": "看看"}),
            ("leave", {"phone": WANG}),
        ):
            assert client.post(f"/cases/{code}/{what}", values).status_code == 404


def test_follow(city: World, client: Client) -> None:
    """Only somebody who has signed in; the others are led to it and come back."""
    code = scenes.handled(city)
    sent = client.post(f"/cases/{code}/follow", {"on": "yes"})
    assert sent.status_code == 302 and sent["Location"].startswith("/mine?next=")
    signed_in(client)
    client.post(f"/cases/{code}/follow", {"on": "yes"})
    assert "已关注" in read(client, f"/cases/{code}") and Follow.objects.count() == 1
    client.post(f"/cases/{code}/follow", {"on": "no"})
    assert Follow.objects.count() == 0


def test_a_comment_from_its_writing_to_its_end(city: World, client: Client) -> None:
    """Held: only its author sees it. Read: everybody, masked. Changed: the old words stay until the new ones are read. Taken down with a reason."""
    code = scenes.handled(city)
    signed_in(client)
    reader, desk = Client(), Client()
    desk.force_login(User.objects.get(username="desk1"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/cases/{code}/remarks", {"remark": "5 楼也是，电话 13800000033。"}).status_code == 302
    assert "13800000033" in read(client, f"/cases/{code}") and "等着看" in read(client, f"/cases/{code}")
    assert "5 楼也是" not in read(reader, f"/cases/{code}")
    assert "5 楼也是" in read(desk, "/desk/remarks")
    assert desk.post(f"/desk/remarks/{code}/1", {"what": "show"}).status_code == 302
    page = read(reader, f"/cases/{code}")
    assert "5 楼也是" in page and "13800000033" not in page
    assert client.post(f"/cases/{code}/remarks/1", {"remark-1": "5 楼、6 楼都是。"}).status_code == 302
    assert "6 楼" not in read(reader, f"/cases/{code}") and "5 楼也是" in read(reader, f"/cases/{code}")
    desk.post(f"/desk/remarks/{code}/1", {"what": "show"})
    page = read(reader, f"/cases/{code}")
    assert "6 楼都是" in page and "改过 1 次" in page
    empty = desk.post(f"/desk/remarks/{code}/1", {"what": "remove", "reason": ""})
    assert empty.status_code == 422
    assert desk.post(f"/desk/remarks/{code}/1", {"what": "remove", "reason": "与这件事无关"}).status_code == 302
    page = read(reader, f"/cases/{code}")
    assert "这条撤下了：与这件事无关" in page and "6 楼都是" not in page
    city.holds()


def test_what_is_wrong_with_a_comment_is_said_in_its_place(city: World, client: Client) -> None:
    """Nothing, too much: the words are still there. Others' remarks are not mine to change."""
    code = scenes.handled(city)
    signed_in(client)
    long = "字" * 301
    answer = client.post(f"/cases/{code}/remarks", {"remark": long})
    assert answer.status_code == 422 and long in answer.content.decode()
    assert client.post(f"/cases/{code}/remarks", {"remark": "  "}).status_code == 422
    other = Client()
    signed_in(other, "c-2")
    client.post(f"/cases/{code}/remarks", {"remark": "我的"})
    assert other.post(f"/cases/{code}/remarks/1", {"remark-1": "改了"}).status_code == 404
    assert client.post(f"/cases/{code}/remarks/1", {"back": "1"}).status_code == 302
    assert Comment.objects.get().status == "removed"


def test_only_readers_read_what_waits(city: World, client: Client) -> None:
    """A unit's clerk is told whose work it is."""
    client.force_login(User.objects.get(username=scenes.CLERK), backend="django.contrib.auth.backends.ModelBackend")
    assert "坐席" in read(client, "/desk/remarks", 403)


def test_the_link_of_the_caller(city: World, client: Client) -> None:
    """Nobody signs in: the level, what was good or not, the questions; then it is thanked and says so the next time."""
    code = scenes.checked(city)
    address = link(city, code)
    page = read(client, address)
    assert "这件事办得怎么样" in page and "哪里没办好" in page and "撤回" not in page
    missing = client.post(address, {"comment": "挺好"})
    assert missing.status_code == 422 and "挺好" in missing.content.decode()
    done = client.post(address, {"level": "2", "why": ["没人联系过我", "自己编的"], "contacted": "no", "solved": "no", "comment": "没来过", "reopen": "1"})
    assert done.status_code == 200 and "记下了" in done.content.decode()
    case = city.case(code)
    assert (case.state, case.round) == ("handling", 2)
    rated = next(e for e in case.events.filter(action="rate"))
    assert rated.data["reasons"] == ["没人联系过我"] and rated.data["level"] == 2
    assert Link.objects.get().used_at is not None
    assert "重新办理" in read(client, address, 409)
    city.holds()


def test_the_link_of_somebody_else(city: World, client: Client) -> None:
    """Whoever joined says whether it is done, and may think again; the page of the case counts the voices, and silence."""
    code = scenes.handled(city)
    for phone in (WANG, "13800000022", "13800000023"):
        city.do(people.support, code, by="citizen", name="邻居", phone=phone)
    city.do(answering.answer, code, by=scenes.CLERK, outcome="solved", text=scenes.GOOD)
    city.check(code)
    address = link(city, code, WANG)
    assert "您家的这个问题" in read(client, address)
    assert client.post(address, {"words": "还是黑"}).status_code == 422
    assert client.post(address, {"done": "no", "words": "还是黑"}).status_code == 200
    assert client.post(link(city, code, "13800000022"), {"done": "yes"}).status_code == 200
    page = " ".join(read(client, f"/cases/{code}").split())
    assert "另有 <b>3</b> 人也遇到：1 人说办好了，1 人说没办好，1 人没有说" in page
    client.post(address, {"done": "yes"})
    assert city.case(code).facts["voices"] == {str(city.party(WANG)): "confirmed", str(city.party("13800000022")): "confirmed"}
    city.holds()


def test_a_link_that_opens_nothing(city: World, client: Client) -> None:
    """Unknown, expired: kind words; judged already: it says so."""
    code = scenes.checked(city)
    assert "打不开" in read(client, "/r/abcdefgh23", 404)
    address = link(city, code)
    client.post(address, {"level": "5"})
    assert "已经评价过了" in read(client, address)
    other = link(city, code)
    city.wait("16 days")
    assert "过期" in read(client, other, 409)


def test_silence_is_shown_as_silence(city: World, client: Client) -> None:
    """Closed because nobody objected: the page says that nobody judged."""
    code = scenes.checked(city)
    city.wait("8 days")
    assert city.state(code) == "closed"
    assert "没有人评价，不算满意" in read(client, f"/cases/{code}")


def test_the_public_sees_no_building(city: World, client: Client) -> None:
    """A scanned building is somebody's home: others see its grid."""
    code = scenes.handled(city)
    page = read(client, f"/cases/{code}")
    assert "银杏花园1栋" not in page and "银杏社区第1网格" in page


def test_a_reader_costs_a_fixed_number_of_questions(city: World, client: Client, django_assert_max_num_queries: Callable[..., object]) -> None:
    """However many comments and versions there are."""
    code = scenes.handled(city)
    for n in range(12):
        author = citizen(600 + n)
        city.do(commenting.comment, code, by=author, text=f"第 {n} 条")
        city.do(commenting.show, code, by="desk1", number=n + 1)
    read(client, f"/cases/{code}")
    with django_assert_max_num_queries(11):  # type: ignore[attr-defined]
        assert read(client, f"/cases/{code}").count("第 ") >= 12
    assert Case.objects.count() == 1
