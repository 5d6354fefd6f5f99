"""From a DICOM JSON item to a StudyRecord, and which records a search answers."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable

from pacs_gateway import dicomjson
from pacs_gateway.refs import InvalidRef, PatientRef, check_uid
from pacs_gateway.upstream.base import DicomJson, StudyQuery, StudyRecord

STUDY_UID, SERIES_UID, INSTANCE_UID = "0020000D", "0020000E", "00080018"
PATIENT_ID, ISSUER = "00100020", "00100021"
# What a search asks for beyond what every answer holds (PS3.18 table 10.6.3-3).
INCLUDED = (ISSUER, "00081030", "00080080", "00200010", "00100030", "00100040", "00080061", "00201206", "00201208")
_LONG = 64
_WILDCARDS = frozenset("*?\\")


class InvalidSearch(ValueError):
    """A search that no PACS may be asked: it holds a wildcard or a bad UID."""


def check_query(query: StudyQuery) -> None:
    """Raise InvalidSearch for wildcards (PS3.4 C.2.2.2.4) and control characters, InvalidRef for a bad Study UID."""
    for value in (query.patient_id, query.issuer, query.patient_name, query.accession_number):
        if _WILDCARDS.intersection(value) or dicomjson.clean(value) != value.strip():
            raise InvalidSearch("wildcards and control characters cannot be searched for")
    if query.study_uid:
        check_uid(query.study_uid)


def patient_of(item: DicomJson) -> PatientRef:
    """Return whose an item is: Patient ID with Issuer of Patient ID, "" where absent."""
    return PatientRef(dicomjson.text(item, PATIENT_ID), dicomjson.text(item, ISSUER))


def instance_uids(item: DicomJson) -> tuple[str, str] | None:
    """Return the Series and SOP Instance UID of an item, None when they are malformed."""
    try:
        return check_uid(dicomjson.text(item, SERIES_UID)), check_uid(dicomjson.text(item, INSTANCE_UID))
    except InvalidRef:
        return None


def study_record(item: DicomJson) -> StudyRecord:
    """Return one answer of a search as a record; raises InvalidRef when it names no study or no possible patient."""
    patient = patient_of(item)
    if len(patient.patient_id) > _LONG or len(patient.issuer) > _LONG:
        raise InvalidRef("a Patient ID longer than DICOM allows")
    return StudyRecord(
        study_uid=check_uid(dicomjson.text(item, STUDY_UID)),
        patient=patient,
        patient_name=dicomjson.text(item, "00100010"),
        birth_date=dicomjson.date(item, "00100030"),
        sex=dicomjson.text(item, "00100040"),
        accession_number=dicomjson.text(item, "00080050"),
        study_id=dicomjson.text(item, "00200010"),
        description=dicomjson.text(item, "00081030"),
        date=dicomjson.date(item, "00080020"),
        time=dicomjson.time(item, "00080030"),
        modalities=tuple(sorted(set(dicomjson.texts(item, "00080061")))),
        referring_physician=dicomjson.text(item, "00080090"),
        institution=dicomjson.text(item, "00080080"),
        series_count=dicomjson.number(item, "00201206"),
        instance_count=dicomjson.number(item, "00201208"),
    )


def answers(records: Iterable[StudyRecord], query: StudyQuery) -> list[StudyRecord]:
    """Return what of `records` the query asks for, newest first, each study once, at most `query.limit`."""
    found = {record.study_uid: record for record in records if matches(record, query)}
    newest_first = sorted(found.values(), key=_age, reverse=True)
    return newest_first[: max(query.limit, 0)]


def _age(record: StudyRecord) -> tuple[dt.date, dt.time, str]:
    return (record.date or dt.date.min, record.time or dt.time.min, record.study_uid)


def matches(record: StudyRecord, query: StudyQuery) -> bool:
    """Tell whether a record is what the query asks for; a PACS that ignored a filter is corrected here.

    Each word of `patient_name` must begin a word of the name, whatever the case.
    """
    return (
        (not query.patient_id or record.patient.patient_id == query.patient_id)
        and (not query.issuer or record.patient.issuer == query.issuer)
        and (not query.study_uid or record.study_uid == query.study_uid)
        and (not query.accession_number or record.accession_number == query.accession_number)
        and (query.birth_date is None or record.birth_date == query.birth_date)
        and _in_period(record.date, query)
        and _has_name(record.patient_name, query.patient_name)
    )


def _in_period(date: dt.date | None, query: StudyQuery) -> bool:
    if query.date_from is None and query.date_to is None:
        return True
    return date is not None and (query.date_from or date) <= date <= (query.date_to or date)


def _has_name(person_name: str, wanted: str) -> bool:
    have = name_words(person_name)
    return all(any(word.startswith(part) for word in have) for part in name_words(wanted))


def name_words(person_name: str) -> list[str]:
    """Return the words of a Person Name, folded for comparison."""
    folded = unicodedata.normalize("NFKC", person_name).casefold()
    for delimiter in "^=,\\":
        folded = folded.replace(delimiter, " ")
    return folded.split()
