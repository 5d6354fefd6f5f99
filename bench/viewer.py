"""Frames of the viewer through HTTP, gate, queue and workers, beside Orthanc's `/rendered`: same machine, same CT."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, cycle
from statistics import median

import redis
import requests

from bench import loads, processor, studies
from bench.rendering import Row
from bench.stack import Stack
from viewer.params import RUN_MOST

CONNECTIONS, ROUNDS, SWEEPS, SINGLE = 8, 7, 3, 150
FILL_MOST = 300
STOP_SECONDS, START_SECONDS = 20, 60
_KEY = "from pacs_gateway.index.models import Study; print(Study.objects.get().key)"
_JPEG = {"Accept": "image/jpeg"}
# Each window is asked for once, so that no finished picture is at hand.
_windows: Iterator[str] = (f"{40 + number % 97},{300 + number}" for number in count())


def next_window() -> str:
    """Return a window that nobody has asked for yet."""
    return next(_windows)


@dataclass(frozen=True, slots=True)
class Site:
    """The running product with the study in it, and the addresses of the frames of its series."""

    stack: Stack
    headers: dict[str, str]
    series: tuple[str, ...]

    @property
    def frames(self) -> str:
        """Return the address of the frames of the first series."""
        return self.series[0]

    def runs(self, window: str, series: int = 0) -> list[str]:
        """Return the requests by which a browser fetches the whole stack in a window."""
        numbers = range(1, studies.SLICES + 1)
        runs = [numbers[start : start + RUN_MOST] for start in range(0, studies.SLICES, RUN_MOST)]
        return [f"{self.series[series]}?numbers={','.join(map(str, run))}&window={window}" for run in runs]

    def sweep(self, series: int = 0) -> float:
        """Return the seconds for the whole stack at a new window."""
        return loads.seconds(self.stack.url, self.headers, self.runs(next(_windows), series), CONNECTIONS)

    def singles(self) -> list[str]:
        """Return frames all over the stack, each at a new window."""
        return [f"{self.frames}{number}?window={next(_windows)}" for number in _spread()]

    def median(self, paths: list[str]) -> float:
        """Return the median milliseconds of one after the other."""
        return loads.median(self.stack.url, self.headers, paths)

    def forget(self) -> None:
        """Start the workers again with an empty cache: no frame is decoded any more."""
        worker = next(child for child in self.stack.children if child.name == "interactive")
        worker.ask_to_stop()
        worker.end(time.monotonic() + STOP_SECONDS)
        redis.Redis.from_url(self.stack.environment["REDIS_CACHE_URL"]).flushdb()
        worker.start()
        end = time.monotonic() + START_SECONDS
        while (
            requests.get(f"{self.stack.url}{self.frames}1?size=16", headers=self.headers, timeout=60).status_code != 200
        ):
            if time.monotonic() > end:
                raise RuntimeError("the workers do not come back")


@dataclass(frozen=True, slots=True)
class Peer:
    """One of Orthanc's ways to a windowed picture of the same slices."""

    name: str
    origin: str
    headers: dict[str, str]
    path: Callable[[int, str], str]

    def sweep(self) -> float:
        """Return the seconds for the whole stack at a new window."""
        window = next(_windows)
        paths = [self.path(number, window) for number in range(1, studies.SLICES + 1)]
        return loads.seconds(self.origin, self.headers, paths, CONNECTIONS)

    def median(self) -> float:
        """Return the median milliseconds of one after the other, each at a new window."""
        return loads.median(self.origin, self.headers, [self.path(one, next(_windows)) for one in _spread()])


def _spread() -> list[int]:
    return [1 + 7 * number % studies.SLICES for number in range(SINGLE)]


def start(stack: Stack) -> tuple[Site, list[Peer]]:
    """Put the CT into Orthanc and a patient in front of the site."""
    instances = [answer["ID"] for answer in stack.orthanc.store(studies.ct_stacks())]
    return opened(stack), _peers(stack, instances)


def opened(stack: Stack) -> Site:
    """Put a patient in front of the site, whose one study is in Orthanc."""
    token = stack.token("bench@x.example", studies.PATIENT)
    stack.manage("sync")
    key = stack.manage("shell", "-c", _KEY).split()[-1]
    headers = {"Authorization": f"Bearer {token}"}
    content = requests.get(f"{stack.url}/viewer/{key}/manifest.json", headers=headers, timeout=60)
    content.raise_for_status()
    return Site(stack, headers, tuple(series["frames_url"] for series in content.json()["series"]))


def _peers(stack: Stack, instances: list[str]) -> list[Peer]:
    def standard(number: int, window: str) -> str:
        series = studies.SERIES_UID
        place = f"/dicom-web/studies/{studies.STUDY_UID}/series/{series}/instances/{series}.{number}"
        return f"{place}/rendered?window={window},linear"

    def own(number: int, window: str) -> str:
        center, width = window.split(",")
        return f"/instances/{instances[number - 1]}/rendered?window-center={center}&window-width={width}"

    origin = stack.orthanc.rest
    return [
        Peer("Orthanc DICOMweb", origin, _JPEG, standard),
        Peer("Orthanc REST JPEG", origin, _JPEG, own),
        Peer("Orthanc REST PNG", origin, {}, own),
    ]


def rows(site: Site, peers: list[Peer]) -> list[Row]:
    """Measure; ours and Orthanc's take turns, so that a busy machine is busy for both."""
    _settle(site, peers)
    warm = [tuple(_a_while(one.sweep) for one in (site, *peers)) for _ in range(ROUNDS)]
    singles = [(site.median(site.singles()), *(peer.median() for peer in peers)) for _ in range(ROUNDS)]
    fresh, *theirs = [median(rounds) for rounds in zip(*singles, strict=True)]
    kept = site.median([site.singles()[0]] * SINGLE)
    from_pacs = _after(site.forget, lambda: site.median(site.singles()))
    return [
        *_each("300 frames at a new window, decoded: each", peers, list(zip(*warm, strict=True))),
        *(Row("one frame at a new window", fresh, peer.name, ms) for peer, ms in zip(peers, theirs, strict=True)),
        Row("one frame from that Orthanc", from_pacs, peers[0].name, theirs[0]),
        Row("one frame that is kept", kept, "limit", 3.0),
    ]


def _a_while(sweep: Callable[[], float]) -> float:
    """Return the seconds of one sweep of several: ours takes a quarter of a second, in which a computer that did
    something else before is not yet in step.
    """
    return sum(sweep() for _ in range(SWEEPS)) / SWEEPS


def _settle(site: Site, peers: list[Peer]) -> None:
    """Let both have what they have after some use: until the store of pictures has been full once, its Redis asks the
    machine for memory with every picture.
    """
    cache = redis.Redis.from_url(site.stack.environment["REDIS_CACHE_URL"])
    for _ in range(FILL_MOST):
        site.sweep()
        if cache.info("stats")["evicted_keys"]:
            break
    else:
        raise RuntimeError("the store of pictures does not fill")
    for peer in peers:
        peer.sweep()


def cold(site: Site, peer: Peer, pacs: str) -> list[Row]:
    """Measure whole stacks of which no frame is decoded (any more). The peer always reads from its own disk.

    More stacks take turns than the workers keep decoded.
    """
    turns = cycle(range(len(site.series)))
    for _ in site.series:
        site.sweep(next(turns))
    rounds = [(_a_while(lambda: site.sweep(next(turns))), _a_while(peer.sweep)) for _ in range(ROUNDS)]
    parts = _parts(site.stack, f"stack from {pacs}", studies.SLICES, lambda: site.sweep(next(turns)))
    return [*_each(f"300 frames from {pacs}: each", [peer], list(zip(*rounds, strict=True))), *parts]


def _after(before: Callable[[], None], measure: Callable[[], float]) -> float:
    before()
    return measure()


def _each(what: str, peers: list[Peer], seconds: list[tuple[float, ...]]) -> list[Row]:
    """Return a row for each peer from the seconds of ours, then theirs, by rounds."""
    ours, *theirs = [1000 * median(rounds) / studies.SLICES for rounds in seconds]
    return [Row(what, ours, peer.name, each) for peer, each in zip(peers, theirs, strict=True)]


def stages(site: Site, peers: list[Peer]) -> list[Row]:
    """Return where the processor's time goes, by part: it does not depend on what else the machine does."""
    site.sweep()
    warm = site.runs(next(_windows))
    stages = [("stack", studies.SLICES, lambda: loads.seconds(site.stack.url, site.headers, warm, CONNECTIONS))]
    singles = site.singles()
    stages.append(("single", SINGLE, lambda: site.median(singles)))
    stages.append(("kept", SINGLE, lambda: site.median(singles)))
    measured = [row for name, frames, work in stages for row in _parts(site.stack, name, frames, work)]
    theirs = [row for peer in peers for row in _parts(site.stack, f"stack, {peer.name}", studies.SLICES, peer.sweep)]
    return [*measured, *(row for row in theirs if row.what.endswith("orthanc"))]


def _parts(stack: Stack, name: str, frames: int, work: Callable[[], object]) -> list[Row]:
    before = _used(stack)
    work()
    after = _used(stack)
    return [Row(f"processor, {name}: {part}", (after[part] - before[part]) / frames) for part in before]


def _used(stack: Stack) -> dict[str, float]:
    used = {child.name: processor.milliseconds(child.process.pid) for child in stack.children if child.process}
    used["orthanc"] = processor.milliseconds(stack.orthanc.pid)
    for name in ("broker", "cache"):
        facts = redis.Redis.from_url(stack.environment[f"REDIS_{name.upper()}_URL"]).info("cpu")
        used[f"{name} Redis"] = 1000 * (facts["used_cpu_user"] + facts["used_cpu_sys"])
    return used
