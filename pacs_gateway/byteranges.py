"""Range requests (RFC 9110 14): which bytes of a representation are wanted."""

from __future__ import annotations

import re

_ONE_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})-(\d{0,18})\s*\Z", re.ASCII | re.IGNORECASE)


class Unsatisfiable(Exception):
    """A range beyond the end (HTTP 416)."""


def wanted(field: str, length: int) -> tuple[int, int] | None:
    """Return (first, end) of the range that a `Range` field asks for, `end` not with it.

    None stands for the whole: no field, one that cannot be read, or several ranges, which need not be served.
    Raises Unsatisfiable.
    """
    match = _ONE_RANGE.match(field.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(length - int(last), 0), length
    else:
        start, end = int(first), min(int(last) + 1, length) if last else length
        if last and int(last) < start:
            return None
    if start >= end:
        raise Unsatisfiable
    return start, end


def is_fresh(if_range: str, etag: str) -> bool:
    """Tell whether a range may be served: without `If-Range`, or when it names the same strong entity tag."""
    return not if_range or if_range.strip() == etag
