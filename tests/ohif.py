"""OHIF, prebuilt and unmodified from npm, behind an nginx of its own: a peer for interop tests and benchmarks."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from tests.orthanc import free_port
from tests.parts import find, miss, need

VERSION = "3.13.2"
INTEGRITY = "WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA=="
KEPT = Path(__file__).resolve().parents[1] / "var" / "npm"
# It draws with WebGL; without a graphics card Chromium does that in software.
CHROMIUM_FLAGS = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
_START_SECONDS = 30

_CONFIG = """window.config = {{
  routerBasename: null, extensions: [], modes: [], showStudyList: true, maxNumberOfWebWorkers: 2,
  showWarningMessageForCrossOrigin: false, showCPUFallbackMessage: false, showLoadingIndicator: true,
  strictZSpacingForVolumeViewport: true, investigationalUseDialog: {{ option: 'never' }},
  defaultDataSourceName: 'dicomweb',
  dataSources: [{{
    namespace: '@ohif/extension-default.dataSourcesModule.dicomweb', sourceName: 'dicomweb',
    configuration: {{
      friendlyName: 'peer', name: 'peer', qidoRoot: {root}, wadoRoot: {root}, wadoUriRoot: {root},
      qidoSupportsIncludeField: false, imageRendering: 'wadors', thumbnailRendering: 'wadors',
      enableStudyLazyLoad: true, supportsFuzzyMatching: false, supportsWildcard: true,
      omitQuotationForMultipartRequest: true
    }}
  }}]
}};
"""
_NGINX = """
worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log; user root;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  gzip on; gzip_types text/css application/javascript application/json application/dicom+json application/wasm;
  types {{
    text/html html; text/css css; application/javascript js; application/json json; application/wasm wasm;
    image/png png; image/svg+xml svg;
  }}
  server {{
    listen 127.0.0.1:{port};
    root {dist};
    location / {{ try_files $uri /index.html; }}
    location = /app-config.js {{ alias {folder}/app-config.js; }}
    location {path}/ {{ proxy_pass {upstream}; proxy_http_version 1.1; proxy_set_header Host $proxy_host; }}
  }}
}}
"""


def dist() -> Path:
    """Return the folder of the built viewer, fetched once and compared with its integrity."""
    folder = KEPT / f"ohif-{VERSION}"
    if not (folder / "package" / "dist" / "index.html").is_file():
        _fetch(folder)
    return folder / "package" / "dist"


def _fetch(folder: Path) -> None:
    npm = find("npm")
    if npm is None:
        miss("npm is missing: install Debian's npm")
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT) as fresh:
        command = [str(npm), "pack", "--silent", f"@ohif/app@{VERSION}", "--pack-destination", fresh]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=170)
        packed = list(Path(fresh).glob("*.tgz"))
        if done.returncode or not packed:
            miss(f"npm cannot fetch OHIF: {done.stderr[-300:]}")
        found = base64.b64encode(hashlib.sha512(packed[0].read_bytes()).digest()).decode()
        assert found == INTEGRITY, "what npm gave is not the OHIF that was chosen"
        with tarfile.open(packed[0]) as archive:
            archive.extractall(Path(fresh) / "whole", filter="data")
        os.replace(Path(fresh) / "whole", folder)


class Ohif:
    """OHIF on a loopback port, with `upstream` (a DICOMweb root) at the same path of its own origin.

    `root` is another DICOMweb root to use, for example one of another origin. `url` is the viewer's address.
    """

    def __init__(self, upstream: str, root: str = "") -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._origin, _, path = upstream.rstrip("/").rpartition("/")
        self._path = f"/{path}"
        self._root = root or self.url + self._path
        self._folder = tempfile.TemporaryDirectory(prefix="lb-ohif-")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        need("nginx")
        folder = Path(self._folder.name)
        (folder / "app-config.js").write_text(_CONFIG.format(root=json.dumps(self._root)), encoding="utf-8")
        facts = {"folder": folder, "port": self.port, "dist": dist(), "path": self._path, "upstream": self._origin}
        (folder / "nginx.conf").write_text(_NGINX.format(**facts), encoding="utf-8")
        self._process = subprocess.Popen([str(find("nginx")), "-c", str(folder / "nginx.conf")])
        end = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("nginx does not serve OHIF")
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
        self._folder.cleanup()

    def study(self, study_uid: str, token: str = "") -> str:
        """Return the address that opens a study, with a bearer token if there is one."""
        return f"{self.url}/viewer?StudyInstanceUIDs={study_uid}" + (f"&token={token}" if token else "")

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/app-config.js", timeout=2).ok
        except requests.RequestException:
            return False
