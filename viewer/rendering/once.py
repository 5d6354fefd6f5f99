"""What a header says of a frame, found out once for a header that does not change any more.

A frame is shown in one window after the other, and each time its header is asked the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, TypeVarTuple

from pydicom import Dataset

Rest = TypeVarTuple("Rest")
Answer = TypeVar("Answer")
_MEMORY = "answers_of_settled_header"
# A file may have thousands of frames.
_MOST = 64


def settle(header: Dataset) -> Dataset:
    """Let a header remember answers: from now on nobody changes an element of it."""
    header.__dict__.setdefault(_MEMORY, {})
    return header


def once(find: Callable[[Dataset, *Rest], Answer]) -> Callable[[Dataset, *Rest], Answer]:
    """Have a settled header remember what `find(header, ...)` returns; whoever gets it does not change it."""

    @wraps(find)
    def found(header: Dataset, *rest: *Rest) -> Answer:
        memory: dict[Any, Answer] | None = header.__dict__.get(_MEMORY)
        if memory is None:
            return find(header, *rest)
        question = (find, rest)
        if question not in memory:
            answer = find(header, *rest)
            if len(memory) >= _MOST:
                memory.clear()
            memory[question] = answer
        return memory[question]

    return found
