"""The web server's worker class: gunicorn with an application that tells how often a connection changed hands."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from portal.orphans import end_with_parent
from tests.orthanc import free_port

REPOSITORY = Path(__file__).resolve().parents[2]
THREADS = 4
_APPLICATION = """
from portal import web_worker

web_worker.LINGER_SECONDS = {linger}

class Counting(web_worker.WebWorker):
    handed_over = 0

    def enqueue_req(self, conn):
        Counting.handed_over += 1
        super().enqueue_req(conn)

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(Counting.handed_over).encode()]
"""
Server = tuple[subprocess.Popen[bytes], int]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[float], Server]]:
    with ExitStack() as ended:

        def start(linger: float) -> Server:
            port = free_port()
            (tmp_path / "told.py").write_text(_APPLICATION.format(linger=linger), encoding="utf-8")
            command = [sys.executable, "-m", "gunicorn", "told", "-b", f"127.0.0.1:{port}", "--no-control-socket"]
            command += ["-k", "told.Counting", "-w", "1", "--threads", str(THREADS), "--graceful-timeout", "3"]
            environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{REPOSITORY}"}
            process = subprocess.Popen(command, env=environment, preexec_fn=end_with_parent)
            ended.callback(process.wait)
            ended.callback(process.kill)
            return process, port

        yield start


def _open(port: int, seconds: float = 20) -> http.client.HTTPConnection:
    """Return a connection to the server, as soon as it listens."""
    end = time.monotonic() + seconds
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.connect()
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return connection


def _ask(connection: http.client.HTTPConnection) -> bytes:
    connection.request("GET", "/")
    return connection.getresponse().read()


def test_one_thread_answers_what_follows_at_once(serve: Callable[[float], Server]) -> None:
    _, port = serve(10.0)
    connection = _open(port)
    assert {_ask(connection) for _ in range(20)} == {b"1"}


def test_a_connection_that_pauses_is_answered_all_the_same(serve: Callable[[float], Server]) -> None:
    _, port = serve(0.01)
    connection = _open(port)
    for handed_over in (b"1", b"2", b"3"):
        assert _ask(connection) == handed_over
        time.sleep(0.2)


def test_requests_that_were_sent_together_are_all_answered(serve: Callable[[float], Server]) -> None:
    _, port = serve(10.0)
    connection = _open(port)
    request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    connection.sock.sendall(2 * request + request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    received = b"".join(iter(lambda: connection.sock.recv(65536), b""))
    assert received.count(b"200 OK") == 3


def test_connections_that_are_waited_for_keep_nobody_waiting(serve: Callable[[float], Server]) -> None:
    _, port = serve(60.0)
    waited_for = [_open(port) for _ in range(2 * THREADS)]
    for connection in waited_for:
        assert _ask(connection)
    for _ in range(THREADS):
        assert _ask(_open(port))
    for connection in waited_for:
        assert _ask(connection)


def test_it_ends_when_it_is_told_to(serve: Callable[[float], Server]) -> None:
    process, port = serve(0.05)
    connection = _open(port)
    assert _ask(connection)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
