"""One HTTP/1.1 answer as it comes over a connection (RFC 9112): its head at once, its body in steps.

In place of http.client's own, which reads headers with the email package: that makes a regular expression of the
boundary of each multipart answer, and takes longer over it than the rest of an answer does.
"""

from __future__ import annotations

import http.client
import socket
from typing import Any, BinaryIO, cast

_LINE_MOST = 64 * 1024
_LINES_MOST = 100
_NO_BODY = frozenset({204, 304})


class Malformed(http.client.HTTPException):
    """An answer that is no HTTP, or is cut off."""


class Reply:
    """What http.client wants of a `response_class`. All reading raises Malformed or OSError.

    `headers` are by name in lower case, the first of several; `will_close` tells that no other answer follows.
    """

    def __init__(self, sock: socket.socket, *_: Any, **__: Any) -> None:
        self._file = cast(BinaryIO, sock.makefile("rb"))
        self.status = 0
        self.headers: dict[str, str] = {}
        self.will_close = True
        self._is_chunked = False
        # What is left of the body or of its current chunk, None where only the end of the connection tells.
        self._left: int | None = None

    def begin(self) -> None:
        """Read the head."""
        version, self.status = _status(self._line())
        while self.status == http.client.CONTINUE:
            self._headers()
            version, self.status = _status(self._line())
        self.headers = self._headers()
        self._is_chunked = self.headers.get("transfer-encoding", "").lower() == "chunked"
        self._left = 0 if self._is_chunked else self._length()
        options = self.headers.get("connection", "").lower()
        is_kept = "keep-alive" in options if version == "HTTP/1.0" else "close" not in options
        self.will_close = self._left is None or not is_kept
        if self._left == 0 and not self._is_chunked:
            self.close()

    def read(self, most: int) -> bytes:
        """Return the next bytes of the body, no more than `most`, b"" at its end."""
        if self.isclosed() or (self._is_chunked and not self._left and not self._next_chunk()):
            return b""
        data = self._file.read(most if self._left is None else min(most, self._left))
        if self._left is None:
            if not data:
                self.close()
            return data
        if not data:
            raise Malformed("the body is cut off")
        self._left -= len(data)
        if not self._left:
            self._end_of_length()
        return data

    def isclosed(self) -> bool:
        """Tell whether the body has been read to its end."""
        return self._file.closed

    def close(self) -> None:
        """Read no further."""
        self._file.close()

    def _end_of_length(self) -> None:
        if not self._is_chunked:
            self.close()
        elif self._line():
            raise Malformed("a chunk is longer than it says")

    def _next_chunk(self) -> bool:
        """Begin the next chunk; tell whether there is one."""
        size = self._line().partition(";")[0].strip()
        if not size or set(size) - set("0123456789abcdefABCDEF"):
            raise Malformed("a chunk does not say its size")
        self._left = int(size, 16)
        if not self._left:
            self._headers()
            self.close()
        return bool(self._left)

    def _length(self) -> int | None:
        said = self.headers.get("content-length")
        if self.status in _NO_BODY:
            return 0
        if said is None:
            return None
        if not (said.isascii() and said.isdecimal()):
            raise Malformed("a length that is no number")
        return int(said)

    def _headers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        last = ""
        for _ in range(_LINES_MOST):
            line = self._line()
            if not line:
                return found
            name, colon, value = line.partition(":")
            if line[0] in " \t":
                # An old way to write a long value (RFC 9112 5.2).
                found[last] = f"{found.get(last, '')} {line.strip()}"
            elif colon:
                last = name.strip().lower()
                last = "" if last in found else last
                found[last] = value.strip()
        raise Malformed("more headers than an answer needs")

    def _line(self) -> str:
        line = self._file.readline(_LINE_MOST + 1)
        if not line.endswith(b"\n") or len(line) > _LINE_MOST:
            raise Malformed("a line is cut off or endless")
        return line.rstrip(b"\r\n").decode("latin-1")


def _status(line: str) -> tuple[str, int]:
    """Return version and status of a status line."""
    version, code = [*line.split(None, 2), "", ""][:2]
    if not version.startswith("HTTP/1.") or not (
        len(code) == 3 and code.isascii() and code.isdecimal() and code >= "100"
    ):
        raise Malformed("no HTTP")
    return version, int(code)
