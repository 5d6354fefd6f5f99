"""No process outlives the one that started it, even when that one is killed."""

from __future__ import annotations

import ctypes
import signal
import sys

_SET_PARENT_DEATH_SIGNAL = 1


def end_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends; called in the child, between fork and exec.

    Only Linux can do that; elsewhere nothing happens. The parent must start the child from its main thread.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
