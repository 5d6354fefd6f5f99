"""Callers over kept connections: one after the other, or several at once."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

import numpy as np

SECONDS_MOST = 60


class Caller:
    """One connection, kept open."""

    def __init__(self, origin: str, headers: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=SECONDS_MOST)
        self._headers = headers

    def get(self, path: str) -> bytes:
        """Return the body; raises RuntimeError for anything but 200."""
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
        return body


def median(origin: str, headers: dict[str, str], paths: Iterable[str]) -> float:
    """Return the median milliseconds of one call after the other on one connection."""
    caller, times = Caller(origin, headers), []
    for path in paths:
        began = time.perf_counter()
        caller.get(path)
        times.append((time.perf_counter() - began) * 1000)
    return float(np.median(times))


def seconds(origin: str, headers: dict[str, str], paths: Iterable[str], connections: int) -> float:
    """Return how long `connections` callers take together for all paths."""
    waiting: SimpleQueue[str] = SimpleQueue()
    for path in paths:
        waiting.put(path)
    ready = threading.Barrier(connections + 1)

    def work() -> None:
        caller = Caller(origin, headers)
        ready.wait()
        while True:
            try:
                path = waiting.get_nowait()
            except Empty:
                return
            caller.get(path)

    with ThreadPoolExecutor(connections) as pool:
        done = [pool.submit(work) for _ in range(connections)]
        ready.wait()
        began = time.perf_counter()
        for one in done:
            one.result()
        return time.perf_counter() - began
