"""Decoded frames with their headers, fetched from the PACS once and kept for the next window."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TypeVar

from pydicom import Dataset

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.errors import PacsDamaged, PacsNoPixels, PacsNotFound
from pacs_gateway.index import serving
from pacs_gateway.refs import FrameRef
from pacs_gateway.upstream.base import EncodedFrame
from pacs_gateway.upstream.part10 import PARSE_ERRORS
from pacs_gateway.upstream.pixeldata import is_encapsulated
from viewer.arena import Arena
from viewer.headers import HeaderCache, as_read, from_bytes, to_bytes
from viewer.rendering import CODEC_VERSION, CannotRender, DecodedFrame, Reason, decode
from viewer.rendering.sop_classes import require_frames

# For each worker, all its children together.
ARENA_BYTES = 256 * 1024 * 1024
# Pixels are kept with the digest of the header that came with them, so that no others are ever shown by it. Of so many
# bytes, pixels begin where numbers may (arena.py).
_DIGEST_BYTES = 64
Source = tuple[Dataset, DecodedFrame]
Made = TypeVar("Made")

_arena = Arena(ARENA_BYTES)
_headers = HeaderCache()


def fetch(
    grant: StudyGrant, frames: list[FrameRef], *, is_kept: bool = True
) -> Iterator[tuple[FrameRef, Source | CannotRender]]:
    """Yield each frame decoded, with its header, or why it cannot be decoded.

    What the store has comes first, then what the PACS sends; that is kept unless `is_kept` is false. Raises PacsError.
    """
    missing = []
    for frame in frames:
        source = recall(grant, frame)
        if source is None:
            missing.append(frame)
        else:
            yield frame, source
    for frame, found in from_pacs(grant, missing, is_kept=is_kept):
        if isinstance(found, PacsNotFound):
            raise found
        yield frame, found


def from_pacs(
    grant: StudyGrant, frames: list[FrameRef], *, is_kept: bool = True
) -> Iterator[tuple[FrameRef, Source | CannotRender | PacsNotFound]]:
    """Yield each frame decoded as the PACS sends it, and keep it unless `is_kept` is false.

    One that is damaged or gone is told of in its place, and the others come all the same. Raises any other PacsError.
    """
    done = 0
    while done < len(frames):
        try:
            for encoded in _encoded(grant, frames[done:]):
                yield encoded.ref, _decoded(grant, encoded, is_kept=is_kept)
                done += 1
            return
        except PacsNoPixels:
            yield frames[done], CannotRender(Reason.NO_PIXELS)
        except PacsDamaged:
            yield frames[done], CannotRender(Reason.DAMAGED)
        except PacsNotFound as error:
            yield frames[done], error
        done += 1


def _encoded(grant: StudyGrant, frames: list[FrameRef]) -> Iterator[EncodedFrame]:
    return serving.ask_for_many(grant, lambda pacs, own: pacs.frames(own, frames))


def series_from_pacs(
    grant: StudyGrant, series_uid: str, seconds: float, *, is_kept: bool = True
) -> Iterator[tuple[FrameRef, Source | CannotRender]]:
    """Yield frames of a series, decoded, as the PACS sends all of it in one answer.

    They are kept, and those that are kept already left out, unless `is_kept` is false. It ends before a frame that
    takes long to decode, where nobody has asked for it. Raises PacsError.
    """
    for encoded in serving.ask_for_many(grant, lambda pacs, own: pacs.series(own, series_uid, seconds)):
        if is_encapsulated(encoded.transfer_syntax_uid):
            return
        if not is_kept or not is_decoded(grant, encoded.ref):
            yield encoded.ref, _decoded(grant, encoded, is_kept=is_kept)


def is_decoded(grant: StudyGrant, frame: FrameRef) -> bool:
    """Tell whether a frame is kept decoded at this moment."""
    return _arena.has(_decoded_name(grant, frame))


def begin_series(grant: StudyGrant, series_uid: str) -> bool:
    """Tell whether a series has not been begun as a whole for as long as its frames are kept; now it has."""
    name = name_of_series(grant, series_uid)
    if _arena.has(name):
        return False
    _arena.put(name, b"")
    return True


def name_of_series(grant: StudyGrant, series_uid: str) -> str:
    """Return what a series goes by whose frames are kept."""
    facts = (grant.study.pacs, grant.study.study_uid, series_uid, grant.cache_class)
    return "series:" + hashlib.sha256("\x00".join(facts).encode()).hexdigest()


def _decoded(grant: StudyGrant, encoded: EncodedFrame, *, is_kept: bool) -> Source | CannotRender:
    try:
        require_frames(encoded.header)
        decoded = decode(encoded.header, encoded.data, encoded.transfer_syntax_uid, encoded.ref.frame_number)
    except CannotRender as error:
        return error
    if is_kept:
        _keep(grant, encoded, decoded)
    return encoded.header, decoded


def recall(grant: StudyGrant, frame: FrameRef) -> Source | None:
    """Return a frame that is kept decoded, None when it is not (any more)."""
    stored = _arena.get(_decoded_name(grant, frame))
    return _source(memoryview(stored)) if stored is not None else None


def made_of_kept(grant: StudyGrant, frame: FrameRef, make: Callable[[Source], Made]) -> Made | None:
    """Return what `make` makes of a frame that is kept decoded, None when it is not (any more).

    The pixels are not copied for that: what `make` returns holds none of them, and what it returns is dropped when they
    were written over meanwhile.
    """

    def made(stored: memoryview) -> Made | None:
        source = _source(stored)
        return make(source) if source is not None else None

    return _arena.read(_decoded_name(grant, frame), made)


def _keep(grant: StudyGrant, encoded: EncodedFrame, decoded: DecodedFrame) -> None:
    header = _without_samples(encoded.header)
    try:
        stored = as_read(header, encoded.encoded_header) if header is encoded.header else to_bytes(header)
    except PARSE_ERRORS:
        # What cannot be written can still be shown; it is fetched anew for the next window.
        return
    digest = _digest_of(stored)
    name = _header_name(digest)
    if not _arena.has(name):
        _arena.put(name, stored)
    _headers.put(name, header, len(stored))
    _arena.put(_decoded_name(grant, encoded.ref), digest, *decoded.parts())


def _source(stored: memoryview) -> Source | None:
    """Return the frame that lies behind the digest of its header, None where that is not kept (any more)."""
    header = _header(_header_name(bytes(stored[:_DIGEST_BYTES])))
    return (header, DecodedFrame.from_bytes(stored[_DIGEST_BYTES:])) if header is not None else None


def _header(name: str) -> Dataset | None:
    header = _headers.get(name)
    if header is None:
        stored = _arena.get(name)
        header = _headers.put(name, from_bytes(stored), len(stored)) if stored is not None else None
    return header


@lru_cache(maxsize=1)
def _digest_of(stored: bytes) -> bytes:
    # The frames of one object have one header, which may be long.
    return hashlib.blake2b(stored, digest_size=_DIGEST_BYTES).digest()


def _header_name(digest: bytes) -> str:
    return f"header:{digest.hex()}"


def _decoded_name(grant: StudyGrant, frame: FrameRef) -> str:
    facts = (grant.study.pacs, grant.study.study_uid, frame.instance.series_uid, frame.instance.instance_uid)
    key = hashlib.sha256("\x00".join((*facts, grant.cache_class, CODEC_VERSION)).encode()).hexdigest()
    return f"decoded:{key}:{frame.frame_number}"


def _without_samples(header: Dataset) -> Dataset:
    """Return the header of a waveform without its samples: they are drawn already, and may be many."""
    if "WaveformSequence" not in header:
        return header
    # A slice: pydicom's own copies of a data set share its elements, and the next page still needs them.
    kept = header[:]
    del kept.WaveformSequence
    return kept
