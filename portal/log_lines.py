"""Keep addresses out of the log: what is in a path may be a token or a UID, so a line names the route."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest

NO_ROUTE = "an address without a route"


class RouteForPath(logging.Filter):
    """Names the route in place of the request's path, and drops the request, which handlers may print whole."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; it is always logged."""
        request = record.__dict__.pop("request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            path = _escaped(request.path)
            record.args = tuple(_route(request) if _escaped(part) == path else part for part in record.args)
        return True


def _escaped(part: Any) -> Any:
    """Return text as Django writes it into the log."""
    return part.encode("unicode_escape").decode("ascii") if isinstance(part, str) else part


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return f"/{match.route}" if match else NO_ROUTE
