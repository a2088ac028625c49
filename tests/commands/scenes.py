"""Cases brought as far as a test needs them, and a look at everything that is stored."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.db import connection, connections

from minsheng import clock
from minsheng.commands import answering, approvals, callback, dispatch, handling
from minsheng.models.event import CaseEvent
from tests.world import World

#: The unit that the rules name for a broken lamp in 银杏社区, and its clerk.
UNIT, CLERK = "songtao.urban_management", "songtao-chengguan"
LAMP = {"title": "路灯不亮", "body": "小区门口的路灯坏了，晚上看不见路。", "place": "yinxing-b1"}
GOOD = "3月3日下午，城管所更换了银杏花园1栋门口的两盏路灯灯头和一段线路，当晚7点已经亮灯，您可以下楼看看。还不亮请打0000-60000003，我们当天再来修。"
HOLLOW = "您好，您反映的问题已收悉，我单位高度重视，已转相关部门，感谢您的理解与支持。"


def dispatched(city: World, **report: Any) -> str:
    """A lamp case that lies with its unit."""
    code = city.file(**{**LAMP, **report})
    assert city.state(code) == "dispatched", city.state(code)
    return code


def handled(city: World, **report: Any) -> str:
    """… claimed by it."""
    code = dispatched(city, **report)
    city.do(handling.claim, code, by=CLERK)
    return code


def answered(city: World, **report: Any) -> str:
    """… answered, waiting for its check."""
    code = handled(city, **report)
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    assert city.state(code) == "answered"
    return code


def checked(city: World, **report: Any) -> str:
    """… the answer passed and public."""
    code = answered(city, **report)
    city.do(answering.pass_check, code, by="checker1")
    return code


def closed(city: World, **report: Any) -> str:
    """… called back and closed."""
    code = checked(city, **report)
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    assert city.state(code) == "closed"
    return code


def registered(city: World, **report: Any) -> str:
    """A case that a dispatcher must place: its unit has sent it back, with consent."""
    code = handled(city, **report)
    sent_back(city, code)
    assert city.state(code) == "registered"
    return code


def sent_back(city: World, code: str, *, by: str = CLERK, proposed: str = "songtao") -> None:
    """退单 with the centre's consent."""
    city.do(dispatch.send_back, code, by=by, reason="这段路不归我们管。", proposed=proposed)
    granted(city, code)


def granted(city: World, code: str, *, by: str = "dispatch1") -> None:
    """Consent to what waits."""
    number = max(int(n) for n, held in city.case(code).facts["approvals"].items() if held["status"] == "asked")
    city.do(approvals.grant, code, number=number, by=by)


def parked(city: World, **report: Any) -> str:
    """挂账 with the centre's consent, to be looked at in thirty days."""
    code = handled(city, **report)
    city.do(handling.park, code, by=CLERK, plan="等电缆到货，先装临时灯。", owner=UNIT, review_on=clock.local(clock.now()).date() + timedelta(days=30))
    granted(city, code)
    assert city.state(code) == "parked"
    return code


def received(city: World, **report: Any) -> str:
    """A case that nobody but a person can sort."""
    code = city.file(**{"body": "有一件事想当面说清楚，请派人来听一听。", **report})
    assert city.state(code) == "received", city.state(code)
    return code


def event(code: str, action: str) -> CaseEvent:
    """The last line of this kind."""
    return CaseEvent.objects.filter(case__code=code, action=action).latest("seq")


def counts() -> dict[str, int]:
    """Rows in every table of ours and in the queue: what `nothing stored` is measured by."""
    with connection.cursor() as cursor:
        cursor.execute(_counting())
        return dict(cursor.fetchall())


@lru_cache(maxsize=1)
def _counting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND (tablename LIKE 'ms\\_%' OR tablename = 'procrastinate_jobs')")
        return " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for (table,) in cursor.fetchall())


@contextmanager
def unchanged() -> Iterator[None]:
    """Nothing is stored and nothing is lost inside the `with`."""
    before = counts()
    yield
    assert counts() == before


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """Run tasks in threads of their own, each with its own connection and the test's clock; their results or what they raised, in order."""
    results: list[Any] = [None] * len(tasks)
    gate = threading.Barrier(len(tasks))

    def run(number: int, task: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            results[number] = task()
        except Exception as error:  # noqa: BLE001 (whatever a thread raises is its result)
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=copy_context().run, args=(run, number, task), daemon=True) for number, task in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "a thread waits for ever"
    return results
