"""The protocol of Redis: what is sent, and what comes back in whatever pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as Closed
from redis.exceptions import ResponseError

from viewer.resp import Answers, packed

answers = st.recursive(
    st.none() | st.binary(max_size=200) | st.integers(-(2**63), 2**63 - 1), lambda inner: st.lists(inner, max_size=5)
)


def _encoded(answer: Any) -> bytes:
    if answer is None:
        return b"$-1\r\n"
    if isinstance(answer, bytes):
        return b"$%d\r\n%b\r\n" % (len(answer), answer)
    if isinstance(answer, int):
        return b":%d\r\n" % answer
    return b"*%d\r\n" % len(answer) + b"".join(map(_encoded, answer))


def _socket(data: bytes, pieces: list[int]) -> Callable[[int, int], bytes]:
    """Return a recv that gives pieces of these lengths in turn, never more than asked for, then nothing."""
    left, lengths = data, iter(pieces)

    def receive(most: int, flags: int) -> bytes:
        nonlocal left
        length = min(most, next(lengths, most))
        given, left = left[:length], left[length:]
        return given

    return receive


@given(st.lists(answers, min_size=1, max_size=4), st.lists(st.integers(1, 60), max_size=40))
def test_answers_are_the_same_in_whatever_pieces_they_come(wanted: list[Any], pieces: list[int]) -> None:
    found = Answers(_socket(b"".join(map(_encoded, wanted)), pieces))
    assert [found.read() for _ in wanted] == wanted


@given(answers, st.data())
def test_what_is_cut_off_is_no_answer(wanted: Any, data: st.DataObject) -> None:
    whole = _encoded(wanted)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises(Closed):
        Answers(_socket(cut, [])).read()


def test_words_and_errors_are_told_apart() -> None:
    found = Answers(_socket(b"+OK\r\n-ERR no such thing\r\n>2\r\n+news\r\n:1\r\n+OK\r\n*-1\r\n_\r\n", []))
    assert found.read() == b"OK"
    with pytest.raises(ResponseError, match="no such thing"):
        found.read()
    assert (found.read(), found.read(), found.read()) == (b"OK", None, None)


@pytest.mark.parametrize(
    "data", [b"HTTP/1.1 400 Bad Request\r\n", b"%1\r\n+x\r\n:1\r\n", b"\x00" * 70_000 * 2, b":five\r\n", b"$\r\n"]
)
def test_another_protocol_is_not_read_on(data: bytes) -> None:
    with pytest.raises(Closed):
        Answers(_socket(data, [])).read()


def test_commands_are_lists_of_their_words() -> None:
    assert packed([("SET", b"\x00\r\n", 5), ("é", 0.5)]) == (
        b"*3\r\n$3\r\nSET\r\n$3\r\n\x00\r\n\r\n$1\r\n5\r\n" + "*2\r\n$2\r\né\r\n$3\r\n0.5\r\n".encode()
    )
