"""Which PACS answered when: noted by every search, read by pages that show what the index knows, never by asking.

It is kept in the cache Redis, which may forget it or be down: then nobody is said to be silent.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from dataclasses import dataclass

from django.core.cache import cache
from redis.exceptions import RedisError

from pacs_gateway import upstream

log = logging.getLogger(__name__)
# Longer than between two looks back over every PACS, so that it is renewed as long as it is true.
SILENT_SECONDS = 900
KEPT_SECONDS = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Silence:
    """A PACS does not answer; what is shown of it dates from `answered_at`, None when that is not known."""

    answered_at: dt.datetime | None


def note_answer(name: str) -> None:
    """Note that a PACS has just answered."""
    try:
        cache.set(_answered(name), time.time(), KEPT_SECONDS)
        cache.delete(_silent(name))
    except RedisError as error:
        log.warning("that a PACS answered is not noted: %s", type(error).__name__)


def note_silence(name: str) -> None:
    """Note that a PACS was asked and did not answer."""
    try:
        cache.set(_silent(name), 1, SILENT_SECONDS)
    except RedisError as error:
        log.warning("that a PACS is silent is not noted: %s", type(error).__name__)


def silence() -> Silence | None:
    """Return since when something may be missing because a PACS does not answer, None when all of them do."""
    names = upstream.names()
    try:
        known = cache.get_many([key for name in names for key in (_silent(name), _answered(name))])
    except RedisError as error:
        log.warning("which PACS is silent is not known: %s", type(error).__name__)
        return None
    silent = [name for name in names if _silent(name) in known]
    if not silent:
        return None
    times = [float(known[_answered(name)]) for name in silent if _answered(name) in known]
    is_known = len(times) == len(silent)
    return Silence(dt.datetime.fromtimestamp(min(times), dt.UTC) if is_known else None)


def _answered(name: str) -> str:
    return f"pacs:{name}:answered"


def _silent(name: str) -> str:
    return f"pacs:{name}:silent"
