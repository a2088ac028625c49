"""存证点、核验: the journal checks itself, and is checked against signed heads that are kept off the server."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from minsheng import clock, projections
from minsheng.casework import GENESIS, link
from minsheng.domain.errors import Broken
from minsheng.models.case import Case, CaseText
from minsheng.models.event import CaseEvent, Checkpoint
from minsheng.queries.journal import event_of


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked: numbers of cases, events, texts (and how many of them are erased), checkpoints."""

    cases: int
    events: int
    texts: int
    erased: int
    checkpoints: int


# --- signing ----------------------------------------------------------------------------------------------------------------


def _private() -> Ed25519PrivateKey:
    """The signing key is derived from the secret key, so an installation has no further secret to keep."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"minsheng-checkpoint:" + settings.SECRET_KEY.encode()).digest())


def public_key() -> str:
    """Base64 of the Ed25519 public key: print it once and keep it with the checkpoint files."""
    return base64.b64encode(_private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def make() -> Checkpoint | None:
    """存证: sign the heads of every case touched since the last checkpoint but one; None when nothing happened.

    One back, because a transaction that was still open when the last one was made has older event ids than those it covered.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE ms_checkpoint IN EXCLUSIVE MODE")
        last, before = [*Checkpoint.objects.order_by("-number")[:2], None, None][:2]
        since = before.upto if before else 0
        upto = CaseEvent.objects.aggregate(top=Max("id"))["top"] or 0
        if upto == (last.upto if last else 0):
            return None
        cursor.execute(
            "SELECT c.code, e.seq, encode(e.hash, 'hex') FROM (SELECT DISTINCT ON (case_id) case_id, seq, hash FROM ms_event"
            " WHERE id > %s AND id <= %s ORDER BY case_id, seq DESC) e JOIN ms_case c ON c.id = e.case_id ORDER BY c.code",
            [since, upto],
        )
        lines = [f"{code} {seq} {head}" for code, seq, head in cursor.fetchall()]
        number = last.number + 1 if last else 1
        body = "\n".join([f"minsheng checkpoint {number}", clock.now().isoformat(), last.digest if last else "-", *lines])
        digest = hashlib.sha256(body.encode()).hexdigest()
        return Checkpoint.objects.create(number=number, at=clock.now(), upto=upto, body=body, digest=digest, signature=_private().sign(body.encode()))


def to_file(row: Checkpoint) -> str:
    """The checkpoint as a text file to keep elsewhere: body, signature, public key."""
    return f"{row.body}\n--\n{base64.b64encode(bytes(row.signature)).decode()}\n{public_key()}\n"


# --- verifying --------------------------------------------------------------------------------------------------------------


def verify(files: Iterable[tuple[str, str]] = (), *, rebuild: int = 0) -> Verified:
    """核验: every chain, every text, every checkpoint (those in the database and the kept `files`: name, text). Raises Broken at the first bad link.

    `rebuild`: for this many cases also compare the live rows with a replay of the journal (0: none).
    """
    cases = events = 0
    for case, rows in _chains():
        _settled(check_chain, case, rows)
        cases, events = cases + 1, events + len(rows)
        if cases <= rebuild:
            _settled(_check_row, case, rows)
    texts, erased = _check_texts()
    points = _check_points()
    for name, text in files:
        _check_file(name, text)
    return Verified(cases, events, texts, erased, points)


def _settled(check: Callable[[Case, list[CaseEvent]], None], case: Case, rows: list[CaseEvent]) -> None:
    """Check a case; before it is called broken, look again while nobody can write: it may have gone on between its row and its journal."""
    try:
        check(case, rows)
    except Broken:
        with transaction.atomic():
            now = Case.objects.select_for_update().filter(pk=case.pk).first()
            if now is None:
                raise
            check(now, list(CaseEvent.objects.filter(case=now).order_by("seq")))


def _check_row(case: Case, rows: list[CaseEvent]) -> None:
    found = projections.differences(case, rows)
    if found:
        raise Broken(where=case.code, zh=f"现状和流转记录不一致：{found[0]}", en=f"the live row differs from the journal: {found[0]}")


def check_chain(case: Case, rows: list[CaseEvent]) -> None:
    """One case's journal: no gap, every hash right, and the state row stands at its end."""
    head = GENESIS
    for expected, row in enumerate(rows, start=1):
        if row.seq != expected:
            raise Broken(where=f"{case.code} #{expected}", zh="少了一条流转记录。", en="an event is missing.")
        head = link(head, case.code, event_of(row))
        if head != bytes(row.hash):
            raise Broken(where=f"{case.code} #{row.seq}", zh="这条流转记录被改过。", en="this event was altered.")
    if case.seq != len(rows) or bytes(case.head) != head:
        raise Broken(
            where=f"{case.code} #{len(rows) + 1}",
            zh=f"流转记录在第 {len(rows)} 条之后被截断，应有 {case.seq} 条。",
            en=f"the journal is cut after event {len(rows)}; {case.seq} are expected.",
        )


def _chains() -> Iterator[tuple[Case, list[CaseEvent]]]:
    """Every case with its journal, a thousand cases at a time."""
    after = 0
    while True:
        cases = list(Case.objects.filter(pk__gt=after).order_by("pk")[:1000])
        if not cases:
            break
        journals: dict[int, list[CaseEvent]] = {case.pk: [] for case in cases}
        for row in CaseEvent.objects.filter(case_id__gt=after, case_id__lte=cases[-1].pk).order_by("case_id", "seq").iterator(chunk_size=5000):
            journals[row.case_id].append(row)
        for case in cases:
            yield case, journals[case.pk]
        after = cases[-1].pk


# What the journal names and nobody has; what is empty though the journal tells of no erasure.
_LOST = """
SELECT c.code || ' #' || e.seq FROM ms_event e JOIN ms_case c ON c.id = e.case_id
CROSS JOIN LATERAL (VALUES (e.data->>'text'), (e.data->>'place_text'), (e.data->>'urgent_because')) said (digest)
WHERE said.digest IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ms_case_text t WHERE t.case_id = e.case_id AND t.digest = said.digest) LIMIT 1
"""
_EMPTIED = """
SELECT c.code || ' ' || t.kind FROM ms_case_text t JOIN ms_case c ON c.id = t.case_id WHERE t.erased_at IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM ms_event e WHERE e.case_id = t.case_id AND e.action = 'erased' AND e.data->'erased' ? t.digest) LIMIT 1
"""


def _check_texts() -> tuple[int, int]:
    with connection.cursor() as cursor:
        for question, zh, en in (
            (_LOST, "这里记的文字不见了。", "the text named here is gone."),
            (_EMPTIED, "这段文字没有经过抹除就空了。", "this text is empty, but no erasure is recorded."),
        ):
            cursor.execute(question)
            lost = cursor.fetchone()
            if lost is not None:
                raise Broken(where=lost[0], zh=zh, en=en)
    texts = erased = 0
    for row in CaseText.objects.select_related("case").order_by("id").iterator(chunk_size=2000):
        texts += 1
        if row.erased_at is not None:
            erased += 1
            continue
        if row.body is None or row.salt is None or hashlib.sha256(bytes(row.salt) + f"{row.title}\n{row.body}".encode()).hexdigest() != row.digest:
            raise Broken(where=f"{row.case.code} {row.kind}", zh="这段文字被改过。", en="this text was altered.")
    return texts, erased


def _check_points() -> int:
    """Every checkpoint in the table: numbered without a gap, each naming the one before it."""
    before, number = "-", 0
    for number, row in enumerate(Checkpoint.objects.order_by("number"), start=1):
        name = f"checkpoint {number}"
        if row.number != number:
            raise Broken(where=name, zh="少了这个存证点。", en="this checkpoint is missing.")
        _check_point(name, row.body, bytes(row.signature), public_key())
        head = row.body.split("\n")[:3]
        if (head[0], head[2]) != (f"minsheng {name}", before):
            raise Broken(where=name, zh="它和前一个存证点接不上。", en="it does not follow the checkpoint before it.")
        before = hashlib.sha256(row.body.encode()).hexdigest()
    return number


def _check_file(name: str, text: str) -> None:
    try:
        body, _, tail = text.rpartition("\n--\n")
        signature, key = tail.split("\n")[:2]
        _check_point(name, body, base64.b64decode(signature), key)
    except ValueError:
        raise Broken(where=name, zh="不是完整的存证文件。", en="this is no complete checkpoint file.") from None


def _check_point(name: str, body: str, signature: bytes, key: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(signature, body.encode())
    except (InvalidSignature, ValueError):
        raise Broken(where=name, zh="存证的签名不对。", en="the signature of this checkpoint is wrong.") from None
    lines = [line.split(" ") for line in body.split("\n")[3:]]
    for start in range(0, len(lines), 1000):
        part = lines[start : start + 1000]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT w.code, w.seq, w.head, encode(e.hash, 'hex') FROM unnest(%s::text[], %s::int[], %s::text[]) AS w(code, seq, head)"
                " LEFT JOIN ms_case c ON c.code = w.code LEFT JOIN ms_event e ON e.case_id = c.id AND e.seq = w.seq"
                " WHERE e.hash IS NULL OR encode(e.hash, 'hex') <> w.head LIMIT 1",
                [[p[0] for p in part], [int(p[1]) for p in part], [p[2] for p in part]],
            )
            bad = cursor.fetchone()
        if bad is not None:
            what = ("被删掉了", "was removed") if bad[3] is None else ("被整条重写过", "was rewritten")
            raise Broken(where=f"{bad[0]} #{bad[1]}", zh=f"{name} 里存证的流转记录{what[0]}。", en=f"the event attested in {name} {what[1]}.")
