"""督办 in a browser without scripts: the list, one measure, its answer and return; what is sealed is another's business."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from minsheng.commands import measures
from minsheng.domain.errors import NotAllowed
from minsheng.models.measure import Measure
from minsheng.models.staff import Act
from tests.commands import scenes
from tests.commands.scenes import CLERK, UNIT
from tests.web.test_watch import signed_in, text
from tests.world import World


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def post(client: Client, address: str, **values: str) -> Any:
    return client.post(address, values)


def test_from_the_list_to_the_answer_and_back(city: World) -> None:
    code = scenes.handled(city)
    city.do(measures.open_measure, code, kind="supervision", unit=UNIT, reason="群众多次反映。", by="supervisor1")
    supervisor, clerk, address = signed_in("supervisor1"), signed_in(CLERK), f"/desk/measures/{code}/1"
    for client in (supervisor, clerk):
        page = text(client, "/desk/measures?kind=supervision")
        assert code in page and "督〔2026〕1 号" in page and address in page
        assert code not in text(client, "/desk/measures?state=answered")
    assert "群众多次反映。" in text(clerk, address)
    assert post(clerk, f"{address}/answer_measure", text=" ").status_code == 422
    assert post(clerk, f"{address}/close_measure").status_code == 403
    assert post(clerk, f"{address}/answer_measure", text="已经换了灯头。").status_code == 302
    assert code in text(supervisor, "/desk/measures?state=answered")
    again = post(supervisor, f"{address}/return_measure", reason="没有写原因，请重答。", answer_on="2026-03-01")
    assert again.status_code == 422 and "没有写原因，请重答。" in again.content.decode()  # nothing typed is lost
    assert post(supervisor, f"{address}/return_measure", reason="没有写原因，请重答。", answer_on="2026-03-05").status_code == 302
    assert "没有写原因，请重答。" in text(clerk, address)
    assert Measure.objects.get().status == "opened"
    for path in ("/desk/measures?state=none", "/desk/measures?kind=reminder", f"/desk/measures/{code}/9"):
        text(supervisor, path, 404)
    assert post(supervisor, f"{address}/erase").status_code == 404
    assert signed_in("deputy1").get("/desk/measures").status_code in (403, 404)


def test_a_referral_is_sealed(city: World) -> None:
    """移交纪检: discipline and whoever opened it; not the head, not another supervisor, not the unit; every look is recorded."""
    code = scenes.handled(city)
    with pytest.raises(NotAllowed):
        city.do(measures.open_measure, code, kind="referral", unit="city.discipline", reason="屡次弄虚作假。", by="leader1")
    city.do(measures.open_measure, code, kind="referral", unit="city.discipline", reason="屡次弄虚作假。", by="supervisor1")
    address = f"/desk/measures/{code}/1"
    for username in ("leader1", CLERK, "dispatch1"):
        client = signed_in(username)
        text(client, address, 404)
        assert "屡次弄虚作假" not in text(client, f"/desk/cases/{code}")
        assert code not in text(client, "/desk/measures")
        assert post(client, f"{address}/withdraw_measure", reason="不用了。").status_code == 404
    assert not Act.objects.filter(kind="sealed").exists()
    for n, username in enumerate(("supervisor1", "discipline1"), 1):
        client = signed_in(username)
        assert code in text(client, "/desk/measures?kind=referral")
        assert "屡次弄虚作假。" in text(client, address)
        assert Act.objects.filter(kind="sealed", subject=f"measure:{code}/1").count() == n
    assert Act.objects.filter(kind="sealed").latest("id").by == city.who("discipline1").tag
    city.holds()


def test_the_list_asks_as_much_for_many_as_for_one(city: World) -> None:
    client, asked = signed_in("supervisor1"), []
    for _ in range(3):
        code = scenes.handled(city)
        city.do(measures.open_measure, code, kind="supervision", unit=UNIT, reason="督办。", by="supervisor1")
        text(client, "/desk/measures")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            text(client, "/desk/measures")
        asked.append(len(seen))
    assert len(set(asked)) == 1, asked
