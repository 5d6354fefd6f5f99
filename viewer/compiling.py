"""What a worker compiles before it has children: each of them would do it anew, while somebody waits."""

from __future__ import annotations

from typing import Any

from celery.signals import worker_init

from viewer.rendering.loops import compile_loops


@worker_init.connect
def compile_before_children(**_: Any) -> None:
    """Compile the loops over pixels."""
    compile_loops()
