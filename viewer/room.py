"""Room in the queues: a limit on the messages that wait in each, and a fair share of it for each person (R77).

While few messages wait, everybody may ask for as much as they like. In a crowded queue a person gets no further message
once they have put SHARE into it within the seconds that a message lives: the places that are left are other people's.
"""

from __future__ import annotations

from functools import lru_cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from viewer.connections import connections_of

MOST = 512
CROWDED = 64
SHARE = 64
SHARE_SECONDS = 5
_SYSTEM = "system:"
# The broker keeps the messages of a queue in a list of the queue's name; the newest is the leftmost.
_PUT = """
local waiting, mine = redis.call('LLEN', KEYS[1]), 0
if waiting >= tonumber(ARGV[1]) then return 0 end
if ARGV[4] ~= '' then
  mine = tonumber(redis.call('GET', KEYS[2]) or 0)
  if waiting >= tonumber(ARGV[2]) and mine >= tonumber(ARGV[3]) then return 0 end
  redis.call('INCR', KEYS[2])
  if mine == 0 then redis.call('EXPIRE', KEYS[2], ARGV[5]) end
end
redis.call('LPUSH', KEYS[1], ARGV[6])
return 1
"""


def put(queue: str, caller: str, message: str) -> bool:
    """Put a message of `caller`, a principal's label, into `queue` and tell so; there may be no room for it.

    Only the limit of the whole queue counts where there is no caller. What a worker goes on with always has room: it
    was let in before.
    """
    broker = connections_of(_client(settings.REDIS_BROKER_URL))
    if caller.startswith(_SYSTEM):
        return bool(broker.ask(("LPUSH", queue, message))[0])
    keys = (queue, f"lightbox:share:{queue}:{caller}")
    limits = (MOST, CROWDED, SHARE, caller, SHARE_SECONDS)
    return bool(broker.ask(("EVAL", _PUT, len(keys), *keys, *limits, message))[0])


@lru_cache(maxsize=1)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))
