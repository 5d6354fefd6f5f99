"""How workers are asked and how they work: Celery's settings that no site changes."""

from datetime import timedelta

CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    # Every message has the same priority: one list for each queue, not four.
    "priority_steps": [0],
    "socket_connect_timeout": 1,
    "socket_timeout": 3,
    # A broker that is down is found out at once: publishing must not hold up a page.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# In KiB, and of them 704 MiB at most are shared by all children (viewer/sources.py, viewer/voxels.py).
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 1_200_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "look-back": {"task": "portal.studies.look_back", "schedule": timedelta(minutes=5), "options": {"queue": "bulk"}},
    "forget": {"task": "portal.people.forget_ended", "schedule": timedelta(hours=1), "options": {"queue": "bulk"}},
}


def for_celery(url: str) -> str:
    """Return the address of a Redis, and of a database in it, in Celery's words."""
    return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
