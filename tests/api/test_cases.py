"""Filing, reading and what the holder may do."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from minsheng import clock
from minsheng.commands import intake, limits, tokens
from minsheng.domain.access import HOLDER
from minsheng.models.case import Case, CaseText, ExternalId, Party
from tests.api.conftest import LAMP, Caller, problem
from tests.world import World, classifier


def test_a_request_is_filed_and_read(city: World, call: type[Caller]) -> None:
    """201 with code, secret, state, promises and address; everybody reads the released text, the holder also what is theirs."""
    receipt = call().file()
    case = city.case(receipt["code"])
    assert receipt["state"] == case.state == "dispatched"
    assert receipt["url"] == f"/api/v1/cases/{case.code}"
    due = {p["kind"]: p["due"] for p in receipt["promises"]}
    assert datetime.fromisoformat(due["answer"]) == city.deadline(case.code, "answer").due_at
    assert all(p["name"] for p in receipt["promises"])

    seen = call().get(f"/cases/{case.code}").json()
    assert seen["title"] == "路灯不亮" and seen["moves"] == []
    own = call().get(f"/cases/{case.code}", X_Case_Secret=receipt["secret"]).json()
    assert "urge" in own["moves"] and own["body"] == LAMP["body"]
    assert "13800000001" not in str(own) and "张先生" not in str(own)


def test_private_secret_and_unknown_codes_answer_alike(city: World, call: type[Caller]) -> None:
    """The answer does not say whether a case exists; nor does a wrong secret."""
    hidden = call().file(wish="private")["code"]
    accused = call().file(kind="report", accused=["city.market"])["code"]
    answers = [call().get(f"/cases/{code}") for code in (hidden, accused, "YC260009999", "x%00y", "a b", "…")]
    assert {a.status_code for a in answers} == {404}
    assert len({a.content for a in answers}) == 1
    wrong = [call().get(f"/cases/{code}", X_Case_Secret="wrong-secret") for code in (hidden, "YC260009999")]
    assert {a.status_code for a in wrong} == {404} and wrong[0].content == wrong[1].content


def test_the_same_key_files_once(city: World, call: type[Caller]) -> None:
    """The repeated request gets the same answer with 200; another body under the key is refused."""
    anybody = call()
    first = anybody.post("/cases", LAMP, Idempotency_Key="k-1")
    again = anybody.post("/cases", LAMP, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Case.objects.count() == 1
    problem(anybody.post("/cases", {**LAMP, "body": "别的事情，水管漏水。"}, Idempotency_Key="k-1"), 409, "wrong_state")
    assert call().file()["code"] != first.json()["code"]
    problem(anybody.post("/cases", LAMP, Idempotency_Key="k" * 201), 422, "bad_input")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_under_one_key_are_one_case(world: Callable[..., World], call: type[Caller], transactional_db: None) -> None:
    """Both get the code and the secret of the one case, whoever was first."""
    world("yunchuan")
    answers: list[tuple[int, Any]] = []
    start = threading.Barrier(4)

    def send() -> None:
        start.wait()
        try:
            answer = call().post("/cases", LAMP, Idempotency_Key="double-click")
            answers.append((answer.status_code, answer.json()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(status for status, _ in answers) == [200, 200, 200, 201], answers
    assert len({(body["code"], body["secret"]) for _, body in answers}) == 1
    assert Case.objects.count() == 1


def test_only_systems_speak_for_others(city: World, call: type[Caller]) -> None:
    """Without a token: the four open channels, a citizen's matter, no external number. With one: all, and no number twice."""
    anybody = call()
    for field, value in (("channel", "phone"), ("channel", "media"), ("origin", "patrol"), ("external", {"system": "weibo", "number": "1"})):
        assert problem(anybody.post("/cases", {**LAMP, field: value}), 422)["field"] == field
    for channel in ("wechat", "app", "qr"):
        assert city.case(anybody.file(channel=channel)["code"]).channel == channel

    tokens.add_system("weibo-bridge", name="微博转办")
    bridge = call("weibo-bridge")
    told = {"channel": "weibo", "external": {"system": "weibo", "number": "4811-07"}}
    code = bridge.file(**told)["code"]
    assert city.case(code).channel == "weibo"
    assert ExternalId.objects.get(case__code=code).number == "4811-07"
    problem(bridge.post("/cases", {**LAMP, **told}), 409, "wrong_state")
    problem(bridge.get(f"/cases/{code}/desk"), 404)
    refused = anybody.post("/cases", LAMP, Authorization="Bearer ms_nobody")
    problem(refused, 401, "unauthorized")
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_filing_stays_light(city: World, call: type[Caller]) -> None:
    """The door asks the database nothing: no session, no user, nothing that the command did not ask."""
    report = intake.Report(**LAMP)
    call().file()
    with CaptureQueriesContext(connection) as command:
        intake.file(report, by=HOLDER, classifier=classifier("yunchuan"))
    with CaptureQueriesContext(connection) as door:
        call().file()
    assert len(door) == len(command)


# --- the holder -------------------------------------------------------------------------------------------------------------


def test_the_holder_supplements_urges_and_withdraws(city: World, call: type[Caller]) -> None:
    """Code and secret are enough; the words are kept, the journal tells it."""
    receipt = call().file()
    code, secret = receipt["code"], {"X_Case_Secret": receipt["secret"]}
    assert call().post(f"/cases/{code}/supplement", {"text": "今天又黑了一晚。"}, **secret).json()["recorded"] == ["supplement"]
    assert call().post(f"/cases/{code}/urge", **secret).json()["recorded"] == ["urge"]
    soon = call().post(f"/cases/{code}/urge", **secret)
    problem(soon, 429, "too_many")
    assert int(soon.headers["Retry-After"]) > 0
    assert call().post(f"/cases/{code}/withdraw", {"reason": "已经自己修好了。"}, **secret).json()["state"] == "withdrawn"
    assert city.actions(code)[-3:] == ["supplement", "urge", "withdraw"]
    problem(call().post(f"/cases/{code}/urge", **secret), 409, "wrong_state")
    problem(call().post(f"/cases/{code}/urge"), 422, "bad_input")
    city.holds()


def test_the_holder_rates_answers_the_questions_and_reopens(city: World, call: type[Caller]) -> None:
    """A bad verdict brings the case back, a good rating closes it, where the city's rules say so."""
    receipt = call().file()
    code, secret = receipt["code"], {"X_Case_Secret": receipt["secret"]}
    problem(call().post(f"/cases/{code}/rate", {"level": 5}, **secret), 409, "wrong_state")
    unit = _clerk(city, code)
    answered(city, call(unit), code)
    said = call().post(f"/cases/{code}/callback", {"contacted": True, "solved": False, "satisfied": False, "note": "还是不亮。"}, **secret)
    assert said.status_code == 200, said.content.decode()
    assert said.json()["recorded"][0] == "call_back"
    if said.json()["state"] != "handling":
        assert call().post(f"/cases/{code}/reopen", {"reason": "还是不亮。"}, **secret).json()["state"] == "handling"
    answered(city, call(unit), code)
    rated = call().post(f"/cases/{code}/rate", {"level": 4, "reasons": "修好了。"}, **secret)
    assert rated.json()["recorded"][0] == "rate"
    assert call().get(f"/cases/{code}", X_Case_Secret=receipt["secret"]).json()["rating"] == 4
    for level in (0, 6, "最好"):
        problem(call().post(f"/cases/{code}/rate", {"level": level}, **secret), 422)
    city.holds()


def _clerk(city: World, code: str) -> str:
    """The user name of a clerk of the unit that has the case."""
    from minsheng.models.people import Member

    return str(Member.objects.filter(unit=city.case(code).unit, roles__contains=["staff"]).order_by("id").values_list("user__username", flat=True)[0])


def answered(city: World, unit: Caller, code: str) -> None:
    """The unit claims where it must, and answers; a checker passes it where the answer waits for one."""
    if city.state(code) == "dispatched":
        assert unit.move(code, "claim").status_code == 200
    text = "路灯线路已于 3 月 2 日修好，当晚已亮灯，我们会在一周内再查看一次。"
    done = unit.move(code, "answer", outcome="solved", text=text)
    assert done.status_code == 200, done.content.decode()
    city.check(code)


def test_anybody_may_say_that_they_have_it_too(city: World, call: type[Caller]) -> None:
    """Only of a public case; nobody counts twice."""
    code, hidden = call().file()["code"], call().file(wish="private")["code"]
    neighbour = {"name": "李女士", "phone": "13800000002"}
    assert call().post(f"/cases/{code}/support", neighbour).status_code == 204
    assert call().get(f"/cases/{code}").json()["supporters"] == 1
    assert problem(call().post(f"/cases/{code}/support", neighbour), 422)["field"] == "phone"
    problem(call().post(f"/cases/{hidden}/support", neighbour), 404)


def test_secrets_are_guessed_slowly(city: World, call: type[Caller]) -> None:
    """After ten wrong ones the right one is refused too, with the time to wait; another case is not locked."""
    receipt, other = call().file(), call().file()
    for _ in range(10):
        problem(call().get(f"/cases/{receipt['code']}", X_Case_Secret="guess"), 404)
    locked = call().get(f"/cases/{receipt['code']}", X_Case_Secret=receipt["secret"])
    problem(locked, 429, "too_many")
    assert 0 < int(locked.headers["Retry-After"]) <= 600
    assert call().get(f"/cases/{other['code']}", X_Case_Secret=other["secret"]).status_code == 200


def test_filing_is_limited_per_address(city: World, call: type[Caller], settings: Any) -> None:
    """The eleventh in a minute waits; nothing is stored for it. A bench switches it off."""
    for _ in range(10):
        call().file()
    late = call().post("/cases", LAMP)
    problem(late, 429, "too_many")
    assert 0 < int(late.headers["Retry-After"]) <= 60
    assert Case.objects.count() == 10
    settings.MINSHENG_LIMITS = False
    call().file()


def test_counters_are_bounded() -> None:
    """A flood of addresses costs a bounded memory; windows end."""
    limit = limits.Limit(2, 60)
    for n in range(limits.KEPT + 50):
        limit.take(f"address {n}")
    assert len(limit._used) == limits.KEPT
    limit._used["old"] = (-1000.0, 2)
    limit.take("old")


# --- what people type -----------------------------------------------------------------------------------------------------------


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("missing", {"body": None}, "body"),
    ("empty", {"body": "  \n "}, "body"),
    ("only marks", {"body": "\u200b\u202e\u200f"}, "body"),
    ("too long", {"body": "很" * 4001}, "body"),
    ("title too long", {"title": "很" * 61}, "title"),
    ("wrong type", {"body": 42}, "body"),
    ("list for text", {"body": ["路灯"]}, "body"),
    ("null byte", {"body": "路灯\x00坏了"}, "body"),
    ("null byte in a name", {"name": "张\x00先生"}, "name"),
    ("control character", {"place_text": "门口\x07"}, "place_text"),
    ("unknown field", {"bdoy": "x"}, "bdoy"),
    ("unknown kind", {"kind": "rant"}, "kind"),
    ("unknown channel", {"channel": "fax"}, "channel"),
    ("unknown urgency", {"urgency": "yesterday"}, "urgency"),
    ("unknown category", {"category": "9999"}, "category"),
    ("category of odd signs", {"category": "01'; --"}, "category"),
    ("unknown place", {"place": "atlantis"}, "place"),
    ("unknown district", {"district": "atlantis"}, "district"),
    ("unknown unit", {"accused": ["nobody"]}, "unit"),
    ("no phone", {"phone": ""}, "phone"),
    ("bad phone", {"phone": "12345"}, "phone"),
    ("phone of letters", {"phone": "打我电话"}, "phone"),
    ("no name", {"name": ""}, "name"),
    ("bad identity", {"identity": "340000200013010011"}, "identity"),
    ("latitude alone", {"lat": 31.5}, "lat"),
    ("latitude too large", {"lat": 131.5, "lng": 118.0}, "lat"),
    ("a text for a number", {"lat": "north", "lng": 118.0}, "lat"),
    ("an unknown photo", {"attachments": ["never-uploaded"]}, "attachments"),
    ("too many photos", {"attachments": ["a"] * 10}, "attachments"),
    ("a photo with a path", {"attachments": ["../../etc/passwd"]}, "attachments.0"),
]


def test_bad_input_names_the_field_and_stores_nothing(city: World, call: type[Caller], settings: Any) -> None:
    """A clear message in Chinese, and in English on request; nothing half-stored."""
    settings.MINSHENG_LIMITS = False
    zh, en = call(), call(language="en")
    for what, report, field in WRONG:
        body = {name: value for name, value in {**LAMP, **report}.items() if value is not None}
        chinese, english = problem(zh.post("/cases", body), 422, "bad_input"), problem(en.post("/cases", body), 422, "bad_input")
        assert chinese["field"] == english["field"] == chinese["errors"][0]["field"] == field, what
        assert chinese["title"] == "填写有误" and english["title"] == "Please check what you sent"
        assert _chinese(chinese["detail"]) and not _chinese(english["detail"]), (what, english["detail"])
    assert not Case.objects.exists() and not Party.objects.exists() and not CaseText.objects.exists()


def _chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


BROKEN = [
    ("nothing", b"", "application/json", 422),
    ("no JSON", b"{body: 1", "application/json", 400),
    ("cut off", b'{"body": "\xe8\xb7\xaf', "application/json", 400),
    ("GBK", '{"body": "路灯坏了"}'.encode("gbk"), "application/json", 400),
    ("UTF-16", '{"body": "x"}'.encode("utf-16"), "application/json", 400),
    ("charset", '{"body": "路灯坏了"}'.encode("gbk"), "application/json; charset=gbk", 415),
    ("a list", b"[1, 2]", "application/json", 422),
    ("a number", b"7", "application/json", 422),
    ("null", b"null", "application/json", 422),
    ("NaN", b'{"body": "x", "lat": NaN}', "application/json", 400),
    ("a long number", b'{"lat": ' + b"9" * 5000 + b"}", "application/json", 400),
    ("nested deeply", b"[" * 200_000, "application/json", 400),
    ("half a character", b'{"body": "\\ud800"}', "application/json", 422),
    ("a form", b"body=x", "application/x-www-form-urlencoded", 415),
    ("a page", b"<body>", "text/html", 415),
]


def test_bodies_that_cannot_be_read(city: World, call: type[Caller]) -> None:
    """Said in words; never a 500."""
    anybody = call()
    for what, content, media, status in BROKEN:
        found = problem(anybody.send("/cases", content, media=media), status)
        assert what != "GBK" or "UTF-8" in found["detail"]
    assert not Case.objects.exists()


def test_ten_megabytes_are_too_much(city: World, call: type[Caller], settings: Any) -> None:
    """413 in words, also for a body that lies about nothing; a little room is left for the form around a file of ten megabytes."""
    heavy = b'{"body": "' + b"x" * settings.MINSHENG_BODY_LIMIT + b'"}'
    problem(call().send("/cases", heavy), 413)
    just = b'{"body": "' + b"x" * (9 * 1024 * 1024) + b'"}'
    assert problem(call().send("/cases", just), 422)["field"] == "body"


def test_rare_words_are_kept_and_tricks_are_not(city: World, call: type[Caller]) -> None:
    """Emoji, rare characters and HTML stay as text; marks that turn the direction of reading are gone."""
    body = "𠮷家巷的路灯坏了 👨\u200d👩\u200d👧，<script>alert(1)</script> & \u202e了倒 ཀརྨ ᠮᠣᠩᠭᠣᠯ"
    receipt = call().file(body=body)
    own = call().get(f"/cases/{receipt['code']}", X_Case_Secret=receipt["secret"])
    kept = own.json()["body"]
    assert kept == body.replace("\u202e", "")
    assert own.headers["X-Content-Type-Options"] == "nosniff" and own.headers["Content-Type"] == "application/json"


def test_nobody_dates_anything_in_the_past_or_too_far(city: World, call: type[Caller]) -> None:
    """Days that cannot be are refused where they are typed."""
    code = call().file()["code"]
    unit = call(_clerk(city, code))
    if city.state(code) == "dispatched":
        unit.move(code, "claim")
    for day in ("2026-02-01", "9999-12-31", "2026-02-30", "明天", 20260305):
        assert problem(unit.move(code, "reply", text="会修的。", promised_on=day), 422)["field"] == "promised_on"
    with clock.moved(datetime(2026, 3, 2, 3, tzinfo=UTC)):
        done = unit.move(code, "reply", text="三天内修好。", promised_on="2026-03-05")
    assert done.status_code == 200
