"""Read multipart/related answers (RFC 2387, PS3.18 8.6.1.2.1) strictly: without a closing delimiter none is whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pacs_gateway.errors import PacsIncomplete, PacsUnavailable
from pacs_gateway.upstream.connection import Cut

_HEADERS_MOST = 16 * 1024
_BOUNDARY_MOST = 200
_HEADERS_STEP = 4 * 1024
_BODY_STEP = 1024 * 1024
_MULTIPART = "multipart/related"
_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]*))')
_ESCAPED = re.compile(r"\\(.)")
Read = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class MediaType:
    """A Content-Type as far as it matters here. `transfer_syntax_uid` is "" when it is not said."""

    name: str
    boundary: str = ""
    transfer_syntax_uid: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: what its headers say, and its body in steps; the body must be used up before the next part."""

    media_type: MediaType
    location: str
    body: Iterator[bytes]


def media_type(text: str, default: MediaType | None = None) -> MediaType:
    """Read a Content-Type; what a part does not say, it has from `default`.

    Orthanc writes the transfer syntax inside the quoted `type` of the whole answer, the standard as a parameter of
    each part: both are read.
    """
    name = _name(text) if text else (default.name if default else "")
    parameters = _parameters(text)
    syntax = parameters.get("transfer-syntax", "")
    if name == _MULTIPART:
        inner = media_type(parameters.get("type", ""))
        return MediaType(inner.name, parameters.get("boundary", ""), syntax or inner.transfer_syntax_uid)
    return MediaType(name, "", syntax or (default.transfer_syntax_uid if default else ""))


def _name(text: str) -> str:
    return text.partition(";")[0].strip().lower()


def _parameters(text: str) -> dict[str, str]:
    """Return the parameters of a Content-Type (RFC 9110 5.6.6) by name in lower case, the first of several."""
    found: dict[str, str] = {}
    for name, quoted, plain in _PARAMETER.findall(text):
        found.setdefault(name.lower(), (_ESCAPED.sub(r"\1", quoted) or plain).strip())
    return found


def is_multipart(text: str) -> bool:
    """Tell whether a Content-Type is multipart/related."""
    return _name(text) == _MULTIPART


def read_parts(read: Read, content_type: str) -> Iterator[Part]:
    """Yield the parts of a multipart answer; `read` returns its next bytes, no more than asked for, b"" at the end.

    Raises Cut when the closing delimiter is missing, PacsIncomplete when a part is not as long as it says,
    PacsUnavailable for what is no multipart answer at all.
    """
    outer = media_type(content_type)
    if not outer.boundary or len(outer.boundary) > _BOUNDARY_MOST:
        raise PacsUnavailable("the PACS sent a multipart answer without a boundary")
    try:
        delimiter = b"\r\n--" + outer.boundary.encode("ascii")
    except UnicodeEncodeError as error:
        raise PacsUnavailable("the PACS sent a multipart answer with a malformed boundary") from error
    buffer = _Buffer(read, delimiter)
    for _ in buffer.until_delimiter():
        pass
    while not buffer.is_closed():
        headers = buffer.headers()
        said = headers.get("content-length", "")
        body = buffer.until_length(int(said)) if said.isascii() and said.isdecimal() else buffer.until_delimiter()
        yield Part(media_type(headers.get("content-type", ""), outer), headers.get("content-location", ""), body)
        for _ in body:
            pass


class _Buffer:
    """Bytes that arrived and have not been used; begins as after a line's end, so that a first delimiter is found."""

    def __init__(self, read: Read, delimiter: bytes) -> None:
        self._read = read
        self._delimiter = delimiter
        self._bytes = bytearray(b"\r\n")
        self._headers_step = _HEADERS_STEP

    def until_delimiter(self) -> Iterator[bytes]:
        """Yield what comes before the next delimiter, and step over that."""
        while (place := self._bytes.find(self._delimiter)) < 0:
            # The last bytes may be the beginning of a delimiter.
            safe = len(self._bytes) - len(self._delimiter) + 1
            if safe > 0:
                yield self._cut(safe)
            self._bytes += self._next(_BODY_STEP)
        if place:
            yield self._cut(place)
        del self._bytes[: len(self._delimiter)]

    def until_length(self, size: int) -> Iterator[bytes]:
        """Yield the `size` bytes that a part says it has, and step over the delimiter that must follow them."""
        left = size
        while left:
            most = min(left, _BODY_STEP)
            step = self._cut(min(most, len(self._bytes))) if self._bytes else self._next(most)
            left -= len(step)
            yield step
        while len(self._bytes) < len(self._delimiter):
            self._fill()
        if not self._bytes.startswith(self._delimiter):
            raise PacsIncomplete("a part is not as long as it says")
        del self._bytes[: len(self._delimiter)]

    def is_closed(self) -> bool:
        """Tell whether the delimiter just passed was the closing one; steps over the end of its line if not."""
        while len(self._bytes) < 2:
            self._fill()
        if self._bytes[:2] == b"--":
            while self._read(_BODY_STEP):
                pass
            return True
        return False

    def headers(self) -> dict[str, str]:
        """Read the headers of a part, by name in lower case."""
        while (end := self._bytes.find(b"\r\n\r\n")) < 0:
            if len(self._bytes) > _HEADERS_MOST:
                raise PacsIncomplete("a part has endless headers")
            self._fill()
        # Those of the next part are as long, most often; whatever of its body comes with them is copied once more.
        self._headers_step = len(self._delimiter) + end + len(b"\r\n\r\n")
        headers: dict[str, str] = {}
        for line in self._cut(end + 2).decode("latin-1").split("\r\n"):
            name, colon, value = line.partition(":")
            if colon:
                headers.setdefault(name.strip().lower(), value.strip())
        # One end of line stays: an empty body's delimiter begins with it.
        del self._bytes[:2]
        return headers

    def _cut(self, size: int) -> bytes:
        with memoryview(self._bytes) as view:
            taken = bytes(view[:size])
        del self._bytes[:size]
        return taken

    def _fill(self) -> None:
        self._bytes += self._next(self._headers_step)

    def _next(self, most: int) -> bytes:
        data = self._read(most)
        if not data:
            raise Cut("the closing delimiter is missing")
        return data
