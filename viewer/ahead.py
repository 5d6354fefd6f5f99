"""The rest of a stack that somebody begins to look at, read before it is asked for.

A PACS sends a series in one answer several times sooner than its instances one by one. But it does so in an order of
its own, and nobody else is served by a child that reads: so one child of a worker reads at a time, and not for long.
What was asked for comes first, until a PACS has shown that it sends whole series quickly; from then on what was asked
for is taken out of that answer, also by the other children. Whatever has not come by then is fetched one by one.
"""

from __future__ import annotations

import fcntl
import logging
import os
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from pacs_gateway.access.grant import GrantRefused, StudyGrant
from pacs_gateway.errors import PacsError, PacsNotFound
from pacs_gateway.refs import FrameRef
from viewer import sources, store
from viewer.rendering import CannotRender

log = logging.getLogger(__name__)
# So many instances of one series that had to be fetched are the beginning of a stack.
STACK_LEAST = 8
SECONDS = 0.7
# Of what a worker keeps, so that one stack does not drive out all others.
BYTES_MOST = sources.ARENA_BYTES * 3 // 4
# A PACS that sends fewer frames in that time sends them one by one as soon. It is remembered for a while.
WORTH_IT, PACE_SECONDS = 64, 600
QUICK, SLOW = b"quick", b"slow"
LOOK_SECONDS = 0.005

# Made before the children are forked, and held by one of them at a time; the kernel takes it back from one that dies.
# In it stands the name of the series that is being read and kept.
_turn = tempfile.TemporaryFile()  # noqa: SIM115 - held as long as the worker


def read(grant: StudyGrant, fetched: list[FrameRef]) -> None:
    """Read the rest of the series after some frames of it were fetched one by one, where that is worth it."""
    series_uid = _only_series(fetched)
    if series_uid and is_stack(fetched):
        for _ in of_series(grant, series_uid):
            pass


def fetch(
    grant: StudyGrant, frames: list[FrameRef]
) -> Generator[tuple[FrameRef, sources.Source | CannotRender | PacsNotFound]]:
    """Yield frames as sources.from_pacs does; where their whole series is read instead, others of it are among them."""
    left = dict.fromkeys(frames)
    series_uid = _only_series(frames)
    if series_uid and is_stack(frames) and _pace(grant) == QUICK:
        for frame, source in of_series(grant, series_uid):
            left.pop(frame, None)
            yield frame, source
        # Another child may have been sooner by a moment.
        for _ in while_read(grant, list(left)):
            for frame in list(left):
                kept = sources.recall(grant, frame)
                if kept is not None:
                    del left[frame]
                    yield frame, kept
            if not left:
                break
    yield from sources.from_pacs(grant, list(left))


def while_read(grant: StudyGrant, frames: list[FrameRef]) -> Iterator[None]:
    """Yield now and then while another child reads the series that frames are of: some of them may be kept by then."""
    series_uid = _only_series(frames)
    if not series_uid or not _is_being_read(grant, series_uid) or _pace(grant) != QUICK:
        return
    end = time.monotonic() + SECONDS
    while _is_being_read(grant, series_uid) and time.monotonic() < end:
        time.sleep(LOOK_SECONDS)
        yield
    yield


def _only_series(frames: list[FrameRef]) -> str | None:
    """Return the series that all frames are of, None where there is no such."""
    series = {frame.instance.series_uid for frame in frames}
    return series.pop() if len(series) == 1 else None


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
    if _pace(grant) == SLOW:
        return
    with _our_turn(sources.name_of_series(grant, series_uid) if is_kept else "") as is_ours:
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
            if count == WORTH_IT and _is_quick(count, time.monotonic() - began):
                # The other children are to know it while this goes on.
                _remember_pace(grant, QUICK)
            if size > BYTES_MOST:
                break
    except (GrantRefused, PacsError) as error:
        log.warning("a series is not read ahead: %s", type(error).__name__)
    took = time.monotonic() - began
    if count and _is_quick(count, took):
        _remember_pace(grant, QUICK)
    elif took > SECONDS:
        _remember_pace(grant, SLOW)


def _is_quick(frames: int, seconds: float) -> bool:
    return frames * SECONDS >= WORTH_IT * seconds


def _pace(grant: StudyGrant) -> bytes | None:
    """Return what is known of the PACS of a study, None where nothing is (any more)."""
    return store.get(f"pace:{grant.study.pacs}")


def _remember_pace(grant: StudyGrant, pace: bytes) -> None:
    store.put(f"pace:{grant.study.pacs}", pace, PACE_SECONDS)


@contextmanager
def _our_turn(name: str) -> Iterator[bool]:
    """Yield whether no other child of this worker reads ahead meanwhile; they learn the name of what is read."""
    try:
        fcntl.lockf(_turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        yield False
        return
    try:
        _write_down(name)
        yield True
    finally:
        _write_down("")
        fcntl.lockf(_turn, fcntl.LOCK_UN)


def _write_down(name: str) -> None:
    os.ftruncate(_turn.fileno(), 0)
    os.pwrite(_turn.fileno(), name.encode(), 0)


def _is_being_read(grant: StudyGrant, series_uid: str) -> bool:
    """Tell whether another child reads a series, to keep it."""
    name = sources.name_of_series(grant, series_uid).encode()
    if os.pread(_turn.fileno(), len(name), 0) != name:
        return False
    try:
        os.lockf(_turn.fileno(), os.F_TEST, 0)
    except OSError:
        return True
    # Whoever wrote it has died.
    return False
