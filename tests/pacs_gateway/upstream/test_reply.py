"""HTTP answers are read whole, however they say where they end; what is cut off or malformed is an error."""

from __future__ import annotations

import io
import socket
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacs_gateway.upstream.reply import Malformed, Reply


class Arrived(socket.socket):
    """A socket on which these bytes have arrived, and then its end."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:  # type: ignore[override]
        return io.BufferedReader(io.BytesIO(self._data))  # type: ignore[type-var]


def read(data: bytes, step: int = 7) -> tuple[int, bytes]:
    with Arrived(data) as arrived:
        reply = Reply(arrived)
        reply.begin()
        return reply.status, b"".join(iter(lambda: reply.read(step), b""))


def chunked(pieces: list[bytes], more: str = "") -> bytes:
    chunks = b"".join(f"{len(piece):X}{more}\r\n".encode() + piece + b"\r\n" for piece in pieces if piece)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n" + chunks + b"0\r\nX: y\r\n\r\n"


@given(st.lists(st.binary(max_size=40), max_size=4), st.integers(1, 60), st.sampled_from(["", ";x=y", " "]))
def test_chunks_come_out_as_they_went_in(pieces: list[bytes], step: int, more: str) -> None:
    assert read(chunked(pieces, more), step) == (200, b"".join(pieces))


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=3), st.data())
def test_chunks_that_are_cut_off_are_no_answer(pieces: list[bytes], data: st.DataObject) -> None:
    whole = chunked(pieces)
    with pytest.raises(Malformed):
        read(whole[: data.draw(st.integers(0, len(whole) - 1))])


def test_a_body_ends_with_its_length_or_with_the_connection() -> None:
    assert read(b"HTTP/1.1 200 OK\r\ncontent-LENGTH:  5 \r\n\r\nfive!more") == (200, b"five!")
    assert read(b"HTTP/1.0 200\r\n\r\nall of it") == (200, b"all of it")
    assert read(b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 204 No\r\n\r\nnext") == (204, b"")
    with pytest.raises(Malformed):
        read(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive!")


@pytest.mark.parametrize(
    ("head", "will_close"),
    [
        ("HTTP/1.1 200 OK\r\nContent-Length: 0", False),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Close", True),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", False),
        ("HTTP/1.1 200 OK", True),
        ("HTTP/1.0 200 OK\r\nContent-Length: 0", True),
        ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive", False),
    ],
)
def test_a_connection_is_kept_only_when_both_want_it(head: str, will_close: bool) -> None:
    with Arrived(f"{head}\r\n\r\n".encode()) as arrived:
        reply = Reply(arrived)
        reply.begin()
        assert reply.will_close is will_close


def test_a_value_in_several_lines_is_one_and_the_first_of_several_counts() -> None:
    with Arrived(b"HTTP/1.1 200 OK\r\nA: b;\r\n\t c\r\nno header\r\nA: d\r\n e\r\n\r\n") as arrived:
        reply = Reply(arrived)
        reply.begin()
        assert reply.headers["a"] == "b; c"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"SSH-2.0 200 OK\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nfive!",
        b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\nfive!",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nfive!\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfive!more\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 1000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_answer(data: bytes) -> None:
    with pytest.raises(Malformed):
        read(data)


@given(st.binary(max_size=60), st.sampled_from([b"HTTP/1.1 200 OK\r\n", chunked([b"one", b"two"])]), st.data())
def test_whatever_comes_is_an_answer_or_malformed(odd: bytes, begun: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(begun)))
    with suppress(Malformed):
        assert 100 <= read(begun[:place] + odd + begun[place:])[0] <= 999
