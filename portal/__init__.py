"""Top floor: people, and the composition root. The Celery app is made here so that tasks bind to it."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
