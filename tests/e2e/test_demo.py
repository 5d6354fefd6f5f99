"""`make demo` as its launcher: says Ready, keeps its state, recovers killed workers, leaves no process behind."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

from tests.e2e.conftest import Site, start_site, stop_site

pytestmark = [pytest.mark.slow, pytest.mark.stack]


Start = Callable[..., Site]


@pytest.fixture
def start() -> Iterator[Start]:
    """Return what starts a demo; those that a failed test left running are stopped."""
    started: list[Site] = []

    def begin(var: Path, *arguments: str) -> Site:
        started.append(start_site(var, *arguments))
        return started[-1]

    yield begin
    for site in started:
        if site.process.poll() is None:
            stop_site(site)


def _children_of(site: Site) -> dict[int, str]:
    """Return the command line of each process below the launcher."""
    listed = subprocess.run(["ps", "-eww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    found: dict[int, str] = {}
    parents = {site.process.pid}
    while parents:
        below = {int(pid): args for pid, parent, args in rows if int(parent) in parents}
        found |= below
        parents = set(below)
    return found


def _is_alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def _ready(site: Site) -> str:
    with urllib.request.urlopen(f"{site.url}/readyz", timeout=10) as answer:
        return str(answer.read().decode())


def test_second_start_killed_worker_and_stop(tmp_path: Path, start: Start) -> None:
    first = start(tmp_path / "var")
    before = dict(first.passwords)
    assert stop_site(first) == 0

    second = start(tmp_path / "var")
    assert second.passwords == before
    for secret in (second.var / "secret_key", second.var / "demo" / "passwords.json"):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600

    family = _children_of(second)
    workers = [pid for pid, args in family.items() if "-Q interactive" in args]
    assert len(workers) == 3  # the worker and its two processes
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            assert '"ok"' in _ready(second)
            break
        except OSError:
            time.sleep(0.5)
    else:
        pytest.fail("the killed worker did not come back")

    family |= _children_of(second)
    assert stop_site(second) == 0
    assert [family[pid] for pid in family if _is_alive(pid)] == []


def _rows(site: Site, query: str) -> set[tuple[str, ...]]:
    with closing(sqlite3.connect(site.var / "lightbox.sqlite3")) as database:
        return set(database.execute(query))


OWN_STUDIES = "SELECT patient_id FROM index_study WHERE pacs = 'own' AND missing_since IS NULL"
OWN_LINKS = (
    "SELECT email, patient_id FROM people_patientlink JOIN people_user ON people_user.id = user_id "
    "WHERE relation = 'own folder'"
)


def test_an_own_folder_is_read_whole_and_let_go(tmp_path: Path, start: Start) -> None:
    own = tmp_path / "my scans"
    (own / "deep" / "er").mkdir(parents=True)
    (own / "notes.txt").write_text("not DICOM")
    (own / "deep" / "empty").write_bytes(b"")
    for place, number in ((own, 1), (own / "deep" / "er", 2)):
        file = dcmread(get_testdata_file("CT_small.dcm"))
        file.PatientID, file.StudyInstanceUID, file.SOPInstanceUID = (
            f"OWN-{number}",
            f"2.25.{number}",
            f"2.25.1{number}",
        )
        file.file_meta.MediaStorageSOPInstanceUID = file.SOPInstanceUID
        file.save_as(place / "scan")

    site = start(tmp_path / "var", "--dicom", str(own))
    assert "Studies folder 'own': 2 DICOM files, 2 other files skipped." in site.said
    assert _rows(site, OWN_STUDIES) == {("OWN-1",), ("OWN-2",)}
    assert _rows(site, OWN_LINKS) == {("patient-a@demo.example", "OWN-1"), ("patient-a@demo.example", "OWN-2")}
    assert stop_site(site) == 0

    site = start(tmp_path / "var")
    assert (_rows(site, OWN_STUDIES), _rows(site, OWN_LINKS)) == (set(), set())
    with urllib.request.urlopen(f"{site.url}/demo/mail/", timeout=10) as answer:
        assert "No mail yet" in answer.read().decode()
    assert stop_site(site) == 0


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    import socket
    import sys

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "portal.demo.run", "--port", port, "--var", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert (
        done.stdout.strip()
        == f"Lightbox has stopped: Port {port} is in use. Try another one: make demo PORT={int(port) + 1}"
    )
