"""Frames of the viewer through HTTP, gate, queue and workers, beside Orthanc's `/rendered`: same machine, same CT."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from statistics import median

import redis
import requests

from bench import loads, studies
from bench.rendering import Row
from bench.stack import Stack

CONNECTIONS, ROUNDS, SINGLE = 8, 3, 150
RUN = 16
ORTHANC = "Orthanc /rendered"
_KEY = "from pacs_gateway.index.models import Study; print(Study.objects.get().key)"
# Each window is asked for once, so that no finished picture is at hand.
_windows: Iterator[str] = (f"{40 + number % 97},{300 + number}" for number in count())


@dataclass(frozen=True, slots=True)
class Site:
    """The running product with the study in it, and the addresses of its frames."""

    stack: Stack
    headers: dict[str, str]
    frames: str
    instances: list[str]

    def run_paths(self, window: str) -> list[str]:
        """Return the requests by which a browser fetches the whole stack in a window."""
        numbers = range(1, studies.SLICES + 1)
        runs = [numbers[start : start + RUN] for start in range(0, studies.SLICES, RUN)]
        return [f"{self.frames}?numbers={','.join(map(str, run))}&window={window}" for run in runs]

    def peer_paths(self, window: str) -> list[str]:
        """Return the same for Orthanc."""
        return [_rendered(instance, window) for instance in self.instances]

    def forget(self) -> None:
        """Empty the cache: no frame is decoded any more."""
        redis.Redis.from_url(self.stack.environment["REDIS_CACHE_URL"]).flushdb()


def _rendered(instance: str, window: str) -> str:
    center, width = window.split(",")
    return f"/instances/{instance}/rendered?window-center={center}&window-width={width}"


def site(stack: Stack) -> Site:
    """Put the CT into Orthanc and a patient in front of the site."""
    answers = stack.orthanc.store(studies.ct_stack())
    token = stack.token("bench@x.example", studies.PATIENT)
    stack.manage("sync")
    key = stack.manage("shell", "-c", _KEY).split()[-1]
    headers = {"Authorization": f"Bearer {token}"}
    content = requests.get(f"{stack.url}/viewer/{key}/manifest.json", headers=headers, timeout=60)
    content.raise_for_status()
    return Site(stack, headers, content.json()["series"][0]["frames_url"], [answer["ID"] for answer in answers])


def rows(found: Site) -> list[Row]:
    """Measure; ours and Orthanc's take turns, so that a busy machine is busy for both."""
    return [_stack_row(found, is_cold=False), _stack_row(found, is_cold=True), *_single_rows(found)]


def _stack_row(found: Site, *, is_cold: bool) -> Row:
    ours, theirs = [], []
    _sweep(found, next(_windows))
    for _ in range(ROUNDS):
        window = next(_windows)
        if is_cold:
            found.forget()
        ours.append(_sweep(found, window))
        paths = found.peer_paths(window)
        theirs.append(loads.seconds(found.stack.orthanc.rest, _JPEG, paths, CONNECTIONS))
    what = f"{studies.SLICES} frames at a new window, {'from the PACS' if is_cold else 'decoded'}: each"
    return Row(what, 1000 * median(ours) / studies.SLICES, ORTHANC, 1000 * median(theirs) / studies.SLICES)


_JPEG = {"Accept": "image/jpeg"}


def _sweep(found: Site, window: str) -> float:
    return loads.seconds(found.stack.url, found.headers, found.run_paths(window), CONNECTIONS)


def _single_rows(found: Site) -> list[Row]:
    frames = [1 + 7 * number % studies.SLICES for number in range(SINGLE)]
    fresh = [f"{found.frames}{frame}?window={next(_windows)}" for frame in frames]
    theirs = [_rendered(found.instances[frame - 1], next(_windows)) for frame in frames]
    peer = loads.median(found.stack.orthanc.rest, _JPEG, theirs)
    kept = f"{found.frames}1?window={next(_windows)}"
    rows = [
        Row("one frame at a new window", loads.median(found.stack.url, found.headers, fresh), ORTHANC, peer),
        Row("one frame that is kept", loads.median(found.stack.url, found.headers, [kept] * SINGLE), "limit", 3.0),
    ]
    found.forget()
    cold = [f"{found.frames}{frame}?window={next(_windows)}" for frame in frames]
    return [*rows, Row("one frame from the PACS", loads.median(found.stack.url, found.headers, cold), ORTHANC, peer)]
