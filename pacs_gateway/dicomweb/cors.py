"""Let viewers on other origins use the DICOMweb service (CORS): none, unless the settings name them.

Such a viewer sends a bearer token; cookies are never allowed across origins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

PREFIX = "/dicomweb/"
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?\Z")
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-None-Match, If-Range, Range",
    "Access-Control-Max-Age": "600",
}
_EXPOSED = "Accept-Ranges, Content-Location, Content-Range, ETag, Retry-After, Warning, WWW-Authenticate"


def parse_origins(origins: Iterable[str]) -> frozenset[str]:
    """Return the origins that DICOMWEB_ORIGINS names; raises ImproperlyConfigured for what is no exact origin."""
    found = frozenset(origins)
    if any(not _ORIGIN.match(origin) for origin in found):
        raise ImproperlyConfigured("DICOMWEB_ORIGINS names exact origins, such as https://viewer.example.")
    return found


class CorsMiddleware:
    """Answer preflights of the named origins, and let their scripts read what the gate lets them have."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.DICOMWEB_ORIGINS or not request.path.startswith(PREFIX):
            return self.get_response(request)
        origin = request.headers.get("Origin", "")
        is_allowed = origin in settings.DICOMWEB_ORIGINS
        if is_allowed and _is_preflight(request):
            response: HttpResponseBase = HttpResponse(status=204, headers=_PREFLIGHT)
        else:
            response = self.get_response(request)
        patch_vary_headers(response, ["Origin"])
        if is_allowed:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Expose-Headers"] = _EXPOSED
        return response


def _is_preflight(request: HttpRequest) -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
