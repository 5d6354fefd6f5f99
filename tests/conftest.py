"""What every test stands on: real Redis servers, a folder as PACS, and on demand real workers or the whole site."""

from __future__ import annotations

import gc
import io
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import django
import pytest
from django.db import connection
from django.utils import translation
from hypothesis import settings

from tests.parts import need_for
from tests.services import start_for_tests

# The settings name these parts, so they start before Django does.
DIRECTORY = start_for_tests()
django.setup()
if connection.vendor == "sqlite":
    # A file, as in the product: one in memory would have a live server's threads share one connection.
    connection.settings_dict["TEST"]["NAME"] = str(DIRECTORY / "test.sqlite3")
REPOSITORY = Path(__file__).resolve().parent.parent
# No test is timed: the first example may have loops over pixels compiled.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_runtest_setup(item: pytest.Item) -> None:
    need_for(item)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what keeps a browser open for the session last: beside its event loop Django's database refuses to work."""
    items.sort(key=lambda item: "playwright" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def pacs_folder() -> Path:
    """Return the folder that the PACS named `main` serves."""
    return DIRECTORY / "pacs"


@pytest.fixture(autouse=True)
def _forget_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty the cache Redis, so that rate limits and pictures of one test do not reach the next.

    Nothing of it is taken to be there still without asking, not for a moment.
    """
    from viewer import parsed
    from viewer.store import _client

    monkeypatch.setattr(parsed, "MOMENT_SECONDS", 0)
    _client().flushdb()


@pytest.fixture(autouse=True)
def _forget_language() -> Iterator[None]:
    """Leave the language that a request of the test was answered in, which stays active in its thread."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _give_places_back() -> Iterator[None]:
    """Give back the places with a PACS of answers that the test did not read to their end and no server has closed.

    The person of the next test is often user 1 again, and would find none free.
    """
    yield
    from pacs_gateway.upstream import bulkhead

    if bulkhead._persons._taken:
        gc.collect()


@pytest.fixture
def log_lines(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Have everything logged from DEBUG on, and return what gives the text that reached standard error."""
    root, written = logging.getLogger(), io.StringIO()
    (handler,) = (one for one in root.handlers if one.name == "stderr")
    assert isinstance(handler, logging.StreamHandler)
    monkeypatch.setattr(handler, "stream", written)
    monkeypatch.setattr(root, "level", logging.DEBUG)
    return written.getvalue


@pytest.fixture(scope="session")
def workers() -> Iterator[None]:
    """Run real Celery workers on both queues for the rest of the run."""
    command = [sys.executable, "-m", "celery", "-A", "portal.celery", "worker", "-Q", "interactive,bulk", "-c", "2"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]
    log = (DIRECTORY / "worker.log").open("wb")
    process = subprocess.Popen([*command, *quiet], cwd=REPOSITORY, env=os.environ, stdout=log, stderr=log)
    try:
        _wait_for_workers(process)
        yield
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait_for_workers(process: subprocess.Popen[bytes]) -> None:
    from portal.health.tasks import echo
    from viewer import asking

    # "system:" has room behind whatever tests without a worker have left in the queue.
    for attempt in range(20):
        if process.poll() is not None:
            pytest.fail("the Celery worker ended: " + (DIRECTORY / "worker.log").read_text()[-2000:])
        try:
            asking.ask(echo, f"echo:{attempt}", f"echo:{attempt}", caller="system:tests", seconds=2)
        except asking.WorkersBusy:
            continue
        return
    pytest.fail("the Celery worker does not answer")
