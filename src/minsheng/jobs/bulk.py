"""批量办理: the worker's side. A job that broke off goes on where it stopped."""

from procrastinate.contrib.django import app

from minsheng import wiring
from minsheng.commands import bulk as bulking
from minsheng.jobs.notify import PATIENT


@app.task(name="bulk", retry=PATIENT, pass_context=False)
def bulk(job: int) -> None:
    """Do what is left of it."""
    bulking.work_off(job, blobs=wiring.blobs(), printer=wiring.printer())
