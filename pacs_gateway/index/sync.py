"""Bring the index up to date with what the PACS say. One that is down does not stop the others."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from pacs_gateway import upstream
from pacs_gateway.errors import PacsError
from pacs_gateway.index.models import Study
from pacs_gateway.index.signals import studies_arrived
from pacs_gateway.refs import PatientRef
from pacs_gateway.upstream.base import StudyQuery, StudyRecord
from pacs_gateway.upstream.everywhere import search_everywhere

log = logging.getLogger(__name__)
PATIENT_MOST = 1_000
PERIOD_MOST = 5_000
EVERYTHING_MOST = 20_000
_BATCH = 500
_TEXTS = ["patient_name", "sex", "accession_number", "study_id", "description", "referring_physician", "institution"]
_COPIED = [*_TEXTS, "birth_date", "date", "time", "series_count", "instance_count"]
_LENGTHS = {field.name: field.max_length for field in Study._meta.fields}
_REPLACED = ["patient_id", "issuer", "modalities", "synced_at", "missing_since", *_COPIED]


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How many studies the PACS told of, how many were found gone, and which PACS could not be asked."""

    stored: int = 0
    missing: int = 0
    failed: tuple[str, ...] = ()

    def __add__(self, other: SyncResult) -> SyncResult:
        return SyncResult(self.stored + other.stored, self.missing + other.missing, self.failed + other.failed)


def sync_patient(patient: PatientRef) -> SyncResult:
    """Take over the patient's studies from every PACS; those that a PACS no longer has are marked as missing."""
    if not patient.patient_id:
        return SyncResult()
    answers = search_everywhere(StudyQuery(patient_id=patient.patient_id, limit=PATIENT_MOST))
    result = SyncResult(failed=answers.silent)
    for name, records in answers.records.items():
        store(name, records)
        result += SyncResult(stored=len(records))
        if len(records) < PATIENT_MOST:
            result += _find_gone(name, patient, {record.study_uid for record in records})
    return result


def sync_recent(days: int) -> SyncResult:
    """Take over the studies of today and the `days` days before."""
    return _sync_search(StudyQuery(date_from=timezone.localdate() - dt.timedelta(days=days), limit=PERIOD_MOST))


def sync_everything() -> SyncResult:
    """Take over every study, as far as EVERYTHING_MOST goes."""
    return _sync_search(StudyQuery(limit=EVERYTHING_MOST))


def sync_study(pacs: str, study_uid: str) -> Study | None:
    """Take over one study and return its row; None when the PACS does not have it, and its row is marked as missing.

    Raises PacsError.
    """
    records = upstream.connect(pacs).search_studies(StudyQuery(study_uid=study_uid, limit=1))
    if not records:
        _mark_missing(pacs, [study_uid])
        return None
    return store(pacs, records)[0]


def store(pacs_name: str, records: Iterable[StudyRecord]) -> list[Study]:
    """Write what a search answered into the index, keys unchanged; return the rows in the order of the records."""
    ordered = list({record.study_uid: record for record in records}.values())
    rows: dict[str, Study] = {}
    arrived: list[Study] = []
    for start in range(0, len(ordered), _BATCH):
        batch = ordered[start : start + _BATCH]
        uids = [record.study_uid for record in batch]
        before = {row.study_uid: row for row in Study.objects.filter(pacs=pacs_name, study_uid__in=uids)}
        _warn_of_new_patients(pacs_name, batch, before)
        Study.objects.bulk_create(
            [_row(pacs_name, record) for record in batch],
            update_conflicts=True,
            unique_fields=["pacs", "study_uid"],
            update_fields=_REPLACED,
        )
        after = {row.study_uid: row for row in Study.objects.filter(pacs=pacs_name, study_uid__in=uids)}
        rows.update(after)
        arrived += [row for uid, row in after.items() if uid not in before or _holds(row) != _holds(before[uid])]
    if arrived:
        studies_arrived.send(sender=Study, studies=arrived)
    return [rows[record.study_uid] for record in ordered]


def _sync_search(query: StudyQuery) -> SyncResult:
    answers = search_everywhere(query)
    stored = sum(len(store(name, records)) for name, records in answers.records.items())
    return SyncResult(stored=stored, failed=answers.silent)


def _find_gone(name: str, patient: PatientRef, told: set[str]) -> SyncResult:
    """Mark what the PACS no longer has of a patient, having been `told` of all that it has."""
    known = Study.objects.of_patient(patient).present().filter(pacs=name).values_list("study_uid", flat=True)
    try:
        # A study that is no longer the patient's may have become somebody else's: then it is not gone.
        gone = [uid for uid in known if uid not in told and sync_study(name, uid) is None]
    except PacsError as error:
        log.warning("sync: PACS %s could not be asked (%s)", name, type(error).__name__)
        return SyncResult(failed=(name,))
    return SyncResult(missing=len(gone))


def _mark_missing(pacs: str, study_uids: list[str]) -> None:
    present = Study.objects.present().filter(pacs=pacs, study_uid__in=study_uids)
    present.update(missing_since=timezone.now())


def _row(pacs_name: str, record: StudyRecord) -> Study:
    return Study(
        pacs=pacs_name,
        study_uid=record.study_uid,
        patient_id=record.patient.patient_id,
        issuer=record.patient.issuer,
        modalities=list(record.modalities),
        synced_at=timezone.now(),
        missing_since=None,
        **{name: _fitting(name, getattr(record, name)) for name in _COPIED},
    )


def _fitting(name: str, value: Any) -> Any:
    """Cut text that is only shown to what its column holds."""
    return value[: _LENGTHS[name]] if name in _TEXTS else value


def _holds(row: Study) -> tuple[object, ...]:
    """Return what shows that a study holds other instances than before, or is another patient's."""
    return row.series_count, row.instance_count, row.patient, row.missing_since is None


def _warn_of_new_patients(pacs_name: str, records: Iterable[StudyRecord], before: dict[str, Study]) -> None:
    for record in records:
        row = before.get(record.study_uid)
        if row is not None and row.patient != record.patient:
            log.warning("sync: PACS %s now gives study %s to another patient", pacs_name, row.key)
