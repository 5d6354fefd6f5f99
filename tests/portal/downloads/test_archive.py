"""The ZIP as it is streamed: whole and checkable, or not a ZIP at all."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.downloads.archive import stream

ORIGINALS = [(f"DICOM/SER00001/IM{n:06}", b"secret name!" * 11 + b"DICM" + bytes([n]) * 600_000) for n in range(1, 4)]


def _unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def test_everything_is_in_it_and_the_manifest_agrees() -> None:
    files = _unzipped(b"".join(stream("Read me.", ORIGINALS)))
    assert list(files) == ["README.TXT", *[name for name, _ in ORIGINALS], "MANIFEST.TXT"]
    assert files["README.TXT"] == b"Read me."
    told = dict(reversed(line.split("  ")) for line in files["MANIFEST.TXT"].decode().splitlines())
    assert told == {name: hashlib.sha256(files[name]).hexdigest() for name, _ in ORIGINALS}


def test_the_preamble_is_zeroed_and_the_rest_is_as_stored() -> None:
    files = _unzipped(b"".join(stream("", ORIGINALS)))
    for name, data in ORIGINALS:
        assert files[name][:128] == bytes(128)
        assert files[name][128:] == data[128:]


def test_it_says_nothing_of_when_it_was_made() -> None:
    with zipfile.ZipFile(io.BytesIO(b"".join(stream("", ORIGINALS)))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_another_program_opens_it(tmp_path: Path) -> None:
    place = tmp_path / "a.zip"
    place.write_bytes(b"".join(stream("Read me.", ORIGINALS)))
    command = [sys.executable, "-m", "zipfile", "-t", str(place)]
    assert subprocess.run(command, capture_output=True, check=True).stdout.strip() == b"Done testing"


def test_broken_off_it_is_no_zip() -> None:
    def broken() -> Iterator[tuple[str, bytes]]:
        yield ORIGINALS[0]
        raise ConnectionError

    got: list[bytes] = []
    with pytest.raises(ConnectionError):
        got.extend(stream("", broken()))
    assert sum(map(len, got)) > len(ORIGINALS[0][1])
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(got)))


def test_a_reader_who_leaves_ends_it_without_a_directory() -> None:
    pieces = stream("", ORIGINALS)
    got = [next(pieces) for _ in range(4)]
    pieces.close()
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(got)))


def test_memory_holds_one_file_at_a_time() -> None:
    size = 4_000_000
    tracemalloc.start()
    for _piece in stream("", ((f"DICOM/SER00001/IM{n:06}", bytes(size)) for n in range(1, 21))):
        pass
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.5 * size
