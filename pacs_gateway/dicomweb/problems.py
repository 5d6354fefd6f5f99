"""Errors of the DICOMweb service, as problem documents (RFC 9457)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from rest_framework.exceptions import APIException, PermissionDenied

from pacs_gateway.access.grant import GrantRefused
from pacs_gateway.access.problem import problem
from pacs_gateway.refs import InvalidRef

NOTHING = "There is no such resource, or it is not yours to see."


class Problem(Exception):
    """What is wrong with a request: an HTTP status and a sentence that names no host, path or identity."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def bad_request(detail: str) -> Problem:
    """Return the problem of a request that cannot be meant."""
    return Problem(400, detail)


def not_acceptable() -> Problem:
    """Return the problem of a caller who accepts none of the media types that there are (PS3.18 8.7.8.1)."""
    return Problem(406, "None of the media types that you accept can be made of this resource.")


def answer(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Return the answer for an error in a view; None for a failing part, which the site answers as everywhere."""
    if isinstance(error, Problem):
        return problem(error.status, error.detail)
    if isinstance(error, Http404 | InvalidRef | GrantRefused):
        return problem(404, NOTHING)
    if isinstance(error, PermissionDenied):
        return problem(403, "The request lacks its CSRF token, or comes from another site.")
    if isinstance(error, APIException):
        return problem(error.status_code, "The request cannot be understood.")
    return None
