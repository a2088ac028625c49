"""来电: what the telephone exchange tells, signed. The answer says nothing, so that nothing of a call can be read here."""

from typing import Annotated, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.security import APIKeyHeader
from pydantic import AwareDatetime, Field, StringConstraints

from minsheng import clock
from minsheng.api.errors import Problem, Unauthorized
from minsheng.api.schemas import Told
from minsheng.commands import calls
from minsheng.domain import calls as pure
from minsheng.domain.errors import BadInput

#: Nobody calls a year before or after.
_NEAR = 366 * 86_400


class Signature(APIKeyHeader):
    """签名: HMAC-SHA256 (hexadecimal) with MINSHENG_CALLS_SECRET over X-Minsheng-Time, a full stop and the body as it is sent."""

    param_name = "X-Minsheng-Signature"

    def authenticate(self, request: HttpRequest, key: str | None) -> bool:
        """Right, or refused in words."""
        secret = settings.MINSHENG_CALLS_SECRET
        if not secret:
            raise Unauthorized("来电推送没有开通：请管理员设置 MINSHENG_CALLS_SECRET。", "Calls are not taken here: MINSHENG_CALLS_SECRET is not set.")
        time = request.headers.get("X-Minsheng-Time", "")
        if not pure.signed_rightly(request.body, secret=secret, time=time, signature=key or "", now=clock.now()):
            raise Unauthorized(
                "签名不对：请核对密钥、X-Minsheng-Time（秒，与本机相差不超过 5 分钟）和签名的内容（时间.正文）。",
                "The signature is not right: check the secret, X-Minsheng-Time (seconds, within 5 minutes) and what is signed (time.body).",
            )
        return True


router = Router(tags=["calls"], auth=Signature())

Short = StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=40)


class CallTold(Told):
    """来电消息. number: of the person outside, as the exchange has it; line: which of our numbers was called; extension: at whose desk."""

    id: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", min_length=1, max_length=80)] = Field(
        description="the exchange's own name of the call"
    )
    event: Literal["ringing", "answered", "ended", "missed"]
    number: Annotated[str, Short] = Field("", examples=["13800000001"])
    line: Annotated[str, Short] = Field("", examples=["12345"])
    extension: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]*$", max_length=20)] = Field("", examples=["8001"])
    direction: Literal["in", "out"] = "in"
    at: AwareDatetime = Field(description="when it happened, with a time zone")
    recording: str = Field("", max_length=300, description="https address of the recording, at a host in MINSHENG_CALLS_RECORDING_HOSTS")


TIME = {"in": "header", "name": "X-Minsheng-Time", "required": True, "schema": {"type": "string", "description": "seconds since 1970, as they are signed"}}


@router.post(
    "/calls", summary="Tell of a call", operation_id="tell_call", response={204: None, **dict.fromkeys((400, 401, 413, 415, 422), Problem)},
    openapi_extra={"parameters": [TIME]},
)  # fmt: skip
def tell(request: HttpRequest, told: CallTold) -> HttpResponse:
    """Ringing, answered, ended or missed; in any order, and as often as the exchange likes: a repeat changes nothing."""
    if abs((told.at - clock.now()).total_seconds()) > _NEAR:
        raise BadInput(field="at", zh="时间差得太远，请校准交换机的时钟。", en="This time is far away; please set the clock of the exchange.")
    if told.recording:
        pure.recording_address(told.recording, hosts=settings.MINSHENG_CALLS_RECORDING_HOSTS)
    calls.take(pure.Told(**told.model_dump()))
    return HttpResponse(status=204)
