"""What Asterisk's events say of a call, put into the four words that we take: ringing, answered, ended, missed. No line and no clock: events in, messages out.

A call is what shares a Linkedid; its first channel has it as its own Uniqueid. Legs at an extension are operators, the other one is the person outside.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from minsheng.domain.calls import Told

Event = dict[str, str]
#: Calls that we have asked for have a name that we chose (commands/dialling.py).
OURS = "ms-"
#: As many calls at once are more than any hotline has: what is older was lost on the way.
_MOST = 5_000


@dataclass(slots=True)
class _Call:
    direction: str
    number: str = ""
    line: str = ""
    extension: str = ""
    answered: bool = False
    recording: str = ""
    legs: dict[str, str] = field(default_factory=dict)
    """Uniqueid → peer."""
    bridges: dict[str, str] = field(default_factory=dict)
    """Uniqueid → bridge it is in."""


class Calls:
    """The calls of one exchange. extensions: pattern of what is an operator's telephone."""

    def __init__(self, *, extensions: str = r"[0-9]{3,6}") -> None:
        self._extension = re.compile(extensions)
        self._calls: dict[str, _Call] = {}

    def feed(self, event: Event, *, now: datetime) -> list[Told]:
        """What this event means for a call, if anything."""
        at = _when(event, now)
        match event.get("Event"):
            case "Newchannel":
                return self._new(event, at)
            case "DialBegin":
                return self._rings(event, at)
            case "DialEnd":
                return self._taken(event, at) if event.get("DialStatus") == "ANSWER" else []
            case "BridgeEnter":
                return self._bridged(event, at)
            case "BridgeLeave":
                call = self._calls.get(event.get("Linkedid", ""))
                if call is not None:
                    call.bridges.pop(event.get("Uniqueid", ""), None)
                return []
            case "UserEvent" if event.get("UserEvent") == "MinshengRecording":
                call = self._calls.get(event.get("Linkedid", ""))
                if call is not None:
                    call.recording = event.get("Url", "")
                return []
            case "Hangup":
                return self._gone(event, at)
        return []

    def still(self, channels: list[Event], *, now: datetime) -> list[Told]:
        """After a cut line: calls that are gone have ended meanwhile, calls that are new have begun, and who is in a bridge speaks."""
        there = {event.get("Linkedid", "") for event in channels}
        told = [one for name in list(self._calls) if name not in there for one in self._end(name, now)]
        for event in sorted(channels, key=lambda one: one.get("Uniqueid") != one.get("Linkedid")):
            known = self._calls.get(event.get("Linkedid", ""))
            if known is None or event.get("Uniqueid", "") not in known.legs:
                told += self.feed({**event, "Event": "Newchannel"}, now=now)
            if event.get("BridgeId"):
                told += self.feed({**event, "Event": "BridgeEnter", "BridgeUniqueid": event["BridgeId"]}, now=now)
        return told

    # --- events -----------------------------------------------------------------------------------------------------------------

    def _new(self, event: Event, at: datetime) -> list[Told]:
        unique, linked, peer = event.get("Uniqueid", ""), event.get("Linkedid", ""), _peer(event.get("Channel", ""))
        if not unique:
            return []
        if linked in self._calls:
            self._calls[linked].legs[unique] = peer
            return []
        if unique != linked:
            return []
        inside, to = self._inside(peer), event.get("Exten", "")
        if unique.startswith(OURS):
            call = _Call("out", extension=peer)
        elif inside and (self._inside(to) or not to):
            return []  # one desk calls another: nobody outside is on the line
        elif inside:
            call = _Call("out", number=to, extension=peer)
        else:
            call = _Call("in", number=event.get("CallerIDNum", ""), line=to)
        call.legs[unique] = peer
        if len(self._calls) >= _MOST:
            del self._calls[next(iter(self._calls))]
        self._calls[unique] = call
        return [self._say(unique, call, "ringing", at)]

    def _rings(self, event: Event, at: datetime) -> list[Told]:
        name, call, peer = self._leg(event)
        if call is None or call.direction != "in" or call.answered or not self._inside(peer):
            return []
        call.extension = peer
        return [self._say(name, call, "ringing", at)]

    def _taken(self, event: Event, at: datetime) -> list[Told]:
        name, call, peer = self._leg(event)
        if call is None or call.answered or (call.direction == "out" and peer == call.extension):
            return []
        if call.direction == "in":
            if not self._inside(peer):
                return []
            call.extension = peer
        return self._answer(name, call, at)

    def _bridged(self, event: Event, at: datetime) -> list[Told]:
        name, unique, bridge = event.get("Linkedid", ""), event.get("Uniqueid", ""), event.get("BridgeUniqueid", "")
        call = self._calls.get(name)
        if call is None or not unique:
            return []
        call.legs.setdefault(unique, _peer(event.get("Channel", "")))
        call.bridges[unique] = bridge
        together = [call.legs[leg] for leg, where in call.bridges.items() if where == bridge and leg in call.legs]
        operators = [peer for peer in together if self._inside(peer)]
        if call.answered or len(together) < 2 or not operators:
            return []
        if call.direction == "in":
            call.extension = operators[-1]
        return self._answer(name, call, at)

    def _gone(self, event: Event, at: datetime) -> list[Told]:
        name, unique = event.get("Linkedid", ""), event.get("Uniqueid", "")
        call = self._calls.get(name)
        if call is None:
            return []
        call.legs.pop(unique, None)
        call.bridges.pop(unique, None)
        return self._end(name, at) if unique == name or not call.legs else []

    # --- words ------------------------------------------------------------------------------------------------------------------

    def _answer(self, name: str, call: _Call, at: datetime) -> list[Told]:
        call.answered = True
        return [self._say(name, call, "answered", at)]

    def _end(self, name: str, at: datetime) -> list[Told]:
        call = self._calls.pop(name)
        return [self._say(name, call, "ended" if call.answered or call.direction == "out" else "missed", at)]

    @staticmethod
    def _say(name: str, call: _Call, event: str, at: datetime) -> Told:
        return Told(
            id=name, event=event, at=at, number=call.number[:40], line=call.line[:40], extension=call.extension[:20], direction=call.direction,
            recording=call.recording,
        )  # fmt: skip

    def _leg(self, event: Event) -> tuple[str, _Call | None, str]:
        name = event.get("Linkedid") or event.get("DestLinkedid", "")
        return name, self._calls.get(name), _peer(event.get("DestChannel", ""))

    def _inside(self, peer: str) -> bool:
        return self._extension.fullmatch(peer) is not None


def _peer(channel: str) -> str:
    """PJSIP/8001-0000002a → 8001; Local/8001@from-queue-00000001;1 → 8001."""
    return channel.partition("/")[2].partition("@")[0].rpartition("-")[0] if "@" not in channel else channel.partition("/")[2].partition("@")[0]


def _when(event: Event, now: datetime) -> datetime:
    """Asterisk stamps its events where it is told to (timestampevents); else it happened as we hear of it."""
    stamp = event.get("Timestamp", "")
    return datetime.fromtimestamp(float(stamp), UTC) if re.fullmatch(r"[0-9]{9,11}(\.[0-9]{1,6})?", stamp) else now
