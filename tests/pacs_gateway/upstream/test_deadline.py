"""A call that must be over at a moment earns time with the bytes that arrive, while they arrive."""

from __future__ import annotations

import socket
import time
from threading import Thread

import pytest

from pacs_gateway.upstream.deadline import Deadline, DeadlineSocket

PIECE, PIECES, PAUSE = 16 * 1024, 10, 0.1


@pytest.mark.parametrize(("bytes_per_second", "is_whole"), [(64 * 1024, True), (0, False)])
def test_bytes_earn_time_as_they_arrive(bytes_per_second: int, is_whole: bool):
    """All is asked for at once, and takes twice as long as the call may take without it."""
    ours, theirs = socket.socketpair()

    def send() -> None:
        with theirs:
            for _ in range(PIECES):
                theirs.sendall(bytes(PIECE))
                time.sleep(PAUSE)

    sender = Thread(target=send)
    with DeadlineSocket(fileno=ours.detach()) as sock, sock.makefile("rb") as file:
        sock.deadline = Deadline(PIECES * PAUSE / 2, bytes_per_second)
        sender.start()
        if is_whole:
            assert len(file.read(PIECES * PIECE)) == PIECES * PIECE
        else:
            with pytest.raises(TimeoutError):
                file.read(PIECES * PIECE)
        sender.join()
