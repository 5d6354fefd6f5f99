"""Pages and JSON travel compressed; pictures and files are what they are already."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_KINDS = ("text/html", "application/json", "application/dicom+json")


class CompressionMiddleware(GZipMiddleware):
    """Compress by the kind of the answer. Django adds random bytes, so that lengths tell nothing (BREACH)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the answer, compressed where that helps."""
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or kind not in _KINDS:
            return response
        return super().process_response(request, response)
