"""What runs by the clock: the sweep of deadlines, the folding of tallies, the daily checkpoint."""

from procrastinate.contrib.django import app

from minsheng import projections
from minsheng.commands import checkpoints, deadlines


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
