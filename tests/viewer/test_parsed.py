"""Answers that are parsed once by a process, over a real Redis."""

from __future__ import annotations

import pytest

from viewer import parsed, store
from viewer.parsed import Parsed


class _Parser:
    """Counts what it parses."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    def __call__(self, stored: bytes) -> str:
        self.asked.append(stored)
        return stored.decode()


def _keep(key: str, stored: bytes) -> None:
    parsed.mark(key, stored, 300)
    store.put(key, stored)


def test_an_answer_is_parsed_once_for_as_long_as_it_is_the_same() -> None:
    parser = _Parser()
    answers = Parsed(parser, 2)
    assert answers.get("k") == (None, False)
    _keep("k", b"first")
    assert [answers.get("k") for _ in range(3)] == [("first", True)] * 3
    assert parser.asked == [b"first"]
    # As another process does it.
    _keep("k", b"second")
    assert [answers.get("k") for _ in range(3)] == [("second", True)] * 3
    assert parser.asked == [b"first", b"second"]


def test_what_is_stored_before_its_digest_is_never_taken_for_it() -> None:
    answers = Parsed(_Parser(), 2)
    _keep("k", b"first")
    parsed.mark("k", b"second", 300)
    assert answers.get("k") == ("first", True)
    store.put("k", b"second")
    assert answers.get("k") == ("second", True)


def test_an_answer_without_a_digest_is_not_fresh_and_asked_for_each_time() -> None:
    parser = _Parser()
    answers = Parsed(parser, 2)
    for text in (b"first", b"second"):
        store.put("k", text)
        assert answers.get("k") == (text.decode(), False)
    assert parser.asked == [b"first", b"second"]


def test_no_more_than_so_many_are_kept() -> None:
    parser = _Parser()
    answers = Parsed(parser, 2)
    for key in ("a", "b", "c", "a"):
        _keep(key, key.encode())
        assert answers.get(key) == (key, True)
    assert parser.asked == [b"a", b"b", b"c", b"a"]


def test_what_was_fresh_is_so_for_a_moment_without_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsed, "MOMENT_SECONDS", 60)
    answers = Parsed(_Parser(), 2)
    store.put("k", b"not fresh")
    assert answers.get("k") == ("not fresh", False)
    _keep("k", b"first")
    assert answers.get("k") == ("first", True)
    _keep("k", b"second")
    assert answers.get("k") == ("first", True)
    assert answers.get("another") == (None, False)
    now = parsed.time.monotonic()
    monkeypatch.setattr(parsed.time, "monotonic", lambda: now + 60)
    assert answers.get("k") == ("second", True)
