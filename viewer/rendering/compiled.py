"""Loops over pixels, compiled by numba for the processor that they run on.

numpy goes over a frame once for each step of a calculation, and writes down what is between two of them. A loop goes
over it once, and reads as the standard does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")


def compiled(loop: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
    """Have a function compiled when it is first called with arguments of a type.

    Whoever writes one keeps to the arrays: an index beyond their ends is not noticed.
    """

    @cache
    def made() -> Any:
        # It takes a third of a second and 60 MB, and a web server draws nothing.
        import numba

        return numba.njit(nogil=True)(loop)

    @wraps(loop)
    def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Returned:
        returned: Returned = made()(*args, **kwargs)
        return returned

    return call


def in_a_row(values: np.ndarray) -> np.ndarray:
    """Return numbers one after the other, not to be written to: loops are compiled for no other arrangement."""
    row = np.require(values, requirements=["C", "A"]).reshape(-1)
    row.flags.writeable = False
    return row
