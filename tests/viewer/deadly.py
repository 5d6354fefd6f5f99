"""The product's workers, but for one frame whose decoding ends the process: `celery -A tests.viewer.deadly worker`."""

from __future__ import annotations

import os
import signal
from typing import Any

from celery.signals import worker_process_init

from portal.celery import app, keep_no_second_copy
from tests.synthetic import value_of_slice

DEADLY_SLICE = 2
DEATHS = "test:deaths"
QUEUE = "deadly"
# As the workers that render hold their messages.
keep_no_second_copy(app.conf, {"queues": ["interactive"]})


@worker_process_init.connect
def make_deadly(**_: Any) -> None:
    """Change the worker's children only, never the process of the tests."""
    from viewer import sources, staying, store

    # Time enough for a test to ask again.
    staying.MOMENT_SECONDS = 0.9
    decode = sources.decode

    def decode_or_die(*arguments: Any) -> Any:
        decoded = decode(*arguments)
        if int(decoded.pixels[0, 0]) == value_of_slice(DEADLY_SLICE) + 1024:
            store.count([DEATHS])
            os.kill(os.getpid(), signal.SIGKILL)
        return decoded

    sources.decode = decode_or_die


__all__ = ["app"]
