"""Bytes shared between web processes and workers, kept in the cache Redis: answers, claims and signals.

Nothing here is the only copy of anything: Redis may forget any of it at any time.
"""

from __future__ import annotations

from functools import lru_cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

ANSWER_SECONDS = 3600
CLAIM_SECONDS = 8
SIGNAL_SECONDS = 8
ANSWERS_WITHIN_SECONDS = 1.0
WAITS_WITHIN_SECONDS = 7.0
_PREFIX = "lightbox:viewer:"


@lru_cache(maxsize=2)
def _client(seconds: float = ANSWERS_WITHIN_SECONDS) -> redis.Redis:
    """Return a client that gives up on a Redis that has not answered within `seconds`, and does not try again."""
    once = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(settings.REDIS_CACHE_URL, socket_connect_timeout=1, socket_timeout=seconds, retry=once)


def _name(kind: str, key: str) -> str:
    return f"{_PREFIX}{kind}:{key}"


def get_many(keys: list[str]) -> list[bytes | None]:
    """Return what is stored under each key, None where there is nothing."""
    if not keys:
        return []
    values: list[bytes | None] = _client().mget([_name("answer", key) for key in keys])  # type: ignore[assignment]
    return values


def get(key: str) -> bytes | None:
    """Return what is stored under `key`, None when there is nothing."""
    return get_many([key])[0]


def put(key: str, data: bytes, seconds: int = ANSWER_SECONDS) -> None:
    """Store `data` under `key` for a while."""
    _client().set(_name("answer", key), data, ex=seconds)


def prolong(key: str, seconds: int) -> None:
    """Keep what is stored under `key` longer."""
    _client().expire(_name("answer", key), seconds)


def claim(keys: list[str]) -> list[str]:
    """Take the right to have answers made; return the keys that nobody else has (single flight)."""
    client = _client()
    asked = client.pipeline(transaction=False)
    for key in keys:
        asked.set(_name("claim", key), b"1", nx=True, ex=CLAIM_SECONDS)
    mine = [key for key, is_taken in zip(keys, asked.execute(), strict=True) if is_taken]
    if mine:
        client.delete(*[_name("signal", key) for key in mine])
    return mine


def signal(key: str, word: str, data: bytes | None = None, seconds: int = ANSWER_SECONDS) -> None:
    """Store `data`, wake everybody who waits for `key` and tell them how it went; the claim ends."""
    pipeline = _client().pipeline(transaction=False)
    if data is not None:
        pipeline.set(_name("answer", key), data, ex=seconds)
    pipeline.delete(_name("signal", key))
    pipeline.rpush(_name("signal", key), word)
    pipeline.expire(_name("signal", key), SIGNAL_SECONDS)
    pipeline.delete(_name("claim", key), _name("count", key))
    pipeline.execute()


def count(keys: list[str]) -> None:
    """Count each key as begun once more; a signal for it begins from nothing again."""
    pipeline = _client().pipeline(transaction=False)
    for key in keys:
        pipeline.incr(_name("count", key))
        pipeline.expire(_name("count", key), ANSWER_SECONDS)
    pipeline.execute()


def counts(keys: list[str]) -> list[int]:
    """Return how often each key was begun since it was last signaled."""
    values: list[bytes | None] = _client().mget([_name("count", key) for key in keys])  # type: ignore[assignment]
    return [int(value or 0) for value in values]


def wait(key: str, seconds: float) -> str | None:
    """Wait until somebody signals `key`; return their word, or None when time is up.

    The word is moved from the list onto itself, so that one signal wakes every waiter.
    """
    name = _name("signal", key)
    # Redis takes fractions of a second here, the client's annotation does not know it.
    word = _client(WAITS_WITHIN_SECONDS).blmove(name, name, max(seconds, 0.01), "LEFT", "LEFT")  # type: ignore[arg-type]
    return word.decode() if isinstance(word, bytes) else None
