"""收件、受理: what is told wrongly stores nothing; what is told rightly is sorted, placed and sealed in one transaction."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from minsheng import clock
from minsheng.adapters.classifier import FixedClassifier
from minsheng.commands import intake, people
from minsheng.commands.intake import Report
from minsheng.domain.access import HOLDER, citizen
from minsheng.domain.errors import BadInput, NotAllowed, WrongState
from minsheng.domain.text import identity_check
from minsheng.intelligence.classify import Classification, Suggestion
from minsheng.models.case import Attachment, Case, CaseText, Party
from minsheng.models.event import CaseEvent
from minsheng.models.read import HallRow
from minsheng.queries import directory as directories
from minsheng.sealing import keyring
from tests.commands.scenes import LAMP, at_once, counts, event, received, unchanged
from tests.world import World, classifier

Make = Callable[..., World]
WHO = {"name": "张先生", "phone": "13800000001"}
WRONG = [
    ("body", {"body": ""}),
    ("body", {"body": " \n\t　"}),
    ("body", {"body": "\u202e\u200b"}),
    ("body", {"body": "路" * 4001}),
    ("body", {"body": "路灯\x00坏了"}),
    ("body", {"body": "路灯坏了\ud83d"}),
    ("title", {"title": "路" * 61}),
    ("title", {"title": "路灯\x00"}),
    ("place_text", {"place_text": "路" * 201}),
    ("place_text", {"place_text": "\x07"}),
    ("kind", {"kind": "wish"}),
    ("kind", {"kind": ""}),
    ("channel", {"channel": "pigeon"}),
    ("origin", {"origin": "mars"}),
    ("wish", {"wish": "everybody"}),
    ("urgency", {"urgency": "yesterday"}),
    ("requester", {"requester": "robot"}),
    ("requester", {"requester": "anonymous"}),
    ("category", {"category": "999999"}),
    ("category", {"category": ""}),
    ("place", {"place": "atlantis"}),
    ("place", {"place": "yinxing\x00"}),
    ("district", {"district": "atlantis"}),
    ("unit", {"accused": ("nobody",)}),
    ("unit", {"accused": ("city.food_drug",)}),
    ("lat", {"lat": 29.5}),
    ("lat", {"lng": 112.0}),
    ("lat", {"lat": 91.0, "lng": 112.0}),
    ("lat", {"lat": 29.5, "lng": 181.0}),
    ("lat", {"lat": float("nan"), "lng": 112.0}),
    ("lat", {"lat": float("inf"), "lng": 112.0}),
    ("lat", {"lat": 39.9, "lng": 116.4, "place": None}),
    ("phone", {"phone": ""}),
    ("phone", {"phone": "123"}),
    ("phone", {"phone": "1380000000１２"}),
    ("phone", {"phone": "13800000001\x00"}),
    ("name", {"name": ""}),
    ("name", {"name": " "}),
    ("name", {"name": "张" * 41}),
    ("name", {"name": "张\x00"}),
    ("address", {"address": "路" * 201}),
    ("address", {"address": "\x00"}),
    ("identity", {"identity": "123"}),
    ("identity", {"identity": "110101199001010000"}),
    ("attachments", {"attachments": ("no-such-ticket",)}),
    ("attachments", {"attachments": ("\x00",)}),
    ("external", {"external": ("s" * 41, "1")}),
    ("external", {"external": ("system", "1" * 81)}),
    ("external", {"external": ("system", "\x00")}),
    ("external", {"external": ("system", " ")}),
]


@pytest.mark.parametrize(("field", "wrong"), WRONG, ids=[f"{field}-{n}" for n, (field, _) in enumerate(WRONG)])
def test_a_wrong_field_is_named_in_words_and_nothing_is_stored(world: Make, field: str, wrong: dict[str, Any]) -> None:
    """Each field of a report, wrong in every way."""
    city = world("yunchuan")
    with unchanged(), pytest.raises(BadInput) as refused:
        city.file(**{**LAMP, **wrong})
    assert refused.value.field == field
    assert any("\u4e00" <= character <= "\u9fff" for character in refused.value.zh) and refused.value.zh.endswith("。")
    assert refused.value.en.endswith(".")


def test_every_kind_of_words_is_kept_whole_and_nothing_deceives(world: Make) -> None:
    """Emoji, rare characters, minority scripts and HTML stay as they were typed; a direction override goes."""
    city = world("yunchuan")
    body = "𠮷𡈽村的路灯 💡👨‍👩‍👧 坏了 ཁྲིམས་ ئۇيغۇر <script>alert('路灯')</script> &amp; 100% ⚠️"
    code = city.file(title="路灯<b>不亮</b>", body=f"\u202e{body}\u202c\n\n\n\n谢谢", place="yinxing-b1", name="张\u202e先生", address="1栋\u2066\u20692单元")
    kept = CaseText.objects.get(case__code=code, kind="body")
    assert (kept.title, kept.body) == ("路灯<b>不亮</b>", f"{body}\n\n谢谢")
    row = HallRow.objects.get(code=code)
    assert row.title == "路灯<b>不亮</b>" and "<script>" in row.body
    person = people.opened(Party.objects.get(case__code=code))
    assert (person.name, person.address) == ("张先生", "1栋2单元")
    city.holds()


def test_a_line_without_a_title_gives_the_title(world: Make) -> None:
    """The first line, cut at forty characters."""
    city = world("yunchuan")
    code = city.file(body="路" * 50 + "\n第二行")
    assert city.case(code).title == "路" * 39 + "…"


def test_the_same_key_is_the_same_case(world: Make) -> None:
    """Sent twice, filed once; the answer is the same, secret included. Another request under the key is refused."""
    city = world("yunchuan")
    report = Report(**LAMP, **WHO)
    first = intake.file(report, by=HOLDER, classifier=classifier("yunchuan"), key="k-1")
    with unchanged():
        again = intake.file(report, by=HOLDER, classifier=classifier("yunchuan"), key="k-1")
        with pytest.raises(WrongState):
            intake.file(Report(**{**LAMP, "body": "是另一件事。"}, **WHO), by=HOLDER, classifier=classifier("yunchuan"), key="k-1")
    assert (again.code, again.secret, again.repeated, first.repeated) == (first.code, first.secret, "yes", "")
    other = intake.file(report, by=city.who("desk1"), classifier=classifier("yunchuan"), key="k-1")
    assert other.code != first.code, "keys belong to whoever sends them"


@pytest.mark.django_db(transaction=True)
def test_the_same_key_twice_at_once_is_one_case(world: Make) -> None:
    """Two threads, two connections: one files; the other gets the same answer or is told that it is being filed."""
    world("yunchuan")
    report = Report(**LAMP, **WHO)

    def send() -> intake.Filed:
        return intake.file(report, by=HOLDER, classifier=classifier("yunchuan"), key="k-2")

    results = at_once(send, send, send)
    filed = [r for r in results if isinstance(r, intake.Filed)]
    assert filed and all(isinstance(r, intake.Filed | WrongState) for r in results), results
    assert {f.code for f in filed} == {Case.objects.get().code}
    assert len({f.secret for f in filed}) == 1
    assert Party.objects.count() == 1


def test_one_draft_is_one_case_whoever_sends_it_again(world: Make) -> None:
    """Under another key, signed in meanwhile: the same answer. With other words nothing is stored, and it says so. A draft's name is no key."""
    world("yunchuan")
    report, draft = Report(**LAMP, **WHO), "6f1c2a34-0000-4000-8000-00000000000a"
    first = intake.file(report, by=HOLDER, classifier=classifier("yunchuan"), key="k-1", draft=draft)
    with unchanged():
        again = intake.file(replace(report, account=None), by=HOLDER, classifier=classifier("yunchuan"), key="k-9", draft=draft)
        signed_in = intake.file(report, by=citizen(7), classifier=classifier("yunchuan"), draft=draft)
        changed = intake.file(replace(report, body="是另一件事。"), by=HOLDER, classifier=classifier("yunchuan"), key="k-8", draft=draft)
    assert {(one.code, one.secret) for one in (again, signed_in, changed)} == {(first.code, first.secret)}
    assert [one.repeated for one in (first, again, signed_in, changed)] == ["", "yes", "yes", "changed"]
    assert intake.file(report, by=HOLDER, classifier=classifier("yunchuan"), key=draft).code != first.code


@pytest.mark.django_db(transaction=True)
def test_one_draft_sent_by_page_and_worker_at_once_is_one_case(world: Make) -> None:
    """Each with a key of its own, as after the cookie has changed."""
    world("yunchuan")
    report, keys = Report(**LAMP, **WHO), iter(["k-1", "k-2", "k-3"])

    def send() -> intake.Filed:
        return intake.file(report, by=HOLDER, classifier=classifier("yunchuan"), key=next(keys), draft="6f1c2a34-0000-4000-8000-00000000000b")

    results = at_once(send, send, send)
    filed = [r for r in results if isinstance(r, intake.Filed)]
    assert filed and all(isinstance(r, intake.Filed | WrongState) for r in results), results
    assert {(one.code, one.secret) for one in filed} == {(Case.objects.get().code, filed[0].secret)}
    assert Party.objects.count() == 1


def test_an_outside_number_is_filed_once(world: Make) -> None:
    """One system never files the same number twice; another system may."""
    city = world("yunchuan")
    city.file(**LAMP, external=("12345", "A-1"))
    with unchanged(), pytest.raises(WrongState):
        city.file(**LAMP, external=("12345", "A-1"))
    city.file(**LAMP, external=("media", "A-1"))
    assert Case.objects.count() == 2


def test_anonymous_only_where_the_rules_allow_it(world: Make) -> None:
    """举报 needs no name; a complaint does."""
    city = world("yunchuan")
    code = city.file(body="他们向商户收好处费。", kind="report", requester="anonymous", name="", phone="")
    assert not Party.objects.exists()
    assert city.case(code).visibility == "secret"
    with unchanged(), pytest.raises(BadInput):
        city.file(body="路灯坏了。", requester="anonymous", name="", phone="")


@pytest.mark.parametrize(
    ("told", "visibility"),
    [
        ({}, "public"),
        ({"wish": "private"}, "private"),
        ({"wish": "secret"}, "private"),
        ({"kind": "report"}, "secret"),
        ({"kind": "report", "wish": "private"}, "secret"),
    ],
)
def test_the_stricter_of_wish_and_rule_stands(world: Make, told: dict[str, Any], visibility: str) -> None:
    """保密 is the word of the rules; a person's wish makes a public case private, never a secret one public."""
    city = world("yunchuan")
    code = city.file(**LAMP, **told)
    assert city.case(code).visibility == visibility
    assert HallRow.objects.filter(code=code).exists() == (visibility == "public")
    city.holds()


def test_a_sensitive_category_is_private(world: Make) -> None:
    """… also when the category is only found at registration: then the hall row goes."""
    city = world("yunchuan")
    sensitive = next(c.code for c in directories.current().categories.values() if c.sensitive and c.level == 3)
    assert city.case(city.file(**LAMP, category=sensitive)).visibility == "private"
    code = received(city)
    assert HallRow.objects.filter(code=code).exists()
    city.do(intake.register, code, by="desk1", category=sensitive)
    assert city.case(code).visibility == "private"
    assert not HallRow.objects.filter(code=code).exists()
    city.holds()


def test_what_is_sure_is_dispatched_in_the_same_transaction(world: Make) -> None:
    """Received, registered and dispatched at one moment, each with the rule that decided."""
    city = world("yunchuan")
    code = city.file(**LAMP)
    events = list(CaseEvent.objects.filter(case__code=code, action__in=("receive", "register", "dispatch")).order_by("seq"))
    assert [e.action for e in events] == ["receive", "register", "dispatch"]
    assert len({e.at for e in events}) == 1
    assert [e.actor for e in events] == ["citizen", "system", "system"]
    assert all(e.decision and e.decision["rule"] and e.decision["because"] and e.decision["profile"].startswith("yunchuan@") for e in events)
    assert city.case(code).unit == "songtao.urban_management"


def test_what_is_not_sure_waits_for_the_desk_with_suggestions(world: Make) -> None:
    """The event says what the classifier thought and why; a person decides, and then the rules place it."""
    city = world("yunchuan")
    unsure = FixedClassifier(Classification(
        suggestions=(Suggestion(code="020201", confidence=0.41, because=("路灯",)), Suggestion(code="010101", confidence=0.3, because=("摊点",))),
        sure=False, urgent=False, urgent_because=(),
    ))  # fmt: skip
    code = intake.file(Report(**LAMP, **WHO), by=HOLDER, classifier=unsure).code
    assert city.state(code) == "received" and city.case(code).category is None
    assert event(code, "receive").data["suggested"] == [
        {"code": "020201", "percent": 41, "because": ["路灯"]},
        {"code": "010101", "percent": 30, "because": ["摊点"]},
    ]
    with pytest.raises(BadInput) as refused:
        city.do(intake.register, code, by="desk1")
    assert refused.value.field == "category"
    with pytest.raises(BadInput):
        city.do(intake.register, code, by="desk1", category="nothing")
    with pytest.raises(NotAllowed) as not_mine:
        city.do(intake.register, code, by="callback1", category="020201")
    assert "坐席" in not_mine.value.zh
    city.do(intake.register, code, by="desk1", category="020201", urgency="high")
    assert city.state(code) == "dispatched"
    assert (city.case(code).category, city.case(code).urgency) == ("020201", "high")
    with pytest.raises(WrongState):
        city.do(intake.register, code, by="desk1", category="020201")
    city.holds()


def test_where_the_rules_send_it_to_the_desk_nothing_moves_by_itself(world: Make) -> None:
    """maanshan: a person reads everything first, however sure the classifier is."""
    city = world("maanshan")
    code = city.file(title="路灯不亮", body="小区门口的路灯坏了，晚上看不见路。", place="yanghu-b12")
    assert city.state(code) == "received"
    assert city.deadline(code, "dispatch").due_at == clock.now() + timedelta(minutes=30)


def test_danger_is_urgent_and_the_journal_says_so_without_the_words(world: Make) -> None:
    """The classifier's reasons for urgency are the person's own words: they lie beside the journal, where they can be erased."""
    city = world("yunchuan")
    code = city.file(body="楼下有老人赵某某摔倒，没有人管，井盖也丢了。", place="yinxing-b1")
    assert city.case(code).urgency == "urgent"
    told = json.dumps(event(code, "receive").data, ensure_ascii=False)
    assert "赵某某" not in told and event(code, "receive").data["urgent_because"]


def test_the_journal_holds_no_personal_data_and_no_words(world: Make) -> None:
    """No name, number or address, and no five characters of what was told."""
    city = world("yunchuan")
    secret = {"name": "欧阳某某", "phone": "13800000077", "address": "梧桐里七号院", "identity": _identity(), "place_text": "梧桐里后门第三棵树下"}
    body = "隔壁的狗半夜一直叫唤，孩子要中考睡不成觉，找过物业两回没人理。"
    code = city.file(title="恶犬扰民整夜不停", body=body, **secret)
    city.do(intake.decline, code, by="desk1", reason="属于邻里纠纷先请社区调解", basis="条例第三十二条之规定", appeal="可以拨打热线要求复核")
    journal = json.dumps(list(CaseEvent.objects.filter(case__code=code).values("action", "actor", "data", "decision", "unit")), ensure_ascii=False)
    for value in (*secret.values(), "属于邻里纠纷", "条例第三十二条"):
        assert value not in journal
    for text in (body, "恶犬扰民整夜不停"):
        for start in range(len(text) - 4):
            assert text[start : start + 5] not in journal
    rows = json.dumps(list(Case.objects.filter(code=code).values("facts")), ensure_ascii=False)
    assert not any(value in rows for value in secret.values())
    party = Party.objects.get(case__code=code)
    assert b"13800000077" not in bytes(party.phone) and bytes(party.phone_index) == keyring().blind_index("13800000077", kind="phone")


def _identity() -> str:
    return "11010119900307039" + identity_check("11010119900307039")


def test_place_district_and_point_agree(world: Make) -> None:
    """The deepest place that holds the point; its district goes with it; a point without a known place is only a point."""
    city = world("yunchuan")
    at_point = city.file(body="路灯坏了。", lat=29.56477, lng=112.02154)
    assert (city.case(at_point).place, city.case(at_point).district) == ("yinxing-g1", "qinghe")
    by_code = city.file(body="路灯坏了。", place="yinxing-b1", district="minghu")
    assert (city.case(by_code).place, city.case(by_code).district) == ("yinxing-b1", "qinghe")
    wide = city.file(body="路灯坏了。", district="qinghe")
    assert (city.case(wide).place, city.case(wide).district) == ("qinghe", "qinghe")


def test_photos_are_taken_with_the_case_or_not_at_all(world: Make) -> None:
    """One missing ticket refuses the whole; a taken photo cannot be taken again."""
    city = world("yunchuan")
    for ticket in ("t-1", "t-2"):
        Attachment.objects.create(digest=ticket * 10, media_type="image/jpeg", size=1, at=clock.now(), ticket=ticket)
    with unchanged(), pytest.raises(BadInput):
        city.file(**LAMP, attachments=("t-1", "t-9"))
    assert Attachment.objects.filter(case=None).count() == 2
    code = city.file(**LAMP, attachments=("t-1", "t-2", "t-2"))
    assert Attachment.objects.filter(case__code=code, ticket="").count() == 2
    with pytest.raises(BadInput):
        city.file(**LAMP, attachments=("t-1",))


def test_declining_says_why_and_how_to_appeal(world: Make) -> None:
    """不予受理 is public to the person, ends the clocks, and can be reopened."""
    city = world("yunchuan")
    code = received(city)
    words = {"reason": "属于法院正在审理的案件。", "basis": "信访工作条例。", "appeal": "可以向法院反映。"}
    for field in words:
        with unchanged(), pytest.raises(BadInput) as refused:
            city.do(intake.decline, code, by="desk1", **{**words, field: " "})
        assert refused.value.field == field
    city.do(intake.decline, code, by="desk1", **words)
    assert city.state(code) == "declined"
    text = CaseText.objects.get(case__code=code, kind="decline")
    assert text.public and all(word in (text.body or "") for word in words.values())
    assert not city.case(code).deadlines.filter(ended_at=None, met_at=None).exists()
    city.holds()


def test_nothing_is_queued_when_nothing_is_filed(world: Make) -> None:
    """A filed case queues one notice; counts says so, and a refused one queues none."""
    city = world("yunchuan")
    before = counts()["procrastinate_jobs"]
    city.file(**LAMP)
    assert counts()["procrastinate_jobs"] == before + 1
