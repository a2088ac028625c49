"""短信: the provider's client and the console double pass one contract; the client is tried against a provider on loopback that checks its signature."""

import sys
from collections.abc import Iterator
from subprocess import run

import pytest
from structlog.testing import capture_logs

from minsheng.adapters.sms import ConsoleSms, TencentSms
from minsheng.ports import Refused, Sms, SmsSender, Undelivered
from tests.adapters.providers import Tencent, running

TEMPLATES = {"received": "1001", "assigned": "1002", "answer": "1003", "code": "1002"}
NEWS = Sms(key="7:3:party:1", phone="13800000001", text="编号 YC260000123：由城管所办理。", template="assigned", values=("YC260000123", "城管所"))


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def tencent() -> Iterator[Tencent]:
    with running(Tencent()) as server:
        assert isinstance(server, Tencent)
        yield server


def client(server: Tencent, **changed: str) -> TencentSms:
    keys = {"secret_id": server.SECRET_ID, "secret_key": server.SECRET_KEY, "app_id": server.APP, "sign": server.SIGN, **changed}
    return TencentSms(**keys, templates=TEMPLATES, endpoint=server.address, protocol="http", timeout=5)


@pytest.fixture(params=["tencent", "console"])
def sms(request: pytest.FixtureRequest, tencent: Tencent) -> SmsSender:
    return client(tencent) if request.param == "tencent" else ConsoleSms()


# --- the contract -----------------------------------------------------------------------------------------------------------------------


def test_a_message_is_taken_once_for_each_key(sms: SmsSender, tencent: Tencent) -> None:
    """The same key is the same message; another key is another one. Health is good and has the name of the way."""
    sms.send(NEWS)
    sms.send(NEWS)
    sms.send(Sms(key="7:4:party:1", phone="13800000001", text="收到", template="received", values=("YC260000123",)))
    keys = [one["SessionContext"] for one in tencent.sent] if isinstance(sms, TencentSms) else [one.key for one in sms.sent]  # type: ignore[attr-defined]
    assert keys == ["7:3:party:1", "7:4:party:1"]
    health = sms.check()
    assert (health.ok, health.name) == (True, "sms")


def test_no_log_holds_the_number(sms: SmsSender) -> None:
    with capture_logs() as logged:
        sms.send(NEWS)
    assert "13800000001" not in str(logged)


# --- the provider's client ----------------------------------------------------------------------------------------------------------------


def test_the_provider_gets_number_template_and_values(tencent: Tencent) -> None:
    client(tencent).send(NEWS)
    (sent,) = tencent.sent
    assert sent["PhoneNumberSet"] == ["+8613800000001"]
    assert (sent["TemplateId"], sent["TemplateParamSet"], sent["SignName"]) == ("1002", ["YC260000123", "城管所"], "云川民声")
    assert "Text" not in sent, "the words are the template's"


def test_a_wrong_key_is_refused_by_its_signature(tencent: Tencent) -> None:
    """The fake computes TC3-HMAC-SHA256 by itself: this is what shows that the others pass because they are signed."""
    forged = client(tencent, secret_key="another secret")
    with pytest.raises(Undelivered) as caught:
        forged.send(NEWS)
    assert "AuthFailure.SignatureFailure" in caught.value.zh
    assert not isinstance(caught.value, Refused), "a key can be put right within the day"
    assert tencent.sent == []
    assert not forged.check().ok


def test_a_template_without_a_number_is_said_before_anything_is_sent(tencent: Tencent) -> None:
    for name in ("parked", ""):
        with pytest.raises(Refused, match="没有配置编号"):
            client(tencent).send(Sms(key="k", phone="13800000001", text="…", template=name))
    assert tencent.requests == []


@pytest.mark.parametrize(
    ("code", "good"),
    [
        ("FailedOperation.PhoneNumberInBlacklist", False),
        ("InvalidParameterValue.IncorrectPhoneNumber", False),
        ("UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber", False),
        ("LimitExceeded.PhoneNumberDailyLimit", True),
        ("LimitExceeded.PhoneNumberThirtySecondLimit", True),
        ("FailedOperation.InsufficientBalanceInSmsPackage", True),
        ("FailedOperation.TemplateIncorrectOrUnapproved", True),
    ],
)
def test_what_is_said_of_one_number(tencent: Tencent, code: str, good: bool) -> None:
    """The call succeeds and the number fails: its code is passed on, and whether trying again is of use."""
    tencent.status["+8613800000001"] = code
    sender = client(tencent)
    with pytest.raises(Undelivered) as caught:
        sender.send(NEWS)
    assert code in caught.value.zh
    assert isinstance(caught.value, Refused) is not good
    tencent.status.clear()
    sender.send(NEWS)
    assert len(tencent.sent) == 1, "what failed was not taken for sent"


def test_errors_hold_neither_number_nor_secret(tencent: Tencent) -> None:
    """The provider's messages quote the request; neither words nor causes of ours do."""
    tencent.error = "LimitExceeded.DailyLimit"
    with pytest.raises(Undelivered) as caught:
        client(tencent).send(NEWS)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "13800000001" not in f"{caught.value.zh}{caught.value.en}{caught.value.args}"


@pytest.mark.parametrize("trouble", ["away", "500"])
def test_a_provider_that_is_not_there_may_come_back(tencent: Tencent, trouble: str) -> None:
    if trouble == "500":
        tencent.broken = 500
        sender = client(tencent)
    else:
        sender = TencentSms(secret_id="i", secret_key="k", app_id="1", sign="s", templates=TEMPLATES, endpoint="127.0.0.1:1", protocol="http", timeout=2)
    with pytest.raises(Undelivered) as caught:
        sender.send(NEWS)
    assert not isinstance(caught.value, Refused)
    health = sender.check()
    assert not health.ok
    assert health.en


def test_health_names_the_templates_that_may_not_be_used_yet(tencent: Tencent) -> None:
    tencent.reviewing = {1003}
    health = client(tencent).check()
    assert not health.ok
    assert "answer" in health.en
    assert "received" not in health.en


def test_the_sdk_is_loaded_with_the_first_message() -> None:
    """Twenty megabytes that a server without a provider does without."""
    found = run([sys.executable, "-c", "import minsheng.adapters.sms, minsheng.adapters.wechat, sys; print([m for m in ('tencentcloud', 'requests') if m in sys.modules])"], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)})  # fmt: skip
    assert found.stdout.strip() == "[]"
