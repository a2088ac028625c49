"""网格: the list of a grid worker: the own unit's cases, most pressing first; no name, no number; as many questions for many cases as for one."""

from collections.abc import Callable
from dataclasses import astuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from minsheng.commands import fieldwork, handling
from minsheng.domain.fieldwork import Sent
from minsheng.queries import grid
from tests.commands.test_fieldwork import lies
from tests.world import World


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def test_the_list_is_the_units_own_most_pressing_first(city: World) -> None:
    first = lies(city)
    city.wait("5 minutes")
    second = city.file(body="单元门的锁坏了，谁都能进来，请来修一下。", title="单元门锁坏了", place="yinxing-b1", category="030301", place_text="1 栋 2 单元")
    city.file(body="小区门口的路灯坏了，晚上看不见路。", title="别的单位的", place="yinxing-b1")
    walker = city.who("yinxing-grid")
    jobs = grid.day(walker).jobs
    assert [job.code for job in jobs] == [first, second]
    assert jobs[0].contact_due is not None and jobs[0].contact_from is not None and not jobs[0].contacted
    assert jobs[1].place == "银杏花园1栋 1 栋 2 单元" or jobs[1].place.endswith("1 栋 2 单元")
    city.do(handling.contact, first, by="yinxing", method="phone")
    jobs = grid.day(walker).jobs
    assert [job.code for job in jobs] == [second, first]
    assert jobs[1].contacted and jobs[1].contact_due is None
    said = "".join(str(astuple(job)) for job in jobs)
    assert "张先生" not in said and "1380000" not in said


def test_done_today(city: World) -> None:
    code, walker = lies(city), city.who("yinxing-grid")
    fieldwork.missed(code, result="busy", sent=Sent(key="k1"), by=walker)
    city.do(handling.claim, code, by="yinxing")  # a colleague's deed is not this person's
    assert [(done.what, done.code) for done in grid.day(walker).done] == [("联系未成", code)]
    city.wait("1 day")
    assert grid.day(walker).done == []


def test_as_many_questions_for_many_as_for_one(city: World) -> None:
    walker = city.who("yinxing-grid")
    counts = []
    for _ in range(2):
        city.file(body=f"第 {len(counts)} 扇单元门的锁坏了，请来修。", place="yinxing-b1", category="030301")
        with CaptureQueriesContext(connection) as seen:
            grid.day(walker)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 5
