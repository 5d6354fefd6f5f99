"""A PACS that behaves badly, over real HTTP on a loopback port: it says byte for byte what a test tells it to."""

from __future__ import annotations

import json
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

BOUNDARY = "b0undary"


@dataclass(frozen=True)
class Request:
    """What the PACS was asked."""

    path: str
    parameters: list[tuple[str, str]]
    headers: dict[str, str]


@dataclass
class Say:
    """One step of an answer: these bytes, after so many seconds."""

    data: bytes
    after: float = 0.0


class Reset(Exception):
    """Raised in an answer: the connection is reset (TCP RST) there, not closed."""


Answer = Callable[[Request], Iterable[Say]]


@dataclass
class FaultyPacs:
    """A server that answers each request with what `answer` yields, and then closes the connection."""

    answer: Answer
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)

    def __enter__(self) -> Self:
        pacs = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                pacs._handle(self)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

            def finish_request(self, request: socket.socket, client_address: object) -> None:
                try:
                    wrapped = pacs.tls.wrap_socket(request, server_side=True) if pacs.tls else request
                    super().finish_request(wrapped, client_address)
                except OSError:
                    return  # The client did not like the certificate, or went away.
                if pacs.tls:
                    wrapped.close()

        self._stopping = threading.Event()
        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"{'https' if self.tls else 'http'}://127.0.0.1:{self._server.server_address[1]}/dicom-web"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def _handle(self, handler: socketserver.StreamRequestHandler) -> None:
        line = handler.rfile.readline().decode("latin-1").split()
        if not line:
            return
        headers = {}
        while (text := handler.rfile.readline().decode("latin-1").strip()) != "":
            name, _, value = text.partition(":")
            headers[name.lower()] = value.strip()
        parts = urlsplit(line[1])
        request = Request(parts.path, parse_qsl(parts.query), headers)
        self.requests.append(request)
        try:
            for step in self.answer(request):
                if step.after and self._stopping.wait(step.after):
                    return
                handler.wfile.write(step.data)
                handler.wfile.flush()
        except Reset:
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
        except OSError:
            return  # The client went away, as it should from most of these.


def head(status: int = 200, content_type: str = "", **headers: str) -> bytes:
    """Return a status line and headers."""
    lines = [f"HTTP/1.1 {status} Said", "Connection: close"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def plain(body: bytes, content_type: str, status: int = 200, **headers: str) -> list[Say]:
    """Return a whole answer with its length."""
    return [Say(head(status, content_type, Content_Length=str(len(body)), **headers) + body)]


def json_answer(items: Any, **headers: str) -> list[Say]:
    """Return DICOM JSON."""
    return plain(json.dumps(items).encode(), "application/dicom+json", **headers)


def multipart(parts: list[bytes], part_type: str = "application/dicom", *, closed: bool = True) -> bytes:
    """Return a multipart body."""
    body = b"".join(
        f"\r\n--{BOUNDARY}\r\nContent-Type: {part_type}\r\n\r\n".encode() + part for part in parts
    ).removeprefix(b"\r\n")
    return body + (f"\r\n--{BOUNDARY}--\r\n".encode() if closed else b"")


def multipart_answer(parts: list[bytes], part_type: str = "application/dicom", **options: Any) -> list[Say]:
    """Return a multipart answer that ends when the connection does."""
    return [Say(head(200, multipart_type(part_type)) + multipart(parts, part_type, **options))]


def multipart_type(part_type: str = "application/dicom") -> str:
    """Return the Content-Type of a multipart answer."""
    return f'multipart/related; type="{part_type.split(";", maxsplit=1)[0]}"; boundary={BOUNDARY}'


def drip(data: bytes, seconds: float) -> Iterable[Say]:
    """Say one byte at a time, with so many seconds between them."""
    for number in range(len(data)):
        yield Say(data[number : number + 1], seconds)


def hang(seconds: float = 60.0) -> Iterable[Say]:
    """Say nothing for a while."""
    yield Say(b"", seconds)


def once(first: Answer, then: Answer) -> Answer:
    """Answer the first request in one way and all later ones in another."""
    seen: list[float] = []

    def answer(request: Request) -> Iterable[Say]:
        seen.append(time.monotonic())
        return (first if len(seen) == 1 else then)(request)

    return answer
