"""One contract for whoever dials; the line of the manager interface with everything that can go wrong on it; the bridge against the real protocol."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from minsheng.adapters.asterisk import Asterisk, Bridge, ConsoleTelephony
from minsheng.adapters.asterisk_calls import Calls
from minsheng.adapters.asterisk_line import Address, Cut, Denied, Line
from minsheng.domain.calls import sign
from minsheng.ports import Telephony, Undelivered
from tests.adapters.fake_asterisk import FakeAsterisk, bridged, dial, hangup, incoming, leg

SECRET = "secret of the exchange"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def address(fake: FakeAsterisk, secret: str = "sesame") -> Address:
    return Address("127.0.0.1", fake.port, "minsheng", secret)


@pytest.fixture
def fake() -> Iterator[FakeAsterisk]:
    with FakeAsterisk() as one:
        yield one


def wait_for(true: Callable[[], bool]) -> None:
    """Until it is so; the test's own time-out is the only limit."""
    pause = threading.Event()
    for _ in range(2_000):
        if true():
            return
        pause.wait(0.01)
    raise AssertionError("it never came")


# --- whoever dials ------------------------------------------------------------------------------------------------------------------


class Console(ConsoleTelephony):
    """The double, with what it was asked for in the words of the fake."""

    def originated(self) -> list[tuple[str, str, str]]:
        return list(self.dialled)


@pytest.fixture(params=["asterisk", "console"])
def dialler(request: pytest.FixtureRequest, fake: FakeAsterisk) -> tuple[Telephony, Callable[[], list[tuple[str, str, str]]]]:
    if request.param == "console":
        console = ConsoleTelephony()
        return console, lambda: list(console.dialled)

    def originated() -> list[tuple[str, str, str]]:
        return [(one["Channel"].removeprefix("PJSIP/"), one["Exten"], one["ChannelId"]) for one in fake.actions("Originate")]

    return Asterisk(address(fake)), originated


def for_a_while() -> Callable[[], bool]:
    """Yes for twenty seconds: an event that never comes fails the test instead of keeping it."""
    over = threading.Event()
    timer = threading.Timer(20, over.set)
    timer.daemon = True
    timer.start()
    return lambda: not over.is_set()


Dialler = tuple[Telephony, Callable[[], list[tuple[str, str, str]]]]


def test_it_dials_from_the_extension_under_our_name(dialler: Dialler) -> None:
    telephony, originated = dialler
    telephony.dial("8001", "13800000001", key="ms-1")
    assert originated() == [("8001", "13800000001", "ms-1")]


def test_a_number_with_a_line_break_dials_nobody(dialler: Dialler) -> None:
    """It would end the message and begin another one."""
    telephony, originated = dialler
    with pytest.raises(Undelivered):
        telephony.dial("8001", "1380000\r\n\r\nAction: Command", key="ms-1")
    assert originated() == []


def test_it_says_how_it_is(dialler: Dialler) -> None:
    health = dialler[0].check()
    assert health.ok and health.name == "telephony" and health.zh and health.en


def test_what_asterisk_refuses_and_an_exchange_that_is_away(fake: FakeAsterisk) -> None:
    fake.refuses.add("Originate")
    with pytest.raises(Undelivered, match="没有拨出去"):
        Asterisk(address(fake)).dial("8001", "13800000001", key="ms-1")
    with pytest.raises(Undelivered, match="没有答应"):
        Asterisk(address(fake, "wrong")).dial("8001", "13800000001", key="ms-1")
    assert "密码" in Asterisk(address(fake, "wrong")).check().zh
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        away = Asterisk(Address("127.0.0.1", free.getsockname()[1], "minsheng", "sesame"))
        with pytest.raises(Undelivered) as said:
            away.dial("8001", "13800000001", key="ms-1")
        assert "13800000001" not in said.value.en and "sesame" not in said.value.en
        assert not away.check().ok


# --- the line -----------------------------------------------------------------------------------------------------------------------


def test_a_wrong_password(fake: FakeAsterisk) -> None:
    with pytest.raises(Denied) as said:
        Line(address(fake, "wrong"), events="call")
    assert "wrong" not in str(said.value)


@pytest.mark.parametrize("banner", [b"220 smtp.example ESMTP\r\n", b"HTTP/1.1 400 Bad Request\r\n", b"\x00\xff\x00\n"])
def test_something_else_listens_there(banner: bytes) -> None:
    with FakeAsterisk(banner=banner) as other, pytest.raises(Cut, match="no manager interface"):
        Line(address(other), events="off")


def test_an_action_that_is_never_answered(fake: FakeAsterisk) -> None:
    fake.deaf.add("Ping")
    with Line(address(fake), events="off", timeout=0.2) as line, pytest.raises(Cut, match="did not answer Ping"):
        line.ask("Ping")


def test_half_packets_and_a_burst() -> None:
    """Three bytes at a time, and then five hundred events at once: each message is whole, none is lost, in their order."""
    with FakeAsterisk(piece=3) as slow, Line(address(slow), events="call") as line:
        slow.happens(incoming("1.1"), hangup("1.1"))
        events = line.events(goes_on=for_a_while())
        assert [next(events)["Event"] for _ in range(3)] == ["FullyBooted", "Newchannel", "Hangup"]
    with FakeAsterisk() as fast, Line(address(fast), events="call") as line:
        fast.happens(*(incoming(f"2.{n}") for n in range(500)))
        events = line.events(goes_on=for_a_while())
        assert next(events)["Event"] == "FullyBooted"
        assert [next(events)["Uniqueid"] for _ in range(500)] == [f"2.{n}" for n in range(500)]


def test_events_between_a_question_and_its_answer_are_kept(fake: FakeAsterisk) -> None:
    with Line(address(fake), events="call") as line:
        fake.happens(incoming("1.1"))
        assert line.ask("Ping")["Response"] == "Success"
        events = line.events(goes_on=for_a_while())
        assert [next(events)["Event"] for _ in range(2)] == ["FullyBooted", "Newchannel"]


def test_a_line_without_an_end_and_a_line_that_falls_silent(fake: FakeAsterisk) -> None:
    with Line(address(fake), events="call") as line:
        fake.happens(raw=b"Event: " + b"x" * 100_000)
        with pytest.raises(Cut, match="without an end"):
            list(line.events(goes_on=for_a_while()))
    fake.deaf.add("Ping")
    with Line(address(fake), events="call") as line, pytest.raises(Cut, match="silent"):
        list(line.events(goes_on=for_a_while(), silent=0.5))
    assert fake.actions("Ping") != []


# --- what the events mean -----------------------------------------------------------------------------------------------------------


def heard(*events: dict[str, str], calls: Calls | None = None) -> list[tuple[str, str, str]]:
    calls = calls or Calls()
    return [(told.event, told.id, told.extension) for event in events for told in calls.feed(event, now=NOW)]


def test_a_call_that_is_answered() -> None:
    calls, name = Calls(), "1772413200.10"
    found = [told for event in (incoming(name), leg(name), dial(name)) for told in calls.feed(event, now=NOW)]
    assert [(t.event, t.number, t.line, t.extension, t.direction) for t in found] == [
        ("ringing", "13800000001", "12345", "", "in"),
        ("ringing", "13800000001", "12345", "8001", "in"),
    ]
    assert heard(dial(name, end="ANSWER"), hangup(name, f"{name}.8001"), hangup(name), calls=calls) == [("answered", name, "8001"), ("ended", name, "8001")]


def test_the_second_desk_takes_it() -> None:
    name = "1772413200.11"
    events = (incoming(name), leg(name), dial(name), dial(name, end="NOANSWER"), hangup(name, f"{name}.8001"), leg(name, "8002"), dial(name, "8002"),
              dial(name, "8002", end="ANSWER"), hangup(name))  # fmt: skip
    assert heard(*events) == [("ringing", name, ""), ("ringing", name, "8001"), ("ringing", name, "8002"), ("answered", name, "8002"), ("ended", name, "8002")]


def test_nobody_takes_it() -> None:
    name = "1772413200.12"
    assert heard(incoming(name), leg(name), dial(name), hangup(name, f"{name}.8001"), hangup(name))[-1] == ("missed", name, "8001")


def test_a_queue_that_tells_only_of_the_bridge() -> None:
    name = "1772413200.13"
    events = (incoming(name), leg(name), bridged(name, name, "PJSIP/trunk-a-0013"), bridged(name, f"{name}.8001", "PJSIP/8001-0000013b"), hangup(name))
    assert heard(*events) == [("ringing", name, ""), ("answered", name, "8001"), ("ended", name, "8001")]


def test_a_call_that_we_have_asked_for() -> None:
    """The operator's own telephone rings first: that is not yet an answer."""
    name = "ms-abc"
    first = {**leg(name, "8001"), "Uniqueid": name, "Linkedid": name}
    own = {"Event": "DialEnd", "DestChannel": "PJSIP/8001-0000001b", "DestUniqueid": name, "DestLinkedid": name, "DialStatus": "ANSWER"}
    outside = {"Event": "DialEnd", "Channel": "PJSIP/8001-0000001b", "Uniqueid": name, "Linkedid": name, "DestChannel": "PJSIP/trunk-a-00000001",
               "DestLinkedid": name, "DialStatus": "ANSWER"}  # fmt: skip
    assert heard(first, own, outside, hangup(name)) == [("ringing", name, "8001"), ("answered", name, "8001"), ("ended", name, "8001")]


def test_calls_between_desks_and_garbage_mean_nothing() -> None:
    inside = {**leg("1.1", "8001"), "Uniqueid": "1.1", "Linkedid": "1.1", "Exten": "8002"}
    assert (
        heard(inside, dial("1.1", "8002"), hangup("1.1"), {}, {"Event": "Newchannel"}, {"Event": "Hangup"}, {"Event": "DialBegin"}, {"Event": "Sneeze"}) == []
    )


def test_an_operator_who_dials_by_hand() -> None:
    calls = Calls()
    (told,) = calls.feed({**leg("1.2", "8001"), "Uniqueid": "1.2", "Linkedid": "1.2", "Exten": "13800000002"}, now=NOW)
    assert (told.direction, told.number, told.extension) == ("out", "13800000002", "8001")


def test_asterisk_stamps_its_events_and_names_the_recording() -> None:
    calls, name = Calls(), "1772413200.14"
    (told,) = calls.feed({**incoming(name), "Timestamp": "1772413205.250000"}, now=NOW)
    assert told.at.timestamp() == 1772413205.25
    calls.feed({"Event": "UserEvent", "UserEvent": "MinshengRecording", "Linkedid": name, "Url": "https://pbx.example/a.wav"}, now=NOW)
    assert calls.feed(hangup(name), now=NOW)[0].recording == "https://pbx.example/a.wav"


# --- the bridge ---------------------------------------------------------------------------------------------------------------------


class Web(ThreadingHTTPServer):
    """Our own address: checks signatures; `answers` are the next statuses."""

    daemon_threads = True

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.answers: list[int] = []
        super().__init__(("127.0.0.1", 0), _Post)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api/v1/calls"

    def said(self) -> list[tuple[str, str]]:
        return [(one["id"], one["event"]) for one in self.told]


class _Post(BaseHTTPRequestHandler):
    server: Web

    def log_message(self, *_: Any) -> None:
        return

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        right = self.headers["X-Minsheng-Signature"] == sign(body, secret=SECRET, time=self.headers["X-Minsheng-Time"])
        status = self.server.answers.pop(0) if self.server.answers else 204 if right else 401
        if status == 204:
            self.server.told.append(json.loads(body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def bridge(fake: FakeAsterisk, web: Web) -> Iterator[Bridge]:
    one = Bridge(address(fake), url=web.url, secret=SECRET, first=0.02, latest=0.1)
    thread = threading.Thread(target=one.run, daemon=True)
    thread.start()
    yield one
    one.stop()
    thread.join(timeout=10)
    assert not thread.is_alive()


def ready(fake: FakeAsterisk) -> None:
    """The bridge has logged in and heard which calls there are."""
    seen = len(fake.actions("CoreShowChannels"))
    assert fake.logged_in.acquire(timeout=20)
    wait_for(lambda: len(fake.actions("CoreShowChannels")) >= max(1, seen))


def test_the_bridge_tells_of_a_call_in_its_order(fake: FakeAsterisk, web: Web, bridge: Bridge) -> None:
    ready(fake)
    name = "1772413200.20"
    fake.happens(incoming(name), leg(name), dial(name), dial(name, end="ANSWER"), hangup(name))
    wait_for(lambda: len(web.told) == 4)
    assert web.said() == [(name, "ringing"), (name, "ringing"), (name, "answered"), (name, "ended")]
    assert web.told[1] | {"at": ""} == {
        "id": name, "event": "ringing", "number": "13800000001", "line": "12345", "extension": "8001", "direction": "in", "at": "", "recording": "",
    }  # fmt: skip


def test_a_cut_line_is_taken_up_again_and_what_ended_meanwhile_has_ended(fake: FakeAsterisk, web: Web, bridge: Bridge) -> None:
    ready(fake)
    gone, stays, fresh = "1772413200.30", "1772413200.31", "1772413200.32"
    for name in (gone, stays):
        fake.happens(incoming(name), leg(name), dial(name))
    fake.happens(dial(gone, end="ANSWER"))
    wait_for(lambda: (gone, "answered") in web.said() and (stays, "ringing") in web.said())
    fake.channels = [incoming(stays), {**incoming(fresh), "BridgeId": "b"}, {**leg(fresh, "8002"), "BridgeId": "b"}]
    fake.cut()
    wait_for(lambda: {(gone, "ended"), (fresh, "ringing"), (fresh, "answered")} <= set(web.said()))
    fake.happens(hangup(stays))
    wait_for(lambda: (stays, "missed") in web.said())


def test_a_web_server_that_is_away_is_told_later_and_what_it_refuses_is_left(fake: FakeAsterisk, web: Web, bridge: Bridge) -> None:
    ready(fake)
    web.answers = [503, 502, 422]
    fake.happens(incoming("1.40"), hangup("1.40"), incoming("1.41"))
    wait_for(lambda: len(web.told) == 2)
    assert web.said() == [("1.40", "missed"), ("1.41", "ringing")], "the first was refused for good, the others came in order"


def test_it_says_goodbye(fake: FakeAsterisk, web: Web) -> None:
    one = Bridge(address(fake), url=web.url, secret=SECRET, first=0.02)
    thread = threading.Thread(target=one.run, daemon=True)
    thread.start()
    ready(fake)
    one.stop()
    thread.join(timeout=10)
    wait_for(lambda: fake.actions("Logoff") != [])


def test_a_wrong_password_is_tried_again_slowly(fake: FakeAsterisk, web: Web) -> None:
    one = Bridge(address(fake, "wrong"), url=web.url, secret=SECRET, first=0.01, latest=0.05)
    thread = threading.Thread(target=one.run, daemon=True)
    thread.start()
    wait_for(lambda: len(fake.actions("Login")) >= 3)
    one.stop()
    thread.join(timeout=10)
    assert not thread.is_alive() and web.told == []
