"""Runs the targets one batch after the other, in a process with little memory. What is tried is written down first."""

from __future__ import annotations

import mmap
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from django.conf import settings as django_settings
from hypothesis import HealthCheck, Phase, given, seed, settings
from pydicom import config

from tests.fuzz.targets import TARGETS
from viewer import limits

MEMORY_BYTES = 1024**3
CPU_SECONDS = 5
BATCH, BATCHES = 50, 25
_NOTE_BYTES = 1024 * 1024
_SETTINGS = settings(
    max_examples=BATCH,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def main(note: Path, first: int, seconds: float) -> None:
    """Run batches from number `first` on for a while, BATCHES at most; the same number tries the same things."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    config.settings.reading_validation_mode = config.IGNORE
    # Opaque names are made with the key. Words are not translated: that would need all of the site.
    django_settings.configure(SECRET_KEY="fuzzed", USE_I18N=False)
    with note.open("r+b") as file:
        written = mmap.mmap(file.fileno(), _NOTE_BYTES)
    end, batch, tried = time.monotonic() + seconds, first, 0
    while time.monotonic() < end and batch < first + BATCHES:
        for strategy, target in TARGETS:
            seed(batch)(_SETTINGS(given(strategy())(_noting(target, written, batch))))()
            tried += BATCH
        batch += 1
    sys.stdout.write(f"{tried} cases, batches {first} to {batch - 1}: nothing found\n")
    sys.stdout.flush()


def _noting(target: Callable[..., None], written: mmap.mmap, batch: int) -> Callable[..., None]:
    def run(case: object) -> None:
        text = f"batch {batch}, {target.__name__}: {case!r}".encode()[: _NOTE_BYTES - 1]
        written[: len(text) + 1] = text + b"\0"
        limits.allow_cpu(CPU_SECONDS)
        try:
            target(case)
        except Exception:  # noqa: BLE001 - any is a finding
            # Before Hypothesis prints the whole case and looks for a smaller one.
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
        # What Hypothesis itself takes is not the case's.
        limits.allow_cpu(limits.CPU_SECONDS)

    return run


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
    os._exit(0)
