"""附件: added, taken away, put back; what a unit adds to a published article waits; what nobody names any more goes after a day."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from minsheng import clock
from minsheng.adapters.documents import examine
from minsheng.adapters.storage import MemoryBlobs
from minsheng.commands import articles, attaching, uploads
from minsheng.domain.access import Actor
from minsheng.domain.articles import Draft
from minsheng.domain.errors import BadInput, NotAllowed, NotFound
from minsheng.models.case import Attachment
from minsheng.models.content import Article, ArticleFile, ArticleVersion
from minsheng.models.staff import Act
from tests.commands.scenes import unchanged
from tests.documents import PDF, docx, xlsx
from tests.world import World

FEE = Draft(kind="knowledge", slug="property-fee", title="物业费怎么算", body="按面积算。", category="0301")


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


@pytest.fixture
def blobs() -> MemoryBlobs:
    return MemoryBlobs()


def attach(number: int, by: Actor, blobs: MemoryBlobs, *, content: bytes = PDF, name: str = "申请表.pdf") -> int:
    return attaching.attach(number, content=content, name=name, examine=examine, blobs=blobs, by=by)


def test_added_removed_put_back(city: World, blobs: MemoryBlobs) -> None:
    """The same file twice is there once; removed, nobody finds it; put back it is as it was."""
    clerk = city.who("zhujian")
    number = articles.write(FEE, by=clerk)
    file = attach(number, clerk, blobs)
    assert attach(number, clerk, blobs) == file
    row = ArticleFile.objects.get()
    assert (row.name, row.media_type, row.size, row.waits) == ("申请表.pdf", "application/pdf", len(PDF), False)
    assert blobs.get(row.digest) == PDF
    assert attaching.detach(number, file=file, by=clerk) == "申请表.pdf"
    with pytest.raises(NotFound):
        attaching.detach(number, file=file, by=clerk)
    attaching.put_back(number, file=file, by=clerk)
    assert ArticleFile.objects.get().removed_at is None
    with pytest.raises(NotFound):
        attaching.put_back(number, file=file, by=clerk)
    attaching.detach(number, file=file, by=clerk)
    assert attach(number, clerk, blobs, name="新名字.pdf") == file
    assert [act.after["what"] for act in Act.objects.order_by("id")] == ["attach", "attach", "detach", "attach", "detach", "attach"]
    assert ArticleFile.objects.get().name == "新名字.pdf"


def test_eight_are_enough_and_others_add_none(city: World, blobs: MemoryBlobs) -> None:
    by = city.who("editor1")
    number = articles.write(FEE, by=by)
    for n in range(attaching.MOST):
        attach(number, by, blobs, content=PDF.replace(b"1.4", f"1.{n}".encode()))
    with unchanged(), pytest.raises(BadInput) as refused:
        attach(number, by, blobs, content=PDF.replace(b"1.4", b"2.0"))
    assert refused.value.field == "file"
    with unchanged(), pytest.raises(NotAllowed):
        attach(number, city.who("zhujian"), blobs)


def test_what_a_unit_adds_to_a_published_article_waits_for_the_review(city: World, blobs: MemoryBlobs) -> None:
    clerk, editor = city.who("zhujian"), city.who("editor1")
    number = articles.write(FEE, by=clerk)
    articles.ask(number, seen=1, by=clerk)
    attach(number, clerk, blobs)
    assert Article.objects.get().status == "draft", "changed since it was sent to review"
    articles.publish(number, seen=1, by=editor)
    first = ArticleFile.objects.get()
    assert first.waits is False
    attach(number, clerk, blobs, content=docx(), name="减免申请表.docx")
    second = ArticleFile.objects.get(name="减免申请表.docx")
    assert second.waits is True
    assert ArticleVersion.objects.filter(article=number).latest("version").version == 3 > Article.objects.get().version
    with unchanged(), pytest.raises(NotAllowed):
        attaching.detach(number, file=first.pk, by=clerk)
    articles.ask(number, seen=3, by=clerk)
    articles.publish(number, seen=3, by=city.who("supervisor1"))
    second.refresh_from_db()
    assert second.waits is False
    attach(number, editor, blobs, content=xlsx(), name="表.xlsx")
    assert ArticleFile.objects.get(name="表.xlsx").waits is False, "an editor of the centre publishes at once"


def test_removed_files_go_after_a_day_unless_somebody_else_names_them(city: World, blobs: MemoryBlobs) -> None:
    by = city.who("editor1")
    one, other = articles.write(FEE, by=by), articles.write(replace(FEE, slug="other"), by=by)
    shared, alone = attach(one, by, blobs), attach(one, by, blobs, content=docx())
    attach(other, by, blobs)
    digests = dict(ArticleFile.objects.filter(article=one).values_list("pk", "digest"))
    for file in (shared, alone):
        attaching.detach(one, file=file, by=by)
    assert attaching.sweep_removed(blobs=blobs) == 0
    city.wait("25 hours")
    assert attaching.sweep_removed(blobs=blobs) == 2
    assert blobs.has(digests[shared]) and not blobs.has(digests[alone])
    assert ArticleFile.objects.count() == 1


def test_what_nobody_took_of_a_citizen_takes_no_file_of_an_article_along(city: World, blobs: MemoryBlobs) -> None:
    """Files are kept by their content: the same photo may be a citizen's, waiting for a case that never comes, and an article's."""
    by = city.who("editor1")
    attach(articles.write(FEE, by=by), by, blobs)
    digest = ArticleFile.objects.get().digest
    Attachment.objects.create(digest=digest, media_type="image/jpeg", size=9, width=1, height=1, thumbnail=digest, at=clock.now(), ticket="t")
    city.wait("2 days")
    assert uploads.sweep_unbound(blobs=blobs) == 1
    assert blobs.get(digest) == PDF


@pytest.mark.parametrize(
    ("name", "ending", "kept"),
    [
        ("申请表.docx", "docx", "申请表.docx"),
        ("C:\\桌面\\申请表.DOC", "docx", "申请表.docx"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ('a"b\r\n:c.pdf', "pdf", "a b c.pdf"),
        ("", "jpg", "附件.jpg"),
        ("...", "pdf", "附件.pdf"),
        ("长" * 200 + ".pdf", "pdf", "长" * 76 + ".pdf"),
        ("photo\u202egpj.exe", "jpg", "photo gpj.jpg"),
    ],
)
def test_names_are_plain(name: str, ending: str, kept: str) -> None:
    assert attaching.named(name, ending) == kept
