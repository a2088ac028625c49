"""管理的长活: what administrators start and the worker does, row by row, with progress in the row of the job."""

from procrastinate.contrib.django import app

from minsheng import wiring
from minsheng.commands.administering import carrying, working


@app.task(name=carrying.TASK, pass_context=False)
def administer(job: int) -> None:
    """移交、重算、导入: carry on with the job, from where it stands."""
    working.carry_on(job, blobs=wiring.blobs(), classify=wiring.classifier)
