"""存证点, read: what has been signed so far."""

from minsheng.models.event import Checkpoint


def signed() -> list[Checkpoint]:
    """Every checkpoint, in order."""
    return list(Checkpoint.objects.order_by("number"))
