"""The hall: filters, words, keyset pages; released text only."""

from tests.api.conftest import Caller, problem
from tests.world import World


def test_the_hall_pages_filters_and_searches(city: World, call: type[Caller]) -> None:
    """Newest first, a page at a time, nothing twice; filters and words narrow it."""
    lamps = [call().file()["code"] for _ in range(4)]
    pipe = call().file(body="楼下自来水管爆了，水流了一地。", title="水管爆裂")["code"]
    seen: list[str] = []
    cursor = ""
    while True:
        page = call().get(f"/hall?limit=2&cursor={cursor}")
        assert page.headers["Cache-Control"].startswith("public")
        seen += [item["code"] for item in page.json()["items"]]
        cursor = page.json()["next"]
        if not cursor:
            break
    assert seen == [pipe, *reversed(lamps)]
    assert [i["code"] for i in call().get("/hall?q=水管").json()["items"]] == [pipe]
    case = city.case(pipe)
    assert {i["code"] for i in call().get(f"/hall?district={case.district}&category={case.category[:2]}&state={case.state}").json()["items"]} >= {pipe}
    assert call().get("/hall?state=closed").json() == {"items": [], "next": ""}


def test_what_cannot_be_asked_is_said(city: World, call: type[Caller]) -> None:
    """Unknown values, odd signs, broken cursors: words, never a 500."""
    for query, field in (
        ("limit=51", "limit"), ("limit=0", "limit"), ("limit=ten", "limit"), ("state=lost", "state"), ("kind=rant", "kind"), ("cursor=%00", "cursor"),
        ("cursor=bm9uc2Vuc2U", "cursor"), ("district=a%00b", "district"), ("category=%27", "category"), ("q=" + "很" * 201, "q"),
    ):  # fmt: skip
        assert problem(call().get(f"/hall?{query}"), 422)["field"] == field
    for words in ("%00", "%27%3B--", "a:*%26!b", "%F0%9F%98%80", "🙂", "%ff", "\\", "'"):
        assert call().get(f"/hall?q={words}").status_code == 200


def test_private_words_never_reach_the_hall(city: World, call: type[Caller]) -> None:
    """Names and numbers are masked in what is released; private requests are not there."""
    call().file(body="路灯坏了，请打 13812345678 找我，身份证 11010519491231002X。")
    call().file(wish="private", body="家里的事，路灯坏了。")
    page = call().get("/hall").content.decode()
    assert "13812345678" not in page and "11010519491231002X" not in page and "家里的事" not in page
    assert len(call().get("/hall").json()["items"]) == 1
