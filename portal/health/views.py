"""For load balancers and operators: is the process alive, and are its parts?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from pacs_gateway.access.rules import public
from portal.health.parts import states


@public(api=True)
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers."""
    return JsonResponse({"status": "ok"})


@public(api=True)
def readyz(request: HttpRequest) -> HttpResponse:
    """Say how each part is: 200 when all are well, else 503."""
    parts = states()
    is_ready = all(state == "ok" for state in parts.values())
    body = {"status": "ok" if is_ready else "not ready", "parts": parts}
    return JsonResponse(body, status=200 if is_ready else 503)
