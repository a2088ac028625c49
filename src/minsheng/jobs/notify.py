"""通知: tell people and units what the journal says. Sent once per event and receiver, however often the job runs."""

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from minsheng import wiring
from minsheng.commands import notifying

FIRST, LONGEST, TIMES = 10, 3 * 3600, 18


class Patient(BaseRetryStrategy):
    """10, 20, 40 … seconds, at last every three hours, for a day and a little: a provider that is down over night costs no message.

    What has not arrived by then is noted as a problem of its notice (sending.LATE), and the last run ends well.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again, or None."""
        seconds = pause(job.attempts)
        return RetryDecision(retry_in={"seconds": seconds}) if seconds is not None else None


def pause(attempts: int) -> int | None:
    """Seconds after so many attempts, or None when it is enough."""
    return min(FIRST * 2**attempts, LONGEST) if attempts < TIMES else None


PATIENT = Patient()


@app.task(name="notify", retry=PATIENT, pass_context=False)
def notify(case: int, first: int, last: int) -> None:
    """Write and send the notices of the events `first`…`last` of a case."""
    sms, mail, wechat = wiring.senders()
    notifying.notify(case, first=first, last=last, sms=sms, mail=mail, wechat=wechat)
