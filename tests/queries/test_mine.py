"""我的: own cases by account and by browser, those taken part in, and who looked; a page costs the same whatever is on it."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from minsheng.commands import amending, callback, following, handling, people
from minsheng.commands.codes import Contact
from minsheng.domain.access import citizen
from minsheng.queries import mine
from tests.commands import scenes
from tests.commands.test_accounts import account
from tests.world import World

Make = Callable[..., World]


def test_own_cases_are_those_of_the_account_and_those_held_here(world: Make) -> None:
    """Newest first, each once; nobody else's, and none that the person only joined."""
    city = world("yunchuan")
    pk, other = account(), account(Contact("phone", "13800000032"))
    first = scenes.dispatched(city, account=pk)
    held = scenes.dispatched(city)
    strange = scenes.dispatched(city, account=other)
    city.do(people.support, strange, by=citizen(pk), name="李", phone="13800000031")
    both = scenes.dispatched(city, account=pk)
    found = mine.cases(pk, [held, both]).rows
    assert [(row.code, row.mine) for row in found] == [(both, True), (held, False), (first, True)]
    assert [row.code for row in mine.cases(None, [held]).rows] == [held]
    assert mine.cases(None, []).rows == []
    assert mine.adoptable([held, both, strange]) == 1
    assert mine.adoptable([]) == 0


def test_what_a_row_says(world: Make) -> None:
    """The promise that runs, whether it has passed, and that an answer waits for a judgement; once judged it waits no more."""
    city = world("yunchuan")
    pk = account()
    code = scenes.handled(city, account=pk)
    row = mine.cases(pk, []).rows[0]
    assert (row.title, row.state, row.unit_name, row.overdue, row.to_rate) == ("路灯不亮", "handling", "青禾区松涛街道城管所", False, False)
    assert row.due_at == min(city.deadline(code, "answer").due_at, city.deadline(code, "close").due_at)
    city.wait("30 days")
    assert mine.cases(pk, []).rows[0].overdue
    done = scenes.checked(city, account=pk)
    assert [(r.code, r.to_rate) for r in mine.cases(pk, []).rows] == [(done, True), (code, False)]
    city.do(callback.rate, done, by=citizen(pk), level=5)
    assert not mine.cases(pk, []).rows[0].to_rate


def test_taken_part_is_what_was_joined_or_is_followed_and_public(world: Make) -> None:
    """What became private is gone from the list, like from everywhere."""
    city = world("yunchuan")
    pk = account()
    joined, followed, neither = (scenes.handled(city) for _ in range(3))
    city.do(people.support, joined, by=citizen(pk), name="李", phone="13800000031")
    following.follow(followed, account=pk)
    following.follow(joined, account=pk)
    assert [(row.code, row.joined) for row in mine.taken_part(pk).rows] == [(followed, False), (joined, True)]
    city.do(amending.amend, followed, by="desk1", visibility="private", reason="诉求人要求。")
    city.do(people.leave, joined, by=citizen(pk))
    assert [(row.code, row.joined) for row in mine.taken_part(pk).rows] == [(joined, False)]
    assert neither not in [row.code for row in mine.taken_part(pk).rows]


def test_openings_of_every_part_of_the_person(world: Make) -> None:
    """As caller and as somebody who joined; those of other people are not told."""
    city = world("yunchuan")
    pk = account()
    own, joined = scenes.handled(city, account=pk), scenes.handled(city)
    city.do(people.support, joined, by=citizen(pk), name="李", phone="13800000031")
    city.do(people.open_parties, own, by=scenes.CLERK, reason="上门前打电话")
    city.do(people.open_parties, joined, by="desk1", reason="核对地址")
    found = mine.openings(pk).rows
    assert [(row.code, row.unit_name, row.reason, row.fields) for row in found] == [
        (joined, "云川市民声中心", "核对地址", ("name", "phone")),
        (own, "青禾区松涛街道城管所", "上门前打电话", ("name", "phone")),
    ]
    assert mine.openings(account(Contact("phone", "13800000032"))).rows == []


def test_pages_follow_one_another_and_cost_the_same(world: Make) -> None:
    """By keyset, none left out, none twice, also where several were filed in the same moment."""
    city = world("yunchuan")
    pk = account()
    codes = [scenes.dispatched(city, account=pk) for _ in range(5)]
    for code in codes:
        city.do(handling.claim, code, by=scenes.CLERK)
        city.do(people.open_parties, code, by=scenes.CLERK, reason="上门前打电话")
        following.follow(code, account=pk)
    asked: set[int] = set()
    reads: tuple[Callable[..., mine.Page[mine.MyCase] | mine.Page[mine.TakenPart] | mine.Page[mine.MyOpening]], ...] = (
        lambda cursor: mine.cases(pk, [], cursor=cursor, limit=2),
        lambda cursor: mine.taken_part(pk, cursor=cursor, limit=2),
        lambda cursor: mine.openings(pk, cursor=cursor, limit=2),
    )
    for read, most in zip(reads, (3, 2, 1), strict=True):
        seen: list[str] = []
        cursor = ""
        while True:
            with CaptureQueriesContext(connection) as queries:
                page = read(cursor)
            asked.add(len(queries))
            assert len(queries) <= most
            seen += [row.code for row in page.rows]
            cursor = page.next
            if not cursor:
                break
        assert seen == codes[::-1]
    assert asked == {1, 2, 3}
