"""How much memory processes take while something happens."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

STEP_SECONDS = 0.05


class Watch:
    """Watches processes as long as the `with` block lives; then `grown` is by how much their sum had risen at most."""

    def __init__(self, process_ids: list[int]) -> None:
        self._process_ids = process_ids
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._before = self._most = 0

    def __enter__(self) -> Self:
        self._before = self._most = self._now()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def grown(self) -> int:
        """Return bytes."""
        return self._most - self._before

    def _look(self) -> None:
        while not self._ended.wait(STEP_SECONDS):
            self._most = max(self._most, self._now())

    def _now(self) -> int:
        return sum(_resident(process_id) for process_id in self._process_ids)


def family(process_id: int) -> list[int]:
    """Return a process and all that it started."""
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
    return [process_id, *(one for child in children for one in family(int(child)))]


def _resident(process_id: int) -> int:
    try:
        status = Path(f"/proc/{process_id}/status").read_text()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:")), 0)
