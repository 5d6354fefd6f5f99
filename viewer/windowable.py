"""Windowable frames over HTTP: compressed where the browser takes brotli, refused with a reason where there is none."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from pacs_gateway.access.problem import problem
from viewer.picture import Picture
from viewer.rendering import planes
from viewer.tiles import words_of

_NEVER = {"q=0", "q=0.0", "q=0.00", "q=0.000"}


def values_response(request: HttpRequest, frame: Picture) -> HttpResponse:
    """Return the response for what a worker made of a request for values."""
    if frame.reason:
        answer = problem(HTTPStatus.UNPROCESSABLE_ENTITY, words_of(request, frame.reason))
        answer["X-Frame-Reason"] = frame.reason
        return answer
    is_brotli = takes_brotli(request.headers.get("Accept-Encoding", ""))
    answer = HttpResponse(frame.data if is_brotli else planes.decompress(frame.data), content_type=frame.media_type)
    if is_brotli:
        answer["Content-Encoding"] = "br"
    answer["Vary"] = "Accept-Encoding"
    answer["X-Frame-Lossy"] = str(int(frame.lossy))
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def takes_brotli(accept_encoding: str) -> bool:
    """Tell whether an `Accept-Encoding` field (RFC 9110 12.5.3) names brotli with a weight above 0."""
    for part in accept_encoding.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() == "br":
            return weight.replace(" ", "") not in _NEVER
    return False
