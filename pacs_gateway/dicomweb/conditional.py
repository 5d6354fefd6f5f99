"""ETag and If-None-Match. Used inside views, so never before the gate has opened."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework.request import Request

from pacs_gateway.dicomweb.problems import Problem


def etag_of(*facts: str | bytes) -> str:
    """Return a strong entity tag for what the facts say about a representation, its media type among them."""
    digest = hashlib.sha256()
    for fact in facts:
        data = fact.encode() if isinstance(fact, str) else fact
        digest.update(len(data).to_bytes(8, "big") + data)
    return f'"{digest.hexdigest()[:32]}"'


def unchanged(request: Request, etag: str) -> HttpResponseBase | None:
    """Return the 304 that saves the work when the caller has it already, else None; raises Problem 412."""
    answer = get_conditional_response(request._request, etag=etag)
    if answer is None:
        return None
    if answer.status_code == HTTPStatus.PRECONDITION_FAILED:
        raise Problem(412, "It is not what it was when you had it.")
    answer["ETag"] = etag
    return answer
