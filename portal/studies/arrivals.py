"""When a patient signs in, look for new studies of theirs, without keeping them waiting."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from kombu.exceptions import OperationalError as BrokerDown
from redis.exceptions import RedisError

from portal.people.models import Role, User
from portal.studies.tasks import sync_patients

log = logging.getLogger(__name__)
STILL_USEFUL_SECONDS = 600


@receiver(user_logged_in, dispatch_uid="portal.studies.arrivals")
def look_for_new_studies(sender: type[User], user: User, **_more: Any) -> None:
    """Have a worker ask the PACS; a sign-in never fails or waits because of that."""
    if user.role != Role.PATIENT:
        return
    try:
        sync_patients.apply_async(args=(user.pk,), expires=STILL_USEFUL_SECONDS, retry=False)
    except (BrokerDown, RedisError, OSError) as error:
        log.warning("no look for new studies at sign-in: %s", type(error).__name__)
