"""Limits of the worker children that parse files and decode pixels."""

from __future__ import annotations

import math
import resource
import time
from typing import Any

from celery import Task
from celery.signals import task_prerun, worker_process_init

ADDRESS_SPACE_BYTES = 3 * 1024**3
# For tasks that have no time limit of their own.
CPU_SECONDS = 300


@worker_process_init.connect
def limit_child(**_: Any) -> None:
    """Let a file that wants absurd amounts of memory or time fail alone, and not take the machine with it."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, hard))
    # What a child leaves behind when it dies would be somebody's pictures.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    task_prerun.connect(limit_task)


def limit_task(task: Task[Any, Any], **_: Any) -> None:
    """Let a task compute no longer than it may take: a decoder that never comes back hears nothing but the kernel."""
    allow_cpu(task.time_limit or CPU_SECONDS)


def allow_cpu(seconds: float) -> None:
    """Let this process compute for `seconds` more, whatever it has used in its life; then SIGXCPU ends it."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = math.ceil(time.process_time() + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
