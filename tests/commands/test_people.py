"""当事人: sealed, opened with a reason, erased for good, and re-sealed when keys rotate."""

import json
from collections.abc import Callable

import pytest

from minsheng import clock, projections
from minsheng.commands import amending, callback, checkpoints, intake, people, publishing
from minsheng.domain.access import HOLDER
from minsheng.domain.errors import BadInput, NotAllowed, NotFound
from minsheng.models.case import Attachment, CaseText, Filing, Opening, Party, ReleasedText
from minsheng.models.read import HallRow, Notice
from minsheng.queries import hall
from minsheng.sealing import Keyring, SealBroken
from tests.commands import scenes
from tests.commands.scenes import CLERK, LAMP, event, unchanged
from tests.world import World, classifier

Make = Callable[..., World]


def test_opening_is_recorded_with_its_reason(world: Make) -> None:
    """Who, when, why, which fields: a row a person; the case itself does not change."""
    city = world("yunchuan")
    code = scenes.handled(city, address="银杏花园1栋2单元")
    version = city.case(code).version
    opened = city.do(people.open_parties, code, by=CLERK, reason="上门前打电话")
    assert [(p.name, p.phone, p.address) for p in opened] == [("张先生", "13800000001", "银杏花园1栋2单元")]
    row = Opening.objects.get()
    assert (row.by, row.unit, row.reason, row.fields, row.at) == (
        city.who(CLERK).tag,
        "songtao.urban_management",
        "上门前打电话",
        ["name", "phone", "address"],
        clock.now(),
    )
    assert city.case(code).version == version


@pytest.mark.parametrize("username", ["deputy1", "songtao-shijian", "leader1", "checker1", "yinxing", "analyst1", "citizen"])
def test_others_see_no_person(world: Make, username: str) -> None:
    """Readers, other units, and even the desk's checker: refused, and nothing is recorded as opened."""
    city = world("yunchuan")
    code = scenes.handled(city)
    with unchanged(), pytest.raises((NotAllowed, NotFound)):
        city.do(people.open_parties, code, by=username, reason="想看看")


@pytest.mark.parametrize("reason", ["", " ", "因" * 201])
def test_no_opening_without_a_reason(world: Make, reason: str) -> None:
    """Empty or endless: refused."""
    city = world("yunchuan")
    code = scenes.handled(city)
    with unchanged(), pytest.raises(BadInput):
        city.do(people.open_parties, code, by=CLERK, reason=reason)


def test_cases_of_a_caller_are_found_without_opening_anything(world: Make) -> None:
    """The blind index finds the number however it is written."""
    city = world("yunchuan")
    code, _ = scenes.dispatched(city), scenes.dispatched(city, phone="13800000002")
    assert [c.code for c in people.of_phone("+86 138-0000-0001")] == [code]
    assert people.of_phone("13800000009") == []
    assert not Opening.objects.exists()


def test_joining_and_leaving(world: Make) -> None:
    """我也遇到: once a number, counted in the hall; leaving takes it back. What is not public cannot be joined."""
    city = world("yunchuan")
    code, private = scenes.handled(city), scenes.handled(city, wish="private")
    city.do(people.support, code, by="citizen", name="李女士", phone="13800000002")
    assert HallRow.objects.get(code=code).supporters == 1
    for values in ({"phone": "138 0000 0002"}, {"phone": "13800000001"}, {"phone": "1"}, {"name": " "}):
        with unchanged(), pytest.raises(BadInput):
            city.do(people.support, code, by="citizen", **{"name": "李女士", "phone": "13800000003", **values})
    for hidden in (private, "YC269999999"):
        with unchanged(), pytest.raises(NotFound):
            city.do(people.support, hidden, by="citizen", name="李女士", phone="13800000002")
    city.do(people.leave, code, by="citizen", phone="13800000002")
    assert HallRow.objects.get(code=code).supporters == 0
    with unchanged(), pytest.raises(NotFound):
        city.do(people.leave, code, by="citizen", phone="13800000002")
    city.holds()


def test_what_became_private_can_no_longer_be_joined(world: Make) -> None:
    """It was public once: now it answers like an unknown code."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(amending.amend, code, by="desk1", visibility="private", reason="诉求人要求。")
    with unchanged(), pytest.raises(NotFound):
        city.do(people.support, code, by="citizen", name="李女士", phone="13800000002")


WORDS = ("小区门口的路灯坏了", "路灯不亮", "张先生", "13800000001", "梧桐里后门", "又坏了一盏", "修得很慢", "还在闪")


def test_erasing_takes_the_person_and_every_word_and_the_journal_stays_whole(world: Make) -> None:
    """Body, place, supplement, rating, reasons, released text, hall, notices, files: gone. Times and figures stay; verify says erased, not broken."""
    city = world("yunchuan")
    code = scenes.closed(city, place_text="梧桐里后门")
    Attachment.objects.create(case=city.case(code), digest="d" * 64, media_type="image/jpeg", size=1, at=clock.now())
    city.do(callback.rate, code, by="citizen", level=3, reasons="修得很慢")
    city.do(callback.reopen, code, by="citizen", reason="还在闪")
    city.do(amending.supplement, code, by="citizen", text="又坏了一盏")
    city.send()
    seq = city.case(code).seq
    with unchanged(), pytest.raises(BadInput):
        city.do(people.erase, code, by="desk1", reason=" ")
    with unchanged(), pytest.raises((NotAllowed, NotFound)):
        city.do(people.erase, code, by=CLERK, reason="诉求人要求")
    city.do(people.erase, code, by="desk1", reason="诉求人要求删除个人信息")

    party = Party.objects.get(case__code=code, role="caller")
    assert (party.name, party.phone, party.phone_index, party.erased_at) == (None, None, None, clock.now())
    gone = CaseText.objects.filter(case__code=code, erased_at__isnull=False)
    assert set(gone.values_list("kind", flat=True)) == {"body", "place", "rating", "reopen", "supplement"}
    assert not gone.exclude(body=None).exists() and not gone.exclude(salt=None).exists()
    assert event(code, "erased").data["erased"] == sorted(gone.values_list("digest", flat=True))
    assert Attachment.objects.get().erased_at == clock.now()
    row = HallRow.objects.get(code=code)
    assert (row.title, row.body) == ("", "") and row.answer == ""
    assert hall.hall(hall.Filters(q="路灯")).rows == []
    everything = json.dumps([list(m.objects.values()) for m in (CaseText, ReleasedText, HallRow, Notice, Party, Filing)] + [city.case(code).title], default=str)
    for words in WORDS:
        assert json.dumps(words)[1:-1] not in everything, words
    assert city.case(code).seq == seq + 1
    assert checkpoints.verify(rebuild=1).erased == 5
    city.holds()
    projections.restore_hall()
    assert HallRow.objects.get(code=code).body == ""


def test_an_erased_caller_is_told_nothing_more(world: Make) -> None:
    """No notice finds a number that is no longer there."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    city.do(people.erase, code, by="desk1", reason="诉求人要求")
    city.send()
    assert not Notice.objects.filter(case__code=code, channel="sms").exists()
    assert city.sms.sent == ()


def test_erasing_twice_is_no_harm(world: Make) -> None:
    """The second time there is nothing left to erase; the journal says so again."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    for _ in range(2):
        city.do(people.erase, code, by="supervisor1", reason="诉求人要求")
    assert event(code, "erased").data["erased"] == []
    city.holds()


def test_keys_rotate_without_losing_anybody(world: Make, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sealed under the old key, re-sealed under the new; afterwards the old key may go; the repeated answer to a filing still opens."""
    city = world("yunchuan")
    old, new, index = ("key-1", b"a" * 32), ("key-2", b"b" * 32), b"x" * 32
    _use(monkeypatch, Keyring(keys=[old], index_key=index))
    report = intake.Report(**LAMP, name="张先生", phone="13800000001")
    filed = intake.file(report, by=HOLDER, classifier=classifier("yunchuan"), key="k")
    city.do(people.erase, scenes.dispatched(city), by="desk1", reason="诉求人要求")

    _use(monkeypatch, Keyring(keys=[new, old], index_key=index))
    assert people.rekey() == 2
    assert people.rekey() == 0
    _use(monkeypatch, Keyring(keys=[new], index_key=index))
    party = Party.objects.get(erased_at=None)
    assert people.opened(party).phone == "13800000001"
    assert [c.code for c in people.of_phone("13800000001")] == [filed.code]
    assert intake.file(report, by=HOLDER, classifier=classifier("yunchuan"), key="k").secret == filed.secret
    _use(monkeypatch, Keyring(keys=[old], index_key=index))
    with pytest.raises(SealBroken):
        people.opened(party)


def _use(monkeypatch: pytest.MonkeyPatch, ring: Keyring) -> None:
    monkeypatch.setattr(people, "keyring", lambda: ring)
    monkeypatch.setattr(intake, "keyring", lambda: ring)


def test_a_sealed_value_opens_only_where_it_belongs(world: Make) -> None:
    """Copied into another case's row, it does not open."""
    city = world("yunchuan")
    one, two = scenes.dispatched(city), scenes.dispatched(city, phone="13800000002")
    Party.objects.filter(case__code=one).update(phone=Party.objects.get(case__code=two).phone)
    with pytest.raises(SealBroken):
        people.opened(Party.objects.get(case__code=one))


def test_released_versions_are_blanked_too(world: Make) -> None:
    """Every public version of the erased words, not only the last."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    digest = ReleasedText.objects.get(case__code=code, kind="body").digest
    city.do(publishing.edit_released, code, by="desk1", digest=digest, title="路灯", body="有一盏路灯不亮。")
    city.do(people.erase, code, by="desk1", reason="诉求人要求")
    assert set(ReleasedText.objects.filter(case__code=code).values_list("title", "body")) == {("", "")}
