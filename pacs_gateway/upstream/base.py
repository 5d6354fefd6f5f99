"""What Lightbox asks of a PACS, whatever it speaks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from pydicom import Dataset

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.refs import FrameRef, InstanceRef, PatientRef

DicomJson = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StudyQuery:
    """What to search studies by; empty fields do not filter. Wildcards in values are refused (PS3.4 C.2.2.2.4)."""

    patient_id: str = ""
    issuer: str = ""
    patient_name: str = ""
    birth_date: dt.date | None = None
    accession_number: str = ""
    study_uid: str = ""
    date_from: dt.date | None = None
    date_to: dt.date | None = None
    limit: int = 200


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """One study as a search answers it (PS3.18 table 10.6.3-3), already validated and decoded to text."""

    study_uid: str
    patient: PatientRef
    patient_name: str = ""
    birth_date: dt.date | None = None
    sex: str = ""
    accession_number: str = ""
    study_id: str = ""
    description: str = ""
    date: dt.date | None = None
    time: dt.time | None = None
    modalities: tuple[str, ...] = ()
    referring_physician: str = ""
    institution: str = ""
    series_count: int = 0
    instance_count: int = 0


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """One frame as stored: `data` is the codestream or the native bytes of that frame alone.

    `header` holds the instance's data set without Pixel Data, read from `encoded_header`; `transfer_syntax_uid` says
    how `data` is encoded.
    """

    ref: FrameRef
    data: bytes | memoryview
    transfer_syntax_uid: str
    header: Dataset = field(repr=False)
    encoded_header: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredInstance:
    """One instance as an open DICOM file (PS3.10) for the taker to close, and how it is encoded."""

    ref: InstanceRef
    file: BinaryIO = field(repr=False)
    transfer_syntax_uid: str


class Pacs(Protocol):
    """A PACS. Every method that returns study data takes the grant that allows it.

    Errors: PacsUnavailable, PacsNotFound, PacsMismatch, PacsIncomplete (pacs_gateway.errors), nothing else.
    """

    name: str

    def probe(self) -> None:
        """Return if the PACS answers within 5 s; raises PacsUnavailable otherwise."""

    def search_studies(self, query: StudyQuery) -> list[StudyRecord]:
        """Return at most `query.limit` studies that match, newest first (QIDO-RS, PS3.18 10.6)."""

    def metadata(self, grant: StudyGrant) -> list[DicomJson]:
        """Return the metadata of each instance of the study as DICOM JSON, no bulk data (PS3.18 10.4.1.1.2)."""

    def frames(self, grant: StudyGrant, refs: list[FrameRef]) -> Iterator[EncodedFrame]:
        """Yield the frames asked for, in that order, in the transfer syntax they are stored in."""

    def series(self, grant: StudyGrant, series_uid: str, seconds: float) -> Iterator[EncodedFrame]:
        """Yield frames of a series as it comes in one answer, in any order, those of instances of one frame only.

        Nothing comes where this is no sooner than one by one, and nothing after `seconds`. What does not come may still
        be had by `frames`.
        """

    def open_all(self, grant: StudyGrant, refs: list[InstanceRef]) -> Iterator[BinaryIO]:
        """Yield at least the instances named, in any order, each as `open` does; they are of one study or one series.

        What cannot be had like this, or not to its end, may still be had one by one.
        """

    def open(self, grant: StudyGrant, ref: InstanceRef) -> BinaryIO:
        """Return one instance, whole and as stored, as an open DICOM file (PS3.10) for the caller to close."""
