"""Videos of a study: what kind of stream they are, and whether browsers play it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from django.conf import settings

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.index import serving
from pacs_gateway.refs import InstanceRef
from pacs_gateway.upstream.video import Video

MP4, OTHER = "video/mp4", "application/octet-stream"
_PREFIX = "1.2.840.10008.1.2.4."
_MPEG2 = {f"{_PREFIX}{end}" for end in ("100", "100.1", "101", "101.1")}
ASK_AGAIN_BYTES = 4 * 1024 * 1024


class Withdrawn(Exception):
    """The reader may no longer have the video."""


def may_play(transfer_syntax_uid: str) -> bool:
    """Tell whether there is a browser that plays videos of this transfer syntax; none plays MPEG-2."""
    return transfer_syntax_uid not in _MPEG2


def open_video(grant: StudyGrant, ref: InstanceRef) -> Video:
    """Return the stream of a video, to be closed; raises GrantRefused or PacsError."""
    return serving.ask(grant, lambda pacs, own: pacs.video(own, ref))


def media_type_of(beginning: bytes) -> str:
    """Return the media type that the first bytes of a stream show: MP4, MPEG-2 transport or program stream, others."""
    if beginning[4:8] == b"ftyp":
        return MP4
    if beginning[:1] == b"G" and beginning[188:189] in (b"G", b""):
        return "video/mp2t"
    if beginning[:4] in (b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3"):
        return "video/mpeg"
    return OTHER


def etag_of(grant: StudyGrant, ref: InstanceRef, length: int) -> str:
    """Return an entity tag: the same for the same video, and no word about which it is."""
    facts = "\x00".join((settings.SECRET_KEY, grant.study_key, ref.series_uid, ref.instance_uid, str(length)))
    return f'"{hashlib.sha256(facts.encode()).hexdigest()[:32]}"'


class Pieces:
    """A range of a video on its way: asks every few megabytes whether the reader may still have it. To be closed."""

    def __init__(self, video: Video, first: int, end: int, may_still: Callable[[], bool]) -> None:
        self._video, self._first, self._end, self._may_still = video, first, end, may_still

    def __iter__(self) -> Iterator[bytes]:
        for start in range(self._first, self._end, ASK_AGAIN_BYTES):
            if start > self._first and not self._may_still():
                raise Withdrawn
            yield from self._video.read(start, min(start + ASK_AGAIN_BYTES, self._end))

    def close(self) -> None:
        """Close the video."""
        self._video.close()
