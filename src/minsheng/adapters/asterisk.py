"""Asterisk: makes calls out through its manager interface, and a bridge that tells this installation of its calls; the console double dials nobody."""

import json
import queue
import threading
from collections import deque

import structlog

from minsheng import clock
from minsheng.adapters import wire
from minsheng.adapters.asterisk_calls import Calls
from minsheng.adapters.asterisk_line import Address, Cut, Denied, Line
from minsheng.domain.calls import Told, masked, sign
from minsheng.ports import Health, Undelivered

log = structlog.get_logger(__name__)

#: Seconds between two attempts: at first, and at most.
FIRST, LATEST = 1.0, 60.0
#: So many messages wait for a web server that is away; the oldest go first when there are more.
_KEPT = 10_000


class Asterisk:
    """Calls out by `Originate`. channel: how an extension is reached, such as PJSIP/{extension}; context: where the dialplan goes on with the number."""

    def __init__(self, address: Address, *, channel: str = "PJSIP/{extension}", context: str = "from-internal", timeout: float = 10.0) -> None:
        self._address, self._channel, self._context, self._timeout = address, channel, context, timeout

    def dial(self, extension: str, number: str, *, key: str) -> None:
        """Ask Asterisk to ring at the extension and then to call. `key` becomes the name (Uniqueid) of the call."""
        fields = {
            "Channel": self._channel.replace("{extension}", extension), "Context": self._context, "Exten": number, "Priority": "1",
            "Timeout": "30000", "ChannelId": key, "Async": "true",
        }  # fmt: skip
        try:
            with Line(self._address, events="off", timeout=self._timeout) as line:
                said = line.ask("Originate", **fields)
        except Cut as wrong:
            raise Undelivered("电话交换机没有答应，请用话机拨，或者过一会儿再试。", f"The exchange does not answer: {wrong}") from wrong
        if said.get("Response") != "Success":
            raise Undelivered("电话交换机没有拨出去，请看看话机有没有连上。", "The exchange did not dial: is the telephone connected?")

    def check(self) -> Health:
        """Log in and ask whether it hears."""
        try:
            with Line(self._address, events="off", timeout=self._timeout) as line:
                right = line.ask("Ping").get("Response") == "Success"
        except Denied:
            return Health(name="telephony", ok=False, zh="Asterisk 拒绝登录：账号或密码不对。", en="Asterisk refuses the user or the secret.")
        except Cut as wrong:
            return Health(name="telephony", ok=False, zh=f"Asterisk 连不上：{wrong}", en=f"Asterisk does not answer: {wrong}")
        return Health(
            name="telephony", ok=right, zh="Asterisk 正常。" if right else "Asterisk 没有答应。", en="Asterisk answers." if right else "Asterisk is deaf."
        )


class ConsoleTelephony:
    """Dials nobody. What it was asked for is kept for tests and demonstrations, and shown in the log without the number."""

    def __init__(self) -> None:
        self.dialled: deque[tuple[str, str, str]] = deque(maxlen=1_000)

    def dial(self, extension: str, number: str, *, key: str) -> None:
        """Keep it; what no exchange could dial is refused as by the real one."""
        if any(mark in value for value in (extension, number, key) for mark in "\r\n\0"):
            raise Undelivered("电话交换机没有答应，请用话机拨，或者过一会儿再试。", "The number holds a line break.")
        self.dialled.append((extension, number, key))
        log.info("dial", extension=extension, to=masked(number), key=key)

    def check(self) -> Health:
        """Always there."""
        return Health(name="telephony", ok=True, zh="拨号只显示在日志里，不会真的拨出。", en="Calls out are shown in the log and not made.")


class Bridge:
    """来电桥: hears what happens at Asterisk and tells it to an address of ours, signed. A line that is cut is taken up again."""

    def __init__(self, address: Address, *, url: str, secret: str, first: float = FIRST, latest: float = LATEST, silent: float = 60.0) -> None:
        self._address, self._url, self._secret = address, url, secret
        self._first, self._latest, self._silent = first, latest, silent
        self._calls = Calls()
        self._outbox: queue.Queue[Told] = queue.Queue(maxsize=_KEPT)
        self._stop = threading.Event()

    def stop(self) -> None:
        """Log off, send what is waiting once more, and end."""
        self._stop.set()

    def run(self) -> None:
        """Until `stop`: one thread hears, another tells, so that a slow web server never makes Asterisk wait."""
        teller = threading.Thread(target=self._tell, name="asterisk-teller", daemon=True)
        teller.start()
        wait = self._first
        while not self._stop.is_set():
            try:
                with Line(self._address, events="call,user") as line:
                    log.info("asterisk", state="connected", host=str(self._address))
                    wait = self._first
                    self._hear(line)
            except Denied as wrong:
                log.error("asterisk", state="denied", why=str(wrong))
                wait = self._latest
            except Cut as wrong:
                log.warning("asterisk", state="cut", why=str(wrong), again_in=wait)
            if self._stop.wait(wait):
                break
            wait = min(wait * 2, self._latest)
        teller.join(timeout=10)

    def _hear(self, line: Line) -> None:
        channels = list(line.list("CoreShowChannels", each="CoreShowChannel", last="CoreShowChannelsComplete"))
        self._keep(self._calls.still(channels, now=clock.now()))
        for event in line.events(goes_on=lambda: not self._stop.is_set(), silent=self._silent):
            self._keep(self._calls.feed(event, now=clock.now()))

    def _keep(self, told: list[Told]) -> None:
        for one in told:
            if self._outbox.full():
                self._outbox.get_nowait()
                log.error("asterisk", state="lost", why="too many messages wait for the web server")
            self._outbox.put(one)

    # --- telling ----------------------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        while not (self._stop.is_set() and self._outbox.empty()):
            try:
                told = self._outbox.get(timeout=0.2)
            except queue.Empty:
                continue
            wait = self._first
            while not self._post(told):
                if self._stop.wait(wait):
                    return
                wait = min(wait * 2, self._latest)

    def _post(self, told: Told) -> bool:
        """One message. True where it was taken, or will never be; False where trying again may help."""
        body = json.dumps(
            {
                "id": told.id, "event": told.event, "number": told.number, "line": told.line, "extension": told.extension, "direction": told.direction,
                "at": told.at.isoformat(), "recording": told.recording,
            }
        ).encode()  # fmt: skip
        stamp = str(int(clock.now().timestamp()))
        headers = {"X-Minsheng-Time": stamp, "X-Minsheng-Signature": sign(body, secret=self._secret, time=stamp)}
        try:
            status, _ = wire.exchange(self._url, method="POST", body=body, media_type="application/json", headers=headers, timeout=10)
        except wire.Silent as wrong:
            log.warning("asterisk", state="web server away", why=str(wrong))
            return False
        if status in (400, 413, 415, 422):
            log.error("asterisk", state="refused", status=status, event_told=told.event, call=told.id)
            return True
        if not 200 <= status < 300:
            log.warning("asterisk", state="not taken", status=status)
        return 200 <= status < 300
