"""What workers do for the list of studies and for reports."""

from __future__ import annotations

import logging

from celery import shared_task

from pacs_gateway.access.grant import StudyGrant, mint_for_system, verify
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsError
from pacs_gateway.index import serving, sync
from pacs_gateway.refs import InstanceRef
from portal.people.models import PatientLink
from portal.studies import documents, reading, report
from viewer import asking, store

log = logging.getLogger(__name__)
LOOK_BACK_DAYS = 2


@shared_task(name="portal.studies.sync_patients", queue="bulk", soft_time_limit=120, time_limit=150)
def sync_patients(user_id: int) -> None:
    """Take over the studies of every patient that an account is tied to."""
    for link in PatientLink.objects.filter(user_id=user_id):
        sync.sync_patient(link.patient)


@shared_task(name="portal.studies.look_back", queue="bulk", soft_time_limit=280, time_limit=290)
def look_back() -> None:
    """Take over the studies of the last days from every PACS."""
    result = sync.sync_recent(days=LOOK_BACK_DAYS)
    log.info("look back: %d studies, %d PACS not asked", result.stored, len(result.failed))


@shared_task(name="portal.studies.fetch_report", queue="interactive", soft_time_limit=20, time_limit=25)
def fetch_report(grant_text: str) -> None:
    """Fetch the newest report of a study, parse it and store it as text."""
    grant = verify(grant_text)
    grant.require(Right.REPORT)
    try:
        found = serving.ask(_own(grant), lambda pacs, there: reading.newest_report(pacs, grant, there))
    except PacsError as error:
        reading.decline(grant, error)
        return
    reading.deliver(grant, report.to_bytes(found))


@shared_task(name="portal.studies.fetch_document", queue="interactive", soft_time_limit=20, time_limit=25)
def fetch_document(grant_text: str, series_uid: str, instance_uid: str) -> None:
    """Fetch a document of a study and look whether its pages can be shown."""
    grant = verify(grant_text)
    grant.require(Right.REPORT)
    ref = InstanceRef(series_uid, instance_uid)
    key = documents.key_of(grant, ref)
    try:
        asking.deliver(key, _document(grant, ref).to_bytes(), documents.SECONDS)
    except PacsError as error:
        asking.decline(key, error)


@shared_task(name="portal.studies.draw_page", queue="interactive", soft_time_limit=20, time_limit=25)
def draw_page(grant_text: str, series_uid: str, instance_uid: str, page_number: int, size: str) -> None:
    """Draw a page of a document."""
    grant = verify(grant_text)
    grant.require(Right.REPORT)
    ref = InstanceRef(series_uid, instance_uid)
    key = documents.key_of(grant, ref, page_number, size)
    try:
        picture = documents.draw(_document(grant, ref), page_number, documents.SIZES[size], grant.watermark)
    except PacsError as error:
        asking.decline(key, error)
        return
    asking.deliver(key, picture.to_bytes(), documents.SECONDS)


def _document(grant: StudyGrant, ref: InstanceRef) -> documents.Document:
    """Return a document from the store, where somebody has just read it, or from the PACS."""
    stored = store.get(documents.key_of(grant, ref))
    if stored is not None:
        return documents.Document.from_bytes(stored)
    return serving.ask(_own(grant), lambda pacs, there: documents.fetch(pacs, there, ref))


def _own(grant: StudyGrant) -> StudyGrant:
    """Return a grant of ours for whole instances: whoever may read the report need not hold the right to download."""
    rights = [Right.VIEW, Right.DOWNLOAD]
    return mint_for_system(grant.study, grant.study_key, grant.patient, "report", rights)
