"""What workers do for the list of studies and for reports."""

from __future__ import annotations

import logging

from celery import shared_task

from pacs_gateway.access.grant import mint_for_system, verify
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsError
from pacs_gateway.index import serving, sync
from portal.people.models import PatientLink
from portal.studies import reading, report

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
    """Fetch the newest report of a study, parse it and store it as text.

    Whoever may read the report need not hold the right to download; so the file is fetched with a grant of ours.
    """
    grant = verify(grant_text)
    grant.require(Right.REPORT)
    rights = [Right.VIEW, Right.DOWNLOAD]
    own = mint_for_system(grant.study, grant.study_key, grant.patient, "report", rights)
    try:
        found = serving.ask(own, lambda pacs, there: reading.newest_report(pacs, grant, there))
    except PacsError as error:
        reading.decline(grant, error)
        return
    reading.deliver(grant, report.to_bytes(found))
