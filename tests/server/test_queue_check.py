"""The queue must not notify: found by what a trigger does, not by its name."""

import pytest
from django.db import connection

from minsheng.server import queue_check


@pytest.mark.django_db
@pytest.mark.smoke
def test_the_migrations_switch_it_off() -> None:
    with connection.cursor() as cursor:
        assert queue_check.trigger_is_off(cursor)


@pytest.mark.django_db
def test_switched_on_again_it_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute(queue_check.SWITCH_ON)
        assert queue_check.notifying_triggers(cursor) == sorted(queue_check.TRIGGERS)
        cursor.execute(queue_check.SWITCH_OFF)
        assert queue_check.trigger_is_off(cursor)


@pytest.mark.django_db
def test_a_trigger_of_a_later_version_is_found_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TRIGGER someday AFTER INSERT ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION procrastinate_notify_queue_job_inserted_v1()")
        assert queue_check.notifying_triggers(cursor) == ["someday"]
