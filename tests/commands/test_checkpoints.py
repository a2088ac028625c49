"""存证点、核验: whatever somebody with the database in hand does to the journal is found and named."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from minsheng import projections
from minsheng.casework import GENESIS, link
from minsheng.commands import amending, checkpoints, people
from minsheng.domain.access import HOLDER
from minsheng.domain.errors import Broken
from minsheng.models.case import Case, CaseText
from minsheng.models.event import CaseEvent, Checkpoint
from minsheng.queries.journal import event_of
from tests.commands import scenes
from tests.commands.scenes import at_once
from tests.world import World

Make = Callable[..., World]


@contextmanager
def hands_on() -> Iterator[None]:
    """Somebody who owns the tables switches the triggers off, and on again."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("ms_event", "ms_checkpoint"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in ("ms_event", "ms_checkpoint"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def city(world: Make) -> World:
    """Three cases at different points, attested."""
    city = world("yunchuan")
    for scene in (scenes.closed, scenes.handled, scenes.parked):
        scene(city)
    assert checkpoints.make() is not None
    return city


def codes() -> list[str]:
    return list(Case.objects.order_by("id").values_list("code", flat=True))


def broken(*files: tuple[str, str]) -> Broken:
    """What verify finds."""
    with pytest.raises(Broken) as found:
        checkpoints.verify(files)
    return found.value


def test_a_clean_database_passes(city: World) -> None:
    """Everything is counted; nothing happened, so there is no new checkpoint."""
    found = checkpoints.verify(rebuild=10)
    assert (found.cases, found.events, found.texts) == (3, CaseEvent.objects.count(), CaseText.objects.count())
    assert (found.erased, found.checkpoints) == (0, 1)
    assert checkpoints.make() is None


@pytest.mark.parametrize("sql", ["UPDATE ms_event SET actor = 'x'", "DELETE FROM ms_event", "UPDATE ms_checkpoint SET body = ''", "DELETE FROM ms_checkpoint"])
def test_the_journal_refuses_every_change(city: World, sql: str) -> None:
    """Through the front door nothing is altered or removed."""
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "column",
    [
        "actor = 'staff:1'",
        "action = 'urge'",
        "at = at - interval '1 day'",
        "data = data || '{\"x\": 1}'",
        "after = 'closed'",
        "unit = 'city'",
        "decision = null",
    ],
)
def test_an_edited_event_is_named(city: World, column: str) -> None:
    """Any column of any line."""
    code = codes()[1]
    with hands_on(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE ms_event SET {column} WHERE case_id = (SELECT id FROM ms_case WHERE code = %s) AND action = 'dispatch'", [code])
    seq = CaseEvent.objects.filter(case__code=code, hash__isnull=False).order_by("seq").values_list("seq", flat=True)
    assert broken().where.startswith(f"{code} #") and int(broken().where.split("#")[1]) in seq


def test_a_removed_event_is_named(city: World) -> None:
    """A gap in the middle."""
    code = codes()[1]
    with hands_on():
        CaseEvent.objects.filter(case__code=code, seq=3).delete()
    assert broken().where == f"{code} #3"


def test_a_cut_tail_is_named(city: World) -> None:
    """The last line is gone: the state row expects it. With the row adjusted too, the checkpoint expects it."""
    code = codes()[2]
    row = Case.objects.get(code=code)
    with hands_on():
        CaseEvent.objects.filter(case=row, seq=row.seq).delete()
    assert broken().where == f"{code} #{row.seq}"
    before = CaseEvent.objects.get(case=row, seq=row.seq - 1)
    Case.objects.filter(pk=row.pk).update(seq=before.seq, head=before.hash)
    found = broken()
    assert found.where == f"{code} #{row.seq}" and "checkpoint 1" in found.zh and "被删掉了" in found.zh


def test_a_rewritten_chain_is_named(city: World) -> None:
    """Every hash computed anew, the row adjusted: a flawless chain that is not the attested one."""
    code = codes()[0]
    row = Case.objects.get(code=code)
    head = GENESIS
    with hands_on():
        CaseEvent.objects.filter(case=row, action="rate").update(data={"level": 5})
        CaseEvent.objects.filter(case=row, seq=1).update(actor="staff:1")
        for event in CaseEvent.objects.filter(case=row).order_by("seq"):
            head = link(head, code, event_of(event))
            CaseEvent.objects.filter(pk=event.pk).update(hash=head)
    Case.objects.filter(pk=row.pk).update(head=head)
    checkpoints.check_chain(Case.objects.get(pk=row.pk), list(CaseEvent.objects.filter(case=row).order_by("seq")))
    found = broken()
    assert found.where == f"{code} #{row.seq}" and "重写" in found.zh and found.en.isascii()


def test_a_removed_case_is_named(city: World) -> None:
    """Row, journal, texts and everything else: only the checkpoint remembers."""
    code = codes()[1]
    with hands_on():
        CaseEvent.objects.filter(case__code=code).delete()
        Case.objects.get(code=code).delete()
    assert broken().where.startswith(f"{code} #")


def test_an_edited_text_is_named(city: World) -> None:
    """Body, title or salt."""
    row = CaseText.objects.filter(kind="answer").get()
    for change in ({"body": "已经全部解决。"}, {"title": "好"}, {"salt": b"0" * 16}):
        was = {name: getattr(row, name) for name in change}
        CaseText.objects.filter(pk=row.pk).update(**change)
        assert broken().where == f"{row.case.code} answer"
        CaseText.objects.filter(pk=row.pk).update(**was)
    checkpoints.verify()


def test_a_text_that_vanished_is_named(city: World) -> None:
    """A deleted row, or one that was emptied without an entry in the journal, is not taken for an erasure."""
    row = CaseText.objects.filter(kind="answer").get()
    CaseText.objects.filter(pk=row.pk).update(body=None, salt=None, title="", erased_at=row.at)
    assert broken().where.startswith(row.case.code)
    CaseText.objects.filter(pk=row.pk).delete()
    assert broken().where.startswith(row.case.code)


def test_an_erased_text_is_said_to_be_erased(city: World) -> None:
    """… and not broken."""
    city.do(people.erase, codes()[0], by="desk1", reason="诉求人要求")
    assert checkpoints.verify(rebuild=3).erased == 1
    checkpoints.make()
    checkpoints.verify()


def test_a_state_row_that_says_something_else_is_named(city: World) -> None:
    """The journal is whole, but the row was changed by hand."""
    code = codes()[1]
    for change in ({"state": "closed"}, {"seq": 1}, {"head": b"0" * 32}):
        was = Case.objects.values(*change).get(code=code)
        Case.objects.filter(code=code).update(**change)
        with pytest.raises(Broken) as found:
            checkpoints.verify(rebuild=3)
        assert found.value.where.startswith(code)
        Case.objects.filter(code=code).update(**was)
    checkpoints.verify(rebuild=3)


# --- checkpoints themselves ---------------------------------------------------------------------------------------------------


def test_each_checkpoint_holds_what_was_touched_since(city: World) -> None:
    """Signed, numbered, chained to the one before; every case touched since then is in it."""
    first = Checkpoint.objects.get()
    assert [line.split(" ")[0] for line in first.body.split("\n")[3:]] == codes()
    city.wait("1 hour")
    city.do(amending.urge, codes()[1], by="citizen")
    second = checkpoints.make()
    assert second is not None and second.number == 2
    assert second.body.split("\n")[2] == first.digest == hashlib.sha256(first.body.encode()).hexdigest()
    row = Case.objects.get(code=codes()[1])
    assert f"{row.code} {row.seq} {bytes(row.head).hex()}" in second.body.split("\n")
    assert checkpoints.verify().checkpoints == 2


def test_a_missing_or_changed_checkpoint_is_named(city: World) -> None:
    """Removed from the middle, altered, or signed by somebody else."""
    for _ in range(2):
        city.wait("1 day")
        city.do(amending.urge, codes()[1], by="citizen")
        checkpoints.make()
    with hands_on():
        kept = Checkpoint.objects.get(number=2)
        Checkpoint.objects.filter(number=2).delete()
        assert "checkpoint" in broken().where
        Checkpoint.objects.create(number=2, at=kept.at, upto=kept.upto, body=kept.body + "\nYC1 1 00", digest=kept.digest, signature=kept.signature)
        assert broken().where == "checkpoint 2"
        Checkpoint.objects.filter(number=2).update(body=kept.body, signature=b"0" * 64)
        assert broken().where == "checkpoint 2"


def test_a_kept_file_outlives_the_table(city: World) -> None:
    """The file is enough: the checkpoints are gone from the database and the tail of a case was cut with them."""
    text = checkpoints.to_file(Checkpoint.objects.get())
    assert checkpoints.verify([("kept.txt", text)]).checkpoints == 1
    row = Case.objects.get(code=codes()[1])
    before = CaseEvent.objects.get(case=row, seq=row.seq - 1)
    with hands_on():
        CaseEvent.objects.filter(case=row, seq=row.seq).delete()
        Checkpoint.objects.all().delete()
    Case.objects.filter(pk=row.pk).update(seq=before.seq, head=before.hash)
    CaseText.objects.filter(case=row, at=row.received_at).exclude(kind="body").delete()
    found = broken(("kept.txt", text))
    assert found.where == f"{row.code} #{row.seq}" and "kept.txt" in found.zh


@pytest.mark.parametrize(
    "tamper",
    [
        lambda t: t.replace(" 1 ", " 2 ", 1) if " 1 " in t else t.replace("YC", "YX", 1),
        lambda t: t.replace("checkpoint 1", "checkpoint 2"),
        lambda t: t.replace("\n--\n", "\n"),
        lambda t: t[: t.index("\n--\n") + 4],
        lambda t: t[:-20],
        lambda t: "",
        lambda t: "\n--\n\n\n",
        lambda t: t.replace("\n--\n", "\n--\nAAAA"),
    ],
)
def test_a_tampered_file_is_named(city: World, tamper: Callable[[str], str]) -> None:
    """Edited, cut or empty: the file's own name is in the message."""
    text = checkpoints.to_file(Checkpoint.objects.get())
    assert tamper(text) != text
    assert broken(("kept.txt", tamper(text))).where == "kept.txt"


@pytest.mark.django_db(transaction=True)
def test_what_was_still_being_written_is_in_the_next_checkpoint(world: Make) -> None:
    """A transaction that drew its numbers before the checkpoint and committed after it is not lost between two."""
    city = world("yunchuan")
    slow, quick = scenes.handled(city), scenes.handled(city)
    checkpoints.make()
    clerk = HOLDER

    def meanwhile() -> None:
        amending.urge(quick, by=clerk)
        checkpoints.make()

    with transaction.atomic():
        amending.urge(slow, by=clerk)
        assert at_once(meanwhile) == [None]
    assert f"{slow} {city.case(slow).seq} " not in Checkpoint.objects.get(number=2).body
    city.do(people.support, quick, by="citizen", name="李女士", phone="13800000002")
    third = checkpoints.make()
    assert third is not None and f"{slow} {city.case(slow).seq} {bytes(city.case(slow).head).hex()}" in third.body
    checkpoints.verify()


def test_verifying_a_living_database_accuses_nobody(city: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something happens to a case between reading its row and its journal: it is read again before anything is called broken."""
    chains = checkpoints._chains

    def meanwhile() -> Iterator[tuple[Case, list[CaseEvent]]]:
        for case, _ in chains():
            if case.code == codes()[1]:
                city.do(amending.urge, case.code, by="citizen")
            yield case, list(CaseEvent.objects.filter(case=case).order_by("seq"))

    monkeypatch.setattr(checkpoints, "_chains", meanwhile)
    assert checkpoints.verify(rebuild=3).cases == 3
    assert projections.differences(Case.objects.get(code=codes()[1]), list(CaseEvent.objects.filter(case__code=codes()[1]).order_by("seq"))) == []
