"""Room in the queues: a limit on the messages that wait in each, and a fair share of it for each person (R77).

While few messages wait, everybody may ask for as much as they like. In a crowded queue a person gets no further message
once they have put SHARE into it within the seconds that a message lives: the places that are left are other people's.

A message that has room goes to a worker child that stays beside its queue (staying.py), if there is one: into a list of
that child's own.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from viewer.connections import connections_of
from viewer.resp import Command

MOST = 512
CROWDED = 64
SHARE = 64
SHARE_SECONDS = 5
_SYSTEM = "system:"
_GIVEN_SECONDS = 60
# The broker keeps the messages of a queue in a list of the queue's name; the newest is the leftmost. Children that stay
# beside it are in a sorted set, by the name of their list and when they leave, in milliseconds of the broker's clock.
_PUT = """
local waiting, mine = redis.call('LLEN', KEYS[1]), 0
if waiting >= tonumber(ARGV[1]) then return 0 end
if ARGV[4] ~= '' then
  mine = tonumber(redis.call('GET', KEYS[3]) or 0)
  if waiting >= tonumber(ARGV[2]) and mine >= tonumber(ARGV[3]) then return 0 end
  redis.call('INCR', KEYS[3])
  if mine == 0 then redis.call('EXPIRE', KEYS[3], ARGV[5]) end
end
local now = redis.call('TIME')
local since = math.floor(now[1] * 1000 + now[2] / 1000)
local child = redis.call('ZRANGE', KEYS[2], '+inf', '(' .. since, 'BYSCORE', 'REV', 'LIMIT', 0, 1)[1]
if child then
  redis.call('ZREM', KEYS[2], child)
  redis.call('LPUSH', child, ARGV[6])
  redis.call('EXPIRE', child, ARGV[7])
else
  redis.call('LPUSH', KEYS[1], ARGV[6])
end
return 1
"""
_TAKE = """
local given = redis.call('LINDEX', KEYS[3], 0) or redis.call('LMOVE', KEYS[1], KEYS[3], 'RIGHT', 'LEFT')
if given then
  redis.call('EXPIRE', KEYS[3], ARGV[2])
  return given
end
local now = redis.call('TIME')
redis.call('ZADD', KEYS[2], math.floor(now[1] * 1000 + now[2] / 1000) + ARGV[1], KEYS[3])
redis.call('EXPIRE', KEYS[2], ARGV[2])
return false
"""


def put(queue: str, caller: str, message: str) -> bool:
    """Put a message of `caller`, a principal's label, into `queue` and tell so; there may be no room for it.

    Only the limit of the whole queue counts where there is no caller. What a worker goes on with always has room: it
    was let in before.
    """
    if caller.startswith(_SYSTEM):
        return bool(_ask(("LPUSH", queue, message))[0])
    keys = (queue, _beside(queue), f"lightbox:share:{queue}:{caller}")
    limits = (MOST, CROWDED, SHARE, caller, SHARE_SECONDS)
    return bool(_ask(("EVAL", _PUT, len(keys), *keys, *limits, message, _GIVEN_SECONDS))[0])


def take(queue: str, own: str, seconds: float) -> bytes | None:
    """Return the message that lies in the list `own`, else the next of the queue, else the next within `seconds`.

    It lies in `own` until it is dropped or moved.
    """
    keys = (queue, _beside(queue), own)
    given: bytes | None
    (given,) = _ask(("EVAL", _TAKE, len(keys), *keys, round(seconds * 1000), _GIVEN_SECONDS))
    if given is None:
        (given,) = _ask(("BLMOVE", own, own, "LEFT", "LEFT", seconds))
    if given is None:
        # One may have come in the last moment.
        _, given = _ask(("ZREM", _beside(queue), own), ("LINDEX", own, 0))
    return given


def drop(own: str) -> None:
    """Forget the message that lies in the list `own`."""
    _ask(("DEL", own))


def move(own: str, queue: str) -> None:
    """Put the message that lies in the list `own` (back) into the queue, to be the next."""
    _ask(("LMOVE", own, queue, "LEFT", "RIGHT"))


def _beside(queue: str) -> str:
    return f"lightbox:beside:{queue}"


def _ask(*commands: Command) -> list[Any]:
    return connections_of(_client(settings.REDIS_BROKER_URL)).ask(*commands)


@lru_cache(maxsize=1)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))
