"""A real Orthanc with its DICOMweb plug-in, started for a test on free loopback ports in a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

_PLUGINS = (Path("/usr/lib/orthanc"), Path("/usr/share/orthanc/plugins"))
_START_SECONDS = 30


def plugin() -> Path | None:
    """Return the DICOMweb plug-in of the Debian package orthanc-dicomweb, None when it is not installed."""
    for folder in _PLUGINS:
        found = sorted(folder.glob("libOrthancDicomWeb.so*"))
        if found:
            return found[0]
    return None


def is_installed() -> bool:
    """Tell whether the Debian packages orthanc and orthanc-dicomweb are here."""
    return executable() is not None and plugin() is not None


def executable() -> str | None:
    """Return the path of Orthanc; /usr/sbin may be missing from the PATH of ordinary users."""
    return shutil.which("Orthanc", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def free_port() -> int:
    """Return a port on which nothing listens at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Orthanc:
    """An Orthanc that lives as long as the `with` block. `url` is its DICOMweb root, `rest` its own interface."""

    def __init__(
        self,
        settings: dict[str, Any] | None = None,
        credentials: tuple[str, str] | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        self._settings = settings or {}
        self._environment = {**os.environ, **(environment or {})}
        self._credentials = credentials
        self._folder = tempfile.TemporaryDirectory(prefix="lightbox-orthanc-")
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.rest = f"http://127.0.0.1:{self.port}"
        self.url = f"{self.rest}/dicom-web"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._folder.cleanup()

    @property
    def pid(self) -> int:
        """Return the number of its process, 0 while it does not run."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start it, and return when it answers."""
        program = executable()
        assert program is not None, "Debian's orthanc is not installed"
        folder = Path(self._folder.name)
        settings = folder / "orthanc.json"
        settings.write_text(json.dumps(self._configuration(folder)))
        log = (folder / "log").open("ab")
        self._process = subprocess.Popen(
            [program, str(settings)], stdout=log, stderr=log, cwd=folder, env=self._environment
        )
        log.close()
        end = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("Orthanc does not start: " + (folder / "log").read_text()[-2000:])
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it; what it stores stays until the end of the `with` block, so that it can be started again."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            self._process = None

    def store(self, files: Iterable[Path | bytes]) -> list[dict[str, Any]]:
        """Send files to it; return its answer for each. Raises requests.HTTPError for one that it refuses."""
        answers = []
        for file in files:
            data = file if isinstance(file, bytes) else file.read_bytes()
            answer = requests.post(f"{self.rest}/instances", data=data, timeout=30, auth=self._credentials)
            answer.raise_for_status()
            answers.append(answer.json())
        return answers

    def delete_study(self, study_uid: str) -> None:
        """Delete a study from it."""
        for found in requests.post(
            f"{self.rest}/tools/lookup", data=study_uid, timeout=30, auth=self._credentials
        ).json():
            if found["Type"] == "Study":
                requests.delete(self.rest + found["Path"], timeout=30, auth=self._credentials).raise_for_status()

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.rest}/system", timeout=2, auth=self._credentials).ok
        except requests.RequestException:
            return False

    def _configuration(self, folder: Path) -> dict[str, Any]:
        return {
            "Name": "Lightbox test",
            "StorageDirectory": str(folder / "storage"),
            "IndexDirectory": str(folder / "storage"),
            "Plugins": [str(plugin())],
            "HttpPort": self.port,
            "DicomServerEnabled": False,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "ExecuteLuaEnabled": False,
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/", "EnableWado": False},
            **self._settings,
        }
