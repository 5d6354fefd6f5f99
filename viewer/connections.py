"""Connections to a Redis that are kept open, each used for one exchange at a time.

redis-py's own pool does this as well, and more that costs several times as much as the commands themselves.
"""

from __future__ import annotations

import os
from collections import deque
from functools import lru_cache
from typing import Any

from redis import ConnectionPool, Redis
from redis.exceptions import ConnectionError as Closed

Command = tuple[str | bytes | int | float, ...]


class Connections:
    """Connections such as `pool` has, as many as there are threads that talk at the same time."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._idle: deque[Any] = deque()
        self._process = os.getpid()

    def ask(self, *commands: Command) -> list[Any]:
        """Send the commands together and return Redis's answers as they are; raises RedisError, also for one of them.

        They are sent in one piece: each piece by itself would wake Redis up.
        """
        connection = self._take()
        try:
            connection.send_packed_command([b"".join(connection.pack_commands(commands))], check_health=False)
            answers = [connection.read_response() for _ in commands]
        except BaseException:
            # What it has not answered yet would be taken for the answer to something else.
            connection.disconnect()
            raise
        self._idle.append(connection)
        return answers

    def tell(self, command: Command) -> None:
        """Send a command whose answer nobody waits for; it is carried out before whatever is asked after it."""
        connection = self._take()
        try:
            packed = connection.pack_commands([("CLIENT", "REPLY", "SKIP"), command])
            connection.send_packed_command([b"".join(packed)], check_health=False)
        except BaseException:
            connection.disconnect()
            raise
        self._idle.append(connection)

    def _take(self) -> Any:
        if self._process != os.getpid():
            # These are the parent's.
            self._idle, self._process = deque(), os.getpid()
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._make()
        try:
            is_open = not connection.can_read()
        except Closed:
            is_open = False
        return connection if is_open else self._make()

    def _make(self) -> Any:
        return self._pool.connection_class(**self._pool.connection_kwargs)


@lru_cache(maxsize=4)
def connections_of(client: Redis) -> Connections:
    """Return the connections of a client, the same ones for as long as the process lives."""
    return Connections(client.connection_pool)
