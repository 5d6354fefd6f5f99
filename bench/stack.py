"""The whole product in front of a real Orthanc, on loopback ports and in a folder of its own.

    with Stack() as stack:                      # Orthanc, two Redis servers, workers, gunicorn as in deploy/Procfile
        stack.orthanc.store(files)              # stack.orthanc.url is the DICOMweb root to compare with
        stack.manage("sync")                    # any management command; returns what it printed
        token = stack.token("p@x.example", "P1")    # a patient tied to that Patient ID, and a bearer token of theirs
        requests.get(stack.url + "/dicomweb/studies", headers={"Authorization": f"Bearer {token}"})

`settings` and `environment` are added to Orthanc's configuration and to the environment of both. Orthanc is told in
LIGHTBOX_HOOK_URL where the product takes its messages.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.memory import family
from portal.demo import children
from portal.demo.children import Child
from portal.redis_servers import RedisServer
from tests.orthanc import Orthanc, free_port

REPOSITORY = Path(__file__).resolve().parents[1]
READY_SECONDS = 90
_QUIET = ["-l", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
_PERSON = """
from pacs_gateway.refs import PatientRef
from tests.people import make_patient
make_patient({email!r}, PatientRef({patient_id!r}, {issuer!r}))
"""


class Stack:
    """Everything that runs; it lives as long as the `with` block. `url` is the site's address, without a slash."""

    def __init__(
        self, settings: dict[str, Any] | None = None, environment: dict[str, str] | None = None, port: int = 0
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._more = {"LIGHTBOX_HOOK_URL": f"{self.url}/hooks/pacs/main", **(environment or {})}
        self.orthanc = Orthanc(settings, environment=self._more)
        self.folder = Path(tempfile.mkdtemp(prefix="lb-stack-"))
        self.children: list[Child] = []
        self._ended = ExitStack()
        self.environment: dict[str, str] = {}

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def manage(self, *arguments: str) -> str:
        """Run a management command and return what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=REPOSITORY, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {arguments[0]}: {done.stderr[-2000:]}")
        return done.stdout

    def token(self, email: str, patient_id: str, issuer: str = "") -> str:
        """Make a patient's account, and return a bearer token for it."""
        self.manage("shell", "-c", _PERSON.format(email=email, patient_id=patient_id, issuer=issuer))
        return self.manage("apitoken", email).split()[-1]

    def process_ids(self, name: str) -> list[int]:
        """Return the processes of "web", "interactive" or "bulk"."""
        (child,) = (child for child in self.children if child.name == name)
        assert child.process is not None
        return family(child.process.pid)

    def _start(self) -> None:
        self._ended.callback(shutil.rmtree, self.folder, ignore_errors=True)
        servers = [RedisServer(self.folder, "broker", "noeviction", None)]
        servers.append(RedisServer(self.folder, "cache", "allkeys-lru", "512mb"))
        for server in servers:
            server.start()
            self._ended.callback(server.stop)
        self.environment = self._environment(servers[0].url, servers[1].url)
        self._ended.enter_context(self.orthanc)
        self.manage("migrate", "--noinput", "-v", "0")
        self.manage("collectstatic", "--noinput", "-v", "0")
        self._ended.callback(children.stop, self.children)
        for child in self._processes():
            self.children.append(child)
            child.start()
        self._wait()

    def _stop(self) -> None:
        self._ended.close()

    def _environment(self, broker_url: str, cache_url: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PACS", "DATABASE_URL"))}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "LIGHTBOX_MODE": "test",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "SITE_URL": self.url,
            "ALLOWED_HOSTS": "127.0.0.1 localhost",
            "VAR_DIR": str(self.folder),
            "REDIS_BROKER_URL": broker_url,
            "REDIS_CACHE_URL": cache_url,
            "DATABASE_URL": f"sqlite:///{self.folder / 'stack.sqlite3'}",
            "PACS": f"main={self.orthanc.url}",
            "LOG_LEVEL": "WARNING",
            **self._more,
        }

    def _processes(self) -> list[Child]:
        web = ["gunicorn", "portal.wsgi", "-b", f"127.0.0.1:{self.port}", "--no-control-socket"]
        web += ["-w", "2", "-k", "portal.web_worker.WebWorker", "--threads", "8", "--graceful-timeout", "3"]
        commands = {"interactive": _worker("interactive", 2), "bulk": _worker("bulk", 1), "web": children.python(*web)}
        return [
            Child(name, command, self.folder / f"{name}.log", environment=self.environment)
            for name, command in commands.items()
        ]

    def _wait(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while not _answers(f"{self.url}/readyz"):
            ended = [child.name for child in self.children if child.has_ended()]
            if ended or time.monotonic() > end:
                logs = "\n".join(child.log.read_text()[-1500:] for child in self.children)
                raise RuntimeError(f"the product does not start ({', '.join(ended)}): {logs}")
            time.sleep(0.2)


def _worker(queue: str, processes: int) -> list[str]:
    return children.python(
        "celery", "-A", "portal.celery", "worker", "-Q", queue, "-n", f"{queue}@%h", "-c", str(processes), *_QUIET
    )


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False
