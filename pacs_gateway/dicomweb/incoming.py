"""Look at a file that somebody sent: whole, nameable, nobody else's, and not there yet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from pydicom import Dataset

from pacs_gateway.errors import PacsError
from pacs_gateway.index.models import Study
from pacs_gateway.refs import InvalidRef, PatientRef, check_uid
from pacs_gateway.upstream.checked import is_same_patient
from pacs_gateway.upstream.connection import Refused
from pacs_gateway.upstream.dicomweb import DicomwebPacs
from pacs_gateway.upstream.part10 import PARSE_ERRORS, read_part10
from pacs_gateway.upstream.pixeldata import frame_count, is_video, read_frame

_NAMES = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")


class Failure(IntEnum):
    """Failure Reason (0008,1197): PS3.18 table 10.5.3-2, and for a duplicate PS3.7 annex C.

    ANOTHER_STUDY is of the range "cannot understand", with the number that other archives give it.
    """

    DUPLICATE = 0x0111
    PROCESSING = 0x0110
    ANOTHER_PATIENT = 0xA900
    CANNOT_UNDERSTAND = 0xC000
    ANOTHER_STUDY = 0xC409


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one file; its names are "" where they cannot be read."""

    study_uid: str = ""
    series_uid: str = ""
    instance_uid: str = ""
    sop_class_uid: str = ""
    failure: Failure | None = None


def take(pacs: DicomwebPacs, path: Path, study_wanted: str = "") -> Verdict:
    """Store a file in the PACS if nothing speaks against it, such as being of another study than `study_wanted`.

    Raises PacsError when the PACS is not there.
    """
    try:
        names, patient = _read(path)
    except (*PARSE_ERRORS, PacsError, InvalidRef):
        return Verdict(failure=Failure.CANNOT_UNDERSTAND)
    study_uid, series_uid, instance_uid, sop_class_uid = names
    is_other = study_wanted not in ("", study_uid)
    failure = Failure.ANOTHER_STUDY if is_other else _store(pacs, path, names, patient)
    return Verdict(study_uid, series_uid, instance_uid, sop_class_uid, failure)


def _read(path: Path) -> tuple[tuple[str, str, str, str], PatientRef]:
    """Return the UIDs and the patient of a file that is whole to the end of its last frame."""
    with path.open("rb") as file:
        part10 = read_part10(file)
        header = part10.header
        study, series, instance, sop_class = (check_uid(str(header.get(name) or "")) for name in _NAMES)
        if part10.pixel_tag and not is_video(part10.transfer_syntax_uid):
            read_frame(part10, frame_count(header))
    return (study, series, instance, sop_class), PatientRef(
        _text(header, "PatientID"), _text(header, "IssuerOfPatientID")
    )


def _text(header: Dataset, keyword: str) -> str:
    return str(header.get(keyword) or "").strip()


def _store(pacs: DicomwebPacs, path: Path, names: tuple[str, str, str, str], patient: PatientRef) -> Failure | None:
    known = Study.objects.filter(pacs=pacs.name, study_uid=names[0]).first()
    if not patient.patient_id or (known is not None and not is_same_patient(patient, known.patient)):
        return Failure.ANOTHER_PATIENT
    if pacs.has(*names[:3]):
        return Failure.DUPLICATE
    try:
        with path.open("rb") as file:
            pacs.store(file, path.stat().st_size)
    except Refused:
        return Failure.PROCESSING
    return None
