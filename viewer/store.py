"""Bytes shared between web processes and workers, kept in the cache Redis: answers, claims and signals.

Nothing here is the only copy of anything: Redis may forget any of it at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import chain
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from viewer.connections import connections_of
from viewer.resp import Command

ANSWER_SECONDS = 3600
CLAIM_SECONDS = 8
SIGNAL_SECONDS = 8
LINE_SECONDS = 60
ANSWERS_WITHIN_SECONDS = 1.0
WAITS_WITHIN_SECONDS = 7.0
OK = "ok"
_PREFIX = "lightbox:viewer:"
# Scripts, so that what belongs to a run of frames costs one command, and nobody sees half of it.
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
_CLAIM_MISSING = """
local mine = {}
for at = 1, #KEYS, 3 do
  if redis.call('EXISTS', KEYS[at]) == 0 and redis.call('SET', KEYS[at + 1], '1', 'NX', 'EX', ARGV[1]) then
    redis.call('DEL', KEYS[at + 2])
    mine[#mine + 1] = (at + 2) / 3
  end
end
return mine
"""
_SIGNAL = """
for at = 1, #KEYS, 3 do
  redis.call('DEL', KEYS[at], KEYS[at + 1], KEYS[at + 2])
  redis.call('RPUSH', KEYS[at], ARGV[1])
  redis.call('EXPIRE', KEYS[at], ARGV[2])
end
"""
_BEGIN = """
local found, none = {}, true
for at = 1, #KEYS do
  found[at] = tonumber(redis.call('GET', KEYS[at]) or 0)
  none = none and found[at] == 0
end
for at = 1, none and tonumber(ARGV[1]) or 0 do
  redis.call('SET', KEYS[at], 1, 'EX', ARGV[2])
end
return found
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


def _ask(*commands: Command, seconds: float = ANSWERS_WITHIN_SECONDS) -> list[Any]:
    """Return Redis's answers to commands that are asked for each picture."""
    return connections_of(_client(seconds)).ask(*commands)


def _name(kind: str, key: str) -> str:
    return f"{_PREFIX}{kind}:{key}"


def get_many(keys: list[str]) -> list[bytes | None]:
    """Return what is stored under each key, None where there is nothing."""
    if not keys:
        return []
    values: list[bytes | None]
    (values,) = _ask(("MGET", *(_name("answer", key) for key in keys)))
    return values


def get(key: str) -> bytes | None:
    """Return what is stored under `key`, None when there is nothing."""
    return get_many([key])[0]


def has_many(keys: list[str]) -> list[bool]:
    """Tell for each key whether anything is stored under it."""
    pipeline = _client().pipeline(transaction=False)
    for key in keys:
        pipeline.exists(_name("answer", key))
    return [bool(found) for found in pipeline.execute()]


def put(key: str, data: bytes, seconds: int = ANSWER_SECONDS) -> None:
    """Store `data` under `key` for a while."""
    _client().set(_name("answer", key), data, ex=seconds)


def prolong(key: str, seconds: int) -> None:
    """Keep what is stored under `key` longer."""
    _client().expire(_name("answer", key), seconds)


def claim(keys: list[str]) -> list[str]:
    """Take the right to have answers made; return the keys that nobody else has (single flight)."""
    names = [_name(kind, key) for key in keys for kind in ("claim", "signal")]
    places: list[int] = _client().eval(_CLAIM, len(names), *names, CLAIM_SECONDS)
    return [keys[place - 1] for place in places]


def get_or_claim(keys: list[str], counted: Iterable[str] = ()) -> tuple[list[bytes | None], list[str], list[int]]:
    """Return what is stored under each key, which of those with nothing are now the caller's to make, and how often
    each of those `counted` was begun since it was last signaled.
    """
    names = [_name(kind, key) for key in keys for kind in ("answer", "claim", "signal")]
    counts = [_name("count", key) for key in counted]
    # An answer that comes between the two is not claimed, and its signal is there to be waited for.
    take: Command = ("EVAL", _CLAIM_MISSING, len(names), *names, CLAIM_SECONDS)
    look_up: list[Command] = [("MGET", *counts)] if counts else []
    values, places, *found = _ask(("MGET", *names[::3]), take, *look_up)
    return values, [keys[place - 1] for place in places], [int(count or 0) for count in chain.from_iterable(found)]


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
    begin_to_deliver(answers, seconds)()


def begin_to_deliver(answers: dict[str, bytes], seconds: int = ANSWER_SECONDS) -> Callable[[], object]:
    """Do the same, and return what waits until it is done; it is to be called once."""
    stored: list[Command] = [("SET", _name("answer", key), data, "EX", seconds) for key, data in answers.items()]
    return connections_of(_client()).begin(*stored, _signal(OK, list(answers)))


def decline(key: str, word: str) -> None:
    """Wake everybody who waits for `key` and tell them why there is no answer; the claim ends."""
    _ask(_signal(word, [key]))


def turn_away(keys: list[str], word: str) -> None:
    """Wake everybody who waits for the keys, as `decline` does, but let what was begun count on."""
    names = [_name(kind, key) for key in keys for kind in ("signal", "claim", "claim")]
    _client().eval(_SIGNAL, len(names), *names, word, SIGNAL_SECONDS)


def _signal(word: str, keys: list[str]) -> Command:
    names = [_name(kind, key) for key in keys for kind in ("signal", "claim", "count")]
    return "EVAL", _SIGNAL, len(names), *names, word, SIGNAL_SECONDS


def count(keys: list[str]) -> None:
    """Count each key as begun once more; a signal for it begins from nothing again."""
    names = [_name("count", key) for key in keys]
    _client().eval(_COUNT, len(names), *names, ANSWER_SECONDS)


def begin_new(keys: list[str]) -> None:
    """Count each key as begun once, where none was, without waiting for it."""
    names = [_name("count", key) for key in keys]
    connections_of(_client()).tell(("EVAL", _BEGIN, len(names), *names, len(keys), ANSWER_SECONDS))


def begin(keys: list[str], others: list[str]) -> list[int]:
    """Return how often each key, then each of the others, was begun since it was last signaled.

    Where none was, each of `keys` now counts as begun once.
    """
    names = [_name("count", key) for key in (*keys, *others)]
    found: list[int]
    (found,) = _ask(("EVAL", _BEGIN, len(names), *names, len(keys), ANSWER_SECONDS))
    return found


def uncount(keys: list[str]) -> None:
    """Let each key count from nothing again."""
    _client().delete(*[_name("count", key) for key in keys])


def wait(key: str, seconds: float, wanted: list[str]) -> tuple[str | None, list[bytes | None]]:
    """Wait until somebody signals `key`; return their word, or None when time is up, and what each key `wanted` has.

    The word is moved from the list onto itself, so that one signal wakes every waiter. Redis looks the answers up in
    the moment of the signal: they are not asked for once more.
    """
    name = _name("signal", key)
    move: Command = ("BLMOVE", name, name, "LEFT", "LEFT", max(seconds, 0.01))
    look_up = ("MGET", *(_name("answer", one) for one in wanted))
    word, values = _ask(move, look_up, seconds=WAITS_WITHIN_SECONDS)
    return (word.decode() if isinstance(word, bytes) else None), values
