"""The database backend. The file's name is Django's: it imports `base` of the engine."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is asked for its health at its socket: a server that went away has closed it, so it can be read.

    Django asks with a round trip (SELECT 1) before every request; this costs microseconds. What it cannot see, a network that
    swallows packets, is left to TCP keepalive and shows as an error on the first query, as without any check.
    """

    def is_usable(self) -> bool:
        connection = self.connection
        if connection is None or connection.closed:
            return False
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return not poll.poll(0)
