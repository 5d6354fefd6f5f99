"""The gateway beside the Orthanc behind it, same machine, same run: `python -m bench.gateway`, part of `make bench`."""

from __future__ import annotations

import datetime as dt
import io
import json
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import requests

from bench.memory import Watch
from bench.stack import Stack
from bench.studies import PATIENT, STUDY_UID, ct_stack
from tests.synthetic import ct_slice, study_uid

OUT = Path(__file__).resolve().parents[1] / "var" / "bench-gateway.json"
SECONDS = 4.0
LARGE_SLICES, LARGE_ROUNDS = 2_000, 3
SMALL_STUDIES, SMALL_SLICES, SMALL_FIRST = 40, 30, 9100
AT_ONCE = 50
DICOM = 'multipart/related; type="application/dicom"; transfer-syntax=*'
JSON = "application/dicom+json"
MEGABYTE = 1024 * 1024
_MANY = """
from datetime import timedelta
from knox.models import AuthToken
from pacs_gateway.refs import PatientRef
from tests.people import make_patient
for number in range({count}):
    person = make_patient(f"p{{number}}@x.example", PatientRef({patient!r}))
    print(AuthToken.objects.create(person, timedelta(days=1))[1])
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing of ours, Orthanc's where there is one, and what it must be."""

    what: str
    ours: float
    unit: str
    limit: str
    holds: bool
    orthanc: float | None = None
    ratio: float | None = None

    def __str__(self) -> str:
        peer = f"Orthanc {self.orthanc:8.1f} {self.unit}  ratio {self.ratio:5.2f}" if self.ratio else " " * 32
        return (
            f"{self.what:<44} {self.ours:8.1f} {self.unit:<5} {peer}  {self.limit:<20} {'yes' if self.holds else 'NO'}"
        )


@dataclass(frozen=True, slots=True)
class Door:
    """One DICOMweb service, and a connection to it that is kept."""

    root: str
    session: requests.Session

    def get(self, path: str, accept: str) -> requests.Response:
        answer = self.session.get(self.root + path, headers={"Accept": accept}, timeout=120)
        answer.raise_for_status()
        return answer

    def stream(self, path: str) -> int:
        """Return how many bytes a retrieval has; none of them are kept."""
        with self.session.get(self.root + path, headers={"Accept": DICOM}, stream=True, timeout=300) as answer:
            answer.raise_for_status()
            return sum(len(step) for step in answer.raw.stream(256 * 1024))


def door(root: str, token: str = "") -> Door:
    """Return a door; with a token to ours, without one to Orthanc's."""
    session = requests.Session()
    if token:
        session.headers["Authorization"] = f"Bearer {token}"
    return Door(root, session)


def medians(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Return the median milliseconds of two calls, made in turn, so that a busy moment meets both."""
    times: tuple[list[float], list[float]] = ([], [])
    ours(), theirs()
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        for call, taken in zip((ours, theirs), times, strict=True):
            began = time.perf_counter()
            call()
            taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[0]), statistics.median(times[1])


def search(ours: Door, orthanc: Door) -> Figure:
    """Search the studies of one patient."""
    path = f"/studies?PatientID={PATIENT}&limit=100&includefield=StudyDescription"
    counts = [len(one.get(path, JSON).json()) for one in (ours, orthanc)]
    assert counts == [SMALL_STUDIES + 1] * 2, counts
    mine, theirs = medians(lambda: ours.get(path, JSON), lambda: orthanc.get(path, JSON))
    return Figure(
        "QIDO-RS, 41 studies, p50", mine, "ms", "≤ 1.5 × Orthanc", mine <= 1.5 * theirs, theirs, mine / theirs
    )


def metadata(ours: Door, orthanc: Door) -> Figure:
    """Fetch the metadata of a series of 300 instances, warm."""
    path = (
        f"/studies/{study_uid(SMALL_FIRST + SMALL_STUDIES)}/series/{study_uid(SMALL_FIRST + SMALL_STUDIES)}.1/metadata"
    )
    mine, theirs = medians(lambda: ours.get(path, JSON), lambda: orthanc.get(path, JSON))
    return Figure(
        "metadata of 300 instances, warm, p50", mine, "ms", "≥ 5 × faster", mine * 5 <= theirs, theirs, mine / theirs
    )


def throughput(stack: Stack, ours: Door, orthanc: Door) -> Iterator[Figure]:
    """Retrieve a study of 1 GB, as stored."""
    path, speeds = f"/studies/{STUDY_UID}", ([], [])  # type: ignore[var-annotated]
    ours.get(f"{path}/metadata", JSON)
    with Watch(stack.process_ids("web")) as watch:
        for _ in range(LARGE_ROUNDS):
            for one, found in zip((ours, orthanc), speeds, strict=True):
                began = time.perf_counter()
                size = one.stream(path)
                found.append(size / MEGABYTE / (time.perf_counter() - began))
    mine, theirs = statistics.median(speeds[0]), statistics.median(speeds[1])
    yield Figure(
        f"study of {size / MEGABYTE:.0f} MiB, streamed",
        mine,
        "MiB/s",
        "≥ 0.7 × Orthanc",
        mine >= 0.7 * theirs,
        theirs,
        mine / theirs,
    )
    grown = watch.grown / MEGABYTE
    yield Figure("extra memory of the web server meanwhile", grown, "MiB", "≤ 80 MiB", grown <= 80)


def at_once(stack: Stack, tokens: list[str]) -> Figure:
    """Let 50 people download a study each at the same time; every one must get all of it."""
    path = f"/studies/{study_uid(SMALL_FIRST)}"
    wanted = door(f"{stack.url}/dicomweb", tokens[0]).stream(path)

    def download(token: str) -> bool:
        try:
            # The boundary differs, the length does not.
            return door(f"{stack.url}/dicomweb", token).stream(path) == wanted
        except requests.RequestException:
            return False

    with ThreadPoolExecutor(AT_ONCE) as pool:
        failed = list(pool.map(download, tokens)).count(False)
    return Figure(f"failures of {AT_ONCE} downloads at once", failed, "", "0", failed == 0)


def small_study(number: int, slices: int) -> Iterator[bytes]:
    """Yield the files of another study of the same patient."""
    for slice_number in range(1, slices + 1):
        written = io.BytesIO()
        ct_slice(PATIENT, number, 1, slice_number, size=512).save_as(written, enforce_file_format=True)
        yield written.getvalue()


def fill(stack: Stack) -> list[str]:
    """Store the studies, and return a token for each of 50 people who may see them."""
    for number in range(SMALL_STUDIES):
        stack.orthanc.store(small_study(SMALL_FIRST + number, SMALL_SLICES if number == 0 else 1))
    stack.orthanc.store(ct_stack(LARGE_SLICES))
    stack.manage("sync")
    return stack.manage("shell", "-v", "0", "-c", _MANY.format(count=AT_ONCE, patient=PATIENT)).split()[-AT_ONCE:]


def measure() -> Iterator[Figure]:
    """Yield each figure as it is known."""
    # Searches and metadata are measured before the large study makes Orthanc's own lists long.
    with Stack() as stack:
        tokens = fill(stack)
        ours, orthanc = door(f"{stack.url}/dicomweb", tokens[0]), door(stack.orthanc.url)
        yield search(ours, orthanc)
        yield metadata(ours, orthanc)
        yield from throughput(stack, ours, orthanc)
        yield at_once(stack, tokens)


def main() -> None:
    """Measure everything, print the table, write the JSON."""
    figures = []
    for figure in measure():
        print(figure, flush=True)
        figures.append(figure)
    OUT.parent.mkdir(exist_ok=True)
    when = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    OUT.write_text(json.dumps({"date": when, "rows": [asdict(one) for one in figures]}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
