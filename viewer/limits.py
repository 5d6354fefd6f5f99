"""Limits of the worker children that parse files and decode pixels."""

from __future__ import annotations

import resource
from typing import Any

from celery.signals import worker_process_init

ADDRESS_SPACE_BYTES = 3 * 1024**3


@worker_process_init.connect
def limit_address_space(**_: Any) -> None:
    """Let a file that wants absurd amounts of memory fail alone, as a MemoryError, not the machine."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, hard))
