"""The bench `report`: the weekly report of the whole city, from the question to both files."""

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minsheng.cli.benches.runs import Ground, Result


def report(ground: "Ground") -> "Result":
    """The weekly 反馈 of the last week that is over: its content, DOCX and PDF; the slowest of three."""
    from minsheng import clock, wiring
    from minsheng.cli.benches.runs import Result
    from minsheng.domain.publications import last
    from minsheng.models.case import Case
    from minsheng.queries import reports

    week = last("week", clock.local(clock.now()).date())
    took, sizes = [], (0, 0)
    for _ in range(3):
        begun = time.perf_counter()
        frozen = reports.content("feedback", week).frozen()
        press = wiring.publisher()
        sizes = len(press.docx(frozen)), len(press.pdf(frozen))
        took.append(time.perf_counter() - begun)
    return Result("report", more={"seconds": max(took), "cases": Case.objects.count(), "docx_kb": sizes[0] / 1024, "pdf_kb": sizes[1] / 1024})
