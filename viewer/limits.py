"""Limits of the worker children that parse files and decode pixels."""

from __future__ import annotations

import ctypes
import math
import resource
import time
from typing import Any

from celery import Task
from celery.signals import task_prerun, worker_process_init

ADDRESS_SPACE_BYTES = 3 * 1024**3
# For tasks that have no time limit of their own.
CPU_SECONDS = 300
KEPT_BYTES = 64 * 1024**2
# Of glibc's malloc.h; a mapping of its own is for what is larger than the second one's most.
_TRIM_THRESHOLD, _MAP_THRESHOLD, _MAP_MOST = -1, -3, 32 * 1024**2


@worker_process_init.connect
def limit_child(**_: Any) -> None:
    """Let a file that wants absurd amounts of memory or time fail alone, and not take the machine with it."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, hard))
    # What a child leaves behind when it dies would be somebody's pictures.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    keep_memory()
    task_prerun.connect(limit_task)


def keep_memory() -> None:
    """Let this process keep some of what it frees: given back and found anew, that takes a good part of the time."""
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    # Only glibc has it.
    if set_option is not None:
        set_option(_TRIM_THRESHOLD, KEPT_BYTES)
        set_option(_MAP_THRESHOLD, _MAP_MOST)


def limit_task(task: Task[Any, Any], **_: Any) -> None:
    """Let a task compute no longer than it may take: a decoder that never comes back hears nothing but the kernel."""
    allow_cpu(task.time_limit or CPU_SECONDS)


def allow_cpu(seconds: float) -> None:
    """Let this process compute for `seconds` more, whatever it has used in its life; then SIGXCPU ends it."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = math.ceil(time.process_time() + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
