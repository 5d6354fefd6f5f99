"""The processes of the demo: started together, watched, stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from portal.orphans import end_with_parent

STOP_SECONDS = 10
RESTARTS_MOST = 20


class ChildFailed(RuntimeError):
    """A process that the demo cannot do without has ended."""


@dataclass
class Child:
    """One process with its log file, in our environment or one of its own.

    `is_restarted` says what happens when it ends by itself.
    """

    name: str
    command: list[str]
    log: Path
    is_restarted: bool = True
    environment: dict[str, str] | None = None
    process: subprocess.Popen[bytes] | None = None
    restarts: int = field(default=0, compare=False)

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches it through us only."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=self.environment,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - the launcher has one thread
            )

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def ask_to_stop(self) -> None:
        if self.process is not None and not self.has_ended():
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Wait until `deadline`, then kill the whole process group."""
        if self.process is None:
            return
        try:
            self.process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def watch(children: list[Child], say: Callable[[str], None]) -> None:
    """Start again what may be started again; raises ChildFailed when something else has ended."""
    for child in children:
        if not child.has_ended():
            continue
        if not child.is_restarted or child.restarts >= RESTARTS_MOST:
            raise ChildFailed(f"{child.name} has ended: see {child.log}")
        child.restarts += 1
        say(f"{child.name} has ended and is started again (see {child.log}).")
        child.start()


def stop(children: list[Child]) -> None:
    """Stop every process, the last started first; none is left."""
    for child in reversed(children):
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_SECONDS
    for child in reversed(children):
        child.end(deadline)


def python(*arguments: str) -> list[str]:
    """Return a command line for a module of this Python."""
    return [sys.executable, "-m", *arguments]
