"""A row of the index as a data set (PS3.18 table 10.6.3-3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pacs_gateway.dicomweb.answers import attribute
from pacs_gateway.index.models import Study
from pacs_gateway.upstream.base import DicomJson

STUDY_UID, STUDY_DATE = "0020000D", "00080020"
# Where the index has the text of an attribute.
TEXTS = {
    "00080050": "accession_number",
    "00100020": "patient_id",
    "00100021": "issuer",
    "00200010": "study_id",
    "00100040": "sex",
    "00081030": "description",
    "00080080": "institution",
}
_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


def item_of(row: Study, service: str) -> DicomJson:
    """Return a row of the index as a data set (PS3.18 table 10.6.3-3)."""
    facts: dict[str, tuple[Any, ...]] = {tag: (getattr(row, name),) for tag, name in TEXTS.items()}
    facts |= {
        STUDY_DATE: (_digits(row.date),),
        "00080030": (_time(row.time),),
        "00080056": ("ONLINE",),
        "00080061": tuple(row.modalities),
        "00080090": (_name(row.referring_physician),),
        "00081190": (f"{service}/studies/{row.study_uid}",),
        "00100010": (_name(row.patient_name),),
        "00100030": (_digits(row.birth_date),),
        STUDY_UID: (row.study_uid,),
        "00201206": (row.series_count,),
        "00201208": (row.instance_count,),
    }
    return {tag: attribute(tag, *values) for tag, values in facts.items()}


def _digits(date: dt.date | None) -> str:
    return date.isoformat().replace("-", "") if date else ""


def _time(time: dt.time | None) -> str:
    return time.strftime("%H%M%S.%f" if time.microsecond else "%H%M%S") if time else ""


def _name(person_name: str) -> dict[str, str] | None:
    """Return a Person Name as DICOM JSON has it (PS3.18 F.2.2)."""
    groups = zip(_GROUPS, person_name.split("\\", maxsplit=1)[0].split("="), strict=False)
    return {name: text for name, text in groups if text} or None
