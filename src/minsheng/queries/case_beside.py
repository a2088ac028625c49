"""一件诉求的旁边: everything small that hangs on a case (measures, approvals, openings, people, verdicts, names), in one question."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from minsheng.domain.states import PartyRole
from minsheng.queries.accounts import party_context
from minsheng.sealing import SealBroken, keyring

#: Openings of personal data that a page shows; the whole list is in the export of acts.
_OPENINGS = 50

_ASK = f"""
SELECT
 (SELECT coalesce(json_agg(digest), '[]') FROM ms_released_text WHERE case_id = %(case)s),
 (SELECT coalesce(json_agg(m ORDER BY m.number), '[]') FROM (
   SELECT number, kind, level, unit, post, points, because, status, opened_at, answer_by, answered_at, ended_at FROM ms_measure WHERE case_id = %(case)s) m),
 (SELECT coalesce(json_agg(a ORDER BY a.number), '[]') FROM (
   SELECT number, move, status, approver_unit, asked_unit, asked_at, decided_at FROM ms_approval WHERE case_id = %(case)s) a),
 (SELECT coalesce(json_agg(o ORDER BY o.id DESC), '[]') FROM (
   SELECT id, by, unit, reason, at, fields FROM ms_opening WHERE case_id = %(case)s ORDER BY id DESC LIMIT {_OPENINGS}) o),
 (SELECT coalesce(json_agg(code ORDER BY id), '[]') FROM ms_case WHERE merged_into = %(case)s),
 (SELECT coalesce(json_agg(json_build_array(system, number) ORDER BY id), '[]') FROM ms_external_id WHERE case_id = %(case)s),
 (SELECT coalesce(json_agg(json_build_array(kind, value, "right", by) ORDER BY id), '[]') FROM ms_verdict WHERE case_id = %(case)s),
 (SELECT coalesce(json_agg(json_build_array(encode(name, 'hex'), encode(phone, 'hex'), account IS NOT NULL) ORDER BY id), '[]') FROM ms_party
   WHERE case_id = %(case)s AND role = '{PartyRole.CALLER}' AND left_at IS NULL AND erased_at IS NULL),
 (SELECT coalesce(json_agg(json_build_array(id, display_name, is_active)), '[]') FROM ms_user WHERE id IN (
   SELECT substr(actor, 7)::bigint FROM ms_event WHERE case_id = %(case)s AND actor LIKE 'staff:%%'
   UNION SELECT substr(by, 7)::bigint FROM ms_opening WHERE case_id = %(case)s AND by LIKE 'staff:%%'
   UNION SELECT jsonb_array_elements_text(data -> 'to')::bigint FROM ms_event WHERE case_id = %(case)s AND action IN ('noted', 'alerted')
   UNION SELECT assignee FROM ms_work_order WHERE case_id = %(case)s AND assignee IS NOT NULL))
"""  # noqa: S608 (constants of this file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What hangs on a case. people: names of the staff in it; gone: those whose account is closed. caller: masked, never plain."""

    released: frozenset[str] = frozenset()
    measures: list[dict[str, Any]] = field(default_factory=list)
    approvals: list[dict[str, Any]] = field(default_factory=list)
    openings: list[dict[str, Any]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    external: list[tuple[str, str]] = field(default_factory=list)
    verdicts: dict[tuple[str, str], bool] = field(default_factory=dict)
    caller: "Masked | None" = None
    people: dict[int, str] = field(default_factory=dict)
    gone: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Masked:
    """诉求人, as everybody at the desk may see: 张** and 尾号 01. "" where there is none."""

    name: str
    phone: str
    broken: bool = False
    """The seal does not open (altered, or the key is missing): the case is worked on all the same, and the page says so."""


def beside(case: int, *, secret: bool) -> Beside:
    """One question. secret: of a 举报 not even the surname is shown before it is opened with a reason."""
    with connection.cursor() as cursor:
        cursor.execute(_ASK, {"case": case})
        released, measures, approvals, openings, merged, external, verdicts, callers, people = (
            json.loads(value) if isinstance(value, str) else value for value in cursor.fetchone()
        )
    return Beside(
        released=frozenset(released),
        measures=[_timed(row, "opened_at", "answer_by", "answered_at", "ended_at") for row in measures],
        approvals=[_timed(row, "asked_at", "decided_at") for row in approvals],
        openings=[_timed(row, "at") for row in openings],
        merged=merged,
        external=[(system, number) for system, number in external],
        verdicts={(kind, value): right for kind, value, right, _by in verdicts},
        caller=_masked(case, callers[0], secret=secret) if callers else None,
        people={pk: name for pk, name, _active in people},
        gone=frozenset(pk for pk, _name, active in people if not active),
    )


def _timed(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {**row, **{name: datetime.fromisoformat(row[name]) if row[name] else None for name in names}}


def _masked(case: int, caller: list[Any], *, secret: bool) -> Masked:
    """The values are opened only to be covered: no more than the surname and the last two digits leave this function."""
    ring = keyring()
    sealed = zip(caller, ("name", "phone"), strict=False)
    try:
        name, phone = (ring.open(bytes.fromhex(value), context=party_context(case, of)) if value else "" for value, of in sealed)
    except SealBroken:
        return Masked("", "", broken=True)
    if secret:
        return Masked("***" if name else "", "***" if phone else "")
    return Masked(name[:1] + "**" if name else "", phone[-2:] if phone else "")
