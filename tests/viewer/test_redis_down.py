"""A Redis that is gone or hangs: pages say so within the five seconds that a person waits, and recover alone."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from portal.redis_servers import RedisServer
from tests.cast import make_cast
from viewer import store

# Five seconds, and room for a busy machine; without a time-out it would be for ever.
MOST_SECONDS = 10


@pytest.fixture
def own_redis(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    """Give the site a cache Redis of its own that the test may stop."""
    server = RedisServer(tmp_path, "c", "allkeys-lru", None)
    server.start()
    settings.REDIS_CACHE_URL = server.url
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": server.url}}
    store._client.cache_clear()
    yield server
    if server.is_running:
        os.kill(server._process.pid, signal.SIGCONT)
    server.stop()
    store._client.cache_clear()
    cache.close()


def _answer(client: Client, path: str) -> int:
    began = time.monotonic()
    response = client.get(path)
    assert time.monotonic() - began < MOST_SECONDS
    if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        assert response["Retry-After"]
        assert b"Traceback" not in response.content
    return response.status_code


@pytest.mark.django_db
@pytest.mark.parametrize("is_hanging", [True, False])
def test_a_study_s_page_and_viewer_while_redis_is_down(own_redis: RedisServer, *, is_hanging: bool) -> None:
    cast = make_cast()
    client = cast.client("owner")
    if is_hanging:
        os.kill(own_redis._process.pid, signal.SIGSTOP)
    else:
        own_redis.stop()
    assert _answer(client, "/scans/") == HTTPStatus.OK
    assert _answer(client, f"/scans/{cast.study.key}/") in (HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE)
    assert _answer(client, f"/viewer/{cast.study.key}/") == HTTPStatus.SERVICE_UNAVAILABLE
    assert _answer(client, f"/viewer/{cast.study.key}/manifest.json") == HTTPStatus.SERVICE_UNAVAILABLE
    if is_hanging:
        os.kill(own_redis._process.pid, signal.SIGCONT)
    else:
        own_redis.start()
    store.put("again", b"well")
    assert store.get("again") == b"well"
