"""The database backend. The file's name is Django's: it imports `base` of the engine."""

import select
from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql import base
from psycopg.abc import Buffer
from psycopg.adapt import Loader


class Moment(Loader):
    """A time as the server writes it in UTC: 2026-11-22 03:34:46.5+00. Read by C instead of by Django's loader, which costs ten times as much."""

    timezone = UTC

    def load(self, data: Buffer) -> datetime:
        return datetime.fromisoformat(bytes(data).decode())


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is asked for its health at its socket: a server that went away has closed it, so it can be read.

    Django asks with a round trip (SELECT 1) before every request; this costs microseconds. What it cannot see, a network that
    swallows packets, is left to TCP keepalive and shows as an error on the first query, as without any check.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.adapters.register_loader("timestamptz", Moment)
        return connection

    def is_usable(self) -> bool:
        connection = self.connection
        if connection is None or connection.closed:
            return False
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return not poll.poll(0)
