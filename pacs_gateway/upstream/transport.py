"""The one place that sends HTTP requests to a PACS: one origin, bounded in time, size and number.

Plain http.client rather than requests: there a server that drips its status line, headers or chunk sizes byte by byte
outlives any time-out, and proxies, redirects and decoding would each have to be switched off.
"""

from __future__ import annotations

import base64
import http.client
import random
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, nullcontext
from typing import TypeVar
from urllib.parse import quote, urlencode, urlsplit

from pacs_gateway.errors import PacsUnavailable
from pacs_gateway.upstream.ahead import Place
from pacs_gateway.upstream.breaker import Breaker, Failed
from pacs_gateway.upstream.bulkhead import Bulkhead
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.connection import CONNECT_SECONDS, Broken, Busy, Connection, Cut, Response, check
from pacs_gateway.upstream.deadline import Deadline
from pacs_gateway.upstream.reply import Reply

TRIES = 3
CALLS_AT_ONCE = 16
# By web processes and workers together; Orthanc answers 50 at once unless it is set otherwise.
ALL_CALLS_AT_ONCE = 32
_PAUSE_SECONDS = 0.1
_KEEP_SECONDS = 10.0
_KEPT_MOST = 8
_ALONE_SECONDS = 60.0
Answer = TypeVar("Answer")
Item = TypeVar("Item")
Parameters = list[tuple[str, str]]


class Transport:
    """Requests to one PACS, over connections that are kept for a while. Safe to use from several threads."""

    def __init__(self, config: PacsConfig) -> None:
        self._name = config.name
        parts = urlsplit(config.url)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if config.scheme == "https" else 80)
        self._prefix = parts.path.rstrip("/")
        self._context = _tls(config) if config.scheme == "https" else None
        self._headers = {"Accept-Encoding": "identity", "User-Agent": "lightbox", **_authorization(config)}
        self._kept: list[Connection] = []
        self._lock = threading.Lock()
        self._calls = Bulkhead(CALLS_AT_ONCE, over_all=ALL_CALLS_AT_ONCE)
        self._breaker = Breaker(config.name)
        self._is_far = False
        self._alone_until = 0.0

    @contextmanager
    def place(self, most: int = 1) -> Iterator[Place]:
        """Hold one of the places that the PACS has for us, and up to `most` while many are free; raises PacsBusy.

        Never more for a while after the PACS said that it was too much.
        """
        wanted = most if time.monotonic() >= self._alone_until else 1
        with self._calls.place(f"pacs:{self._name}", wanted) as held:
            with closing(Place(held, self._send_ahead, was_far=self._is_far)) as place:
                yield place
            if place.is_far is not None:
                self._is_far = place.is_far

    def get(
        self,
        path: str,
        accept: str,
        consume: Callable[[Response], Answer],
        *,
        deadline: Deadline,
        most: int,
        parameters: Parameters | None = None,
        may_warn: bool = False,
        place: Place | None = None,
    ) -> Answer:
        """Return what `consume` makes of the answer; an answer that is cut off is asked for again.

        `path` must be built of validated parts. Raises PacsUnavailable, PacsNotFound, PacsIncomplete, and Refused
        where the PACS will not; a Warning makes an answer incomplete unless `may_warn`. Who makes several calls one
        after the other holds a `place` for all of them.
        """
        target = self._prefix + path + ("?" + urlencode(parameters, safe="*", quote_via=quote) if parameters else "")
        with self._breaker.call(), nullcontext(place) if place else self.place() as held:
            asked = held.take(path, accept)
            for left in reversed(range(TRIES)):
                connection, asked = asked, None
                try:
                    began = time.monotonic()
                    connection, raw = self._send(target, accept, deadline, connection)
                    held.waited(time.monotonic() - began)
                    with self._kept_after(connection, raw):
                        check(raw, may_warn=may_warn)
                        return consume(Response(raw, most))
                except TimeoutError as error:
                    raise Failed(PacsUnavailable("the PACS did not answer in time")) from error
                except (Cut, Broken) as error:
                    if isinstance(error, Busy) and not held.is_alone():
                        held.stay_alone()
                        self._alone_until = time.monotonic() + _ALONE_SECONDS
                    if not left or not _pause(deadline, TRIES - left):
                        raise Failed(error) from error
        raise AssertionError("unreachable")

    def stream(
        self,
        path: str,
        accept: str,
        items: Callable[[Response], Iterator[Item]],
        *,
        deadline: Deadline,
        most: int,
        is_needed: bool = True,
    ) -> Generator[Item, None, None]:
        """Yield what `items` makes of the answer as it comes. It is not asked for again when it is cut off.

        The time that the caller takes between two items does not count. Raises as `get` does, also while iterating.
        That what is not needed comes late says nothing against the PACS.
        """
        with self._breaker.call(), self.place():
            try:
                connection, raw = self._send(self._prefix + path, accept, deadline)
                with closing(raw), closing(connection):
                    check(raw, may_warn=False)
                    for item in items(Response(raw, most)):
                        began = time.monotonic()
                        yield item
                        deadline.postpone(time.monotonic() - began)
            except TimeoutError as error:
                late = PacsUnavailable("the PACS did not answer in time")
                raise Failed(late) if is_needed else late from error
            except (Cut, Broken) as error:
                raise Failed(error) from error

    def post(self, path: str, content_type: str, length: int, body: Iterator[bytes], *, deadline: Deadline) -> None:
        """Send `length` bytes, once: what may have arrived is not sent again. Raises as `get` does."""
        headers = {**self._headers, "Accept": "application/dicom+json", "Content-Type": content_type}
        connection = Connection(self._host, self._port, self._context)
        with self._breaker.call(), self.place(), closing(connection):
            connection.hold_to(deadline)
            try:
                sent = _extending(body, deadline)
                connection.request("POST", self._prefix + path, sent, {**headers, "Content-Length": str(length)})
                check(connection.reply(), may_warn=False)
            except TimeoutError as error:
                raise Failed(PacsUnavailable("the PACS did not answer in time")) from error
            except (OSError, http.client.HTTPException) as error:
                raise Failed(Broken("the PACS cannot be reached")) from error

    @contextmanager
    def _kept_after(self, connection: Connection, raw: Reply) -> Iterator[None]:
        """Keep the connection for another call if all of the reply has been read then, else close it."""
        try:
            yield
        except BaseException:
            connection.close()
            raise
        if raw.isclosed() and not raw.will_close:
            self._keep(connection)
        else:
            connection.close()

    def _send(
        self, target: str, accept: str, deadline: Deadline, asked: Connection | None = None
    ) -> tuple[Connection, Reply]:
        """Return the reply to a request: to one that was `asked` ahead, else on a kept connection.

        When that has been closed meanwhile, it is sent on a new one.
        """
        connection = asked or self._take()
        if connection is not None:
            try:
                if asked is None:
                    self._ask(connection, target, accept, deadline)
                return connection, self._reply(connection, deadline)
            except (Broken, TimeoutError) as error:
                connection.close()
                if isinstance(error, TimeoutError):
                    raise
        connection = Connection(self._host, self._port, self._context)
        try:
            self._ask(connection, target, accept, deadline)
            return connection, self._reply(connection, deadline)
        except BaseException:
            connection.close()
            raise

    def _send_ahead(self, path: str, accept: str) -> Connection | None:
        """Send a request whose reply is read later; return None when that cannot be done now."""
        if self._breaker.is_open:
            return None
        connection = self._take() or Connection(self._host, self._port, self._context)
        try:
            self._ask(connection, self._prefix + path, accept, Deadline(CONNECT_SECONDS))
        except (Broken, TimeoutError):
            connection.close()
            return None
        return connection

    def _ask(self, connection: Connection, target: str, accept: str, deadline: Deadline) -> None:
        connection.hold_to(deadline)
        with _broken():
            connection.request("GET", target, headers={**self._headers, "Accept": accept})

    def _reply(self, connection: Connection, deadline: Deadline) -> Reply:
        connection.hold_to(deadline)
        with _broken():
            return connection.reply()

    def _take(self) -> Connection | None:
        with self._lock:
            while self._kept:
                connection = self._kept.pop()
                if time.monotonic() - connection.used_at < _KEEP_SECONDS:
                    return connection
                connection.close()
        return None

    def _keep(self, connection: Connection) -> None:
        connection.used_at = time.monotonic()
        with self._lock:
            if len(self._kept) < _KEPT_MOST:
                self._kept.append(connection)
                return
        connection.close()


@contextmanager
def _broken() -> Iterator[None]:
    """Turn what goes wrong with a connection into Broken, but for a TimeoutError."""
    try:
        yield
    except TimeoutError:
        raise
    except (OSError, http.client.HTTPException) as error:
        raise Broken("the PACS cannot be reached") from error


def _extending(body: Iterator[bytes], deadline: Deadline) -> Iterator[bytes]:
    """Yield what is sent, which earns the call time as what arrives does."""
    for step in body:
        deadline.extend(len(step))
        yield step


def _pause(deadline: Deadline, attempt: int) -> bool:
    """Wait a little before trying again; tell whether there is time for that."""
    pause = _PAUSE_SECONDS * attempt * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret
    try:
        if deadline.remaining() < pause * 2:
            return False
    except TimeoutError:
        return False
    time.sleep(pause)
    return True


def _tls(config: PacsConfig) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=config.ca or None)
    if config.client_cert:
        context.load_cert_chain(config.client_cert, config.client_key or None)
    return context


def _authorization(config: PacsConfig) -> dict[str, str]:
    if config.token:
        return {"Authorization": f"Bearer {config.token}"}
    if config.user:
        pair = base64.b64encode(f"{config.user}:{config.password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    return {}
