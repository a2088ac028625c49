"""刊物 on screens: drafted at the desk, signed by a second person, read and fetched by everybody; the column of exposures."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from web.test_desk import PASSWORD, signed_in

from minsheng import clock, wiring
from minsheng.adapters.publications import PlainPress
from minsheng.models.case import ReleasedText
from minsheng.models.measure import Measure
from minsheng.models.people import User
from minsheng.models.publication import Publication
from tests.commands import scenes
from tests.world import World

Make = Callable[..., World]


@pytest.fixture(autouse=True)
def press(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "publisher", PlainPress)


def test_drafted_signed_and_read_by_everybody(world: Make, settings: object, tmp_path: Path) -> None:
    city = world("yunchuan")
    scenes.closed(city)
    city.until("2026-03-09T09:00+08:00")
    User.objects.update(password=make_password(PASSWORD))
    everybody, editor, leader = Client(), signed_in("editor1"), signed_in("leader1")
    assert "还没有公开的刊物" in everybody.get(reverse("publications")).content.decode()
    wrong = editor.post(reverse("desk-publications"), {"kind": "feedback", "period": "2026-W30"})
    assert wrong.status_code == 422 and "还没到" in wrong.content.decode() and 'value="2026-W30"' in wrong.content.decode()
    made = editor.post(reverse("desk-publications"), {"kind": "feedback", "period": "2026-W10"})
    number = Publication.objects.get().pk
    assert made.headers["Location"] == reverse("desk-publication", args=(number,))
    page = editor.get(made.headers["Location"]).content.decode()
    assert "收件 1 件" in page and "请另一位同事来签发" in page
    assert everybody.get(reverse("publication", args=(number,))).status_code == 404
    seen = Publication.objects.get().digest
    assert editor.post(reverse("desk-publication", args=(number,)), {"seen": seen}).status_code == 403
    assert leader.post(reverse("desk-publication", args=(number,)), {"seen": seen}).status_code == 302
    assert "已公开" in leader.get(reverse("desk-publication", args=(number,))).content.decode()
    public = everybody.get(reverse("publication", args=(number,))).content.decode()
    assert "收件 1 件" in public and seen in public
    assert reverse("publication", args=(number,)) in everybody.get(reverse("publications")).content.decode()
    file = everybody.get(reverse("publication-file", args=(number, "pdf")))
    assert b"".join(file.streaming_content).startswith(b"%PDF-") and "feedback-2026-W10-v1.pdf" in file.headers["Content-Disposition"]  # type: ignore[attr-defined]
    assert everybody.get(reverse("publication-file", args=(number, "exe"))).status_code == 404


def test_clerks_and_strangers_do_not_see_drafts(world: Make) -> None:
    world("yunchuan")
    User.objects.update(password=make_password(PASSWORD))
    assert signed_in(scenes.CLERK).get(reverse("desk-publications")).status_code == 403
    assert Client().get(reverse("desk-publications")).status_code in (302, 403)


def test_only_an_exposure_with_released_words_stands_in_the_column(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.checked(city)
    assert "最近三个月没有曝光事项" in Client().get(reverse("exposed")).content.decode()
    case = city.case(code)
    digest = "a" * 64
    Measure.objects.create(
        case=case, number=1, kind="exposure", level="", unit=scenes.UNIT, because="拖延", text=digest, status="opened", opened_by="staff:1",
        opened_at=clock.now() - timedelta(minutes=1),
    )  # fmt: skip
    assert code not in Client().get(reverse("exposed")).content.decode()
    ReleasedText.objects.create(case=case, digest=digest, kind="exposure", version=1, body="路灯坏了十天没人修。", by="staff:1", at=clock.now())
    page = Client().get(reverse("exposed")).content.decode()
    assert "路灯坏了十天没人修。" in page and code in page
    Measure.objects.update(status="withdrawn")
    assert code not in Client().get(reverse("exposed")).content.decode()
