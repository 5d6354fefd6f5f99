"""Files on their way through: whole, closed after an error, and never large in memory."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator

import pytest

from pacs_gateway.errors import PacsIncomplete
from pacs_gateway.upstream import spool
from pacs_gateway.upstream.spool import IN_MEMORY_MOST, PREAMBLE, handed_on

STEP = 64 * 1024


def many(count: int) -> Iterator[bytes]:
    for number in range(count):
        yield bytes([number % 251]) * STEP


def test_a_large_file_costs_no_more_memory_than_a_small_one() -> None:
    count = 8 * IN_MEMORY_MOST // STEP
    tracemalloc.start()
    size = sum(map(len, spool.pieces(spool.spool(many(count)))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == count * STEP
    assert peak < 2 * IN_MEMORY_MOST


def test_a_file_of_one_step_is_not_copied() -> None:
    step = bytes(STEP)
    file = spool.spool([step])
    assert file.tell() == 0
    assert isinstance(file, io.BytesIO)
    assert file.getvalue() is step


def test_a_file_of_no_step_is_empty() -> None:
    assert spool.spool([]).read() == b""


def test_the_preamble_goes_out_empty() -> None:
    file = spool.spool([b"MZ".ljust(PREAMBLE, b"x"), b"DICM", b"rest"])
    assert b"".join(handed_on(file)) == bytes(PREAMBLE) + b"DICMrest"
    assert file.closed


def test_what_breaks_off_is_not_kept() -> None:
    def broken() -> Iterator[bytes]:
        yield b"x"
        raise PacsIncomplete("cut")

    with pytest.raises(PacsIncomplete):
        spool.spool(broken())
