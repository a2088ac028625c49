"""Staff: queues, one case, moves with their why-nots, approvals, people opened with a reason."""

from typing import Any

from django.test import Client

from minsheng.commands import dispatch, forms, handling
from minsheng.domain.moves import MOVES
from minsheng.models.case import Opening
from minsheng.models.people import Member, User
from tests.api.conftest import Caller, problem
from tests.web.entering import sign_in
from tests.world import World


def clerk(city: World, code: str) -> str:
    """The user name of a clerk of the unit that has the case."""
    return str(Member.objects.filter(unit=city.case(code).unit, roles__contains=["staff"]).order_by("id").values_list("user__username", flat=True)[0])


def test_staff_addresses_ask_who_calls(city: World, call: type[Caller]) -> None:
    """Without a token 401 in words, everywhere."""
    code = call().file()["code"]
    for path in (
        "/me",
        "/queues",
        "/inbox?queue=handling",
        f"/cases/{code}/desk",
        f"/cases/{code}/events",
        f"/cases/{code}/moves",
        "/approvals",
        "/figures",
        "/moves",
    ):
        problem(call().get(path), 401, "unauthorized")
    for path in (f"/cases/{code}/moves", f"/cases/{code}/parties/open", f"/cases/{code}/approvals/1"):
        problem(call().post(path, {"move": "claim"}), 401, "unauthorized")


def test_a_citizen_who_has_signed_in_is_no_staff(city: World) -> None:
    """The session of an account opens nothing here, not even figures; and there is no other way to send it."""
    browser = Client()
    sign_in(browser)
    for path in ("/me", "/queues", "/figures", "/moves"):
        assert browser.get(f"/api/v1{path}").status_code == 401, path


def test_who_i_am(city: World, call: type[Caller]) -> None:
    """Name, units and roles."""
    me = call("dispatch1").get("/me").json()
    assert {role for post in me["memberships"] for role in post["roles"]} == {"dispatcher", "operator", "staff"}
    assert me["memberships"][0]["unit"] == "city.centre" and me["memberships"][0]["unit_name"]


def test_queues_and_their_pages(city: World, call: type[Caller]) -> None:
    """Each page continues where the last one ended; a queue of others does not exist."""
    codes = {call().file()["code"] for _ in range(5)}
    desk = call("dispatch1")
    counts = {q["key"]: q["count"] for q in desk.get("/queues").json()["queues"]}
    state = city.state(next(iter(codes)))
    assert counts[state] == 5
    first = desk.get(f"/inbox?queue={state}&limit=3").json()
    second = desk.get(f"/inbox?queue={state}&limit=3&cursor={first['next']}").json()
    assert {item["code"] for item in first["items"] + second["items"]} == codes and second["next"] == ""
    problem(desk.get("/inbox?queue=nothing"), 404)
    problem(desk.get(f"/inbox?queue={state}&cursor=x"), 422)
    problem(desk.get("/inbox"), 422)


def test_moves_are_offered_made_and_refused_with_reasons(city: World, call: type[Caller]) -> None:
    """What is offered can be made; what cannot be made says why not, as 403 (another person) or 409 (another time)."""
    code = call().file()["code"]
    unit, desk = call(clerk(city, code)), call("desk1")
    offered = {m["action"]: m for m in unit.get(f"/cases/{code}/moves").json()["available_moves"]}
    assert offered["claim"]["allowed"] and offered["claim"]["fields"] == []
    assert not offered["answer"]["allowed"] and "答复" in offered["answer"]["why_not_zh"] and offered["answer"]["why_not_en"]

    refused = problem(unit.move(code, "answer", outcome="solved", text="已经修好了。"), 409, "wrong_state")
    assert refused["detail"] == offered["answer"]["why_not_zh"]
    problem(desk.move(code, "claim"), 403, "not_allowed")

    claimed = unit.move(code, "claim").json()
    assert claimed["state"] == "handling" and claimed["recorded"] == ["claim"]
    answer = next(m for m in claimed["available_moves"] if m["action"] == "answer")
    assert [f["name"] for f in answer["fields"] if f["required"]] == ["outcome", "text"]
    assert {o["value"] for f in answer["fields"] for o in f["choices"]} >= {"solved", "explained"}
    done = unit.move(code, "answer", outcome="solved", text="路灯线路已于 3 月 2 日修好，当晚已亮灯，我们会在一周内再查看一次。")
    assert done.status_code == 200 and done.json()["recorded"][0] == "answer"
    city.holds()


def test_a_stale_screen_is_told_the_new_version(city: World, call: type[Caller]) -> None:
    """409 `stale` with the version as it is now; nothing is recorded."""
    code = call().file()["code"]
    unit = call(clerk(city, code))
    version = unit.get(f"/cases/{code}/moves").json()["version"]
    assert unit.move(code, "claim", seen=version).status_code == 200
    stale = problem(unit.move(code, "reply", text="已派人查看。", seen=version), 409, "stale")
    assert stale["version"] == city.case(code).version > version
    assert city.actions(code)[-1] == "claim"
    assert unit.move(code, "reply", text="已派人查看。", seen=stale["version"]).status_code == 200


def test_fields_of_a_move_are_checked(city: World, call: type[Caller]) -> None:
    """The first wrong field is named; a field that the move does not have is named too."""
    code = call().file()["code"]
    unit = call(clerk(city, code))
    unit.move(code, "claim")
    for move, values, field in (
        ("answer", {"text": "好了"}, "outcome"),
        ("answer", {"outcome": "great", "text": "好了"}, "outcome"),
        ("answer", {"outcome": "solved", "text": ["好了"]}, "text"),
        ("answer", {"outcome": "solved", "text": "好" * 4001}, "text"),
        ("answer", {"outcome": "solved", "text": "好了", "evidence": ["a b"]}, "evidence"),
        ("answer", {"outcome": "solved", "txet": "好了"}, "txet"),
        ("extend", {"by_how_much": "soon", "reason": "材料没到"}, "by_how_much"),
        ("extend", {"by_how_much": 3, "reason": "材料没到"}, "by_how_much"),
        ("send_back", {"reason": "不归我们", "proposed": "nobody"}, "proposed"),
        ("co_handle", {"units": [], "request": "一起看"}, "units"),
        ("co_handle", {"units": "city.water\x00", "request": "一起看"}, "units"),
        ("contact", {"method": "smoke"}, "method"),
        ("assign", {"to": 10**30}, "to"),
        ("assign", {"to": True}, "to"),
        ("fly", {}, "move"),
    ):
        found = problem(unit.move(code, move, **values), 422, "bad_input")
        assert found["field"] == field, (move, values, found)
    problem(unit.post(f"/cases/{code}/moves", {"seen": 1}), 422)
    problem(unit.post(f"/cases/{code}/moves", {"move": "claim", "seen": 2**40}), 422)
    problem(unit.move("YC260009999", "claim"), 404)


def test_consent_is_asked_listed_and_given(city: World, call: type[Caller]) -> None:
    """What needs consent waits as an approval; who asked does not decide; with consent the move is made."""
    code = call().file()["code"]
    unit = call(clerk(city, code))
    unit.move(code, "claim")
    asked = unit.move(code, "extend", by_how_much="2 working days", reason="等配件。")
    assert asked.status_code == 200, asked.content.decode()
    assert asked.json()["recorded"] == ["approval_asked"]
    assert unit.get("/approvals").json()["items"] == []
    desk = call("dispatch1")
    waiting = desk.get("/approvals").json()["items"]
    assert [(row["code"], row["number"], row["move"]) for row in waiting] == [(code, 1, "extend")]
    problem(unit.post(f"/cases/{code}/approvals/1", {"decision": "grant"}), 403)
    assert problem(desk.post(f"/cases/{code}/approvals/1", {"decision": "refuse"}), 422)["field"] == "reason"
    problem(desk.post(f"/cases/{code}/approvals/2", {"decision": "grant"}), 404)
    problem(desk.post(f"/cases/{code}/approvals/{10**40}", {"decision": "grant"}), 422)
    before = city.deadline(code, "answer").due_at
    given = desk.post(f"/cases/{code}/approvals/1", {"decision": "grant"}).json()
    assert given["recorded"] == ["approval_granted", "extend"]
    assert city.deadline(code, "answer").due_at > before
    assert desk.get("/approvals").json()["items"] == []
    city.holds()


def test_people_are_opened_with_a_reason(city: World, call: type[Caller]) -> None:
    """Who works on the case reads name and phone; it is recorded. Others do not."""
    code = call().file()["code"]
    unit = call(clerk(city, code))
    assert "13800000001" not in unit.get(f"/cases/{code}/desk").content.decode()
    assert problem(unit.post(f"/cases/{code}/parties/open", {"reason": " "}), 422)["field"] == "reason"
    assert not Opening.objects.exists()
    opened = unit.post(f"/cases/{code}/parties/open", {"reason": "约上门时间"})
    assert opened.json()["people"][0]["phone"] == "13800000001"
    assert opened.headers["Cache-Control"] == "no-store"
    assert Opening.objects.get().reason == "约上门时间"
    assert call("desk1").get(f"/cases/{code}/desk").json()["view"]["openings"][0]["reason"] == "约上门时间"
    problem(call("observer1").post(f"/cases/{code}/parties/open", {"reason": "好奇"}), 403)


def test_the_journal_is_read_in_order(city: World, call: type[Caller]) -> None:
    """Every entry with who, when and why."""
    code = call().file()["code"]
    entries = call("desk1").get(f"/cases/{code}/events").json()["entries"]
    assert [e["action"] for e in entries] == city.actions(code)
    assert [e["seq"] for e in entries] == list(range(1, len(entries) + 1))
    assert any(e["because"] for e in entries)


def test_the_accused_see_nothing(city: World, call: type[Caller]) -> None:
    """举报: to the accused unit the case does not exist, by any address."""
    code = call().file(kind="report", accused=["city.urban_management"], body="城管中队收钱不办事。")["code"]
    accused = call("chengguan")
    for path in ("desk", "events", "moves"):
        problem(accused.get(f"/cases/{code}/{path}"), 404)
    problem(accused.move(code, "claim"), 404)
    problem(accused.post(f"/cases/{code}/parties/open", {"reason": "看看"}), 404)
    assert call("desk1").get(f"/cases/{code}/desk").status_code == 200


def test_a_browser_session_needs_the_csrf_token(city: World, call: type[Caller]) -> None:
    """Signed in, reading is free; a change without the token of the page is refused, with it made."""
    code = call().file()["code"]
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username=clerk(city, code)), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/v1/me").status_code == 200
    body: dict[str, Any] = {"move": "claim"}
    problem(client.post(f"/api/v1/cases/{code}/moves", body, content_type="application/json"), 403, "csrf")
    client.cookies["minsheng_csrf"] = "a" * 32
    made = client.post(f"/api/v1/cases/{code}/moves", body, content_type="application/json", headers={"X-CSRFToken": "a" * 32})
    assert made.status_code == 200, made.content.decode()


def test_every_move_that_a_person_makes_is_described(city: World, call: type[Caller]) -> None:
    """GET /moves lists them all."""
    listed = {m["action"]: m for m in call("desk1").get("/moves").json()}
    assert set(listed) == set(forms.FORMS) >= set(MOVES) - {"receive"}
    assert {f["name"]: f["kind"] for f in listed["park"]["fields"]} == {"plan": "text", "owner": "unit", "review_on": "date"}


def test_a_dispatcher_reassigns_and_a_clerk_sees_it_leave(city: World, call: type[Caller]) -> None:
    """The commands are those of the stories: what the API did can be gone on with by command."""
    code = call().file()["code"]
    first = city.case(code).unit
    other = "city.parks" if first != "city.parks" else "city.sanitation"
    moved = call("dispatch1").move(code, "reassign", lead=other, reason="应由园林来办。")
    assert moved.status_code == 200, moved.content.decode()
    assert city.case(code).unit == other
    if city.state(code) == "dispatched":
        city.do(handling.claim, code, by=clerk(city, code))
    city.do(dispatch.send_back, code, by=clerk(city, code), reason="不归园林", proposed=str(first))
    city.holds()
