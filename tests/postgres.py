"""A PostgreSQL server of our own for one test run, on a Unix socket, from Debian's package."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from tests.parts import find

UNPRIVILEGED = "nobody"


def start(directory: Path) -> str:
    """Start a server in `directory` and return its DATABASE_URL; it stops when the run ends."""
    data, sockets = directory / "pg", directory / "pgs"
    sockets.mkdir()
    sockets.chmod(0o777)
    data.mkdir()
    as_user = _unprivileged(directory, data)
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    _run([initdb, "-D", str(data), "-U", "lightbox", "-A", "trust", "-E", "UTF8", "--no-sync"], as_user)
    options = f"-c listen_addresses= -c unix_socket_directories={sockets} -c fsync=off -c max_connections=60"
    _run([pg_ctl, "-D", str(data), "-l", str(data / "log"), "-w", "-o", options, "start"], as_user)
    atexit.register(_run, [pg_ctl, "-D", str(data), "-m", "immediate", "stop"], as_user)
    return f"postgres://lightbox@{str(sockets).replace('/', '%2F')}/postgres"


def _program(name: str) -> str:
    path = find(name)
    if path is None:
        raise RuntimeError(f"{name} is missing: install Debian's postgresql")
    return path


def _unprivileged(directory: Path, data: Path) -> str | None:
    """Return whom to run the server as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    owner = pwd.getpwnam(UNPRIVILEGED)
    directory.chmod(0o755)
    shutil.chown(data, owner.pw_uid, owner.pw_gid)
    return UNPRIVILEGED


def _run(command: list[str], as_user: str | None) -> None:
    done = subprocess.run(command, user=as_user, cwd="/", capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {done.stderr[-500:]}{done.stdout[-500:]}")
