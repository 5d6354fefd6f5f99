"""What workers do for the index."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task, shared_task

from pacs_gateway.errors import PacsError
from pacs_gateway.index.sync import sync_study

log = logging.getLogger(__name__)
RETRY_SECONDS = 10
RETRIES_MOST = 3


# A patient waits for this one; it asks the PACS once and is over in seconds, so it does not stand behind long work.
@shared_task(bind=True, name="pacs_gateway.index.take_over", queue="interactive", soft_time_limit=20, time_limit=25)
def take_over(self: Task[Any, Any], pacs: str, study_uid: str) -> None:
    """Take over one study that a PACS has told of; a PACS that does not answer is asked again a little later."""
    try:
        sync_study(pacs, study_uid)
    except PacsError as error:
        log.warning("hook: PACS %s could not be asked (%s)", pacs, type(error).__name__)
        # Not chained: the causes of errors hold what a log must not.
        raise self.retry(countdown=RETRY_SECONDS, max_retries=RETRIES_MOST, exc=type(error)()) from None
