"""The site as deploy/ runs it: production mode, gunicorn as in the Dockerfile, nginx with its own file in front."""

from __future__ import annotations

import http.client
import os
import re
import secrets
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path

import pytest

from portal.orphans import end_with_parent
from tests.deploy.site import DEPLOY, REPOSITORY, certificate, local_nginx
from tests.parts import find

pytestmark = [pytest.mark.slow, pytest.mark.stack, pytest.mark.nginx]
HOST = "portal.example"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: HTTPMessage
    text: str


@dataclass
class Served:
    """Where the running site is."""

    web: int
    http: int
    https: int
    environment: dict[str, str]
    access_log: Path

    def ask(self, path: str, host: str = HOST) -> Answer:
        """Return the answer through nginx, by https."""
        context = ssl._create_unverified_context()
        return _get(http.client.HTTPSConnection("127.0.0.1", self.https, timeout=10, context=context), path, host)

    def ask_plainly(self, path: str) -> Answer:
        """Return the answer through nginx, by http."""
        return _get(http.client.HTTPConnection("127.0.0.1", self.http, timeout=10), path, HOST)

    def logged(self) -> str:
        """Return the access log once nothing has been added for a moment."""
        before, now = None, self.access_log.read_text()
        while before != now:
            time.sleep(0.3)
            before, now = now, self.access_log.read_text()
        return now


def _get(connection: http.client.HTTPConnection, path: str, host: str) -> Answer:
    connection.request("GET", path, headers={"Host": host})
    response = connection.getresponse()
    answer = Answer(response.status, response.headers, response.read().decode())
    connection.close()
    return answer


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _environment(var: Path) -> dict[str, str]:
    """Return production settings for parts on this machine: the example with what cannot be filled in here replaced."""
    lines = (DEPLOY / "env.example").read_text(encoding="utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "REDIS_BROKER_URL", "REDIS_CACHE_URL") if name in os.environ
    }
    (var / "images").mkdir()
    ours = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_URL": f"sqlite:///{var / 'production.sqlite3'}",
        "PACS": f"main=file://{var / 'images'}",
        "ACCEPTED_RISKS": "sqlite",
        "VAR_DIR": str(var),
        "EMAIL_HOST": "localhost",
        "DEFAULT_FROM_EMAIL": "no-reply@portal.example",
    }
    return {**example, **kept, **ours, "PACS_MAIN_USER": "", "DJANGO_SETTINGS_MODULE": "portal.settings"}


def _manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def _gunicorn(port: int) -> list[str]:
    """Return the command that the Dockerfile ends in, on another port."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    found = re.search(r"exec (gunicorn [^\"]+)\"", text)
    assert found is not None
    return [sys.executable, "-m", *found[1].replace("0.0.0.0:8000", f"127.0.0.1:{port}").split()]


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"nothing listens on port {port}")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("production")
    environment = _environment(folder)
    _manage(environment, "migrate", "--noinput", "-v", "0")
    _manage(environment, "collectstatic", "--noinput", "-v", "0")
    web, plain, secure = _free_ports(3)
    certificate(folder)
    access_log = folder / "access.log"
    config = folder / "nginx.conf"
    config.write_text(local_nginx(folder, web, plain, secure, access_log), encoding="utf-8")
    commands = [_gunicorn(web), [str(find("nginx")), "-c", str(config), "-g", "daemon off;"]]
    started = []
    try:
        for command, port in zip(commands, (web, secure), strict=True):
            started.append(subprocess.Popen(command, cwd=REPOSITORY, env=environment, preexec_fn=end_with_parent))
            _wait(port)
        yield Served(web, plain, secure, environment, access_log)
    finally:
        for process in started:
            process.terminate()
            process.wait(20)


def test_django_s_own_check_for_deployment_finds_nothing(served: Served) -> None:
    assert "no issues" in _manage(served.environment, "check", "--deploy", "--fail-level", "WARNING")


def test_the_container_s_health_check_passes(served: Served) -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    found = re.search(r"CMD python -c \"(.+)\"", text)
    assert found is not None
    code = found[1].replace(":8000", f":{served.web}")
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=served.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_http_leads_to_https_and_only_health_is_answered_plainly(served: Served) -> None:
    answer = served.ask_plainly("/scans/?x=1")
    assert (answer.status, answer.headers["Location"]) == (308, f"https://{HOST}/scans/?x=1")
    assert served.ask_plainly("/healthz").status == 200


def test_the_first_page_comes_by_https_with_its_headers(served: Served) -> None:
    answer = served.ask("/accounts/login/")
    assert answer.status == 200
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Set-Cookie"].startswith("__Host-csrf=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "nginx/" not in answer.headers["Server"]
    style = re.search(r'href="(/static/[^"]+\.css)"', answer.text)
    assert style is not None
    assert served.ask(style[1]).status == 200


def test_another_host_name_is_refused(served: Served) -> None:
    assert served.ask("/accounts/login/", host="evil.example").status == 400


def test_no_log_line_holds_an_address_and_share_links_leave_none(served: Served) -> None:
    token = secrets.token_urlsafe(24)
    served.ask(f"/s/{token}/")
    served.ask("/accounts/login/?next=/scans/secret-key/")
    logged = served.logged()
    assert "GET 200" in logged
    assert token not in logged
    assert "secret-key" not in logged
    served.ask(f"/s/{token}/")
    served.ask("/healthz")
    assert served.logged().count("\n") == logged.count("\n") + 1
