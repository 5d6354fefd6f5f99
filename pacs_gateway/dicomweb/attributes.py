"""Which attributes belong to which level of a search, and how a caller names them (PS3.18 8.3.4.1, 10.6.3.3)."""

from __future__ import annotations

import enum
import re
from functools import cache

from pydicom.datadict import dictionary_VM, dictionary_VR, keyword_for_tag, tag_for_keyword

_TAG = re.compile(r"[0-9A-Fa-f]{8}\Z")
DEPTH_MOST = 4
Path = tuple[str, ...]


class Level(enum.IntEnum):
    """What a search is for."""

    STUDY = 1
    SERIES = 2
    INSTANCE = 3


class UnknownAttribute(ValueError):
    """A text that names no attribute."""


def _tags(text: str) -> tuple[str, ...]:
    return tuple(f"{tag_for_keyword(keyword):08X}" for keyword in text.split())


# What every answer of a level holds (PS3.18 tables 10.6.3-3 to 10.6.3-5).
RETURNED = {
    Level.STUDY: _tags(
        "StudyDate StudyTime AccessionNumber InstanceAvailability ModalitiesInStudy ReferringPhysicianName RetrieveURL "
        "PatientName PatientID IssuerOfPatientID PatientBirthDate PatientSex StudyInstanceUID StudyID StudyDescription "
        "NumberOfStudyRelatedSeries NumberOfStudyRelatedInstances"
    ),
    Level.SERIES: _tags(
        "InstanceAvailability Modality TimezoneOffsetFromUTC SeriesDescription RetrieveURL StudyInstanceUID "
        "SeriesInstanceUID SeriesNumber NumberOfSeriesRelatedInstances PerformedProcedureStepStartDate "
        "PerformedProcedureStepStartTime RequestAttributesSequence"
    ),
    Level.INSTANCE: _tags(
        "SOPClassUID SOPInstanceUID InstanceAvailability TimezoneOffsetFromUTC RetrieveURL StudyInstanceUID "
        "SeriesInstanceUID InstanceNumber Rows Columns BitsAllocated NumberOfFrames"
    ),
}
# Known only of some objects: left out where they are not.
CONDITIONAL = frozenset(
    _tags("TimezoneOffsetFromUTC RequestAttributesSequence Rows Columns BitsAllocated NumberOfFrames IssuerOfPatientID")
)
# What the index knows of a study, and so what studies can be searched by.
INDEXED = frozenset({*RETURNED[Level.STUDY], *_tags("InstitutionName")}) - frozenset(
    _tags("InstanceAvailability RetrieveURL")
)
OF_INSTANCE = frozenset(RETURNED[Level.INSTANCE]) - frozenset(RETURNED[Level.SERIES])
# Whoever may search by these must know them: wildcards would have them guessed.
IDENTIFIERS = frozenset(_tags("PatientID IssuerOfPatientID AccessionNumber StudyID"))
# What else is the same in all of a study: Patient, General Study and Patient Study (PS3.3 C.7.1.1, C.7.2.1, C.7.2.2).
OF_STUDY = frozenset(
    _tags(
        "SpecificCharacterSet TimezoneOffsetFromUTC PhysiciansOfRecord ReferringPhysicianIdentificationSequence "
        "NameOfPhysiciansReadingStudy RequestingService ProcedureCodeSequence ReferencedStudySequence "
        "ConsultingPhysicianName IssuerOfAccessionNumberSequence RequestedProcedureCodeSequence "
        "ReasonForPerformedProcedureCodeSequence OtherPatientIDsSequence OtherPatientNames PatientBirthTime "
        "TypeOfPatientID IssuerOfPatientIDQualifiersSequence EthnicGroup PatientComments PatientSpeciesDescription "
        "PatientBreedDescription PatientIdentityRemoved DeidentificationMethod PatientAge PatientSize PatientWeight "
        "Occupation AdditionalPatientHistory AdmissionID ServiceEpisodeID ServiceEpisodeDescription MedicalAlerts "
        "Allergies SmokingStatus PregnancyStatus LastMenstrualDate PatientState PatientSexNeutered "
        "AdmittingDiagnosesDescription InstitutionName"
    )
)
# What searches answer with as a rule, so that they need not read all of the metadata.
BRIEF = OF_STUDY.union(*RETURNED.values())


def tag_level(tag: str) -> Level:
    """Return the level at which an attribute begins to be known; what no table names counts as of the series."""
    if tag in INDEXED or tag in OF_STUDY or tag in RETURNED[Level.STUDY]:
        return Level.STUDY
    return Level.INSTANCE if tag in OF_INSTANCE else Level.SERIES


def path_of(text: str) -> Path:
    """Return the tags that a name such as `PatientID`, `00100020` or `RequestAttributesSequence.00400009` stands for.

    Raises UnknownAttribute.
    """
    names = text.split(".")
    if len(names) > DEPTH_MOST:
        raise UnknownAttribute
    return tuple(_tag_of(name) for name in names)


def _tag_of(name: str) -> str:
    if _TAG.match(name):
        return name.upper()
    tag = tag_for_keyword(name) if name.isascii() and name.isalnum() else None
    if tag is None:
        raise UnknownAttribute
    return f"{tag:08X}"


@cache
def vr_of(tag: str) -> str:
    """Return the value representation of a standard attribute, the first where it depends, "" for one not in PS3.6."""
    try:
        return dictionary_VR(int(tag, 16)).split(" or ", maxsplit=1)[0]
    except KeyError:
        return ""


@cache
def has_many(tag: str) -> bool:
    """Tell whether a standard attribute may have several values (PS3.6)."""
    try:
        return dictionary_VM(int(tag, 16)) != "1"
    except KeyError:
        return False


def keyword_of(tag: str) -> str:
    """Return an attribute's keyword (PS3.6), or its tag where it has none."""
    return keyword_for_tag(int(tag, 16)) or tag
