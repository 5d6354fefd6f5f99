"""The worker class of the web server: gunicorn's threads, which wait a moment for what a connection asks next."""

from __future__ import annotations

import select
import threading
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

# A viewer that shows one picture after the other asks for the next within this time.
LINGER_SECONDS = 0.05


class WebWorker(ThreadWorker):  # type: ignore[misc]
    """Threads that stay with a connection for a moment after an answer.

    gunicorn hands each connection back to its main thread, which waits for the next request and hands it to a thread
    again: for pictures that follow one another a tenth of what the server has to do. No more than half of the threads
    wait like this, so that nobody else is kept waiting.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._may_linger = threading.BoundedSemaphore(self.cfg.threads // 2)

    def handle(self, conn: TConn) -> Any:
        """Answer a request of a connection, and those that follow at once; return what gunicorn's own returns."""
        outcome = super().handle(conn)
        while outcome is True and self.alive and self._has_more(conn):
            outcome = super().handle(conn)
        return outcome

    def _has_more(self, conn: TConn) -> bool:
        """Wait a moment, where enough threads are left, and tell whether the connection asks for something else."""
        # What was read ahead does not make the socket readable; the main thread looks for it.
        if conn.parser.unreader.buf.getvalue() or not self._may_linger.acquire(blocking=False):
            return False
        try:
            waiting = select.poll()
            waiting.register(conn.sock, select.POLLIN)
            return bool(waiting.poll(LINGER_SECONDS * 1000))
        finally:
            self._may_linger.release()
