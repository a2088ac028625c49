"""An Asterisk that speaks the manager interface over TCP: banner, Login, Originate, CoreShowChannels, Ping, Logoff, events; and how it can go wrong."""

import re
import socket
import socketserver
import threading
import time
from typing import Any

BANNER = b"Asterisk Call Manager/7.0.3\r\n"


def wire(message: dict[str, str]) -> bytes:
    """As it goes over the line."""
    return "".join(f"{name}: {value}\r\n" for name, value in message.items()).encode() + b"\r\n"


class FakeAsterisk(socketserver.ThreadingTCPServer):
    """user, secret: who is let in. `channels` is what CoreShowChannels tells; `refuses`: actions that are answered with an error; `deaf`: … with nothing."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, banner: bytes = BANNER, secret: str = "sesame", piece: int = 0) -> None:
        self.banner, self.secret, self.piece = banner, secret, piece
        self.asked: list[dict[str, str]] = []
        self.lines: list[_Session] = []
        self.channels: list[dict[str, str]] = []
        self.refuses: set[str] = set()
        self.deaf: set[str] = set()
        self.logged_in = threading.Semaphore(0)
        #: Somebody is let in whole or not at all: an event that happens meanwhile comes after the greeting and is not lost.
        self.letting_in = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Session)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def actions(self, name: str) -> list[dict[str, str]]:
        return [one for one in self.asked if one["Action"] == name]

    def happens(self, *events: dict[str, str], raw: bytes = b"") -> None:
        """Events to everybody who has logged in and wants them."""
        with self.letting_in:
            for line in list(self.lines):
                if line.wants:
                    line.say(raw or b"".join(wire(event) for event in events))

    def cut(self) -> None:
        """Every line is torn."""
        for line in list(self.lines):
            line.tear()

    def close(self) -> None:
        self.cut()
        self.shutdown()
        self.server_close()

    def __enter__(self) -> "FakeAsterisk":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


class _Session(socketserver.BaseRequestHandler):
    server: FakeAsterisk
    wants = False

    def setup(self) -> None:
        self._lock = threading.Lock()
        self.server.lines.append(self)

    def finish(self) -> None:
        self.server.lines.remove(self)

    def say(self, content: bytes) -> None:
        size = self.server.piece or len(content) or 1
        with self._lock:
            for start in range(0, len(content), size):
                try:
                    self.request.sendall(content[start : start + size])
                except OSError:
                    return
                if self.server.piece:
                    time.sleep(0.001)

    def tear(self) -> None:
        try:
            self.request.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def handle(self) -> None:
        self.say(self.server.banner)
        buffer, inside = b"", False
        while True:
            try:
                piece = self.request.recv(4096)
            except OSError:
                return
            if not piece:
                return
            buffer += piece
            while b"\r\n\r\n" in buffer:
                head, _, buffer = buffer.partition(b"\r\n\r\n")
                asked = dict(re.findall(r"(\w+): ?([^\r\n]*)", head.decode()))
                inside = self._answer(asked, inside)
                if asked["Action"] == "Logoff":
                    return

    def _answer(self, asked: dict[str, str], inside: bool) -> bool:
        action, number = asked["Action"], {"ActionID": asked.get("ActionID", "")}
        self.server.asked.append(asked)
        if action in self.server.deaf:
            return inside
        if action == "Login":
            right = asked.get("Secret") == self.server.secret
            said = "Authentication accepted" if right else "Authentication failed"
            with self.server.letting_in:
                self.say(wire({"Response": "Success" if right else "Error", **number, "Message": said}))
                self.wants = right and asked.get("Events") != "off"
                if right:
                    self.say(wire({"Event": "FullyBooted", "Privilege": "system,all", "Status": "Fully Booted"}))
                    self.server.logged_in.release()
            return right
        if not inside or action in self.server.refuses:
            self.say(wire({"Response": "Error", **number, "Message": "Permission denied"}))
        elif action == "Ping":
            self.say(wire({"Response": "Success", **number, "Ping": "Pong", "Timestamp": "1772413200.000000"}))
        elif action == "Originate":
            self.say(wire({"Response": "Success", **number, "Message": "Originate successfully queued"}))
        elif action == "CoreShowChannels":
            self.say(wire({"Response": "Success", **number, "EventList": "start", "Message": "Channels will follow"}))
            for channel in self.server.channels:
                self.say(wire({**channel, **number, "Event": "CoreShowChannel"}))
            self.say(wire({"Event": "CoreShowChannelsComplete", **number, "EventList": "Complete", "ListItems": str(len(self.server.channels))}))
        elif action == "Logoff":
            self.say(wire({"Response": "Goodbye", **number, "Message": "Thanks for all the fish."}))
        return inside


# --- calls as Asterisk tells of them ------------------------------------------------------------------------------------------------


def incoming(name: str, *, number: str = "13800000001", line: str = "12345") -> dict[str, str]:
    """A call comes in over the trunk."""
    return {
        "Event": "Newchannel", "Privilege": "call,all", "Channel": f"PJSIP/trunk-a-{name[-4:]}", "ChannelState": "4", "ChannelStateDesc": "Ring",
        "CallerIDNum": number, "CallerIDName": "<unknown>", "ConnectedLineNum": "<unknown>", "Language": "en", "Context": "from-trunk", "Exten": line,
        "Priority": "1", "Uniqueid": name, "Linkedid": name,
    }  # fmt: skip


def leg(name: str, extension: str = "8001") -> dict[str, str]:
    """The channel to an operator."""
    return {"Event": "Newchannel", "Channel": f"PJSIP/{extension}-{name[-3:]}b", "ChannelState": "0", "CallerIDNum": extension, "Exten": "s",
            "Uniqueid": f"{name}.{extension}", "Linkedid": name}  # fmt: skip


def dial(name: str, extension: str = "8001", *, end: str = "") -> dict[str, str]:
    """It rings there; end: ANSWER, NOANSWER, BUSY."""
    values = {"Event": "DialEnd" if end else "DialBegin", "Channel": f"PJSIP/trunk-a-{name[-4:]}", "Uniqueid": name, "Linkedid": name,
              "DestChannel": f"PJSIP/{extension}-{name[-3:]}b", "DestUniqueid": f"{name}.{extension}", "DestLinkedid": name}  # fmt: skip
    return {**values, "DialStatus": end} if end else {**values, "DialString": extension}


def bridged(name: str, unique: str, channel: str) -> dict[str, str]:
    return {"Event": "BridgeEnter", "BridgeUniqueid": "bridge-1", "BridgeType": "basic", "Channel": channel, "Uniqueid": unique, "Linkedid": name}


def hangup(name: str, unique: str = "") -> dict[str, str]:
    return {"Event": "Hangup", "Channel": "PJSIP/x", "Uniqueid": unique or name, "Linkedid": name, "Cause": "16", "Cause-txt": "Normal Clearing"}
