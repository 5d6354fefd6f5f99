"""`make fuzz SECONDS=60`: a process that dies, computes too long or raises what it should not is a finding.

`--first` names the batch to begin with: the same batch tries the same things, so that a finding can be had again.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.fuzz.child import BATCHES

NOTE = Path(__file__).resolve().parents[2] / "var" / "fuzz.txt"
_NOTE_BYTES = 1024 * 1024
_SHOWN = 2000


def main() -> int:
    """Return 0 when nothing was found."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    NOTE.parent.mkdir(exist_ok=True)
    end, first = time.monotonic() + options.seconds, options.first
    while (left := end - time.monotonic()) > 0:
        done = _run(first, left)
        if done.returncode:
            return _tell(done)
        # A new process, so that nothing of long ago decides what becomes of a case.
        first += BATCHES
    NOTE.unlink(missing_ok=True)
    return 0


def _run(first: int, seconds: float) -> subprocess.CompletedProcess[bytes]:
    NOTE.write_bytes(bytes(_NOTE_BYTES))
    # The memory of threads that nobody needs would count against the limit.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.fuzz.child", str(NOTE), str(first), str(seconds)]
    return subprocess.run(command, stderr=subprocess.PIPE, check=False, env=environment)


def _tell(done: subprocess.CompletedProcess[bytes]) -> int:
    case = NOTE.read_bytes().partition(b"\0")[0]
    NOTE.write_bytes(case)
    sys.stderr.write(done.stderr[-_SHOWN:].decode(errors="replace"))
    sys.stderr.write(f"\nFound (exit code {done.returncode}); the case is in {NOTE.name}: {case[:200].decode()}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
