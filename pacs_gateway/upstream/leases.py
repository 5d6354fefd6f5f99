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
local places, taken, held = tonumber(ARGV[2]), redis.call('ZCARD', KEYS[1]), 0
for at = 3, #ARGV do
  if taken < (held == 0 and places or math.floor(places / 2)) then
    redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[at])
    taken, held = taken + 1, held + 1
  end
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return held
"""
)
_RENEW = (
    _NOW
    + """
for at = 2, #ARGV do redis.call('ZADD', KEYS[1], 'XX', now + ARGV[1], ARGV[at]) end
return redis.call('EXPIRE', KEYS[1], ARGV[1])
"""
)
_GIVE_BACK = "return redis.call('ZREM', KEYS[1], unpack(ARGV))"


class Leases:
    """The leases that this process holds. Safe to use from several threads."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, ...], str] = {}
        self._lock = threading.Lock()
        self._renewing: threading.Thread | None = None
        self._down_until = 0.0

    @contextmanager
    def held(self, name: str, places: int, until: float, most: int = 1) -> Iterator[int]:
        """Hold one of the places under `name`, and up to `most` of the first half of them; yields how many it holds.

        Raises PacsBusy when none becomes free before `until`.
        """
        key, token = f"lightbox:places:{name}", secrets.token_hex(8)
        tokens = tuple(f"{token}:{number}" for number in range(most))
        # None is a Redis that is down: then the places in this process are all there are.
        while (answer := self._ask(_TAKE, key, LEASE_SECONDS, places, *tokens)) == 0:
            if time.monotonic() >= until:
                raise PacsBusy("too many calls at once")
            time.sleep(_LOOK_SECONDS)
        if answer is None:
            yield most
            return
        tokens = tokens[:answer]
        self._keep(key, tokens)
        try:
            yield answer
        finally:
            with self._lock:
                del self._held[tokens]
            self._ask(_GIVE_BACK, key, *tokens)

    def _keep(self, key: str, tokens: tuple[str, ...]) -> None:
        with self._lock:
            self._held[tokens] = key
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
            for tokens, key in held:
                self._ask(_RENEW, key, LEASE_SECONDS, *tokens)

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
