"""One HTTP connection to a PACS, and one answer over it: whole and bounded, or an error."""

from __future__ import annotations

import http.client
import ssl
from typing import cast

from pacs_gateway.errors import PacsIncomplete, PacsNotFound, PacsUnavailable
from pacs_gateway.upstream.deadline import Deadline, DeadlineSocket, DeadlineTlsSocket, open_plain, open_tls
from pacs_gateway.upstream.reply import Reply

CONNECT_SECONDS = 2.0
_PASSING = frozenset({429, 502, 503, 504})
STEP = 1024 * 1024


class Refused(PacsUnavailable):
    """The PACS answered that it will not do this; asking in another way may help."""


class NoFile(PacsIncomplete):
    """What came does not begin as a DICOM file; asking for another transfer syntax may help."""


class Cut(PacsIncomplete):
    """The answer was cut off on its way; asking again may help."""


class Broken(PacsUnavailable):
    """No answer came; asking again may help."""


class Busy(Broken):
    """The PACS answered that it has no time for this now."""


class Connection(http.client.HTTPConnection):
    """A connection whose every wait ends at the deadline of the call that uses it."""

    # It has all that is asked of one.
    response_class = Reply  # type: ignore[assignment]

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port)
        self._context = context
        self.deadline = Deadline(0)
        self.used_at = 0.0
        self.sock: DeadlineSocket | DeadlineTlsSocket | None

    def connect(self) -> None:
        plain = open_plain(self.host, self.port, self.deadline, CONNECT_SECONDS)
        self.sock = open_tls(plain, self.host, self._context) if self._context else plain
        self.hold_to(self.deadline)

    def reply(self) -> Reply:
        """Return the reply to what was requested; its body is not read yet."""
        return cast(Reply, self.getresponse())

    def hold_to(self, deadline: Deadline) -> None:
        self.deadline = deadline
        if self.sock is not None:
            self.sock.deadline = deadline


class Response:
    """A successful answer whose body is read in steps; all of it must come, and no more than `most` bytes."""

    def __init__(self, raw: Reply, most: int) -> None:
        self._raw = raw
        self._left = most
        self.status = raw.status
        self.content_type = raw.headers.get("content-type", "")

    def read(self, most: int = STEP) -> bytes:
        """Return the next bytes, b"" at the end; raises Cut when the end comes too early."""
        try:
            data = self._raw.read(min(most, STEP))
        except http.client.HTTPException as error:
            raise Cut("the answer was cut off") from error
        except TimeoutError:
            raise
        except OSError as error:
            raise Cut("the answer was cut off") from error
        self._left -= len(data)
        if self._left < 0:
            raise PacsIncomplete("the answer is larger than allowed")
        return data

    def read_all(self) -> bytes:
        """Return the whole body."""
        return b"".join(iter(self.read, b""))


def check(raw: Reply, *, may_warn: bool) -> None:
    """Raise unless the answer is whole, plain and successful; its body is never looked at."""
    status = raw.status
    if status in (404, 410):
        raise PacsNotFound("the PACS does not have it")
    if status in _PASSING:
        raise Busy("the PACS is busy")
    if 300 <= status < 400:
        raise PacsUnavailable("the PACS sends elsewhere, where we do not go")
    if status in (401, 403):
        raise PacsUnavailable("the PACS does not accept our credentials")
    if status == 206 or (raw.headers.get("warning") and not may_warn):
        raise PacsIncomplete("the PACS says that its answer is incomplete")
    if status not in (200, 204):
        raise Refused("the PACS refused the request")
    if raw.headers.get("content-encoding", "identity").lower() != "identity":
        raise PacsUnavailable("the PACS packs its answer, which it was told not to")
