"""Places that count over all processes: leases in the cache Redis, renewed for as long as they are held (R42).

A process that is killed renews nothing, and its places are free LEASE_SECONDS later. While Redis is down, or has
forgotten, the limits of each process hold alone: they bound what a PACS is asked as well, and nobody shall be kept from
their pictures by a cache.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from pacs_gateway.errors import PacsBusy

log = logging.getLogger(__name__)
LEASE_SECONDS, RENEW_SECONDS = 15, 4.0
_LOOK_SECONDS, _DOWN_SECONDS = 0.02, 5.0
_NOW = "local t = redis.call('TIME') local now = t[1] + t[2] / 1000000\n"
_TAKE = (
    _NOW
    + """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
"""
)
_RENEW = (
    _NOW
    + """
redis.call('ZADD', KEYS[1], 'XX', now + ARGV[2], ARGV[1])
return redis.call('EXPIRE', KEYS[1], ARGV[2])
"""
)
_GIVE_BACK = "return redis.call('ZREM', KEYS[1], ARGV[1])"


class Leases:
    """The leases that this process holds. Safe to use from several threads."""

    def __init__(self) -> None:
        self._held: dict[str, str] = {}
        self._lock = threading.Lock()
        self._renewing: threading.Thread | None = None
        self._down_until = 0.0

    @contextmanager
    def held(self, name: str, places: int, until: float) -> Iterator[None]:
        """Hold one of the places under `name`; raises PacsBusy when none becomes free before `until`."""
        key, token = f"lightbox:places:{name}", secrets.token_hex(8)
        # None is a Redis that is down: then the place in this process is all there is.
        while (answer := self._ask(_TAKE, key, token, LEASE_SECONDS, places)) == 0:
            if time.monotonic() >= until:
                raise PacsBusy("too many calls at once")
            time.sleep(_LOOK_SECONDS)
        if answer is None:
            yield
            return
        self._keep(key, token)
        try:
            yield
        finally:
            with self._lock:
                del self._held[token]
            self._ask(_GIVE_BACK, key, token)

    def _keep(self, key: str, token: str) -> None:
        with self._lock:
            self._held[token] = key
            # None is alive in a process that was just forked.
            if self._renewing is None or not self._renewing.is_alive():
                self._renewing = threading.Thread(target=self._renew, daemon=True, name="leases")
                self._renewing.start()

    def _renew(self) -> None:
        while True:
            time.sleep(RENEW_SECONDS)
            with self._lock:
                held = list(self._held.items())
                if not held:
                    self._renewing = None
                    return
            for token, key in held:
                self._ask(_RENEW, key, token, LEASE_SECONDS)

    def _ask(self, script: str, key: str, *arguments: str | int) -> int | None:
        if time.monotonic() < self._down_until:
            return None
        try:
            return int(_client(settings.REDIS_CACHE_URL).eval(script, 1, key, *arguments))
        except RedisError as error:
            # Not asked again at once: each call would wait for a Redis that hangs.
            self._down_until = time.monotonic() + _DOWN_SECONDS
            log.warning("places count in each process alone: %s", type(error).__name__)
            return None


@lru_cache(maxsize=2)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))


leases = Leases()
