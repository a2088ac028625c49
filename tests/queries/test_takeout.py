"""下载我的资料: all that is held of the person and nothing of anybody else."""

import json
from collections.abc import Callable

from minsheng import clock
from minsheng.commands import answering, commenting, following, handling, people
from minsheng.commands.codes import Contact
from minsheng.domain.access import citizen
from minsheng.models.case import Attachment
from minsheng.queries import takeout
from tests.commands import scenes
from tests.commands.test_accounts import account
from tests.world import World

Make = Callable[..., World]


def test_the_cases_as_their_holder_sees_them(world: Make) -> None:
    """Own words, what the unit said, times, photos; a joined case only with the person's own part; no remark of the desk, no other person."""
    city = world("yunchuan")
    pk = account()
    own = city.file(**{**scenes.LAMP, "account": pk, "name": "李女士", "phone": "13800000031", "address": "银杏花园1栋2单元", "attachments": (city.photo(),)})
    city.do(handling.claim, own, by=scenes.CLERK)
    city.do(handling.progress, own, by=scenes.CLERK, text="内部：等配件。")
    city.do(answering.answer, own, by=scenes.CLERK, outcome="solved", text=scenes.GOOD, evidence=(city.photo(),))
    joined = scenes.handled(city, name="王先生", phone="13800000002")
    city.do(people.support, joined, by=citizen(pk), name="李女士", phone="13800000031")
    pieces = {piece.told["code"]: piece for piece in takeout.cases_of(pk)}
    told = pieces[own].told
    assert (told["as"], told["words"], told["state"]) == ("诉求人", "小区门口的路灯坏了，晚上看不见路。", "已答复")
    assert told["about_you"] == {"name": "李女士", "phone": "13800000031", "address": "银杏花园1栋2单元"}
    assert [step["what"] for step in told["timeline"]][:1] == ["收件"] and told["timeline"][0]["at"].endswith("+08:00")
    assert len(pieces[own].files) == len(told["files"]) == 1, "the answer has not passed its check: neither it nor its photo is shown yet"
    city.do(answering.pass_check, own, by="checker1")
    told = next(iter(takeout.cases_of(pk))).told
    assert scenes.GOOD in [step["words"] for step in told["timeline"]]
    assert len(told["files"]) == 2
    assert pieces[joined].told == pieces[joined].told | {"as": "同诉人", "about_you": {"name": "李女士", "phone": "13800000031"}}
    everything = json.dumps([piece.told for piece in takeout.cases_of(pk)], ensure_ascii=False)
    assert not [word for word in ("王先生", "13800000002", "内部：等配件") if word in everything]


def test_what_is_erased_and_what_is_another_persons_is_not_there(world: Make) -> None:
    city = world("yunchuan")
    pk, other = account(), account(Contact("phone", "13800000032"))
    own = scenes.dispatched(city, account=pk)
    scenes.dispatched(city, account=other)
    Attachment.objects.create(case=city.case(own), digest="e" * 64, media_type="image/jpeg", size=1, at=clock.now(), erased_at=clock.now())
    assert [(piece.told["code"], piece.files) for piece in takeout.cases_of(pk)] == [(own, {})]
    city.do(people.erase, own, by="desk1", reason="诉求人要求")
    assert list(takeout.cases_of(pk)) == []


def test_everything_beside_the_cases(world: Make) -> None:
    """The account in plain words, comments with every version, follows, messages, and who looked."""
    city = world("yunchuan")
    pk = account()
    own, public = scenes.handled(city, account=pk), scenes.handled(city)
    number = city.do(commenting.comment, public, by=citizen(pk), text="我家门口也黑")
    commenting.edit(public, number, text="我家门口也黑，三天了", by=citizen(pk))
    following.follow(public, account=pk)
    city.do(people.open_parties, own, by=scenes.CLERK, reason="上门前打电话")
    city.send()
    told = takeout.about(pk)
    json.dumps(told)
    assert told["account"] == told["account"] | {"phone": "13800000031", "phone_proven": True, "level": "phone", "told_by": ["sms"]}
    (comment,) = told["comments"]
    assert (comment["case"], comment["status"], [v["words"] for v in comment["versions"]]) == (public, "held", ["我家门口也黑", "我家门口也黑，三天了"])
    assert [follow["case"] for follow in told["follows"]] == [public]
    assert told["messages"] and {message["case"] for message in told["messages"]} == {own, public}
    assert told["looked_at_by"] == [
        {"case": own, "at": clock.local(clock.now()).isoformat(), "unit": "青禾区松涛街道城管所", "because": "上门前打电话", "looked_at": ["name", "phone"]}
    ]
