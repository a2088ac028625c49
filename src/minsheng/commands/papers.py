"""打印单子: 办理单 and 批办单 of one case or many. What is printed, by whom and with whose names is written down before the paper leaves."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from minsheng.commands import acts, people
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, Unprintable
from minsheng.domain.text import line
from minsheng.models.case import Case
from minsheng.ports import BlobStore, Paper, Printer
from minsheng.queries import paper

#: Kinds of sheets, in Chinese and English. `both` is 办理单 and 批办单 of each case, counted together.
KINDS = {"handling": ("办理单", "handling sheet"), "instruction": ("批办单", "instruction sheet"), "both": ("办理单和批办单", "both sheets")}
#: Cases in one file.
MOST = 50


def sheets(codes: Sequence[str], *, kind: str, reason: str = "", base: str, by: Actor, printer: Printer, blobs: BlobStore) -> bytes:
    """打印: the sheets of these cases as one PDF. With a reason the people's names and numbers are opened, recorded, and stand on 办理单.

    base: address of the site, for the codes. Refused for all when one of them may not be seen or printed.
    """
    wanted = list(dict.fromkeys(codes))
    if kind not in KINDS:
        raise BadInput(field="kind", zh="请选印哪种：" + "、".join(zh for zh, _ in KINDS.values()) + "。", en="Choose: " + ", ".join(KINDS))
    if not wanted:
        raise BadInput(field="codes", zh="还没有选诉求。请先勾选要打印的。", en="Nothing is chosen yet. Please tick what to print.")
    if len(wanted) > MOST:
        raise BadInput(
            field="codes",
            zh=f"一次最多印 {MOST} 件，您选了 {len(wanted)} 件。请分几次打印。",
            en=f"A file holds {MOST} cases at most; you chose {len(wanted)}. Please print them in several files.",
        )
    if reason.strip():
        reason = line(reason, limit=200, name="reason")
    able = printer.check()
    if not able.ok:
        raise Unprintable(able.zh, able.en)
    return printer.draw(_papers(wanted, kind, reason.strip(), base, by, blobs))


@transaction.atomic
def _papers(codes: list[str], kind: str, reason: str, base: str, by: Actor, blobs: BlobStore) -> list[Paper]:
    """What will stand on the paper; recorded in the same transaction."""
    opened = {}
    if reason and kind != "instruction":
        for code in Case.objects.filter(code__in=codes).order_by("pk").values_list("code", flat=True):
            opened[code] = people.open_parties(code, reason=reason, by=by)
    handling = paper.handling_sheets(codes, by=by, opened=opened) if kind != "instruction" else []
    instruction = paper.instruction_sheets(codes, by=by) if kind != "handling" else []
    acts.record("print", by=by, subject=f"case:{codes[0]}" if len(codes) == 1 else f"cases:{len(codes)}",
                after={"codes": codes, "kind": kind, "opened": sorted(opened)})  # fmt: skip
    first = [Paper(kind="handling", values=_values(one), address=f"{base}/cases/{one.code}") for one in handling]
    second = [
        Paper(kind="instruction", values=_values(one), address=f"{base}/desk/cases/{one.code}/sign", pictures=_pictures(one.pictures, blobs),
              goes_on=kind == "both")
        for one in instruction
    ]  # fmt: skip
    return [one for pair in zip(first, second, strict=True) for one in pair] if kind == "both" else first + second


def _values(sheet: Any) -> dict[str, Any]:
    return dataclasses.asdict(sheet)


def _pictures(digests: list[str], blobs: BlobStore) -> tuple[bytes, ...]:
    """The pictures that are there; one that was erased meanwhile leaves its place empty."""
    return tuple(blobs.get(digest) for digest in digests if blobs.has(digest))
