"""刊物: drafted on schedule, signed by a second person, frozen; a later version says what it corrects."""

from collections.abc import Callable
from pathlib import Path

import pytest

from minsheng.adapters.publications import PlainPress
from minsheng.adapters.storage import LocalBlobs
from minsheng.commands import drafting
from minsheng.domain.access import SYSTEM
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.models.publication import Publication
from minsheng.models.read import TallyDelta
from minsheng.queries import publications
from tests.commands import scenes
from tests.commands.scenes import unchanged
from tests.world import World

Make = Callable[..., World]


@pytest.fixture
def signed(tmp_path: Path) -> Callable[..., None]:
    """Signs by this person, with a press that lays nothing out."""

    def sign(number: int, by: object, seen: str = "") -> None:
        digest = seen or Publication.objects.get(pk=number).digest
        drafting.sign(number, seen=digest, by=by, press=PlainPress(), blobs=LocalBlobs(tmp_path))  # type: ignore[arg-type]

    return sign


def test_a_second_person_signs_and_then_everybody_reads_it(world: Make, signed: Callable[..., None], tmp_path: Path) -> None:
    city = world("yunchuan")
    scenes.closed(city)
    city.until("2026-03-09T09:00+08:00")
    supervisor, leader = city.who("supervisor1"), city.who("leader1")
    number = drafting.draft("feedback", period="2026-W10", by=supervisor)
    assert publications.public() == []
    with pytest.raises(NotFound):
        publications.one(number)
    for wrong, seen in ((supervisor, ""), (city.who("editor1"), ""), (city.who(scenes.CLERK), "")):
        with unchanged(), pytest.raises(NotAllowed):
            signed(number, wrong, seen)
    with unchanged(), pytest.raises(WrongState):
        signed(number, leader, "another")
    signed(number, leader)
    shown = publications.one(number)
    assert (shown.status, shown.version, shown.changed) == ("published", 1, ())
    assert shown.content.figures["收件"] == 1
    digest, name = publications.file(number, "docx")
    assert name == "feedback-2026-W10-v1.docx" and "收件 1 件" in LocalBlobs(tmp_path).get(digest).decode()
    with unchanged(), pytest.raises(WrongState):
        signed(number, leader)
    with unchanged(), pytest.raises(WrongState, match="没有要更正的"):
        drafting.draft("feedback", period="2026-W10", by=supervisor)


def test_a_correction_is_a_new_version_that_says_what_changed(world: Make, signed: Callable[..., None]) -> None:
    city = world("yunchuan")
    scenes.closed(city)
    city.until("2026-03-09T09:00+08:00")
    first = drafting.draft("feedback", period="2026-W10", by=SYSTEM)
    signed(first, city.who("supervisor1"))
    late = TallyDelta.objects.filter(metric="receive").first() or TallyDelta(
        metric="receive", day="2026-03-02", unit="", district="", category="", origin="citizen"
    )
    late.pk, late.n = None, 2
    late.save(force_insert=True)
    second = drafting.draft("feedback", period="2026-W10", by=SYSTEM)
    assert second != first and drafting.draft("feedback", period="2026-W10", by=city.who("editor1")) == second  # a draft is drafted anew
    signed(second, city.who("leader1"))
    assert publications.one(second).changed == ("收件：1 改为 3",)
    assert publications.one(first).content.figures["收件"] == 1 and publications.one(first).later == second
    assert [row.number for row in publications.public()] == [second]


def test_the_job_drafts_what_is_over_and_nothing_twice(world: Make) -> None:
    city = world("yunchuan", at="2026-03-09T09:00+08:00")
    made = drafting.draft_due()
    found = set(Publication.objects.filter(pk__in=made).values_list("kind", "period", "status"))
    assert found == {("feedback", "2026-W10", "draft"), ("exposure", "2026-W10", "draft"), ("special", "2026-W10", "draft"),
                     ("ranking", "2026-02", "draft"), ("yearly", "2025", "draft")}  # fmt: skip
    assert drafting.draft_due() == []
    city.until("2026-03-16T09:00+08:00")
    assert len(drafting.draft_due()) == 3


def test_what_is_internal_is_signed_and_never_public(world: Make, signed: Callable[..., None]) -> None:
    city = world("yunchuan", at="2026-03-09T09:00+08:00")
    number = drafting.draft("special", period="2026-W10", by=SYSTEM)
    signed(number, city.who("leader1"))
    assert publications.one(number, desk=True).status == "signed" and publications.public() == []
    with pytest.raises(NotFound):
        publications.file(number, "pdf")


@pytest.mark.parametrize(
    ("kind", "period"), [("feedback", "2026-W11"), ("feedback", "2026-W12"), ("feedback", "2026-W60"), ("ranking", "2026-03"), ("hm", "2026")]
)
def test_periods_that_cannot_be_reported_say_why(world: Make, kind: str, period: str) -> None:
    city = world("yunchuan", at="2026-03-09T09:00+08:00")
    with unchanged(), pytest.raises(BadInput):
        drafting.draft(kind, period=period, by=city.who("editor1"))


def test_a_week_without_cases_says_so(world: Make) -> None:
    city = world("yunchuan", at="2026-03-09T09:00+08:00")
    number = drafting.draft("feedback", period="2026-W09", by=city.who("editor1"))
    said = publications.one(number, desk=True).content
    assert "各项比率没有数据" in said.sections[0].paragraphs[0]
    assert {bar.words for bar in said.sections[0].charts[0].bars} == {"没有数据"}
