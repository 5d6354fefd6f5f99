"""Answers that a process parses once: the digest that is stored beside one tells whether it is still the same.

The digest stays for less long than the answer. Without it the answer is fetched anew, and counts as not fresh. What was
fresh is so for a moment without asking: each picture of a study asks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import Any, Generic, TypeVar

from viewer import store

MOMENT_SECONDS = 0.5
Value = TypeVar("Value")


class Parsed(Generic[Value]):
    """Answers as `parse` returns them, of which up to `most` are kept in this process."""

    def __init__(self, parse: Callable[[bytes], Value], most: int) -> None:
        self._parse = parse
        self._place: Callable[[bytes], list[Value]] = lru_cache(maxsize=most)(_place)
        # By key, what was found to be fresh, and until when it is without asking.
        self._lately: Callable[[str], list[tuple[Value, float]]] = lru_cache(maxsize=most)(_place)

    def get(self, key: str) -> tuple[Value | None, bool]:
        """Return what is stored under `key`, None when there is nothing, and whether it is fresh."""
        lately = self._lately(key)
        if lately and time.monotonic() < lately[0][1]:
            return lately[0][0], True
        value, is_fresh = self._get(key)
        if value is not None and is_fresh:
            lately[:] = [(value, time.monotonic() + MOMENT_SECONDS)]
        return value, is_fresh

    def _get(self, key: str) -> tuple[Value | None, bool]:
        digest = store.get(_mark(key))
        place: list[Value] = self._place(digest) if digest else []
        if place:
            return place[0], True
        stored = store.get(key)
        if stored is None:
            return None, False
        value = self._parse(stored)
        if _digest(stored) == digest:
            place.append(value)
        return value, digest is not None


def mark(key: str, stored: bytes, seconds: int) -> None:
    """Say for a while that what is stored under `key`, or will be in a moment, is fresh."""
    store.put(_mark(key), _digest(stored), seconds)


def _place(name: bytes | str) -> list[Any]:
    """Return the place of what goes by that name; it is empty at first."""
    return []


def _mark(key: str) -> str:
    return f"fresh:{key}"


def _digest(stored: bytes) -> bytes:
    return sha256(stored).digest()
