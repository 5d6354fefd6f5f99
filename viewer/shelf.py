"""Decoded frames in the cache Redis, within a budget of bytes: who was looked at longest ago makes room.

Without it one large study would push out of the cache whatever else is kept there.
"""

from __future__ import annotations

from viewer import store

BYTES_MOST = 192 * 1024 * 1024
_INDEX = ["shelf:order", "shelf:total"]
# The order is a sorted set of "bytes|key" by when each was last used; the total is a hash of the clock and the bytes.
_PUT = """
local member = #ARGV[1] .. '|' .. KEYS[3]
redis.call('SET', KEYS[3], ARGV[1], 'EX', ARGV[2])
if redis.call('ZADD', KEYS[1], redis.call('HINCRBY', KEYS[2], 'clock', 1), member) == 1 then
  redis.call('HINCRBY', KEYS[2], 'bytes', #ARGV[1])
end
while tonumber(redis.call('HGET', KEYS[2], 'bytes')) > tonumber(ARGV[3]) do
  local oldest = redis.call('ZPOPMIN', KEYS[1])[1]
  if not oldest then
    redis.call('HSET', KEYS[2], 'bytes', 0)
    break
  end
  local size, key = string.match(oldest, '^(%d+)|(.*)$')
  redis.call('DEL', key)
  redis.call('HINCRBY', KEYS[2], 'bytes', -tonumber(size))
end
"""
_GET = """
local found = redis.call('GET', KEYS[3])
if found then
  redis.call('ZADD', KEYS[1], 'XX', redis.call('HINCRBY', KEYS[2], 'clock', 1), #found .. '|' .. KEYS[3])
end
return found
"""


def put(key: str, data: bytes) -> None:
    """Keep `data`, and let go of what was used longest ago where that makes more than BYTES_MOST."""
    store.call(_PUT, [*_INDEX, key], data, store.ANSWER_SECONDS, BYTES_MOST)


def get(key: str) -> bytes | None:
    """Return what is kept under `key`, None when there is nothing (any more)."""
    found = store.call(_GET, [*_INDEX, key])
    return found if isinstance(found, bytes) else None
