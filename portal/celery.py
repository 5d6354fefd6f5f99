"""The Celery application: `celery -A portal.celery worker -Q interactive` and `-Q bulk`."""

import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init
from kombu.transport.redis import Channel
from kombu.transport.virtual.base import Message

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


class Returned(Message):
    """A message that says so once it is put back into its queue: kombu says it only where it keeps a second copy."""

    def serializable(self) -> dict[str, Any]:
        """Return the message as it is put back."""
        whole: dict[str, Any] = super().serializable()
        whole["properties"]["delivery_info"]["redelivered"] = True
        return whole


Channel.Message = Returned
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
