"""A task as a message in the broker, written and read as Celery and its Redis transport do, at a fraction of the work.

Celery's part is its task protocol 2; kombu's is that of its virtual transports, which wrap the body in base64. The task
gets its arguments in JSON, is dropped when it is older than `seconds`, and tells no result.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from celery.utils.nodenames import anon_nodename

_AFTERWARDS = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
_PLAIN: dict[str, Any] = {
    "lang": "py",
    "shadow": None,
    "eta": None,
    "group": None,
    "group_index": None,
    "retries": 0,
    "timelimit": [None, None],
    "parent_id": None,
    # Only monitors would show these.
    "argsrepr": "",
    "kwargsrepr": "",
    "ignore_result": True,
    "replaced_task_nesting": 0,
    "stamped_headers": None,
    "stamps": {},
}


def message(task: str, arguments: tuple[object, ...], queue: str, seconds: float) -> str:
    """Return the message that has the task of that name done, as it lies in the list of its queue."""
    identity, expires = str(uuid4()), (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
    headers = {"task": task, "id": identity, "root_id": identity, "expires": expires, "origin": anon_nodename()}
    properties = {
        "correlation_id": identity,
        "reply_to": "",
        "delivery_mode": 2,
        "delivery_info": {"exchange": "", "routing_key": queue},
        "priority": 0,
        "body_encoding": "base64",
        "delivery_tag": str(uuid4()),
    }
    whole = {
        "body": b64encode(json.dumps((arguments, {}, _AFTERWARDS)).encode()).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {**_PLAIN, **headers},
        "properties": properties,
    }
    return json.dumps(whole)


@dataclass(frozen=True, slots=True)
class Order:
    """What a message asks for: a task with its arguments, and when nobody waits for it any more.

    `is_returned` tells that it was put back into its queue after a worker had taken it.
    """

    task: str
    arguments: list[Any]
    named: dict[str, Any]
    expires: datetime | None
    is_returned: bool

    @property
    def is_late(self) -> bool:
        """Tell whether nobody waits for it any more."""
        return self.expires is not None and self.expires < datetime.now(UTC)


def order_of(message: bytes) -> Order:
    """Return what a message asks for that lies in the list of its queue."""
    whole = json.loads(message)
    headers, delivery = whole["headers"], whole["properties"]["delivery_info"]
    arguments, named, _ = json.loads(b64decode(whole["body"]))
    expires = datetime.fromisoformat(headers["expires"]) if headers["expires"] else None
    return Order(headers["task"], arguments, named, expires, bool(delivery.get("redelivered")))
