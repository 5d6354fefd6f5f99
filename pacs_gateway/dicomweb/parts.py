"""Write multipart/related (RFC 2387, PS3.18 8.6.1.2.1)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.http import StreamingHttpResponse

from pacs_gateway.dicomweb.mediatypes import MULTIPART

_SHORT = 4 * 1024


@dataclass(frozen=True, slots=True)
class OutPart:
    """One part: its Content-Type with parameters, its bytes in steps, and where it can be had alone."""

    content_type: str
    body: Iterable[bytes]
    location: str = ""


def multipart(kind: str, parts: Iterable[OutPart]) -> StreamingHttpResponse:
    """Return an answer of several parts of media type `kind`, written as they come.

    An error in the middle leaves out the closing delimiter, so that what is cut off is seen to be cut off.
    """
    boundary = secrets.token_hex(20)
    response = StreamingHttpResponse(
        _gathered(write(parts, boundary)), content_type=f'{MULTIPART}; type="{kind}"; boundary={boundary}'
    )
    response["X-Accel-Buffering"] = "no"
    return response


def _gathered(steps: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the steps, short ones joined: each is a chunk and a packet of its own on its way to the caller."""
    short = b""
    for step in steps:
        if len(short) + len(step) <= _SHORT:
            short += step
            continue
        if short:
            yield short
        short = b""
        yield step
    if short:
        yield short


def write(parts: Iterable[OutPart], boundary: str) -> Iterator[bytes]:
    """Yield the bytes of a multipart body."""
    for part in parts:
        lines = [f"--{boundary}", f"Content-Type: {part.content_type}"]
        if part.location:
            lines.append(f"Content-Location: {part.location}")
        yield ("\r\n".join(lines) + "\r\n\r\n").encode()
        yield from part.body
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()
