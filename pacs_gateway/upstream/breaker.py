"""Stop asking a PACS that does not answer, so that nobody waits for it: a circuit breaker per PACS and process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pacs_gateway.errors import PacsUnavailable

log = logging.getLogger(__name__)
FAILURES = 5
OPEN_SECONDS = 10.0


class Failed(Exception):
    """Carries an error that counts against the PACS out of `Breaker.call`, which raises what it carries."""

    def __init__(self, error: Exception) -> None:
        super().__init__(type(error).__name__)
        self.error = error


class Breaker:
    """Opens for OPEN_SECONDS after FAILURES failures in a row; then one call tries whether the PACS is back."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: float | None = None
        self._is_probing = False

    @property
    def is_open(self) -> bool:
        """Tell whether the PACS is left alone, or only tried."""
        return self._opened_at is not None

    @contextmanager
    def call(self) -> Iterator[None]:
        """Guard one call: raises PacsUnavailable while open; a `Failed` raised inside counts and is unwrapped."""
        probes = self._enter()
        try:
            yield
        except Failed as failed:
            self._failed()
            raise failed.error from failed.error.__cause__
        except BaseException:
            # The PACS answered, if not with what was wanted; or the caller gave up.
            self._leave(probes)
            raise
        else:
            self._succeeded()

    def _enter(self) -> bool:
        with self._lock:
            if self._opened_at is None:
                return False
            if self._is_probing or self._clock() - self._opened_at < OPEN_SECONDS:
                raise PacsUnavailable("the PACS did not answer a moment ago")
            self._is_probing = True
            return True

    def _failed(self) -> None:
        with self._lock:
            self._failures += 1
            self._is_probing = False
            if self._failures >= FAILURES:
                if self._opened_at is None:
                    log.error("PACS %s does not answer; it is left alone for a while", self._name)
                self._opened_at = self._clock()

    def _succeeded(self) -> None:
        with self._lock:
            if self._opened_at is not None:
                log.warning("PACS %s answers again", self._name)
            self._failures, self._opened_at, self._is_probing = 0, None, False

    def _leave(self, probes: bool) -> None:
        with self._lock:
            if probes:
                self._is_probing = False
