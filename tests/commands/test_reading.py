"""看过: bold in a list is what has come since."""

from collections.abc import Callable

from minsheng.commands import handling, reading
from minsheng.domain.access import HOLDER
from minsheng.models.work import Read
from minsheng.queries import inbox
from tests.commands import scenes
from tests.commands.scenes import CLERK
from tests.world import World


def unread(city: World, code: str, username: str) -> bool:
    (row,) = inbox.find(city.who(username), code)
    return row.unread


def test_read_until_something_happens(world: Callable[..., World]) -> None:
    """Each person for themselves; it never goes back; a citizen leaves no trace."""
    city = world("yunchuan")
    code = scenes.handled(city)
    clerk, case = city.who(CLERK), city.case(code)
    assert unread(city, code, CLERK)
    reading.mark(case.pk, seq=case.seq, by=clerk)
    assert not unread(city, code, CLERK)
    assert unread(city, code, "dispatch1")
    city.do(handling.progress, code, by=CLERK, text="到现场看过。")
    assert unread(city, code, CLERK)
    reading.mark(case.pk, seq=city.case(code).seq, by=clerk)
    reading.mark(case.pk, seq=1, by=clerk)
    assert not unread(city, code, CLERK)
    reading.mark(case.pk, seq=1, by=HOLDER)
    assert Read.objects.count() == 1
