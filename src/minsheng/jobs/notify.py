"""通知: tell people and units what the journal says. Sent once per event and receiver, however often the job runs."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from minsheng import wiring
from minsheng.commands import notifying

#: 2, 4, 8 … seconds: a provider that is down for half an hour costs no message.
PATIENT = RetryStrategy(max_attempts=11, exponential_wait=2)


@app.task(name="notify", retry=PATIENT, pass_context=False)
def notify(case: int, first: int, last: int) -> None:
    """Write and send the notices of the events `first`…`last` of a case."""
    notifying.notify(case, first=first, last=last, sms=wiring.sms())
