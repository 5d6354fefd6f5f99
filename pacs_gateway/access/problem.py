"""Problem documents for API clients (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse

from pacs_gateway.access.rules import rule_of_match


def problem(status: int, detail: str) -> HttpResponse:
    """Return a problem document; `detail` is for a person and names no host, path or identity."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the caller would rather have JSON than a page: a script's route, or by `Accept`."""
    rule = rule_of_match(request.resolver_match) if request.resolver_match else None
    if rule is not None and rule.api:
        return True
    preferred = request.get_preferred_type(["text/html", "application/json", "application/dicom+json"])
    return preferred not in (None, "text/html")
