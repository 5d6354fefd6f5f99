"""How much processor time each part of the product uses, from /proc: it is the same however busy the machine is."""

from __future__ import annotations

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK") / 1000


def milliseconds(pid: int) -> float:
    """Return the processor time of a process and all below it, in milliseconds, those that have ended included."""
    total = 0.0
    for process in _tree(pid):
        user, system, waited_user, waited_system = _fields(process)[11:15]
        total += sum(map(int, (user, system, waited_user, waited_system))) / _TICK
    return total


def _fields(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return ["0"] * 50


def _tree(pid: int) -> list[int]:
    below = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    children = [child for child in below if _fields(child)[1] == str(pid)]
    return [pid, *(one for child in children for one in _tree(child))]
