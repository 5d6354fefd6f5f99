"""`make demo`: set everything up, run the product, stop everything on Ctrl-C."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from pacs_gateway.errors import PacsError
from portal.demo import children, setting
from portal.demo.children import Child, ChildFailed
from portal.demo.setting import CannotStart
from portal.redis_servers import RedisFailed, RedisServer

READY_SECONDS = 60
WATCH_SECONDS = 0.5
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def say(line: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Run until Ctrl-C; return the exit code."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, choices=range(1, 65536), metavar="1-65535")
    parser.add_argument("--dicom", type=Path)
    parser.add_argument("--var", type=Path, default=Path(__file__).resolve().parents[2] / "var")
    options = parser.parse_args()
    for number in STOP_SIGNALS:
        signal.signal(number, _interrupt)
    try:
        return _run(options.var.resolve(), options.port, options.dicom and options.dicom.expanduser())
    except (CannotStart, ChildFailed, RedisFailed, PacsError, OSError) as error:
        say(f"Lightbox has stopped: {error}")
        return 1
    except KeyboardInterrupt:
        say("Lightbox has stopped.")
        return 0


def _run(var: Path, port: int, dicom: Path | None) -> int:
    setting.check_port(port)
    (var / "log").mkdir(parents=True, exist_ok=True)
    say(f"Starting Lightbox; its data and logs are in {var}.")
    sockets = setting.socket_folder(var)
    broker = RedisServer(sockets, "broker", "noeviction", None)
    cache = RedisServer(sockets, "cache", "allkeys-lru", "512mb")
    setting.apply(var, port, dicom, broker.url, cache.url)
    started: list[Child] = []
    try:
        for server in (broker, cache):
            server.start()
        _start_all(started, _children(var / "log", port)[:2])
        accounts = _prepare(var)
        _start_all(started, _children(var / "log", port)[2:])
        _wait_until_ready(started, port)
        _tell(accounts, port, dicom)
        _watch(started, [broker, cache])
    finally:
        # Nobody may break off what stops the processes; it takes seconds at most.
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        children.stop(started)
        cache.stop()
        broker.stop()
    return 0


def _prepare(var: Path) -> dict[str, str]:
    import django

    django.setup()
    from portal.demo.prepare import prepare

    return prepare(var, say)


def _start_all(started: list[Child], new: list[Child]) -> None:
    for child in new:
        child.start()
        started.append(child)


def _children(log: Path, port: int) -> list[Child]:
    """Return the workers, which need no database, and the web server, which needs it ready."""
    web = ["gunicorn", "portal.wsgi", "-b", f"127.0.0.1:{port}", "--preload", "--no-control-socket"]
    web += ["-w", "2", "-k", "portal.web_worker.WebWorker", "--threads", "8"]
    return [
        Child("the interactive worker", _worker("interactive", 2), log / "interactive.log"),
        Child("the bulk worker", _worker("bulk", 1), log / "bulk.log"),
        Child("the web server", children.python(*web, "--graceful-timeout", "3"), log / "web.log", is_restarted=False),
    ]


def _worker(queue: str, processes: int) -> list[str]:
    quiet = ["-l", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    return children.python(
        "celery", "-A", "portal.celery", "worker", "-Q", queue, "-n", f"{queue}@%h", "-c", str(processes), *quiet
    )


def _wait_until_ready(started: list[Child], port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        children.watch(started, say)
        if _is_ready(port):
            return
        time.sleep(0.3)
    raise CannotStart("the parts did not become ready within a minute: see the folder var/log")


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return bool(json.load(answer)["status"] == "ok")
    except (OSError, urllib.error.HTTPError, ValueError):
        return False


def _watch(started: list[Child], servers: list[RedisServer]) -> None:
    while True:
        children.watch(started, say)
        for server in servers:
            if not server.is_running:
                say(f"The {server.name} Redis has ended and is started again.")
                server.start()
        time.sleep(WATCH_SECONDS)


def _tell(accounts: dict[str, str], port: int, dicom: Path | None) -> None:
    site = f"http://127.0.0.1:{port}"
    say("")
    say(f"  {'sign in as':<26} password")
    for email, password in accounts.items():
        say(f"  {email:<26} {password}")
    say("")
    say(f"  The site           {site}/")
    say(f"  Mail that it sent  {site}/demo/mail/")
    if dicom:
        say("  Your own folder    staff find its studies by search; patient-a sees those of its first 50 patients")
    say("  This is a demo: the second sign-in step is not enforced. Ctrl-C stops it.")
    say("")
    say(f"Ready: {site}")


if __name__ == "__main__":
    sys.exit(main())
