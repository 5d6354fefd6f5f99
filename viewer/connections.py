"""Connections to a Redis that are kept open, each used for one exchange at a time.

redis-py opens them, with all that takes (TLS, passwords, databases). What its own pool and protocol do for each command
is left out: every picture asks several.
"""

from __future__ import annotations

import os
import select
import socket
import ssl
import struct
from collections import deque
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from redis import ConnectionPool, Redis
from redis.exceptions import ConnectionError as Closed
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as Late

from viewer.resp import Answers, Command, Receive, packed

_TIMEVAL = struct.Struct("@ll")


class _Line:
    """One connection. After anything that failed it is to be closed."""

    def __init__(self, connection: Any) -> None:
        connection.connect()
        # redis-py keeps the socket to itself; a connection has no other way to be used without its protocol.
        self._connection, self._socket = connection, connection._sock
        self._answers = Answers(_receiver(self._socket, connection.socket_timeout))
        self._events = select.poll()
        self._events.register(self._socket, select.POLLIN)

    def send(self, data: bytes) -> None:
        """Send packed commands; raises RedisError."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise _as_redis_error(error) from error

    def read(self, answers: int) -> list[Any]:
        """Return that many answers; raises RedisError."""
        try:
            return [self._answers.read() for _ in range(answers)]
        except OSError as error:
            raise _as_redis_error(error) from error

    def is_idle(self) -> bool:
        """Tell whether it is open, and nothing has come that nobody asked for."""
        return not self._events.poll(0)

    def close(self) -> None:
        self._connection.disconnect()


def _receiver(of: socket.socket, seconds: float) -> Receive:
    """Return the recv of a socket, which waits no longer than `seconds`."""
    if isinstance(of, ssl.SSLSocket):
        # Takes no flags, and waits on when the kernel does not.
        return lambda most, flags: of.recv(most)
    # The kernel ends what takes too long: Python would ask it before each call whether it is going to wait, and give up
    # the lock of its threads twice as often.
    of.settimeout(None)
    limit = _TIMEVAL.pack(int(seconds), int(seconds % 1 * 1_000_000))
    of.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    of.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
    return of.recv


def _as_redis_error(error: OSError) -> RedisError:
    """Return what redis-py would raise for a socket's error."""
    if isinstance(error, BlockingIOError | TimeoutError):
        return Late("Redis did not answer in time")
    return Closed("the connection to Redis is broken")


class Connections:
    """Connections such as `pool` has, as many as there are threads that talk at the same time."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._idle: deque[_Line] = deque()
        self._process = os.getpid()

    def ask(self, *commands: Command) -> list[Any]:
        """Send the commands together and return Redis's answers as they are; raises RedisError, also for one of them.

        They are sent in one piece: each piece by itself would wake Redis up.
        """
        return self._end(self._begin(commands), len(commands))

    def begin(self, *commands: Command) -> Callable[[], list[Any]]:
        """Send the commands as `ask` does, and return what waits for their answers; it is to be called once."""
        return partial(self._end, self._begin(commands), len(commands))

    def tell(self, command: Command) -> None:
        """Send a command whose answer nobody waits for; it is carried out before whatever is asked after it."""
        self._end(self._begin((("CLIENT", "REPLY", "SKIP"), command)), 0)

    def _begin(self, commands: tuple[Command, ...]) -> _Line:
        line = self._take()
        try:
            line.send(packed(commands))
        except BaseException:
            line.close()
            raise
        return line

    def _end(self, line: _Line, answers: int) -> list[Any]:
        try:
            found = line.read(answers)
        except BaseException:
            # What it has not answered yet would be taken for the answer to something else.
            line.close()
            raise
        self._idle.append(line)
        return found

    def _take(self) -> _Line:
        if self._process != os.getpid():
            # These are the parent's.
            self._idle, self._process = deque(), os.getpid()
        try:
            line = self._idle.pop()
        except IndexError:
            return self._make()
        if line.is_idle():
            return line
        line.close()
        return self._make()

    def _make(self) -> _Line:
        return _Line(self._pool.connection_class(**self._pool.connection_kwargs))


@lru_cache(maxsize=4)
def connections_of(client: Redis) -> Connections:
    """Return the connections of a client, the same ones for as long as the process lives."""
    return Connections(client.connection_pool)
