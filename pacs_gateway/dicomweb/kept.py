"""Keep what was expensive to get in the cache for a while; a cache that is down only makes it slow."""

from __future__ import annotations

import logging

from django.core.cache import cache
from isal import isal_zlib
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
SECONDS = 300
KEPT_BYTES_MOST = 16 * 1024**2


def recall(key: str) -> bytes | None:
    """Return what is kept under `key`, None when there is nothing."""
    try:
        kept = cache.get(key)
    except RedisError:
        log.warning("the cache cannot be read, the PACS is asked")
        return None
    return isal_zlib.decompress(kept) if kept else None


def keep(key: str, data: bytes) -> None:
    """Keep `data` under `key`, unless it is very large."""
    small = isal_zlib.compress(data, 1)
    if len(small) > KEPT_BYTES_MOST:
        return
    try:
        cache.set(key, small, SECONDS)
    except RedisError:
        log.warning("the cache cannot be written")
