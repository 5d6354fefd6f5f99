"""A PACS that speaks DICOMweb (PS3.18), taken for hostile and unreliable."""

from __future__ import annotations

import io
import itertools
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import lru_cache
from itertools import groupby
from typing import BinaryIO, TypeVar

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.errors import PacsDamaged, PacsNotFound
from pacs_gateway.refs import FrameRef, InstanceRef, InvalidRef
from pacs_gateway.upstream import query as qido
from pacs_gateway.upstream.ahead import Place
from pacs_gateway.upstream.base import DicomJson, EncodedFrame, StudyQuery, StudyRecord
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.connection import NoFile, Refused, Response
from pacs_gateway.upstream.deadline import Deadline
from pacs_gateway.upstream.large import Large, LargeObjects, take
from pacs_gateway.upstream.part10 import PARSE_ERRORS, read_part10
from pacs_gateway.upstream.pixeldata import cut_out, frame_count
from pacs_gateway.upstream.records import answers, check_query, instance_uids, study_record
from pacs_gateway.upstream.retrieved import HEADER_MOST, collect, dicom_file, dicom_files, frame_parts, json_items
from pacs_gateway.upstream.sanitize import Sanitizer, json_of_file
from pacs_gateway.upstream.spool import PIECE, at_most, spool
from pacs_gateway.upstream.transport import Transport

SECONDS = 5.0
# A PACS may read all of a large object before it sends any of it. Two such calls fit into the time of a task.
LARGE_SECONDS = 8.0
STORE_SECONDS = 30.0
_BOUNDARY = secrets.token_hex(20)
SLOWEST_BYTES_PER_SECOND = 256 * 1024
JSON_MOST = 48 * 1024**2
INSTANCE_MOST = 1024**3
FILE_MOST = 4 * 1024**3
STUDY_MOST = 256 * 1024**3
ONE_OF_SERIES_MOST = 32 * 1024**2
FRAMES_MOST = 256 * 1024**2
FRAMES_AT_ONCE = 16
INSTANCES_AT_ONCE = 8
File = TypeVar("File")
_JSON = "application/dicom+json"
_AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*'
_AS_NATIVE = 'multipart/related; type="application/dicom"'
_FRAMES = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'


@lru_cache(maxsize=32)
def _transport(config: PacsConfig, process: int) -> Transport:
    # Connections must not be shared across a fork, so each process has its own.
    return Transport(config)


@lru_cache(maxsize=32)
def _large_objects(config: PacsConfig, process: int) -> LargeObjects:
    # As the connections: files that are kept are read by the process that wrote them.
    return LargeObjects()


class DicomwebPacs:
    """QIDO-RS and WADO-RS, by GET, from one origin."""

    def __init__(self, config: PacsConfig) -> None:
        self.name = config.name
        self._transport = _transport(config, os.getpid())
        self._large = _large_objects(config, os.getpid())

    def probe(self) -> None:
        self._get_items("/studies", [("limit", "1")], Deadline(SECONDS))

    def search_studies(self, query: StudyQuery) -> list[StudyRecord]:
        check_query(query)
        found = self._search(query, loose=False)
        if not found and qido.can_be_loose(query):
            found = self._search(query, loose=True)
        return found

    def _search(self, query: StudyQuery, *, loose: bool) -> list[StudyRecord]:
        found: dict[str, StudyRecord] = {}
        for page in qido.pages(query, loose=loose):
            items = self._get_items("/studies", page.parameters, page.deadline)
            records = [record for item in items if (record := _record(item)) is not None]
            new = {record.study_uid: record for record in records if record.study_uid not in found}
            found.update(new)
            # A PACS that ignores `offset` sends the same page for ever.
            if len(items) < page.size or not new:
                break
        return answers(found.values(), query)

    def metadata(self, grant: StudyGrant) -> list[DicomJson]:
        path = f"/studies/{grant.study.study_uid}"
        try:
            return self._get_items(f"{path}/metadata", None, Deadline(SECONDS), may_warn=False)
        except Refused:
            # Orthanc 1.10 fails over private elements of some makers; the files themselves can still be had.
            return [self._metadata_of(f"{path}/series/{series}/instances/{one}") for series, one in self._uids(path)]

    def frames(self, grant: StudyGrant, refs: list[FrameRef]) -> Iterator[EncodedFrame]:
        runs = [(_path(grant, instance), list(run)) for instance, run in groupby(refs, key=lambda ref: ref.instance)]
        with self._transport.place(min(len(runs), INSTANCES_AT_ONCE)) as place:
            # What has several frames may be large, and is then read in another way.
            place.expect([path for path, run in runs if [ref.frame_number for ref in run] == [1]], _AS_STORED)
            for path, run in runs:
                yield from self._frames_of(grant, path, run, place)

    def series(self, grant: StudyGrant, series_uid: str, seconds: float) -> Iterator[EncodedFrame]:
        def files(response: Response) -> Iterator[bytes]:
            return (b"".join(at_most(ONE_OF_SERIES_MOST, steps)) for steps in dicom_files(response))

        path, end = f"/studies/{grant.study.study_uid}/series/{series_uid}", time.monotonic() + seconds
        found = self._transport.stream(
            path, _AS_STORED, files, deadline=Deadline(seconds), most=STUDY_MOST, is_needed=False
        )
        with closing(found):
            for data in found:
                frame = _only_frame(data)
                if frame is not None:
                    yield frame
                if time.monotonic() > end:
                    return

    def open_all(self, grant: StudyGrant, refs: list[InstanceRef]) -> Iterator[BinaryIO]:
        def files(response: Response) -> Iterator[BinaryIO]:
            return (spool(at_most(FILE_MOST, steps)) for steps in dicom_files(response))

        series = {ref.series_uid for ref in refs}
        path = f"/studies/{grant.study.study_uid}" + (f"/series/{series.pop()}" if len(series) == 1 else "")
        deadline = _object_deadline(may_be_large=True)
        return self._transport.stream(path, _AS_STORED, files, deadline=deadline, most=STUDY_MOST)

    def open(self, grant: StudyGrant, ref: InstanceRef) -> BinaryIO:
        return self._get_file(_path(grant, ref), spool, FILE_MOST, may_be_large=True)

    def has(self, study_uid: str, series_uid: str, instance_uid: str) -> bool:
        """Tell whether the PACS holds an instance (QIDO-RS); the names must have been checked."""
        path = f"/studies/{study_uid}/series/{series_uid}/instances"
        try:
            found = self._get_items(path, [("SOPInstanceUID", instance_uid)], Deadline(SECONDS))
        except PacsNotFound:
            return False
        return any(instance_uids(item) == (series_uid, instance_uid) for item in found)

    def store(self, file: BinaryIO, length: int) -> None:
        """Store one DICOM file (STOW-RS, PS3.18 10.5); raises Refused when the PACS will not have it."""
        head = f"--{_BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
        tail = f"\r\n--{_BOUNDARY}--\r\n".encode()
        body = itertools.chain([head], iter(lambda: file.read(PIECE), b""), [tail])
        kind = f'multipart/related; type="application/dicom"; boundary={_BOUNDARY}'
        deadline = Deadline(STORE_SECONDS, SLOWEST_BYTES_PER_SECOND)
        self._transport.post("/studies", kind, len(head) + length + len(tail), body, deadline=deadline)

    def _frames_of(self, grant: StudyGrant, path: str, refs: list[FrameRef], place: Place) -> Iterator[EncodedFrame]:
        """Yield frames of one instance.

        The instance as stored gives header and frame at once, look-up tables and overlays included, which metadata
        has only as links. Of a large object of many frames that does not come fast only the beginning is read, and then
        the frames by number.
        """
        large = self._large.get(grant, path)
        if large is None:
            may_be_large = any(ref.frame_number > 1 for ref in refs)
            found = self._get_file(path, _take, INSTANCE_MOST, place=place, may_be_large=may_be_large)
            if isinstance(found, bytes):
                yield from cut_out(read_part10(io.BytesIO(found)), refs)
                return
            large = found
            self._large.put(grant, path, large)
        file = large.opened()
        yield from cut_out(file, refs) if file else self._numbered(large, path, refs, place)

    def _numbered(self, large: Large, path: str, refs: list[FrameRef], place: Place) -> Iterator[EncodedFrame]:
        """Yield frames of a large object, asked for by number."""
        count = frame_count(large.header)
        if any(ref.frame_number > count for ref in refs):
            raise PacsNotFound("no such frame")
        for start in range(0, len(refs), FRAMES_AT_ONCE):
            run = refs[start : start + FRAMES_AT_ONCE]
            try:
                found = self._get_frames(path, run, large.transfer_syntax_uid, place)
            except Refused:
                with self._get_file(path, spool, FRAMES_MOST, place=place, may_be_large=True) as whole:
                    yield from cut_out(read_part10(whole), refs[start:])
                return
            for ref, (frame, syntax) in zip(run, found, strict=True):
                yield EncodedFrame(ref, frame, syntax, large.header, large.encoded)

    def _uids(self, study_path: str) -> list[tuple[str, str]]:
        """Return Series and SOP Instance UIDs of a study's instances."""
        found: dict[tuple[str, str], None] = {}
        for page in qido.every_page():
            items = self._get_items(f"{study_path}/instances", page.parameters, page.deadline)
            new = {uids: None for item in items if (uids := instance_uids(item)) and uids not in found}
            found.update(new)
            if len(items) < page.size or not new:
                break
        return list(found)

    def _metadata_of(self, path: str) -> DicomJson:
        data, _ = self._get_file(path, lambda steps: collect(steps, INSTANCE_MOST), INSTANCE_MOST)
        return Sanitizer().item(json_of_file(read_part10(io.BytesIO(data))))

    def _get_items(
        self, path: str, parameters: list[tuple[str, str]] | None, deadline: Deadline, *, may_warn: bool = True
    ) -> list[DicomJson]:
        return self._transport.get(
            path, _JSON, json_items, deadline=deadline, most=JSON_MOST, parameters=parameters, may_warn=may_warn
        )

    def _get_file(
        self,
        path: str,
        take: Callable[[Iterator[bytes]], File],
        most: int,
        *,
        place: Place | None = None,
        may_be_large: bool = False,
    ) -> File:
        """Return what `take` makes of the steps of a DICOM file."""

        def consume(response: Response) -> File:
            return take(dicom_file(response))

        for accept in (_AS_STORED, _AS_NATIVE):
            try:
                deadline = _object_deadline(may_be_large=may_be_large)
                return self._transport.get(
                    path, accept, consume, deadline=deadline, most=most + HEADER_MOST, place=place
                )
            except (NoFile, Refused):
                if accept == _AS_NATIVE:
                    raise
        raise AssertionError("unreachable")

    def _get_frames(self, path: str, refs: list[FrameRef], stored_syntax: str, place: Place) -> list[tuple[bytes, str]]:
        """Return frames with their transfer syntaxes; raises Refused when the PACS does not say the syntax."""
        numbers = ",".join(str(ref.frame_number) for ref in refs)

        def consume(response: Response) -> list[tuple[bytes, str]]:
            return frame_parts(response, refs, stored_syntax)

        deadline = _object_deadline(may_be_large=True)
        return self._transport.get(
            f"{path}/frames/{numbers}", _FRAMES, consume, deadline=deadline, most=FRAMES_MOST, place=place
        )


def _only_frame(data: bytes) -> EncodedFrame | None:
    """Return the frame of an instance that has one, and can be read; None otherwise."""
    try:
        file = read_part10(io.BytesIO(data))
        if not file.pixel_tag or frame_count(file.header) != 1:
            return None
        ref = InstanceRef(*(str(file.header.get(name)) for name in ("SeriesInstanceUID", "SOPInstanceUID")))
        (frame,) = cut_out(file, [FrameRef(ref, 1)])
    except (PacsDamaged, *PARSE_ERRORS):
        return None
    return frame


def _take(steps: Iterator[bytes]) -> bytes | Large:
    return take(steps, FRAMES_MOST)


def _object_deadline(*, may_be_large: bool) -> Deadline:
    """Return how long a PACS may take for an object, or frames of it.

    That a PACS is silent is to be known before whoever asked for one picture gives up (viewer/asking.py), unless the
    object has more frames than that.
    """
    if may_be_large:
        return Deadline(LARGE_SECONDS, SLOWEST_BYTES_PER_SECOND, LARGE_SECONDS)
    return Deadline(SECONDS, SLOWEST_BYTES_PER_SECOND)


def _path(grant: StudyGrant, ref: InstanceRef) -> str:
    return f"/studies/{grant.study.study_uid}/series/{ref.series_uid}/instances/{ref.instance_uid}"


def _record(item: DicomJson) -> StudyRecord | None:
    try:
        return study_record(item)
    except InvalidRef:
        return None
