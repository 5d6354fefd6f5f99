"""Memory shared by forked processes, bounded in bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.arena import Arena

REPOSITORY = Path(__file__).resolve().parents[2]


def test_what_was_written_longest_ago_is_written_over() -> None:
    arena = Arena(1024)
    for name in "abcde":
        arena.put(name, name.encode() * 250)
    assert [name for name in "abcde" if arena.get(name)] == ["b", "c", "d", "e"]
    arena.put("f", b"f" * 600)
    assert [name for name in "abcdef" if arena.get(name)] == ["e", "f"]
    assert arena.get("f") == b"f" * 600


def test_what_is_too_large_leaves_the_rest_alone() -> None:
    arena = Arena(1000)
    arena.put("a", b"a" * 400)
    arena.put("b", b"b" * 1001)
    assert (arena.get("a"), arena.get("b")) == (b"a" * 400, None)


def test_parts_are_kept_together() -> None:
    arena = Arena(1000)
    arena.put("a", b"head", memoryview(b"pixels"), b"")
    arena.put("b", b"b" * 600, b"b" * 401)
    assert (arena.get("a"), arena.get("b")) == (b"headpixels", None)


def test_a_name_written_again_has_its_new_bytes() -> None:
    arena = Arena(1000)
    arena.put("a", b"old")
    arena.put("a", b"new")
    assert arena.get("a") == b"new"
    assert arena.get("b") is None


def test_bytes_are_read_where_they_lie() -> None:
    arena = Arena(1024)
    arena.put("a", b"odd")
    arena.put("b", np.arange(20, dtype=np.uint16).tobytes())

    def seen(stored: memoryview) -> tuple[bool, bool, list[int]]:
        numbers = np.frombuffer(stored, np.uint16)
        return numbers.flags.aligned, numbers.flags.writeable, numbers.tolist()

    assert arena.read("b", seen) == (True, False, list(range(20)))
    assert arena.read("c", seen) is None


@pytest.mark.parametrize("is_raising", [False, True])
def test_what_was_seen_of_bytes_that_were_written_over_meanwhile_is_dropped(is_raising: bool) -> None:
    arena = Arena(1024)
    arena.put("mine", b"m" * 300)

    def look(stored: memoryview) -> bytes:
        arena.put("theirs", b"t" * 900)
        if is_raising:
            raise ValueError("makes no sense")
        return bytes(stored)

    assert arena.read("mine", look) is None
    assert arena.get("theirs") == b"t" * 900


def test_what_bytes_that_are_whole_raise_is_raised() -> None:
    arena = Arena(1024)
    arena.put("mine", b"m")

    def look(_stored: memoryview) -> bytes:
        arena.put("theirs", b"t")
        raise ValueError("makes no sense")

    with pytest.raises(ValueError, match="no sense"):
        arena.read("mine", look)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 120)), max_size=80))
def test_it_returns_what_was_put_or_nothing(puts: list[tuple[int, int]]) -> None:
    arena, last = Arena(400), dict[str, bytes]()
    for number, (name, length) in enumerate(puts):
        last[str(name)] = bytes([number]) * length
        arena.put(str(name), last[str(name)])
        assert arena.get(str(name)) == last[str(name)]
    assert all(arena.get(name) in (None, data) for name, data in last.items())
    assert all(arena.read(name, bytes) == arena.get(name) for name in last)


def test_forked_processes_share_it() -> None:
    arena = Arena(1000)
    if (child := os.fork()) == 0:
        arena.put("a", b"from the child")
        os._exit(0)
    os.waitpid(child, 0)
    assert arena.get("a") == b"from the child"


def test_a_process_that_dies_inside_leaves_it_open() -> None:
    arena = Arena(1000)
    arena.put("a", b"whole")
    if (child := os.fork()) == 0:
        with arena._lock:
            arena._reserve(100)
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert arena.get("a") == b"whole"
    arena.put("b", b"after")
    assert arena.get("b") == b"after"


def test_memory_never_grows_beyond_its_size() -> None:
    code = (
        "from tests.memory import peak_bytes\nfrom viewer.arena import Arena\n"
        "arena = Arena(16 * 1024**2)\nbefore = peak_bytes()\n"
        "for number in range(100):\n    arena.put(str(number), bytes(1024**2))\n"
        "print(peak_bytes() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 20 * 1024**2
