"""Commands to Redis and its answers as bytes, by versions 2 and 3 of its protocol (RESP).

redis-py writes and reads the same, at one and a half times to twice the cost; here it is for what every picture asks.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from typing import Any

from redis.exceptions import ConnectionError as Closed
from redis.exceptions import ResponseError

Command = tuple[str | bytes | int | float, ...]
Receive = Callable[[int, int], bytes]
_END = b"\r\n"
_LINE_MOST, _STEP = 64 * 1024, 64 * 1024


def packed(commands: Iterable[Command]) -> bytes:
    """Return the bytes that ask Redis to carry out commands, one after the other."""
    parts: list[bytes] = []
    text = ""
    for command in commands:
        text += f"*{len(command)}\r\n"
        for word in command:
            if isinstance(word, str) and word.isascii():
                text += f"${len(word)}\r\n{word}\r\n"
            else:
                data = word if isinstance(word, bytes) else str(word).encode()
                parts += (text.encode(), b"$%d\r\n" % len(data), data)
                text = "\r\n"
    return b"".join((*parts, text.encode()))


class Answers:
    """What comes back over a connection; `receive` is its socket's recv."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._held, self._at = b"", 0

    def read(self) -> Any:
        """Return the next answer: bytes, a whole number, None, or a list of such.

        Raises ResponseError where Redis says that a command failed, ConnectionError where the answer is cut off, and
        what `receive` raises.
        """
        line = self._line()
        kind, rest = line[:1], line[1:]
        if kind == b"$":
            return self._exactly(_number(rest)) if rest != b"-1" else None
        if kind == b"*":
            return self._several(_number(rest)) if rest != b"-1" else None
        if kind == b"_":
            return None
        if kind == b":":
            return _number(rest)
        if kind == b"+":
            return rest
        if kind == b">":
            # News that nobody asked for.
            self._several(_number(rest))
            return self.read()
        if kind == b"-":
            raise ResponseError(rest.decode(errors="replace"))
        raise Closed("Redis answers in another protocol")

    def _several(self, count: int) -> list[Any]:
        return [self.read() for _ in range(count)]

    def _line(self) -> bytes:
        while (end := self._held.find(_END, self._at)) < 0:
            if len(self._held) - self._at > _LINE_MOST:
                raise Closed("Redis answers in another protocol")
            self._held, self._at = self._held[self._at :] + self._more(_STEP, 0), 0
        line, self._at = self._held[self._at : end], end + len(_END)
        return line

    def _exactly(self, length: int) -> bytes:
        whole = length + len(_END)
        data = self._held[self._at : self._at + whole]
        self._at += len(data)
        if len(data) < whole:
            parts, missing = [data], whole - len(data)
            while missing:
                # All at once: to be woken up for each piece costs a thread more than the copying.
                parts.append(self._more(missing, socket.MSG_WAITALL))
                missing -= len(parts[-1])
            data = b"".join(parts)
        return data[:length]

    def _more(self, most: int, flags: int) -> bytes:
        data = self._receive(most, flags)
        if not data:
            raise Closed("Redis closed the connection")
        return data


def _number(digits: bytes) -> int:
    try:
        return int(digits)
    except ValueError as error:
        raise Closed("Redis answers in another protocol") from error
