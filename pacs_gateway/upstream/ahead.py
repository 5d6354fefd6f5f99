"""Requests that are under way before anybody waits for their answers: a PACS far away is then waited for once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from pacs_gateway.upstream.connection import Connection

Send = Callable[[str, str], Connection | None]
# Of a PACS that answers sooner, two at a time keep both sides busy; more would only lie about.
FAR_SECONDS = 0.01
_NEAR_AT_ONCE = 2


class Place:
    """What a caller may ask of a PACS at the same time: `most` requests, those included that it asks ahead.

    Each has a connection of its own, on which its answer waits. Nothing of it is read before it is wanted: what does
    not fit into the connection stays with the PACS. `send` returns None where a request cannot be sent now; whoever
    wants its answer then asks for it as ever, and is told what is wrong. `was_far` says that the PACS was far away when
    it was asked last, `is_far` in the end whether it is now, None where nothing was expected. For one thread.
    """

    def __init__(self, most: int, send: Send, *, was_far: bool = False) -> None:
        self.is_far: bool | None = None
        self._most = most
        self._at_once = most if was_far else min(most, _NEAR_AT_ONCE)
        self._send = send
        self._expected: deque[tuple[str, str]] = deque()
        self._under_way: dict[tuple[str, str], Connection] = {}

    def expect(self, paths: list[str], accept: str) -> None:
        """Say which answers will be wanted, in that order."""
        self.is_far = False
        self._expected.extend((path, accept) for path in paths)

    def take(self, path: str, accept: str) -> Connection | None:
        """Return the connection on which this was asked, its reply not read yet, None where it was not."""
        if self._most > 1:
            self._ask_ahead()
        return self._under_way.pop((path, accept), None)

    def waited(self, seconds: float) -> None:
        """Count how long a reply was waited for."""
        if self.is_far is not None and seconds > FAR_SECONDS:
            self.is_far, self._at_once = True, self._most

    def is_alone(self) -> bool:
        """Tell whether nothing is, or will be, asked ahead."""
        return self._most == 1

    def stay_alone(self) -> None:
        """Give up what is under way and ask nothing more ahead: it was too much for the PACS."""
        self._most = 1
        self.close()

    def close(self) -> None:
        """Give up what is still under way."""
        for connection in self._under_way.values():
            connection.close()
        self._under_way.clear()

    def _ask_ahead(self) -> None:
        while self._expected and len(self._under_way) < self._at_once:
            wanted = self._expected.popleft()
            connection = None if wanted in self._under_way else self._send(*wanted)
            if connection is None:
                self._expected.clear()
            else:
                self._under_way[wanted] = connection
