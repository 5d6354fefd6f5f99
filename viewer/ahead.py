"""The rest of a stack that somebody begins to look at, read before it is asked for.

A PACS sends a series in one answer several times sooner than its instances one by one. But it does so in an order of
its own, and nobody else is served by a child that reads: so what was asked for comes first, one child of a worker reads
at a time, and not for long. Whatever has not come by then is fetched as ever.
"""

from __future__ import annotations

import fcntl
import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pacs_gateway.access.grant import GrantRefused, StudyGrant
from pacs_gateway.errors import PacsError
from pacs_gateway.refs import FrameRef
from viewer import sources
from viewer.rendering import CannotRender

log = logging.getLogger(__name__)
# So many instances of one series that had to be fetched are the beginning of a stack.
STACK_LEAST = 8
SECONDS = 0.7
# Of what a worker keeps, so that one stack does not drive out all others.
BYTES_MOST = sources.ARENA_BYTES * 3 // 4
# A PACS that sends fewer frames in that time sends them one by one as soon.
WORTH_IT, REST_SECONDS = 64, 600.0

# Made before the children are forked, and held by one of them at a time; the kernel takes it back from one that dies.
_turn = tempfile.TemporaryFile()  # noqa: SIM115 - held as long as the worker
_rests: dict[str, float] = {}


def read(grant: StudyGrant, fetched: list[FrameRef]) -> None:
    """Read the rest of the series after some frames of it were fetched one by one, where that is worth it."""
    series = {frame.instance.series_uid for frame in fetched}
    if len(series) == 1 and is_stack(fetched):
        for _ in of_series(grant, *series):
            pass


def is_stack(frames: list[FrameRef]) -> bool:
    """Tell whether frames are so many instances that they may be read as a whole series."""
    return len({frame.instance for frame in frames}) >= STACK_LEAST


def of_series(
    grant: StudyGrant, series_uid: str, *, is_kept: bool = True
) -> Iterator[tuple[FrameRef, sources.Source | CannotRender]]:
    """Yield frames of a whole series as its PACS sends them, for a while; none where that is not worth it now.

    They are kept as sources.py keeps them, and a series is then begun only once, unless `is_kept` is false. What goes
    wrong ends it.
    """
    if time.monotonic() < _rests.get(grant.study.pacs, 0.0):
        return
    with _our_turn() as is_ours:
        if is_ours and (not is_kept or sources.begin_series(grant, series_uid)):
            yield from _of_series(grant, series_uid, is_kept=is_kept)


def _of_series(
    grant: StudyGrant, series_uid: str, *, is_kept: bool
) -> Iterator[tuple[FrameRef, sources.Source | CannotRender]]:
    began, count, size = time.monotonic(), 0, 0
    try:
        for ref, source in sources.series_from_pacs(grant, series_uid, SECONDS, is_kept=is_kept):
            count += 1
            size += 0 if isinstance(source, CannotRender) else source[1].pixels.nbytes
            yield ref, source
            if size > BYTES_MOST:
                break
    except (GrantRefused, PacsError) as error:
        log.warning("a series is not read ahead: %s", type(error).__name__)
    if count < WORTH_IT and time.monotonic() - began > SECONDS:
        _rests[grant.study.pacs] = time.monotonic() + REST_SECONDS


@contextmanager
def _our_turn() -> Iterator[bool]:
    """Yield whether no other child of this worker reads ahead meanwhile."""
    try:
        fcntl.lockf(_turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        yield False
        return
    try:
        yield True
    finally:
        fcntl.lockf(_turn, fcntl.LOCK_UN)
