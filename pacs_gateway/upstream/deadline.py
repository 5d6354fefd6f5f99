"""Time limits that hold: each wait for a byte is cut to what is left of the whole call."""

from __future__ import annotations

import socket
import ssl
import time
from typing import Any, cast

IDLE_SECONDS = 4.5


class Deadline:
    """The moment a call must be over; a long transfer earns time with the bytes that arrive.

    `seconds` are given at the start, one more for each `bytes_per_second` bytes (0: none). No single byte is waited for
    longer than `idle_seconds`.
    """

    def __init__(self, seconds: float, bytes_per_second: int = 0, idle_seconds: float = IDLE_SECONDS) -> None:
        self._end = time.monotonic() + seconds
        self._idle_seconds = idle_seconds
        self._bytes_per_second = bytes_per_second

    def extend(self, size: int) -> None:
        """Count `size` bytes that arrived."""
        if self._bytes_per_second:
            self._end += size / self._bytes_per_second

    def postpone(self, seconds: float) -> None:
        """Leave out a time in which nothing was waited for."""
        self._end += seconds

    def remaining(self) -> float:
        """Return the seconds that are left; raises TimeoutError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left

    def wait(self) -> float:
        """Return how long to wait for the next byte."""
        return min(self._idle_seconds, self.remaining())


class DeadlineSocket(socket.socket):
    """A socket that waits for each read no longer than its deadline allows, however slowly bytes drip in.

    What it reads earns the call time.
    """

    deadline: Deadline

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.wait())
        size = super().recv_into(*args, **kwargs)
        self.deadline.extend(size)
        return size


class DeadlineTlsSocket(ssl.SSLSocket):
    """The same over TLS."""

    deadline: Deadline

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.wait())
        size = super().recv_into(*args, **kwargs)
        self.deadline.extend(size)
        return size


def open_plain(host: str, port: int, deadline: Deadline, connect_seconds: float) -> DeadlineSocket:
    """Connect; raises OSError."""
    plain = socket.create_connection((host, port), timeout=min(connect_seconds, deadline.remaining()))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    timeout = plain.gettimeout()
    kept = DeadlineSocket(fileno=plain.detach())
    kept.settimeout(timeout)
    return kept


def open_tls(plain: socket.socket, host: str, context: ssl.SSLContext) -> DeadlineTlsSocket:
    """Put TLS over a connected socket, the certificate verified against `host`; raises OSError."""
    context.sslsocket_class = DeadlineTlsSocket
    return cast(DeadlineTlsSocket, context.wrap_socket(plain, server_hostname=host))
