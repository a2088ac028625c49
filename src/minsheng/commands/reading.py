"""看过: up to which event a member of staff has seen a case. What has come since is bold in lists."""

from django.db import connection

from minsheng.domain.access import Actor


def mark(case_id: int, *, seq: int, by: Actor) -> None:
    """看过: the person has seen everything up to this event. It never goes back; the page that shows the case has asked whether it may be seen."""
    if by.kind != "staff":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ms_read (user_id, case_id, seq) VALUES (%s, %s, %s)"
            " ON CONFLICT (user_id, case_id) DO UPDATE SET seq = excluded.seq WHERE ms_read.seq < excluded.seq",
            [by.id, case_id, seq],
        )


def mark_code(code: str, *, seq: int, by: Actor) -> None:
    """As `mark`, for a page that knows the case by its code."""
    if by.kind != "staff":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ms_read (user_id, case_id, seq) SELECT %s, c.id, %s FROM ms_case c WHERE c.code = %s"
            " ON CONFLICT (user_id, case_id) DO UPDATE SET seq = excluded.seq WHERE ms_read.seq < excluded.seq",
            [by.id, seq, code],
        )
