"""微信模板消息: client and double pass one contract; the client is tried against an official account on loopback."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from minsheng import clock
from minsheng.adapters.wechat import ConsoleWechat, WechatTemplate, WechatTemplates
from minsheng.adapters.wechat_token import WechatToken
from minsheng.ports import Refused, Undelivered, WechatMessage, WechatSender
from tests.adapters.providers import Wechat, running

FIELDS = {"character_string1": "code", "thing2": "what", "time3": "time"}
TEMPLATES = {"answer": WechatTemplate("T-answer", FIELDS), "progress": WechatTemplate("T-old")}
OPENID = "o0000-example-openid"
VALUES = {"code": "YC260000123", "what": "已经答复，请您评价", "unit": "城管所", "time": "2026-03-02 09:00"}
NEWS = WechatMessage(key="7:3:party:1:wechat", openid=OPENID, template="answer", url="https://12345.example.cn/r/abcdefgh23", values=VALUES)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def account() -> Iterator[Wechat]:
    with running(Wechat()) as server:
        assert isinstance(server, Wechat)
        yield server


def client(server: Wechat, *, secret: str = Wechat.SECRET) -> WechatTemplates:
    return WechatTemplates(appid=server.APPID, secret=secret, templates=TEMPLATES, base_url=f"http://{server.address}", timeout=5)


@pytest.fixture(params=["wechat", "console"])
def wechat(request: pytest.FixtureRequest, account: Wechat) -> WechatSender:
    return client(account) if request.param == "wechat" else ConsoleWechat()


# --- the contract -----------------------------------------------------------------------------------------------------------------------


def test_a_message_is_taken_once_for_each_key(wechat: WechatSender, account: Wechat) -> None:
    """The same key is the same message; health is good and has the name of the way."""
    wechat.send(NEWS)
    wechat.send(NEWS)
    wechat.send(replace(NEWS, key="7:4:party:1:wechat"))
    assert len(wechat.sent if isinstance(wechat, ConsoleWechat) else account.sent) == 2
    health = wechat.check()
    assert (health.ok, health.name) == (True, "wechat")


def test_no_log_holds_the_openid(wechat: WechatSender) -> None:
    with capture_logs() as logged:
        wechat.send(NEWS)
    assert OPENID not in str(logged)


# --- the client -----------------------------------------------------------------------------------------------------------------------------


def test_what_arrives_is_what_the_template_takes(account: Wechat) -> None:
    """Our values in the fields of the city's template, Chinese as it is written, the page behind the message."""
    client(account).send(NEWS)
    (sent,) = account.sent
    assert (sent["touser"], sent["template_id"], sent["url"]) == (OPENID, "T-answer", NEWS.url)
    assert sent["data"] == {
        "character_string1": {"value": "YC260000123"}, "thing2": {"value": "已经答复，请您评价"}, "time3": {"value": "2026-03-02 09:00"}
    }  # fmt: skip
    assert 0 < len(sent["client_msg_id"]) <= 32


def test_a_value_is_as_long_as_its_field_takes(account: Wechat) -> None:
    """One character more and the whole message would be refused."""
    client(account).send(replace(NEWS, values={**VALUES, "what": "很长的一句话" * 10}))
    assert len(account.sent[0]["data"]["thing2"]["value"]) == 20


def test_without_fields_the_old_names_are_used(account: Wechat) -> None:
    client(account).send(replace(NEWS, template="progress", url=""))
    assert set(account.sent[0]["data"]) == {"keyword1", "keyword2", "keyword3"}
    assert "url" not in account.sent[0]


def test_two_processes_send_the_same_key_once(account: Wechat) -> None:
    """A process that was killed after sending: WeChat itself drops the repeat."""
    client(account).send(NEWS)
    client(account).send(NEWS)
    assert len(account.sent) == 1


@pytest.mark.parametrize("void", [True, False])
def test_a_void_token_is_renewed_and_the_message_sent(account: Wechat, void: bool) -> None:
    """42001 (expired) is renewed by force; 40001 (another process has renewed) is asked for anew without it."""
    sender = client(account)
    sender.send(NEWS)
    if void:
        account.void.add(account.token)
    else:
        account.token = "token-of-another-process"
    sender.send(replace(NEWS, key="k2"))
    assert len(account.sent) == 2
    assert account.forced == int(void)


def test_a_token_that_stays_void_is_tried_once_more_and_no_longer(account: Wechat) -> None:
    sender = client(account)
    account.void |= {f"token-{n}" for n in range(9)}
    with pytest.raises(Undelivered, match="42001"):
        sender.send(NEWS)
    assert account.requests.count("/cgi-bin/message/template/send") == 2


@pytest.mark.parametrize(("code", "good"), [(43004, False), (43101, False), (40003, False), (45009, True), (-1, True)])
def test_what_is_said_of_one_person(account: Wechat, code: int, good: bool) -> None:
    """Not following and refused are for good; quota and a busy system pass. The openid is in no words of ours."""
    account.refuses[OPENID] = code
    sender = client(account)
    with pytest.raises(Undelivered, match=str(code)) as caught:
        sender.send(NEWS)
    assert isinstance(caught.value, Refused) is not good
    assert OPENID not in f"{caught.value.zh}{caught.value.en}"
    account.refuses.clear()
    sender.send(NEWS)
    assert len(account.sent) == 1, "what failed was not taken for sent"


def test_a_template_that_is_not_configured_is_said_before_anything_is_sent(account: Wechat) -> None:
    with pytest.raises(Refused, match="没有配置"):
        client(account).send(replace(NEWS, template="closed"))
    assert account.requests == []


def test_trouble_between_us_holds_no_token(account: Wechat) -> None:
    """The library's errors quote the address with the token in it: they are not passed on."""
    sender = client(account)
    sender.send(NEWS)
    account.broken = 502
    with pytest.raises(Undelivered) as caught:
        sender.send(replace(NEWS, key="k2"))
    assert not isinstance(caught.value, Refused)
    assert account.token not in f"{caught.value.zh}{caught.value.en}{caught.value.__cause__}{caught.value.__context__}"
    assert not sender.check().ok


def test_health_says_what_is_wrong(account: Wechat) -> None:
    """A wrong secret by its code; a template that is not there, or has other fields, by our name."""
    assert "40125" in client(account, secret="wrong").check().en
    account.CONTENT = {"T-old": account.CONTENT["T-old"], "T-answer": "{{thing9.DATA}}"}
    health = client(account).check()
    assert not health.ok
    assert "answer" in health.en
    assert "progress" not in health.en
    assert not WechatTemplates(appid="a", secret="s", templates={}, base_url="http://127.0.0.1:1", timeout=2).check().ok


# --- the token ----------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def at() -> Iterator[Callable[[str], None]]:
    """Moves the clock on."""
    with clock.moved(datetime.fromisoformat("2026-03-02T09:00+08:00")):
        yield lambda hours: clock.advance(timedelta(hours=float(hours)))  # type: ignore[misc]


def test_the_token_is_kept_until_it_expires(account: Wechat, at: Callable[[str], None]) -> None:
    token = WechatToken(account.APPID, account.SECRET, f"http://{account.address}/")
    assert token.get() == token.get() == "token-1"
    assert len(account.requests) == 1
    at("1.9")
    token.get()
    assert len(account.requests) == 1
    at("0.1")
    account.token = ""
    assert token.get() == "token-2"
    assert len(account.requests) == 2


def test_a_refused_token_is_undelivered_without_the_secret(account: Wechat) -> None:
    wrong = WechatToken(account.APPID, "the wrong secret", f"http://{account.address}")
    for ask in (wrong.get, wrong.renew):
        with pytest.raises(Undelivered, match="40125") as caught:
            ask()
        assert "the wrong secret" not in f"{caught.value.zh}{caught.value.en}"
