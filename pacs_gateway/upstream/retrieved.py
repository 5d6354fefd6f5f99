"""Make DICOM JSON, DICOM files and frames of a PACS's answers, or refuse them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

from pacs_gateway.errors import PacsIncomplete, PacsMismatch, PacsUnavailable
from pacs_gateway.refs import FrameRef
from pacs_gateway.upstream.base import DicomJson
from pacs_gateway.upstream.connection import NoFile, Refused, Response
from pacs_gateway.upstream.multipart import MediaType, is_multipart, media_type, read_parts
from pacs_gateway.upstream.part10 import PREAMBLE_LENGTH, is_part10, read_part10
from pacs_gateway.upstream.pixeldata import frame_count, is_video
from pacs_gateway.upstream.sanitize import Sanitizer
from pacs_gateway.upstream.spool import at_most

HEADER_MOST = 4 * 1024**2
_PREFIX_END = PREAMBLE_LENGTH + 4
_JSON_TYPES = ("application/dicom+json", "application/json")


def json_items(response: Response) -> list[DicomJson]:
    if response.status == 204:
        return []
    if media_type(response.content_type).name not in _JSON_TYPES:
        raise PacsUnavailable("the PACS answered with something else than DICOM JSON")
    body = response.read_all()
    try:
        items = json.loads(body) if body else []
    except (ValueError, RecursionError) as error:
        raise PacsIncomplete("the PACS sent malformed JSON") from error
    if not isinstance(items, list):
        raise PacsIncomplete("the PACS sent JSON of another form")
    sanitizer = Sanitizer()
    return [sanitizer.item(item) for item in items]


def dicom_file(response: Response) -> Iterator[bytes]:
    """Yield the one DICOM file of an answer; only when this ends without an error is the file whole.

    Raises NoFile where it does not begin as one: a PACS may keep data sets that came without File Meta Information,
    and make DICOM files of them when it is asked for another transfer syntax than the stored one.
    """
    if not is_multipart(response.content_type):
        _require_dicom(media_type(response.content_type))
        yield from _begun(iter(response.read, b""))
        return
    parts = read_parts(response.read, response.content_type)
    part = next(parts, None)
    if part is None:
        raise PacsIncomplete("the PACS sent nothing")
    _require_dicom(part.media_type)
    yield from _begun(part.body)
    if next(parts, None) is not None:
        raise PacsMismatch("more came back than was asked for")


def _begun(steps: Iterator[bytes]) -> Iterator[bytes]:
    beginning = b""
    while len(beginning) < _PREFIX_END and (step := next(steps, b"")):
        beginning += step
    if not is_part10(io.BytesIO(beginning)):
        raise NoFile("the PACS sent something else than a DICOM file")
    yield beginning
    yield from steps


def dicom_files(response: Response) -> Iterator[Iterator[bytes]]:
    """Yield the DICOM files of an answer, each in steps that must be used up before the next.

    Only when this ends without an error has all come.
    """
    if not is_multipart(response.content_type):
        _require_dicom(media_type(response.content_type))
        yield iter(response.read, b"")
        return
    for part in read_parts(response.read, response.content_type):
        _require_dicom(part.media_type)
        yield part.body


def _require_dicom(found: MediaType) -> None:
    if found.name != "application/dicom":
        raise PacsUnavailable("the PACS answered with something else than DICOM")


def collect(steps: Iterator[bytes], most: int) -> tuple[bytes, bool]:
    """Return a DICOM file and whether it is whole: of a large multi-frame object only what holds its header.

    Raises PacsIncomplete for anything else that is longer than `most` bytes.
    """
    parts, size = [], 0
    for step in at_most(most, steps):
        parts.append(step)
        size, before = size + len(step), size
        if before < HEADER_MOST <= size:
            parts = [b"".join(parts)]
            if _is_multi_frame(parts[0]):
                return parts[0], False
    return b"".join(parts), True


def _is_multi_frame(beginning: bytes) -> bool:
    try:
        file = read_part10(io.BytesIO(beginning))
        return bool(file.pixel_tag) and frame_count(file.header) > 1 and not is_video(file.transfer_syntax_uid)
    except PacsIncomplete:
        return False


def frame_parts(response: Response, refs: list[FrameRef], stored_syntax: str) -> list[tuple[bytes, str]]:
    if not is_multipart(response.content_type):
        if len(refs) > 1:
            raise Refused("the PACS sent one part for several frames")
        syntax = _syntax(media_type(response.content_type), stored_syntax)
        return [(response.read_all(), syntax)]
    found: list[tuple[bytes, str]] = []
    for part in read_parts(response.read, response.content_type):
        if len(found) == len(refs):
            raise PacsMismatch("more frames came back than were asked for")
        ref = refs[len(found)]
        if part.location and not part.location.endswith(f"{ref.instance.instance_uid}/frames/{ref.frame_number}"):
            raise PacsMismatch("another frame came back than was asked for")
        found.append((b"".join(part.body), _syntax(part.media_type, stored_syntax)))
    if len(found) < len(refs):
        raise PacsIncomplete("fewer frames came back than were asked for")
    return found


_MEDIA_TYPES = {
    "application/octet-stream": ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"),
    "image/dicom-rle": ("1.2.840.10008.1.2.5",),
    "image/jpeg": tuple(f"1.2.840.10008.1.2.4.{end}" for end in (50, 51, 57, 70)),
    "image/jls": ("1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"),
    "image/jp2": ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"),
    "image/jpx": ("1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.93"),
    "image/jphc": tuple(f"1.2.840.10008.1.2.4.{end}" for end in (201, 202, 203)),
}


def _syntax(found: MediaType, stored_syntax: str) -> str:
    """Return the transfer syntax of a frame: what the PACS says, else the stored one if the media type fits it.

    Raises Refused when neither tells (PS3.18 table 8.7.3-5).
    """
    if found.transfer_syntax_uid and found.transfer_syntax_uid != "*":
        return found.transfer_syntax_uid
    if stored_syntax in _MEDIA_TYPES.get(found.name, ()):
        return stored_syntax
    raise Refused("the PACS does not say how a frame is encoded")
