"""The Celery application: `celery -A portal.celery worker -Q interactive` and `-Q bulk`."""

import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
app = Celery("lightbox")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="gathering")
app.autodiscover_tasks(related_name="composing")


@celeryd_init.connect
def keep_no_second_copy(conf: Any, options: dict[str, Any], **_: Any) -> None:
    """Let a worker that only serves people who wait hold its messages in memory alone.

    Celery would write each into Redis a second time, to be found an hour after its worker was gone; nobody waits longer
    than some seconds for these. A child that dies still leaves its message to another.
    """
    if set(options.get("queues") or ()) == {"interactive"}:
        conf.broker_transport_options = {**conf.broker_transport_options, "ack_emulation": False}
