"""诉求: file a request, read it, and what its holder may do with it."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, Router

from minsheng import wiring
from minsheng.api import auth
from minsheng.api.errors import Problem
from minsheng.api.schemas import Acted, Addition, CaseView, NewCase, Promised, Rating, Reason, Receipt, Supporter, Verdict, send
from minsheng.commands import forms, holding, intake, limits, people
from minsheng.domain.access import HOLDER
from minsheng.domain.deadlines import CLOCKS
from minsheng.domain.errors import BadInput
from minsheng.domain.states import Channel, Origin
from minsheng.queries import cases
from minsheng.queries import directory as directories

router = Router(tags=["cases"])

OPEN_CHANNELS = (Channel.WEB, Channel.WECHAT, Channel.APP, Channel.QR)
REFUSALS = dict.fromkeys((400, 404, 409, 413, 415, 422, 429), Problem)
# Two, because django-ninja keeps a parameter's default in the annotation.
Secret = Annotated[str, Header(alias="X-Case-Secret", max_length=100, description="the secret that came with the code")]
SecretIfAny = Annotated[str, Header(alias="X-Case-Secret", max_length=100, description="the secret that came with the code")]


@router.post(
    "/cases", summary="File a request", response={201: Receipt, 200: Receipt, 401: Problem, **REFUSALS}, operation_id="file_case",
    openapi_extra={"security": [{}, {"Bearer": []}]},
)  # fmt: skip
def file_case(
    request: HttpRequest,
    new: NewCase,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", max_length=200, description="the same request sent twice with it is one case")] = "",
) -> HttpResponse:
    """201 with code and secret; the same request with the same `Idempotency-Key` again gets the same answer with 200."""
    by = auth.caller(request)
    report = new.report()
    if by is HOLDER:
        limits.take(limits.FILING, auth.address(request))
        _as_anybody(report)
    filed = intake.file(report, by=by, classifier=wiring.classifier(directories.current()), key=idempotency_key)
    url = f"/api/v1/cases/{filed.code}"
    receipt = Receipt(filed.code, filed.secret, filed.state, [Promised(kind, CLOCKS[kind].zh, due) for kind, due in filed.promises], url)
    return send(Receipt, receipt, status=200 if filed.repeated else 201, Location=url)


def _as_anybody(report: intake.Report) -> None:
    """Without a token nobody speaks for another system, and what is not a citizen's does not count."""
    if report.channel not in OPEN_CHANNELS:
        names = "、".join(OPEN_CHANNELS)
        raise BadInput(field="channel", zh=f"没有令牌时，渠道只能是 {names}。", en=f"Without a token the channel is one of {', '.join(OPEN_CHANNELS)}.")
    if report.origin != Origin.CITIZEN:
        raise BadInput(field="origin", zh="没有令牌时，来源只能是 citizen。", en="Without a token the origin is citizen.")
    if report.external is not None:
        raise BadInput(field="external", zh="外部编号要用系统的令牌来提交。", en="An external number needs a system's token.")


@router.get("/cases/{code}", summary="Read a case", response={200: CaseView, 404: Problem, 422: Problem, 429: Problem}, operation_id="read_case")
def read_case(request: HttpRequest, code: str, secret: SecretIfAny = "") -> HttpResponse:
    """What everybody may read; with `X-Case-Secret` the holder's own view. Private, secret and unknown codes answer alike."""
    if secret:
        return send(CaseView, cases.holder(holding.held(code, secret, address=auth.address(request))))
    return send(CaseView, cases.public(code), cache="public, max-age=5", Vary="X-Case-Secret")


# --- the holder -----------------------------------------------------------------------------------------------------------------

ACTED = {200: Acted, **REFUSALS}


def _act(request: HttpRequest, code: str, secret: str, action: str, raw: dict[str, Any]) -> HttpResponse:
    holding.held(code, secret, address=auth.address(request))
    done = forms.perform(code, action, raw, by=HOLDER)
    return send(Acted, Acted(done.code, done.state, list(done.actions)))


@router.post("/cases/{code}/rate", summary="Rate", response=ACTED, operation_id="rate_case")
def rate(request: HttpRequest, code: str, said: Rating, secret: Secret) -> HttpResponse:
    """评价: five levels. A bad one is called back."""
    return _act(request, code, secret, "rate", said.model_dump())


@router.post("/cases/{code}/callback", summary="Answer the three questions", response=ACTED, operation_id="answer_callback")
def call_back(request: HttpRequest, code: str, said: Verdict, secret: Secret) -> HttpResponse:
    """回访, answered by the person. The answers decide whether the case is closed or goes on."""
    return _act(request, code, secret, "call_back", {"reached": True, **said.model_dump()})


@router.post("/cases/{code}/supplement", summary="Add something", response=ACTED, operation_id="supplement_case")
def supplement(request: HttpRequest, code: str, said: Addition, secret: Secret) -> HttpResponse:
    """补充: words and photos."""
    return _act(request, code, secret, "supplement", said.model_dump())


@router.post("/cases/{code}/urge", summary="Urge", response=ACTED, operation_id="urge_case")
def urge(request: HttpRequest, code: str, secret: Secret) -> HttpResponse:
    """催办: as often as the city's rules allow."""
    return _act(request, code, secret, "urge", {})


@router.post("/cases/{code}/withdraw", summary="Withdraw", response=ACTED, operation_id="withdraw_case")
def withdraw(request: HttpRequest, code: str, said: Reason, secret: Secret) -> HttpResponse:
    """撤回: it is not handled any more."""
    return _act(request, code, secret, "withdraw", said.model_dump())


@router.post("/cases/{code}/reopen", summary="Ask for a new round", response=ACTED, operation_id="reopen_case")
def reopen(request: HttpRequest, code: str, said: Reason, secret: Secret) -> HttpResponse:
    """重办: within the time and the rounds that the city's rules allow."""
    return _act(request, code, secret, "reopen", said.model_dump())


@router.post("/cases/{code}/support", summary="I have this too", response={204: None, **REFUSALS}, operation_id="support_case")
def support(request: HttpRequest, code: str, said: Supporter) -> HttpResponse:
    """我也遇到: one more person affected, told of every answer. Anybody may; the case must be public."""
    limits.take(limits.SUPPORTING, auth.address(request))
    people.support(code, name=said.name, phone=said.phone, by=HOLDER)
    return HttpResponse(status=204)
