"""What is kept of large objects: for a while, within budgets, never beyond a change of the study, never half of one."""

from __future__ import annotations

import errno
import gc
import io
import itertools
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pydicom
import pytest
from pydicom import Dataset

from pacs_gateway.access.grant import StudyGrant, mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsIncomplete, PacsMismatch
from pacs_gateway.refs import FrameRef, InstanceRef, PatientRef, StudyRef
from pacs_gateway.upstream import large
from pacs_gateway.upstream.connection import Cut
from pacs_gateway.upstream.large import FILES_MOST, HEADERS_MOST, SECONDS, Large, LargeObjects, take
from pacs_gateway.upstream.pixeldata import cut_out
from pacs_gateway.upstream.stored import Stored
from tests.pacs_gateway.upstream.selection import sample

MOST = 16 * 1024**2
REF = InstanceRef("1.3", "1.4")
STEP = 256 * 1024


def _large(header: int = 1, file: int = 0) -> Large:
    kept = Stored() if file else None
    if kept:
        kept.size = file
    return Large(Dataset(), bytes(header), "1.2.840.10008.1.2.1", kept=kept)


def _grant(patient: str = "P", edition: str = "1") -> StudyGrant:
    return mint_for_system(StudyRef("main", "1.2"), "key", PatientRef(patient), "test", [Right.VIEW], edition)


@pytest.fixture(scope="module")
def cine() -> tuple[bytes, list[bytes]]:
    """Return a file of 12 frames, 6 MiB, and its frames."""
    frames = [frame.tobytes() for frame in np.random.default_rng(3).integers(0, 4096, (12, 512, 512), dtype=np.uint16)]
    data_set = pydicom.dcmread(sample("native").path)
    data_set.NumberOfFrames, data_set.Rows, data_set.Columns = len(frames), 512, 512
    data_set.PixelData = b"".join(frames)
    file = io.BytesIO()
    data_set.save_as(file)
    return file.getvalue(), frames


@pytest.fixture(autouse=True)
def _is_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "FAST_BYTES_PER_SECOND", 0)


def _steps(file: bytes, upto: int | None = None) -> Iterator[bytes]:
    return (file[start : start + STEP] for start in range(0, len(file) if upto is None else upto, STEP))


def _frames(found: bytes | Large, numbers: list[int]) -> list[bytes]:
    assert isinstance(found, Large)
    file = found.opened()
    assert file is not None
    return [frame.data for frame in cut_out(file, [FrameRef(REF, number) for number in numbers])]


def test_an_object_is_kept_for_a_while() -> None:
    now = 1000.0
    objects, one = LargeObjects(lambda: now), _large()
    assert objects.get(_grant(), "a") is None
    objects.put(_grant(), "a", one)
    assert objects.get(_grant(), "a") is one
    assert objects.get(_grant(), "b") is None
    now += SECONDS
    assert objects.get(_grant(), "a") is None
    objects.put(_grant(), "a", one)
    assert objects.get(_grant(), "a") is one


def test_it_is_another_when_the_study_changes_or_becomes_somebody_else_s() -> None:
    objects = LargeObjects()
    objects.put(_grant(), "a", _large())
    assert objects.get(_grant(edition="2"), "a") is None
    assert objects.get(_grant(patient="Q"), "a") is None
    assert objects.get(replace(_grant(), principal="user:1"), "a") is not None


@pytest.mark.parametrize(
    "of_most", [lambda share: _large(HEADERS_MOST // share), lambda share: _large(1, FILES_MOST // share)]
)
def test_those_kept_longest_go_first(of_most) -> None:
    objects = LargeObjects()
    for name in "abc":
        objects.put(_grant(), name, of_most(2))
    assert [objects.get(_grant(), name) is not None for name in "abc"] == [False, True, True]


def test_what_is_more_than_all_may_be_is_not_kept() -> None:
    objects = LargeObjects()
    objects.put(_grant(), "too large", _large(HEADERS_MOST + 1))
    assert objects.get(_grant(), "too large") is None


def test_a_file_is_gone_with_what_was_kept(cine: tuple[bytes, list[bytes]]) -> None:
    objects, before = LargeObjects(), _open_files()
    objects.put(_grant(), "a", take(_steps(cine[0]), MOST))  # type: ignore[arg-type]
    reader = objects.get(_grant(), "a").opened()  # type: ignore[union-attr]
    assert _open_files() > before
    objects.put(_grant(), "b", _large(HEADERS_MOST))
    assert objects.get(_grant(), "a") is None
    assert next(cut_out(reader, [FrameRef(REF, 12)])).data == cine[1][11], "whoever reads it goes on"
    del reader
    gc.collect()
    assert _open_files() == before


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_frames_come_from_the_file_for_several_at_once(cine: tuple[bytes, list[bytes]]) -> None:
    found = take(_steps(cine[0]), MOST)
    runs = [[12, 1, 6], [2, 11], [7], [3, 4, 5, 8, 9, 10]] * 8
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda run: _frames(found, run), runs))
    assert results == [[cine[1][number - 1] for number in run] for run in runs]
    assert isinstance(found, Large)
    assert found.header.NumberOfFrames == 12
    assert found.encoded in cine[0]


def test_what_comes_slowly_is_not_kept(cine: tuple[bytes, list[bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "FAST_BYTES_PER_SECOND", 10**18)
    steps = _steps(cine[0])
    found = take(steps, MOST)
    assert isinstance(found, Large)
    assert found.opened() is None
    assert next(steps, None) is not None, "the rest is not read"


@pytest.mark.parametrize(("name", "value"), [("WHOLE_SECONDS", -1.0), ("FILES_MOST", 5 * 1024**2)])
def test_what_takes_too_long_or_too_much_is_not_kept(
    name: str, value: float, cine: tuple[bytes, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, name, value)
    found = take(_steps(cine[0]), MOST)
    assert isinstance(found, Large)
    assert found.opened() is None


def test_what_says_that_it_is_too_much_is_not_read(
    cine: tuple[bytes, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "FILES_MOST", 5 * 1024**2)
    steps = _steps(cine[0])
    take(steps, MOST)
    assert sum(map(len, steps)) > 1024**2


def test_a_disk_that_is_nearly_full_is_left_alone(
    cine: tuple[bytes, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pacs_gateway.upstream.stored.free_bytes", lambda: len(cine[0]) * 8 - 8)
    found = take(_steps(cine[0]), MOST)
    assert isinstance(found, Large)
    assert found.opened() is None


@pytest.mark.parametrize("place", ["Stored.write", "Stored.__init__", "free_bytes"])
def test_a_disk_that_fails_keeps_nothing(
    place: str, cine: tuple[bytes, list[bytes]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(f"pacs_gateway.upstream.stored.{place}", full)
    found = take(_steps(cine[0]), MOST)
    assert isinstance(found, Large)
    assert found.opened() is None
    assert "a large object is not kept: OSError" in caplog.text


@pytest.mark.parametrize("error", [Cut("cut off"), TimeoutError()])
def test_half_of_an_object_is_not_kept(error: Exception, cine: tuple[bytes, list[bytes]]) -> None:
    found = take(itertools.chain(_steps(cine[0], 5 * 1024**2), _failing(error)), MOST)
    assert isinstance(found, Large)
    assert found.opened() is None


def test_an_answer_that_is_not_what_was_asked_for_is_refused(cine: tuple[bytes, list[bytes]]) -> None:
    with pytest.raises(PacsMismatch):
        take(itertools.chain(_steps(cine[0]), _failing(PacsMismatch("more came back"))), MOST)


def _failing(error: Exception) -> Iterator[bytes]:
    raise error
    yield b""


def test_other_objects_are_whole_and_not_longer_than_allowed(cine: tuple[bytes, list[bytes]]) -> None:
    one = sample("native").path.read_bytes()
    assert take(_steps(one), MOST) == one
    with pytest.raises(PacsIncomplete):
        take(_steps(one), len(one) - 1)
