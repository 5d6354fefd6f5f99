"""Places count over processes: what another process holds is held, what a killed one held comes free, Redis may go."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.conf import settings as site

from pacs_gateway.errors import PacsBusy
from pacs_gateway.upstream import bulkhead, leases
from pacs_gateway.upstream.bulkhead import PERSON_CALLS_AT_ONCE, Bulkhead, place_of
from pacs_gateway.upstream.leases import Leases
from portal.redis_servers import RedisServer

ROOT = Path(__file__).resolve().parents[3]
# Holds so many places of somebody until its standard input ends.
_HOLDER = """
import sys
from contextlib import ExitStack
import django
django.setup()
from pacs_gateway.upstream.bulkhead import place_of
with ExitStack() as held:
    for _ in range(int(sys.argv[2])):
        held.enter_context(place_of(sys.argv[1]))
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have leases of its own for each test, so that a Redis that was down in one is not in the next."""
    monkeypatch.setattr(bulkhead, "leases", Leases())
    impatient = Bulkhead(PERSON_CALLS_AT_ONCE, patience=0.05, over_all=PERSON_CALLS_AT_ONCE)
    monkeypatch.setattr(bulkhead, "_persons", impatient)


@contextmanager
def holder(person: str, places: int) -> Iterator[subprocess.Popen[str]]:
    """Run another process that holds places of a person."""
    command = [sys.executable, "-c", _HOLDER, person, str(places)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def is_free(person: str) -> bool:
    try:
        with place_of(person):
            return True
    except PacsBusy:
        return False


def until_free(person: str) -> None:
    end = time.monotonic() + 60
    while not is_free(person):
        assert time.monotonic() < end, "the places of a process that is gone stay taken"


def test_what_another_process_holds_is_held() -> None:
    with holder("user:lease-1", PERSON_CALLS_AT_ONCE - 1) as other:
        with place_of("user:lease-1"):
            assert not is_free("user:lease-1")
            assert is_free("user:lease-2")
        assert is_free("user:lease-1")
        assert other.poll() is None


def test_several_are_of_the_first_half_that_all_processes_leave() -> None:
    limit = Bulkhead(100, patience=0.05, over_all=PERSON_CALLS_AT_ONCE)
    with holder("user:lease-8", 1) as other, limit.place("user:lease-8", 5) as two:
        assert two == PERSON_CALLS_AT_ONCE // 2 - 1
        with limit.place("user:lease-8", 5) as one:
            assert one == 1
        other.communicate()
    with limit.place("user:lease-8", 5) as half:
        assert half == PERSON_CALLS_AT_ONCE // 2
    assert leases._client(site.REDIS_CACHE_URL).zcard("lightbox:places:user:lease-8") == 0


def test_the_other_process_is_turned_away_as_well() -> None:
    with ExitStack() as held:
        for _ in range(PERSON_CALLS_AT_ONCE):
            held.enter_context(place_of("user:lease-3"))
        command = [sys.executable, "-c", _HOLDER, "user:lease-3", "1"]
        other = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert "PacsBusy" in other.stderr
    assert other.stdout == ""


def test_a_process_that_ends_gives_its_places_back() -> None:
    with holder("user:lease-4", PERSON_CALLS_AT_ONCE) as other:
        assert not is_free("user:lease-4")
        other.communicate()
    assert is_free("user:lease-4")


@pytest.mark.slow
def test_the_places_of_a_killed_process_come_free() -> None:
    with holder("user:lease-5", PERSON_CALLS_AT_ONCE) as other:
        other.kill()
        other.wait()
        until_free("user:lease-5")


def test_what_is_held_longer_than_a_lease_stays_held(monkeypatch: pytest.MonkeyPatch) -> None:
    key = "lightbox:places:user:lease-6"
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.01)
    client = leases._client(site.REDIS_CACHE_URL)
    with place_of("user:lease-6"):
        ((_, first),) = client.zrange(key, 0, -1, withscores=True)
        end = time.monotonic() + 60
        while client.zrange(key, 0, -1, withscores=True)[0][1] <= first:
            assert time.monotonic() < end, "a lease is not renewed"
    assert client.zcard(key) == 0


def test_without_redis_each_process_counts_alone(tmp_path: Path, settings, caplog: pytest.LogCaptureFixture) -> None:
    server = RedisServer(tmp_path, "c", "allkeys-lru", None)
    server.start()
    settings.REDIS_CACHE_URL = server.url
    with place_of("user:lease-7"):
        server.stop()
    with ExitStack() as held:
        for _ in range(PERSON_CALLS_AT_ONCE):
            held.enter_context(place_of("user:lease-7"))
        assert not is_free("user:lease-7"), "a limit holds without Redis, too"
    assert is_free("user:lease-7")
    assert "in each process alone" in caplog.text
