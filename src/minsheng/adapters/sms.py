"""短信: Tencent Cloud's client, and the console double, which keeps what it is given and shows it in the log, masked.

Only approved templates go out: our names of them are mapped to the provider's numbers by a setting (docs/howto/notices.md).
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from minsheng.adapters.console import Console
from minsheng.adapters.handed_over import HandedOver
from minsheng.intelligence.masking import mask
from minsheng.ports import Health, Refused, Sms, Undelivered

if TYPE_CHECKING:
    from tencentcloud.sms.v20210111.sms_client import SmsClient

R = TypeVar("R")

log = structlog.get_logger(__name__)

#: What the provider says of this number or of these words, and would say again. Everything else (limits, money, approval, its own troubles) may pass.
_FOR_GOOD = frozenset(
    {
        "FailedOperation.ContainSensitiveWord",
        "FailedOperation.PhoneNumberInBlacklist",
        "FailedOperation.PhoneNumberParseFail",
        "InvalidParameterValue.IncorrectPhoneNumber",
        "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
        "InvalidParameterValue.TemplateParameterFormatError",
        "InvalidParameterValue.TemplateParameterLengthLimit",
        "InvalidParameterValue.UnsupportedTemplateVariable",
        "LimitExceeded.AppCountryOrRegionInBlacklist",
    }
)
_FOR_GOOD_FAMILY = "UnsupportedOperation"


class TencentSms:
    """Sends through Tencent Cloud SMS (API 2021-01-11) with its own SDK, which is loaded with the first message. Times in seconds.

    templates: our name → the provider's number. The provider knows no idempotency: what was handed over is remembered here, and
    `Notice.sent_at` keeps it for good.
    """

    def __init__(
        self, *, secret_id: str, secret_key: str, app_id: str, sign: str, templates: Mapping[str, str], region: str = "ap-guangzhou",
        endpoint: str = "sms.tencentcloudapi.com", protocol: str = "https", timeout: int = 10,
    ) -> None:  # fmt: skip
        self._secret_id, self._secret_key, self._app_id, self._sign = secret_id, secret_key, app_id, sign
        self._templates, self._region, self._endpoint = dict(templates), region, endpoint
        self._protocol, self._timeout = protocol, timeout
        self._handed_over = HandedOver()

    def send(self, message: Sms) -> None:
        """Hand one message over. What the provider refuses is said with its code, never with the number."""
        if message.key in self._handed_over:
            return
        template = self._templates.get(message.template)
        if template is None:
            name = message.template or "–"
            raise Refused(
                f"短信模板「{name}」没有配置编号（MINSHENG_SMS_TEMPLATES），没有发出。",
                f"The SMS template “{name}” has no number in MINSHENG_SMS_TEMPLATES; nothing was sent.",
            )
        from tencentcloud.sms.v20210111.models import SendSmsRequest

        asked = SendSmsRequest()
        asked.SmsSdkAppId, asked.SignName, asked.TemplateId = self._app_id, self._sign, template
        asked.TemplateParamSet, asked.PhoneNumberSet = list(message.values), [f"+86{message.phone}"]
        asked.SessionContext = message.key
        answer = self._ask(lambda client: client.SendSms(asked))
        code = next((status.Code for status in answer.SendStatusSet or []), "NoStatus")
        if code != "Ok":
            raise _refusal(code)
        self._handed_over.add(message.key)

    def check(self) -> Health:
        """Ask the provider for our templates: that proves the key, and says which template may not be used yet."""
        from tencentcloud.sms.v20210111.models import DescribeSmsTemplateListRequest

        numbers = sorted({int(number) for number in self._templates.values()})
        asked = DescribeSmsTemplateListRequest()
        asked.International, asked.TemplateIdSet = 0, numbers
        try:
            answer = self._ask(lambda client: client.DescribeSmsTemplateList(asked))
        except Undelivered as wrong:
            return Health(name="sms", ok=False, zh=wrong.zh, en=wrong.en)
        usable = {str(status.TemplateId) for status in answer.DescribeTemplateStatusSet or [] if status.StatusCode == 0}
        waiting = sorted(name for name, number in self._templates.items() if number not in usable)
        if waiting:
            names = "、".join(waiting)
            return Health(name="sms", ok=False, zh=f"腾讯云短信：模板 {names} 还不能用。", en=f"Tencent Cloud SMS: not approved: {', '.join(waiting)}.")
        return Health(name="sms", ok=True, zh="腾讯云短信正常，模板都已通过。", en="Tencent Cloud SMS answers; every template is approved.")

    def _ask(self, question: Callable[["SmsClient"], R]) -> R:
        """One call. The SDK's errors quote what was sent, so only their code goes on."""
        from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

        try:
            return question(self._client())
        except TencentCloudSDKException as wrong:
            refusal = _refusal(str(wrong.code))
        raise refusal

    def _client(self) -> "SmsClient":
        """A client for one call: several threads may send."""
        from tencentcloud.common.credential import Credential
        from tencentcloud.common.profile.client_profile import ClientProfile
        from tencentcloud.common.profile.http_profile import HttpProfile
        from tencentcloud.sms.v20210111.sms_client import SmsClient

        http: Any = HttpProfile(protocol=self._protocol, endpoint=self._endpoint, reqTimeout=self._timeout)
        return SmsClient(Credential(self._secret_id, self._secret_key), self._region, ClientProfile(httpProfile=http))


def _refusal(code: str) -> Undelivered:
    kind = Refused if code in _FOR_GOOD or code.partition(".")[0] == _FOR_GOOD_FAMILY else Undelivered
    return kind(f"腾讯云短信没有收下：{code}", f"Tencent Cloud SMS did not take it: {code}")


class ConsoleSms(Console[Sms]):
    """Shows text messages in the log."""

    def show(self, message: Sms) -> None:
        """Without numbers."""
        log.info("sms", key=message.key, to=f"{message.phone[:3]}****{message.phone[-2:]}", said=mask(message.text).text)

    def check(self) -> Health:
        """Always there."""
        return Health(name="sms", ok=True, zh="短信只显示在日志里，不会真的发出。", en="Text messages are shown in the log and not sent.")
