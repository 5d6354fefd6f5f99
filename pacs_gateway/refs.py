"""Immutable names of things in a PACS, validated when they are made (PS3.5 section 9)."""

import re
from dataclasses import dataclass

_UID = re.compile(r"[0-9]+(\.[0-9]+)*\Z", re.ASCII)
_PACS_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")
UID_LENGTH = 64


class InvalidRef(ValueError):
    """A name that cannot be the name of anything in a PACS."""


def check_uid(text: str) -> str:
    """Return `text` if it is a UID (PS3.5 9.1; leading zeros as found in the field are let through).

    Raises InvalidRef otherwise, without repeating the text.
    """
    if not isinstance(text, str) or len(text) > UID_LENGTH or not _UID.match(text):
        raise InvalidRef("not a DICOM UID")
    return text


def check_pacs_name(text: str) -> str:
    """Return `text` if it can name a PACS in the settings; raises InvalidRef otherwise."""
    if not _PACS_NAME.match(text):
        raise InvalidRef("a PACS name is a lower-case letter, then letters, digits or underscores")
    return text


@dataclass(frozen=True, slots=True)
class StudyRef:
    """A study in one PACS."""

    pacs: str
    study_uid: str

    def __post_init__(self) -> None:
        check_pacs_name(self.pacs)
        check_uid(self.study_uid)


@dataclass(frozen=True, slots=True)
class InstanceRef:
    """An instance inside a study that the caller holds a grant for."""

    series_uid: str
    instance_uid: str

    def __post_init__(self) -> None:
        check_uid(self.series_uid)
        check_uid(self.instance_uid)


@dataclass(frozen=True, slots=True)
class FrameRef:
    """One frame of an instance; `frame_number` counts from 1."""

    instance: InstanceRef
    frame_number: int

    def __post_init__(self) -> None:
        if self.frame_number < 1:
            raise InvalidRef("frame numbers count from 1")


@dataclass(frozen=True, slots=True)
class PatientRef:
    """A patient as an archive knows them: Patient ID with Issuer of Patient ID ("" when there is none)."""

    patient_id: str
    issuer: str = ""
