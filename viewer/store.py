"""Bytes shared between web processes and workers, kept in the cache Redis: answers, claims and signals.

Nothing here is the only copy of anything: Redis may forget any of it at any time.
"""

from __future__ import annotations

from functools import lru_cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.retry import Retry

ANSWER_SECONDS = 3600
CLAIM_SECONDS = 8
SIGNAL_SECONDS = 8
LINE_SECONDS = 60
ANSWERS_WITHIN_SECONDS = 1.0
WAITS_WITHIN_SECONDS = 7.0
OK = "ok"
_PREFIX = "lightbox:viewer:"
# Scripts, so that a run of frames costs one command and one answer, and nobody sees half of it.
_CLAIM = """
local mine = {}
for at = 1, #KEYS, 2 do
  if redis.call('SET', KEYS[at], '1', 'NX', 'EX', ARGV[1]) then
    redis.call('DEL', KEYS[at + 1])
    mine[#mine + 1] = (at + 1) / 2
  end
end
return mine
"""
_SIGNAL = """
for at = 1, #KEYS, 4 do
  local data = ARGV[3 + (at + 3) / 4]
  if data then redis.call('SET', KEYS[at], data, 'EX', ARGV[3]) end
  redis.call('DEL', KEYS[at + 1], KEYS[at + 2], KEYS[at + 3])
  redis.call('RPUSH', KEYS[at + 1], ARGV[1])
  redis.call('EXPIRE', KEYS[at + 1], ARGV[2])
end
"""
_COUNT = """
for at = 1, #KEYS do
  redis.call('INCR', KEYS[at])
  redis.call('EXPIRE', KEYS[at], ARGV[1])
end
"""


@lru_cache(maxsize=2)
def _client(seconds: float = ANSWERS_WITHIN_SECONDS) -> redis.Redis:
    """Return a client that gives up on a Redis that has not answered within `seconds`, and does not try again."""
    once = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(settings.REDIS_CACHE_URL, socket_connect_timeout=1, socket_timeout=seconds, retry=once)


@lru_cache(maxsize=3)
def _script(text: str) -> Script:
    return Script(_client(), text)


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
    names = [_name(kind, key) for key in keys for kind in ("claim", "signal")]
    places: list[int] = _script(_CLAIM)(names, [CLAIM_SECONDS], _client())
    return [keys[place - 1] for place in places]


def hold(key: str) -> None:
    """Keep a claim for as long again."""
    _client().expire(_name("claim", key), CLAIM_SECONDS)


def release(key: str) -> None:
    """End a claim without an answer."""
    _client().delete(_name("claim", key))


def line_up(key: str, item: bytes) -> None:
    """Add an item to a list that is there for a while."""
    pipeline = _client().pipeline(transaction=False)
    pipeline.rpush(_name("line", key), item)
    pipeline.expire(_name("line", key), LINE_SECONDS)
    pipeline.execute()


def take_line(key: str) -> list[bytes]:
    """Return the items of a list, of which nothing is left; each is returned to one caller only."""
    pipeline = _client().pipeline(transaction=True)
    pipeline.lrange(_name("line", key), 0, -1)
    pipeline.delete(_name("line", key))
    items: list[bytes] = pipeline.execute()[0]
    return items


def deliver(answers: dict[str, bytes], seconds: int = ANSWER_SECONDS) -> None:
    """Store the answer for each key, wake everybody who waits for it and tell them that all is well; its claim ends."""
    _signal(OK, list(answers), list(answers.values()), seconds)


def decline(key: str, word: str) -> None:
    """Wake everybody who waits for `key` and tell them why there is no answer; the claim ends."""
    _signal(word, [key], [], 0)


def _signal(word: str, keys: list[str], data: list[bytes], seconds: int) -> None:
    names = [_name(kind, key) for key in keys for kind in ("answer", "signal", "claim", "count")]
    _script(_SIGNAL)(names, [word, SIGNAL_SECONDS, seconds, *data], _client())


def count(keys: list[str]) -> None:
    """Count each key as begun once more; a signal for it begins from nothing again."""
    _script(_COUNT)([_name("count", key) for key in keys], [ANSWER_SECONDS], _client())


def counts(keys: list[str]) -> list[int]:
    """Return how often each key was begun since it was last signaled."""
    values: list[bytes | None] = _client().mget([_name("count", key) for key in keys])  # type: ignore[assignment]
    return [int(value or 0) for value in values]


def uncount(keys: list[str]) -> None:
    """Let each key count from nothing again."""
    _client().delete(*[_name("count", key) for key in keys])


def wait(key: str, seconds: float) -> str | None:
    """Wait until somebody signals `key`; return their word, or None when time is up.

    The word is moved from the list onto itself, so that one signal wakes every waiter.
    """
    name = _name("signal", key)
    # Redis takes fractions of a second here, the client's annotation does not know it.
    word = _client(WAITS_WITHIN_SECONDS).blmove(name, name, max(seconds, 0.01), "LEFT", "LEFT")  # type: ignore[arg-type]
    return word.decode() if isinstance(word, bytes) else None
