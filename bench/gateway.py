"""The gateway beside the Orthanc behind it, same machine, same run: `python -m bench.gateway`, part of `make bench`."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import secrets
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import requests

from bench.budgets import Measure, line
from bench.memory import Watch
from bench.stack import Stack
from bench.studies import PATIENT, STUDY_UID, ct_stack
from tests.deploy.site import DEPLOY
from tests.synthetic import ct_slice, study_uid

OUT = Path(__file__).resolve().parents[1] / "var" / "bench-gateway.json"
SECONDS = 4.0
LARGE_SLICES, LARGE_ROUNDS = 2_000, 3
SMALL_STUDIES, SMALL_SLICES, SMALL_FIRST = 40, 30, 9100
SERIES_STUDY, ARRIVING_STUDY = 9200, 9201
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
class Door:
    """One DICOMweb service, and a connection to it that is kept."""

    root: str
    session: requests.Session

    def get(self, path: str, accept: str) -> requests.Response:
        answer = self.session.get(self.root + path, headers={"Accept": accept}, timeout=120)
        answer.raise_for_status()
        return answer

    def drain(self, path: str) -> int:
        """Return how many bytes an answer has, read as cheaply as can be: what is measured is the other side."""
        host, port, root = re.fullmatch(r"http://([\d.]+):(\d+)(.*)", self.root).groups()  # type: ignore[union-attr]
        lines = [f"GET {root}{path} HTTP/1.1", f"Host: {host}:{port}", "Connection: close", f"Accept: {DICOM}"]
        if token := self.session.headers.get("Authorization"):
            lines.append(f"Authorization: {token!s}")
        with socket.create_connection((host, int(port)), 120) as line:
            line.sendall("\r\n".join([*lines, "", ""]).encode())
            room, size = bytearray(MEGABYTE), 0
            assert line.recv(12, socket.MSG_WAITALL) == b"HTTP/1.1 200"
            while read := line.recv_into(room):
                size += read
        return size

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


def search(ours: Door, orthanc: Door) -> Measure:
    """Search the studies of one patient."""
    path = f"/studies?PatientID={PATIENT}&limit=100&includefield=StudyDescription"
    counts = [len(one.get(path, JSON).json()) for one in (ours, orthanc)]
    assert counts == [SMALL_STUDIES + 1] * 2, counts
    mine, theirs = medians(lambda: ours.get(path, JSON), lambda: orthanc.get(path, JSON))
    return Measure("QIDO-RS, 41 studies, p50", mine, "ms", 1.5 * theirs, peer="Orthanc", peer_value=theirs)


def metadata(ours: Door, orthanc: Door) -> Measure:
    """Fetch the metadata of a series of 300 instances, warm."""
    study = study_uid(SERIES_STUDY)
    path = f"/studies/{study}/series/{study}.1/metadata"
    mine, theirs = medians(lambda: ours.get(path, JSON), lambda: orthanc.get(path, JSON))
    return Measure("metadata of 300 instances, warm, p50", mine, "ms", theirs / 5, peer="Orthanc", peer_value=theirs)


def throughput(stack: Stack, ours: Door, orthanc: Door) -> Iterator[Measure]:
    """Retrieve a study of 1 GB, as stored."""
    path = f"/studies/{STUDY_UID}"
    speeds: tuple[list[float], list[float]] = ([], [])
    ours.get(f"{path}/metadata", JSON)
    with Watch(stack.process_ids("web")) as watch:
        for _ in range(LARGE_ROUNDS):
            for one, found in zip((ours, orthanc), speeds, strict=True):
                began = time.perf_counter()
                size = one.drain(path)
                found.append(size / MEGABYTE / (time.perf_counter() - began))
    mine, theirs = map(statistics.median, speeds)
    what = f"study of {size / MEGABYTE:.0f} MiB, streamed"
    yield Measure(what, mine, "MiB/s", 0.7 * theirs, is_least=True, peer="Orthanc", peer_value=theirs)
    yield Measure("memory of the web server meanwhile, at most", watch.grown / MEGABYTE, "MiB", 80)


def at_once(stack: Stack, tokens: list[str]) -> Measure:
    """Let 50 people download a study each at the same time; every one must get all of it."""
    path = f"/studies/{study_uid(SMALL_FIRST)}"
    # The boundary between the parts differs from answer to answer, its length does not.
    wanted = door(f"{stack.url}/dicomweb", tokens[0]).stream(path)

    def is_whole(token: str) -> bool:
        try:
            return door(f"{stack.url}/dicomweb", token).stream(path) == wanted
        except requests.RequestException:
            return False

    with ThreadPoolExecutor(AT_ONCE) as pool:
        failures = list(pool.map(is_whole, tokens)).count(False)
    return Measure(f"failures of {AT_ONCE} study downloads at once", failures, "", 0)


def arrival(stack: Stack) -> Measure:
    """Store somebody's first study, and wait until it is in their list."""
    (file,) = small_study(ARRIVING_STUDY, 1, "BENCH-ARRIVES")
    person = door(stack.url, stack.token("arrives@x.example", "BENCH-ARRIVES"))
    began = time.perf_counter()
    stack.orthanc.store([file])
    while "card-link" not in person.get("/scans/", "text/html").text:
        time.sleep(0.02)
    return Measure("from Orthanc to the patient's list", time.perf_counter() - began, "s", 5)


def small_study(number: int, slices: int, patient: str = PATIENT) -> Iterator[bytes]:
    """Yield the files of a small study."""
    for slice_number in range(1, slices + 1):
        written = io.BytesIO()
        ct_slice(patient, number, 1, slice_number, size=512).save_as(written, enforce_file_format=True)
        yield written.getvalue()


def fill(stack: Stack) -> list[str]:
    """Store the studies, and return a token for each of 50 people who may see them."""
    for number in range(SMALL_STUDIES - 1):
        stack.orthanc.store(small_study(SMALL_FIRST + number, SMALL_SLICES if number == 0 else 1))
    stack.orthanc.store(small_study(SERIES_STUDY, 300))
    stack.orthanc.store(ct_stack(LARGE_SLICES))
    stack.manage("sync")
    return stack.manage("shell", "-v", "0", "-c", _MANY.format(count=AT_ONCE, patient=PATIENT)).split()[-AT_ONCE:]


def measure() -> Iterator[Measure]:
    """Yield each figure as it is known."""
    secret = secrets.token_hex(24)
    names = ("PACS_MAIN_HOOK_SECRET", "LIGHTBOX_HOOK_SECRET")
    with Stack({"LuaScripts": [str(DEPLOY / "lightbox.lua")]}, dict.fromkeys(names, secret)) as stack:
        tokens = fill(stack)
        ours, orthanc = door(f"{stack.url}/dicomweb", tokens[0]), door(stack.orthanc.url)
        yield search(ours, orthanc)
        yield metadata(ours, orthanc)
        yield from throughput(stack, ours, orthanc)
        yield at_once(stack, tokens)
        yield arrival(stack)


def main() -> None:
    """Measure everything, print the table, write the JSON."""
    figures = []
    for figure in measure():
        print(line(figure), flush=True)
        figures.append(figure)
    OUT.parent.mkdir(exist_ok=True)
    when = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    OUT.write_text(json.dumps({"date": when, "rows": [asdict(one) for one in figures]}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
