"""A worker child that has done a task stays beside its queue for a moment, and takes what is asked for next itself.

Otherwise each message goes through the worker's main process, which takes about as long as rendering a picture. One
that a child has taken lies in a list of that child's task until it is done: where the child dies, its worker has the
task done again, and whoever does it goes on with what lies there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from celery import Task

from viewer import room
from viewer.message import order_of

MOMENT_SECONDS = 0.05
# A message that the worker's main process has taken already waits for a child to be done with its task; and limits of
# memory and time are looked at between tasks.
MOST_SECONDS = 0.25


def stay(task: Task[Any, Any], do: Callable[..., None]) -> None:
    """Call `do` with the arguments of what is asked of `task`, while each comes within a moment of the one before.

    It ends at once where one is for another task, or was put back into the queue after somebody had begun it: such go
    through the worker.
    """
    request, end = task.request, time.monotonic() + MOST_SECONDS
    came_by = None if request.called_directly else request.delivery_info
    if came_by is None:
        return
    queue, own = str(came_by["routing_key"]), f"lightbox:given:{request.id}"
    while time.monotonic() < end and (message := room.take(queue, own, MOMENT_SECONDS)) is not None:
        order = order_of(message)
        if order.task != task.name or order.is_returned:
            room.move(own, queue)
            return
        try:
            if not order.is_late:
                do(*order.arguments, **order.named)
        finally:
            room.drop(own)
