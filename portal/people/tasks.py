"""Work that beat asks for."""

from __future__ import annotations

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone
from knox.models import AuthToken


@shared_task(name="portal.people.forget_ended", queue="bulk", soft_time_limit=120, time_limit=150)
def forget_ended() -> None:
    """Delete the sessions and API tokens whose time is over; nobody gets in with them meanwhile either."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    AuthToken.objects.filter(expiry__lt=now).delete()
