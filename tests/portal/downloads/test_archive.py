"""The ZIP as it is streamed: whole and checkable, or not a ZIP at all."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from pacs_gateway.upstream.spool import spool
from portal.downloads.archive import stream

ORIGINALS = [(f"DICOM/SER00001/IM{n:06}", b"secret name!" * 11 + b"DICM" + bytes([n]) * 600_000) for n in range(1, 4)]


def opened() -> Iterator[tuple[str, BinaryIO]]:
    return ((name, io.BytesIO(data)) for name, data in ORIGINALS)


def _unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def test_everything_is_in_it_and_the_manifest_agrees() -> None:
    files = _unzipped(b"".join(stream("Read me.", opened())))
    assert list(files) == ["README.TXT", *[name for name, _ in ORIGINALS], "MANIFEST.TXT"]
    assert files["README.TXT"] == b"Read me."
    told = dict(reversed(line.split("  ")) for line in files["MANIFEST.TXT"].decode().splitlines())
    assert told == {name: hashlib.sha256(files[name]).hexdigest() for name, _ in ORIGINALS}


def test_the_preamble_is_zeroed_and_the_rest_is_as_stored() -> None:
    files = _unzipped(b"".join(stream("", opened())))
    for name, data in ORIGINALS:
        assert files[name][:128] == bytes(128)
        assert files[name][128:] == data[128:]


def test_it_says_nothing_of_when_it_was_made() -> None:
    with zipfile.ZipFile(io.BytesIO(b"".join(stream("", opened())))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_another_program_opens_it(tmp_path: Path) -> None:
    place = tmp_path / "a.zip"
    place.write_bytes(b"".join(stream("Read me.", opened())))
    command = [sys.executable, "-m", "zipfile", "-t", str(place)]
    assert subprocess.run(command, capture_output=True, check=True).stdout.strip() == b"Done testing"


def test_broken_off_it_is_no_zip() -> None:
    def broken() -> Iterator[tuple[str, BinaryIO]]:
        yield next(opened())
        raise ConnectionError

    got: list[bytes] = []
    with pytest.raises(ConnectionError):
        got.extend(stream("", broken()))
    assert sum(map(len, got)) > len(ORIGINALS[0][1])
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(got)))


def test_a_reader_who_leaves_ends_it_without_a_directory() -> None:
    pieces = stream("", opened())
    got = [next(pieces) for _ in range(4)]
    pieces.close()
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(got)))


_LARGE = """
import sys
from tests.memory import peak_bytes
from tests.portal.downloads.test_archive import large_ones, stream

for _piece in stream("", large_ones(1)):
    pass
before = peak_bytes()
for _piece in stream("", large_ones(int(sys.argv[1]))):
    pass
print(peak_bytes() - before)
"""


def large_ones(megabytes: int) -> Iterator[tuple[str, BinaryIO]]:
    """Yield two files, as the gateway gives them."""
    for number in (1, 2):
        yield f"DICOM/SER00001/IM{number:06}", spool(bytes(1024**2) for _ in range(megabytes))


def test_a_large_file_costs_no_memory() -> None:
    """In a process of its own, so that only its memory is measured."""
    command = [sys.executable, "-c", _LARGE, "256"]
    grown = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert int(grown) < 24 * 1024**2
