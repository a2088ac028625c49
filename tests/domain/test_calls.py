"""Messages of an exchange add up to one call in whatever order they come; signatures; numbers; where recordings may lie."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from minsheng.domain.calls import BY_DEED, WRAP_UPS, Course, Told, begin, fold, masked, normal_number, recording_address, sign, signed_rightly
from minsheng.domain.errors import BadInput

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def told(event: str, seconds: int, *, extension: str = "8001", recording: str = "") -> Told:
    return Told(id="a", event=event, at=T0 + timedelta(seconds=seconds), extension=extension, recording=recording)


def add_up(*messages: Told) -> Course:
    course = begin(messages[0])
    for message in messages[1:]:
        course = fold(course, message)
    return course


def test_the_order_of_the_messages_does_not_matter_and_repeats_change_nothing() -> None:
    whole = (told("ringing", 0), told("answered", 5), told("ended", 65))
    right = add_up(*whole)
    assert (right.status, right.at, right.answered_at, right.ended_at) == ("ended", T0, T0 + timedelta(seconds=5), T0 + timedelta(seconds=65))
    for order in itertools.permutations(whole):
        assert add_up(*order) == right
        assert add_up(*order, *order) == right


def test_a_call_never_goes_back() -> None:
    assert add_up(told("ended", 65), told("ringing", 0)).status == "missed"
    assert add_up(told("ended", 65), told("ringing", 0), told("answered", 5)).status == "ended"
    assert add_up(told("answered", 5), told("ringing", 0)).status == "answered"
    assert add_up(told("answered", 5), told("missed", 6)).status == "ended", "one desk missed it, another had it"


@pytest.mark.parametrize(("direction", "status"), [("in", "missed"), ("out", "failed")])
def test_what_ends_without_an_answer(direction: str, status: str) -> None:
    message = Told(id="a", event="ringing", at=T0, direction=direction)
    assert add_up(message, told("ended", 20)).status == status


def test_a_recording_proves_that_somebody_answered() -> None:
    assert add_up(told("ringing", 0), told("ended", 20, recording="https://pbx.example/1")).status == "ended"


def test_a_queue_passes_a_call_on_to_the_next_desk_and_old_news_does_not_bring_it_back() -> None:
    first, second = told("ringing", 0), told("ringing", 15, extension="8002")
    assert add_up(first, second).extension == "8002"
    assert add_up(first, second, first).extension == "8002"
    assert add_up(second, first).extension == "8002"
    assert add_up(first, second, told("answered", 20, extension="8003")).extension == "8003"
    assert add_up(told("answered", 20, extension="8003"), second).extension == "8003"


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("138 0000 0001", "13800000001"),
        ("+8613800000001", "13800000001"),
        ("anonymous", ""),
        ("", ""),
        ("10086", "10086"),
        ("sip:8001@pbx", "8001"),
        ("1" * 30, ""),
    ],
)
def test_numbers_as_an_exchange_has_them(given: str, number: str) -> None:
    assert normal_number(given) == number


def test_a_masked_number_cannot_be_dialled() -> None:
    assert masked("13800000001") == "138 **** 0001"
    assert masked("0555-2345678") == "******** 678"
    assert "10086" not in masked("10086")


def test_a_signature_holds_for_these_bytes_this_key_and_these_minutes() -> None:
    now, body = T0, b'{"id": "a"}'
    stamp = str(int(now.timestamp()))
    good = sign(body, secret="s", time=stamp)

    def right(**changed: object) -> bool:
        given = {"secret": "s", "time": stamp, "signature": good, "now": now, **changed}
        return signed_rightly(body, **given)  # type: ignore[arg-type]

    assert right()
    assert right(signature=good.upper())
    assert right(now=now + timedelta(minutes=5))
    assert not right(now=now + timedelta(minutes=5, seconds=1))
    assert not right(now=now - timedelta(minutes=5, seconds=1))
    assert not right(secret="t")
    assert not right(signature="")
    assert not right(signature="é" * 64)
    assert not right(time="soon")
    assert not right(time=str(int(stamp) + 1)), "the time is signed too"
    assert not signed_rightly(body + b" ", secret="s", time=stamp, signature=good, now=now)


@pytest.mark.parametrize("address", ["https://pbx.example/a.wav", "https://pbx.example:8443/a.wav", "http://127.0.0.1:9000/a.wav", "http://localhost/a"])
def test_recordings_lie_where_the_settings_say(address: str) -> None:
    assert recording_address(address, hosts=["pbx.example"]) == address


@pytest.mark.parametrize(
    "address",
    ["http://pbx.example/a", "https://elsewhere.example/a", "https://pbx.example.evil/a", "https://me@pbx.example/a", "file:///etc/passwd",
     "javascript:alert(1)", "https://pbx.example/a\nb", "https://evil.example\\@pbx.example/", "https://pbx.example/" + "a" * 300],
)  # fmt: skip
def test_and_nowhere_else(address: str) -> None:
    with pytest.raises(BadInput):
        recording_address(address, hosts=["pbx.example"])


def test_wrap_ups_by_deed_are_wrap_ups() -> None:
    assert set(WRAP_UPS) > BY_DEED
