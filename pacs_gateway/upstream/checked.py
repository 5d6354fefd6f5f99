"""The last check before anything of a PACS is used: is it what the grant allows and the request asked for?"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import BinaryIO

from pydicom import Dataset
from pydicom.tag import BaseTag

from pacs_gateway import dicomjson
from pacs_gateway.access.grant import GrantRefused, StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsDamaged, PacsIncomplete, PacsMismatch, PacsNotFound
from pacs_gateway.refs import FrameRef, InstanceRef, InvalidRef, PatientRef
from pacs_gateway.upstream.base import DicomJson, EncodedFrame, Pacs, StoredInstance, StudyQuery, StudyRecord
from pacs_gateway.upstream.bulkhead import place_of
from pacs_gateway.upstream.identity import HEAD, Identity, identity_by_pydicom, identity_of, read_identity
from pacs_gateway.upstream.part10 import read_part10
from pacs_gateway.upstream.pixeldata import is_encapsulated, is_waveform, native_frame_length
from pacs_gateway.upstream.records import STUDY_UID, answers, check_query, instance_uids, patient_of
from pacs_gateway.upstream.video import Video

log = logging.getLogger(__name__)
INSTANCE_MOST = 1024**3
_IDENTITY_TAGS: list[BaseTag | int] = [0x00080005, 0x00080018, 0x00100020, 0x00100021, 0x0020000D, 0x0020000E]
_LAST = 0x0020000E


class CheckedPacs:
    """A PACS whose answers have been compared with the grant and the request; a difference is a PacsMismatch.

    Metadata, frames and videos need the right VIEW, whole instances DOWNLOAD; without it GrantRefused is raised.
    Each call holds a place of the person who asks (R42); without one PacsBusy is raised.
    """

    def __init__(self, client: Pacs) -> None:
        self._client = client
        self.name = client.name

    def probe(self) -> None:
        self._client.probe()

    def search_studies(self, query: StudyQuery, caller: str = "") -> list[StudyRecord]:
        """Search; `caller` is the label of the principal who asks, "" for work of our own."""
        check_query(query)
        with place_of(caller):
            return answers(self._client.search_studies(query), query)

    def metadata(self, grant: StudyGrant) -> list[DicomJson]:
        self._require(grant, Right.VIEW)
        seen: set[str] = set()
        with place_of(grant.principal):
            instances = [item for item in self._client.metadata(grant) if self._check_item(grant, item, seen)]
        if not instances:
            raise PacsNotFound("the study has no instances")
        return instances

    def frames(self, grant: StudyGrant, refs: list[FrameRef]) -> Iterator[EncodedFrame]:
        self._require(grant, Right.VIEW)
        return self._frames(grant, refs)

    def series(self, grant: StudyGrant, series_uid: str, seconds: float) -> Iterator[EncodedFrame]:
        """Yield what comes of a whole series, each frame as `frames` gives it; one that is damaged is left out."""
        self._require(grant, Right.VIEW)
        return self._frames_in(grant, series_uid, seconds)

    def open(self, grant: StudyGrant, ref: InstanceRef) -> BinaryIO:
        """Return a whole DICOM file, checked, open at its beginning; the caller closes it. Small in memory."""
        self._require(grant, Right.DOWNLOAD)
        with place_of(grant.principal):
            file = self._client.open(grant, ref)
        try:
            self._check_identity(grant, ref, _identity_in(file))
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def open_all(self, grant: StudyGrant, refs: list[InstanceRef]) -> Iterator[StoredInstance]:
        """Yield the instances named, in any order, each as `open` gives it.

        Others of the study, which came after it was listed, are left out. Raises PacsIncomplete when some do not come.
        """
        self._require(grant, Right.DOWNLOAD)
        return self._opened(grant, refs)

    def _opened(self, grant: StudyGrant, refs: list[InstanceRef]) -> Iterator[StoredInstance]:
        left, seen = set(refs), set[InstanceRef]()
        with place_of(grant.principal):
            for file in self._client.open_all(grant, refs):
                found = self._named(grant, file)
                if found.ref in seen:
                    file.close()
                    raise self._alarm("number of instances")
                seen.add(found.ref)
                if found.ref not in left:
                    file.close()
                    continue
                left.remove(found.ref)
                grant.require(Right.DOWNLOAD)
                yield found
        if left:
            raise PacsIncomplete("fewer instances came back than were asked for")

    def _named(self, grant: StudyGrant, file: BinaryIO) -> StoredInstance:
        """Return which instance of the granted study an open file is; it is closed when it is none."""
        try:
            found = _identity_in(file)
            ref = InstanceRef(found.series_uid, found.instance_uid)
            self._check_identity(grant, ref, found)
            file.seek(0)
        except InvalidRef as error:
            file.close()
            raise self._alarm("series or instance") from error
        except BaseException:
            file.close()
            raise
        return StoredInstance(ref, file, found.transfer_syntax_uid)

    def instance(self, grant: StudyGrant, ref: InstanceRef) -> bytes:
        """Return the same as bytes, for what is read as a whole anyway; no more than INSTANCE_MOST."""
        with self.open(grant, ref) as file:
            data = file.read(INSTANCE_MOST + 1)
        if len(data) > INSTANCE_MOST:
            raise PacsIncomplete("an instance is too large to be read as a whole")
        return data

    def video(self, grant: StudyGrant, ref: InstanceRef) -> Video:
        """Return the stream of a video, to be closed; needs the right VIEW, as pictures do."""
        self._require(grant, Right.VIEW)
        with place_of(grant.principal):
            file = self._client.open(grant, ref)
        try:
            part10 = read_part10(file)
            self._check_header(grant, ref, part10.header, part10.transfer_syntax_uid)
            return Video(file, part10)
        except BaseException:
            file.close()
            raise

    def _frames(self, grant: StudyGrant, refs: list[FrameRef]) -> Iterator[EncodedFrame]:
        with place_of(grant.principal):
            yield from self._checked_frames(grant, refs)

    def _checked_frames(self, grant: StudyGrant, refs: list[FrameRef]) -> Iterator[EncodedFrame]:
        checked: Dataset | None = None
        answer = self._client.frames(grant, refs)
        for ref in refs:
            frame = next(answer, None)
            if frame is None:
                raise PacsIncomplete("fewer frames came back than were asked for")
            if frame.ref != ref:
                raise self._alarm("frame")
            if frame.header is not checked:
                self._check_header(grant, ref.instance, frame.header, frame.transfer_syntax_uid)
                checked = frame.header
            if not _has_its_length(frame):
                raise PacsDamaged("a frame is not as long as its header says")
            grant.require(Right.VIEW)
            yield frame
        if next(answer, None) is not None:
            raise self._alarm("number of frames")

    def _frames_in(self, grant: StudyGrant, series_uid: str, seconds: float) -> Iterator[EncodedFrame]:
        seen: set[InstanceRef] = set()
        with place_of(grant.principal):
            for frame in self._client.series(grant, series_uid, seconds):
                instance = frame.ref.instance
                self._check_header(grant, instance, frame.header, frame.transfer_syntax_uid)
                if instance.series_uid != series_uid:
                    raise self._alarm("series")
                if instance in seen:
                    raise self._alarm("number of instances")
                seen.add(instance)
                grant.require(Right.VIEW)
                if _has_its_length(frame):
                    yield frame

    def _require(self, grant: StudyGrant, right: Right) -> None:
        grant.require(right)
        if grant.study.pacs != self.name:
            raise GrantRefused("the grant is for another PACS")

    def _check_item(self, grant: StudyGrant, item: DicomJson, seen: set[str]) -> bool:
        """Tell whether an instance can be named at all; raises PacsMismatch when it is not one of this study."""
        if dicomjson.text(item, STUDY_UID) != grant.study.study_uid:
            raise self._alarm("study")
        if not is_same_patient(patient_of(item), grant.patient):
            raise self._alarm("patient")
        uids = instance_uids(item)
        if uids is None:
            log.warning("PACS %s: an instance is left out, its UIDs are malformed", self.name)
            return False
        if uids[1] in seen:
            raise self._alarm("number of instances")
        seen.add(uids[1])
        return True

    def _check_header(self, grant: StudyGrant, ref: InstanceRef, header: Dataset, syntax: str) -> None:
        self._check_identity(grant, ref, identity_of(header, syntax))

    def _check_identity(self, grant: StudyGrant, ref: InstanceRef, found: Identity) -> None:
        wanted = (grant.study.study_uid, ref.series_uid, ref.instance_uid)
        if (found.study_uid, found.series_uid, found.instance_uid) != wanted:
            raise self._alarm("study, series or instance")
        if not is_same_patient(PatientRef(found.patient_id, found.issuer), grant.patient):
            raise self._alarm("patient")

    def _alarm(self, what: str) -> PacsMismatch:
        log.error("PACS %s answered with another %s than was asked for", self.name, what)
        return PacsMismatch(f"another {what} came back than was asked for")


def is_same_patient(found: PatientRef, wanted: PatientRef) -> bool:
    """Tell whether two patients are one: same Patient ID, same issuer, where "" is an absent issuer."""
    return (found.patient_id, found.issuer) == (wanted.patient_id.strip(), wanted.issuer.strip())


def _identity_in(file: BinaryIO) -> Identity:
    """Read whose an open file is, and no further: a file that is damaged beyond that is handed on as it is stored.

    Not from the File Meta Information: in the field it often names the instance a file was made from.
    """
    found = read_identity(file.read(HEAD))
    if found is not None:
        return found
    part10 = read_part10(file, _IDENTITY_TAGS, _LAST)
    return identity_by_pydicom(part10.header, str(part10.header.file_meta.get("TransferSyntaxUID", "")))


def _has_its_length(frame: EncodedFrame) -> bool:
    if is_waveform(frame.header) or is_encapsulated(frame.transfer_syntax_uid):
        return True
    return len(frame.data) == native_frame_length(frame.header)
