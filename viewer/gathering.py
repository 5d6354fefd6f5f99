"""How workers gather a volume: in steps, each a task of its own, so that the pictures of others come in between.

Who asks for a calculated picture meanwhile stands in a line, and is called again when the volume is there. What goes
wrong is kept for a while, so that everybody is told; then it is tried again.
"""

from __future__ import annotations

import json
import logging
import time
from typing import Any

from celery import shared_task

from pacs_gateway.access.grant import StudyGrant, verify
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsError, PacsUnavailable
from viewer import asking, calculated, store, tasks, tries
from viewer.calculating import REFUSED_SECONDS, render_calculated
from viewer.finding import series_of
from viewer.rendering import CannotRender, Reason
from viewer.voxels import AT_ONCE, Voxels

log = logging.getLogger(__name__)
FAILED_SECONDS = 3
# So long does a step take, but for the slices that it is at.
STEP_SECONDS = 0.3
_READY, _FAILED = "ready", "failed"
_OURS = "system:gather"


def refusal_of(voxels: Voxels) -> CannotRender | PacsError | None:
    """Return why the volume could not be gathered just now, None when nobody has tried."""
    word = store.get(f"volume-refused:{voxels.key}")
    if word is None:
        return None
    return PacsUnavailable() if word.decode() == _FAILED else CannotRender(Reason(word.decode()))


def begin(voxels: Voxels, arguments: list[Any]) -> None:
    """Have the volume gathered, and `render_calculated` called with `arguments` then."""
    store.line_up(voxels.key, json.dumps(arguments).encode())
    if store.claim([_claim(voxels.key)]):
        calculated.tell(voxels.key, 0, len(voxels.volume.order))
        # Enough for each of its slices, and an end all the same where others drive them out.
        _publish(arguments[0], voxels, len(voxels.volume.order) // AT_ONCE + 2)


def _publish(grant_text: str, voxels: Voxels, steps: int) -> None:
    arguments = (grant_text, voxels.series.id, voxels.key, steps)
    asking.publish(gather_volume, *arguments, caller=_OURS, seconds=store.LINE_SECONDS)


@shared_task(name="viewer.gather_volume", queue="interactive", **tasks.LIMITS, **tries.AGAIN)
def gather_volume(grant_text: str, series_id: str, volume: str, steps: int) -> None:
    """Fetch slices that are not here; when all are, or there is no such volume any more, call everybody who waits."""
    grant = verify(grant_text)
    grant.require(Right.VIEW)
    voxels = _find(grant, series_id, volume)
    if voxels is None:
        _end(volume)
        return
    outcome = _step(voxels)
    slices = len(voxels.volume.order)
    calculated.tell(voxels.key, slices - min(len(voxels.missing), slices), slices)
    if outcome is None and steps > 0:
        store.hold(_claim(volume))
        _publish(grant_text, voxels, steps - 1)
        return
    if outcome != _READY:
        log.warning("a volume is not gathered: %s", outcome or "others drive it out")
        seconds = FAILED_SECONDS if outcome in (None, _FAILED) else REFUSED_SECONDS
        store.put(f"volume-refused:{volume}", (outcome or _FAILED).encode(), seconds)
    _end(volume)


def _find(grant: StudyGrant, series_id: str, volume: str) -> Voxels | None:
    """Return the volume as the study is now, None where it has changed meanwhile or cannot be had."""
    try:
        found = Voxels(grant, series_of(grant, series_id))
    except PacsError as error:
        log.warning("a volume is not gathered: %s", type(error).__name__)
        return None
    return found if found.key == volume else None


def _end(volume: str) -> None:
    # In this order: who joins the line after it was taken finds that nobody has the claim.
    store.release(_claim(volume))
    _call(store.take_line(volume))


def _step(voxels: Voxels) -> str | None:
    """Gather for a moment; return None when there is more to do, else how it went."""
    missing, until = voxels.missing, time.monotonic() + STEP_SECONDS
    for start in range(0, len(missing), AT_ONCE):
        if start and time.monotonic() > until:
            return None
        refused = _gather(voxels, missing[start : start + AT_ONCE])
        if refused:
            return refused
    # Others may have driven out what was gathered first.
    return None if voxels.missing else _READY


def _gather(voxels: Voxels, indexes: list[int]) -> str:
    """Gather some slices; return why they are not there, "" when they are."""
    name = _claim(voxels.key)
    if store.begin([], [name])[0] >= tries.MOST:
        return Reason.GAVE_UP
    store.count([name])
    refused = ""
    try:
        voxels.gather(indexes)
    except PacsError as error:
        log.warning("slices of a volume did not come: %s", type(error).__name__)
        refused = _FAILED
    except CannotRender as error:
        refused = tasks.require_finished(error).reason
    store.uncount([name])
    return refused


def _call(line: list[bytes]) -> None:
    """Have each picture of the line rendered once, whoever asks for it how often."""
    asked = {json.dumps(arguments[1:]): arguments for arguments in map(json.loads, line)}
    for arguments in asked.values():
        asking.publish(render_calculated, *arguments, caller=_OURS, seconds=store.LINE_SECONDS)


def _claim(volume: str) -> str:
    return f"gather:{volume}"
