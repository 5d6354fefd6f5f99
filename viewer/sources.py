"""Decoded frames with their headers, fetched from the PACS once and kept for the next window."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from io import BytesIO

from pydicom import Dataset, dcmread
from pydicom.filewriter import dcmwrite

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.index import serving
from pacs_gateway.refs import FrameRef
from viewer import store
from viewer.rendering import CODEC_VERSION, CannotRender, DecodedFrame, decode
from viewer.rendering.sop_classes import require_frames

HEADERS_KEPT = 256
STORED_BYTES_MOST = 8 * 1024 * 1024
Source = tuple[Dataset, DecodedFrame]

_headers: OrderedDict[str, Dataset] = OrderedDict()


def fetch(grant: StudyGrant, frames: list[FrameRef]) -> Iterator[tuple[FrameRef, Source | CannotRender]]:
    """Yield each frame decoded, with its header, or why it cannot be decoded.

    What the store has comes first, then what the PACS sends. Raises PacsError.
    """
    missing = []
    for frame in frames:
        source = _recall(grant, frame)
        if source is None:
            missing.append(frame)
        else:
            yield frame, source
    if missing:
        yield from _from_pacs(grant, missing)


def _from_pacs(grant: StudyGrant, frames: list[FrameRef]) -> Iterator[tuple[FrameRef, Source | CannotRender]]:
    for encoded in serving.ask_for_many(grant, lambda pacs, own: pacs.frames(own, frames)):
        try:
            require_frames(encoded.header)
            decoded = decode(encoded.header, encoded.data, encoded.transfer_syntax_uid, encoded.ref.frame_number)
        except CannotRender as error:
            yield encoded.ref, error
            continue
        _keep(grant, encoded.ref, encoded.header, decoded)
        yield encoded.ref, (encoded.header, decoded)


def _instance_key(grant: StudyGrant, frame: FrameRef) -> str:
    facts = (grant.study.pacs, grant.study.study_uid, frame.instance.series_uid, frame.instance.instance_uid)
    return hashlib.sha256("\x00".join((*facts, grant.cache_class, CODEC_VERSION)).encode()).hexdigest()


def _recall(grant: StudyGrant, frame: FrameRef) -> Source | None:
    key = _instance_key(grant, frame)
    pixels = store.get(f"decoded:{key}:{frame.frame_number}")
    header = _header(key) if pixels is not None else None
    return (header, DecodedFrame.from_bytes(pixels)) if header is not None and pixels is not None else None


def _header(key: str) -> Dataset | None:
    if key in _headers:
        _headers.move_to_end(key)
        return _headers[key]
    stored = store.get(f"header:{key}")
    if stored is None:
        return None
    return _remember(key, dcmread(BytesIO(stored), force=True))


def _remember(key: str, header: Dataset) -> Dataset:
    _headers[key] = header
    while len(_headers) > HEADERS_KEPT:
        _headers.popitem(last=False)
    return header


def _keep(grant: StudyGrant, frame: FrameRef, header: Dataset, decoded: DecodedFrame) -> None:
    pixels = decoded.to_bytes()
    if len(pixels) > STORED_BYTES_MOST:
        return
    key, header = _instance_key(grant, frame), _without_samples(header)
    if key not in _headers:
        store.put(f"header:{key}", _dataset_bytes(header))
        _remember(key, header)
    store.put(f"decoded:{key}:{frame.frame_number}", pixels)


def _without_samples(header: Dataset) -> Dataset:
    """Return the header of a waveform without its samples: they are drawn already, and may be many."""
    if "WaveformSequence" not in header:
        return header
    kept = Dataset(header)
    del kept.WaveformSequence
    return kept


def _dataset_bytes(header: Dataset) -> bytes:
    plain = Dataset(header)
    file_meta = plain.__dict__.pop("file_meta", None)
    del file_meta
    buffer = BytesIO()
    dcmwrite(buffer, plain, implicit_vr=False, little_endian=True, force_encoding=True)
    return buffer.getvalue()
