"""What runs by the clock: the sweep of deadlines, the folding of tallies, the daily checkpoint, the removal of what nobody wants, articles that end."""

from django.contrib.sessions.backends.db import SessionStore
from procrastinate.contrib.django import app

from minsheng import projections, wiring
from minsheng.commands import accounts, allowances, attaching, bulk, checkpoints, deadlines, drafting, knowledge, leaving, uploads
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
    """清理: files that no case took, files that were erased, uploads that were not finished and files that nobody fetched, in the small hours."""
    while uploads.sweep_unbound(blobs=wiring.blobs()):
        pass
    while uploads.sweep_unfinished(parts=wiring.parts()):
        pass
    while attaching.sweep_removed(blobs=wiring.blobs()):
        pass
    while bulk.sweep(blobs=wiring.blobs()):
        pass


@app.periodic(cron="20 0 * * *")
@app.task(name="warn_owners", queueing_lock="warn_owners")
def warn_owners(timestamp: int) -> None:
    """知识到期: in the morning, a word to the units whose articles end in a month, and on the day."""
    knowledge.warn_owners()


@app.periodic(cron="0 1 * * *")
@app.task(name="draft_publications", queueing_lock="draft_publications")
def draft_publications(timestamp: int) -> None:
    """刊物: in the morning, the drafts of the week, month or year that is over, for somebody to sign."""
    drafting.draft_due()


@app.periodic(cron="45 * * * *")
@app.task(name="forget", queueing_lock="forget")
def forget(timestamp: int) -> None:
    """清理: each hour, accounts that nobody proved within a day, limits and sessions that are over, tables that were tried and not imported."""
    accounts.sweep_unproven()
    leaving.follow_up()
    allowances.sweep()
    cases.sweep_untaken(blobs=wiring.blobs())
    SessionStore.clear_expired()
