"""What runs by the clock: the sweep of deadlines, the folding of tallies, the daily checkpoint, the removal of what nobody took or proved."""

from django.contrib.sessions.backends.db import SessionStore
from procrastinate.contrib.django import app

from minsheng import projections, wiring
from minsheng.commands import accounts, allowances, checkpoints, deadlines, leaving, uploads
from minsheng.commands.administering import cases


@app.periodic(cron="* * * * *")
@app.task(name="sweep", queueing_lock="sweep")
def sweep(timestamp: int) -> None:
    """时限到点: each minute."""
    deadlines.sweep()


@app.periodic(cron="* * * * *")
@app.task(name="fold", queueing_lock="fold", lock="fold")
def fold(timestamp: int) -> None:
    """计数: fold deltas into daily tallies."""
    projections.fold_tallies()


@app.periodic(cron="10 16 * * *")
@app.task(name="checkpoint", queueing_lock="checkpoint")
def checkpoint(timestamp: int) -> None:
    """存证点: shortly after midnight in Beijing."""
    checkpoints.make()


@app.periodic(cron="30 18 * * *")
@app.task(name="tidy", queueing_lock="tidy")
def tidy(timestamp: int) -> None:
    """清理: files that no case took, files that were erased, and uploads that were not finished, in the small hours."""
    while uploads.sweep_unbound(blobs=wiring.blobs()):
        pass
    while uploads.sweep_unfinished(parts=wiring.parts()):
        pass


@app.periodic(cron="45 * * * *")
@app.task(name="forget", queueing_lock="forget")
def forget(timestamp: int) -> None:
    """清理: each hour, accounts that nobody proved within a day, limits and sessions that are over, tables that were tried and not imported."""
    accounts.sweep_unproven()
    leaving.follow_up()
    allowances.sweep()
    cases.sweep_untaken(blobs=wiring.blobs())
    SessionStore.clear_expired()
