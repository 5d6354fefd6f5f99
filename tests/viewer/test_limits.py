"""The limits of worker children, set in real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
_BEGIN = """
import resource, time
from viewer import limits
def compute(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
"""


def _run(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _BEGIN + code]
    return subprocess.run(command, cwd=REPOSITORY, env=os.environ, capture_output=True, text=True, check=False)


def test_computing_for_longer_than_allowed_ends_the_process() -> None:
    assert _run("limits.allow_cpu(1)\ncompute(60)").returncode == -signal.SIGXCPU


def test_a_long_life_of_short_tasks_does_not() -> None:
    done = _run("for _ in range(5):\n    limits.allow_cpu(1)\n    compute(0.6)\nprint('alive')")
    assert (done.returncode, done.stdout) == (0, "alive\n")


def test_absurd_memory_fails_alone() -> None:
    done = _run("limits.limit_child()\ntry:\n    bytearray(4 * 1024**3)\nexcept MemoryError:\n    print('refused')")
    assert (done.returncode, done.stdout) == (0, "refused\n")


def test_no_pictures_are_left_behind_by_a_child_that_dies() -> None:
    done = _run("limits.limit_child()\nprint(resource.getrlimit(resource.RLIMIT_CORE))")
    assert done.stdout == "(0, 0)\n"


@pytest.mark.parametrize(("time_limit", "seconds"), [(25, 25), (None, 300)])
def test_a_task_may_compute_as_long_as_it_may_take(time_limit: int | None, seconds: int) -> None:
    done = _run(
        f"class Task:\n    time_limit = {time_limit}\nlimits.limit_task(Task)\n"
        "print(resource.getrlimit(resource.RLIMIT_CPU)[0])"
    )
    assert seconds < int(done.stdout) <= seconds + 30


def test_memory_for_one_frame_is_kept_for_the_next() -> None:
    code = """
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def frames(count):
    for _ in range(count):
        pixels = [bytearray(6 * 1024**2) for _ in range(4)]
        del pixels
limits.limit_child()
frames(2)
before = faults()
frames(20)
print(faults() - before)
"""
    # Found anew, it would be 1,536 pages for each of the 80.
    assert int(_run(code).stdout) < 5_000
