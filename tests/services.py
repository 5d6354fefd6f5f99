"""The Redis servers that the tests use: real ones, on Unix sockets, for one test run."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from portal.redis_servers import RedisServer
from tests import postgres


def start_for_tests() -> Path:
    """Start broker and cache, point the settings at them, and stop them when the run ends."""
    directory = Path(tempfile.mkdtemp(prefix="lb-"))
    (directory / "pacs").mkdir()
    broker = RedisServer(directory, "broker", "noeviction", None)
    cache = RedisServer(directory, "cache", "allkeys-lru", "256mb")
    for server in (broker, cache):
        server.start()
        atexit.register(server.stop)
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    os.environ |= {
        "LIGHTBOX_MODE": "test",
        "SECRET_KEY": "a-key-for-tests-only",
        "VAR_DIR": str(directory),
        "REDIS_BROKER_URL": broker.url,
        "REDIS_CACHE_URL": cache.url,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PACS": f"main=file://{directory / 'pacs'}",
    }
    if os.environ.get("TEST_DATABASE") == "postgresql":
        os.environ["DATABASE_URL"] = postgres.start(directory)
    else:
        os.environ["DATABASE_URL"] = f"sqlite:///{directory / 'tests.sqlite3'}"
    return directory
