"""What is in memory already is looked at where it lies."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from pacs_gateway.upstream.checkedreader import CheckedReader

DATA = bytes(range(100))


def test_what_is_in_memory_is_not_copied():
    reader = CheckedReader(io.BytesIO(DATA))
    reader.seek(10)
    found = reader.view_exactly(20)
    assert isinstance(found, memoryview)
    assert found.obj is DATA
    assert found == DATA[10:30]
    assert reader.tell() == 30


def test_what_is_on_disk_is_read(tmp_path: Path):
    (tmp_path / "file").write_bytes(DATA)
    with (tmp_path / "file").open("rb") as file:
        reader = CheckedReader(file)
        assert reader.view_exactly(20) == DATA[:20]
        assert reader.tell() == 20


def test_what_is_cut_off_is_not_looked_at():
    reader = CheckedReader(io.BytesIO(DATA))
    with pytest.raises(ValueError, match="cut off"):
        reader.view_exactly(101)
