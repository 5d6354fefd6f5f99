"""A task that only answers: it shows that a queue is worked on."""

from __future__ import annotations

from celery import shared_task

from viewer import asking

ANSWER_SECONDS = 10


@shared_task(name="portal.health.echo")
def echo(key: str) -> None:
    """Answer for `key`."""
    asking.deliver(key, b"ok", ANSWER_SECONDS)
