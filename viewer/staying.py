"""A worker child that has done a task stays for a moment, and is given what is asked for next without the queue.

From the queue a message goes through the worker's main process, which takes about as long as rendering a picture. One
that is given to a child lies in a list of that child's task until it is done: where the child dies, its worker has the
task done again, and whoever does it goes on with what lies there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from celery import Task

from viewer import room
from viewer.message import task_of

MOMENT_SECONDS = 0.05
# A message that the worker's main process has taken already waits for a child to be done with its task; and limits of
# memory and time are looked at between tasks.
MOST_SECONDS = 0.25


def stay(task: Task[Any, Any], do: Callable[..., None]) -> None:
    """Call `do` with the arguments of what is asked of `task`, while each comes within a moment of the one before.

    It ends at once where messages wait in the queue, or one is for another task; that one is put into the queue.
    """
    request, end = task.request, time.monotonic() + MOST_SECONDS
    came_by = None if request.called_directly else request.delivery_info
    if came_by is None:
        return
    queue, own = str(came_by["routing_key"]), f"lightbox:given:{request.id}"
    while time.monotonic() < end and (message := room.wait_beside(queue, own, MOMENT_SECONDS)) is not None:
        name, arguments = task_of(message)
        if name != task.name:
            room.move(own, queue)
            return
        try:
            do(*arguments)
        finally:
            room.drop(own)
