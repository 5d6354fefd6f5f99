"""What workers do for links. A task is given the number of a link, never its token."""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerDown
from redis.exceptions import RedisError

from portal.sharing.models import ShareLink

log = logging.getLogger(__name__)
STILL_USEFUL_SECONDS = 86_400


@shared_task(name="portal.sharing.mail_locked", queue="bulk", soft_time_limit=20, time_limit=30)
def mail_locked(link_id: int) -> None:
    """Tell the maker of a link that it was locked. The mail says neither whose images they are nor who had the link."""
    link = ShareLink.objects.select_related("created_by").filter(pk=link_id).first()
    if link is None:
        return
    context = {
        "clinic_name": settings.CLINIC_NAME,
        "clinic_phone": settings.CLINIC_PHONE,
        "shares_url": settings.SITE_URL + reverse("sharing:list"),
    }
    text = render_to_string("sharing/email/locked.txt", context)
    send_mail(_("A link that you made is locked"), text, None, [link.created_by.email])


def tell_maker(link: ShareLink) -> None:
    """Have a worker tell the maker that the link was locked; the visitor's answer never waits or fails for that."""
    try:
        mail_locked.apply_async(args=(link.pk,), expires=STILL_USEFUL_SECONDS, retry=False)
    except (BrokerDown, RedisError, OSError) as error:
        log.warning("a maker was not told that a link is locked: %s", type(error).__name__)
