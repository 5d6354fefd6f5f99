"""Where a PACS says that a study has come."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse
from rest_framework.decorators import api_view, authentication_classes
from rest_framework.request import Request

from pacs_gateway.access.problem import problem
from pacs_gateway.access.rules import public
from pacs_gateway.index import hook, tasks

STILL_USEFUL_SECONDS = 300
_WORDS = ("Timestamp", "Nonce", "Signature")


# The sender has no cookie and is known by its signature alone, so nobody is authenticated and no form token asked for.
@public(methods=("POST",), api=True)
@api_view(["POST"])
@authentication_classes([])
def pacs_hook(request: Request, name: str) -> HttpResponse:
    """Have a worker take over the study that a signed message names."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > hook.BODY_MOST:
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The message is too long.")
    timestamp, nonce, signature = (request.headers.get(f"X-Lightbox-{word}", "") for word in _WORDS)
    try:
        study_uid = hook.accept(name, hook.Message(timestamp, nonce, signature, request._request.body))
    except hook.HookRefused as refused:
        return problem(refused.status, str(refused))
    tasks.take_over.apply_async(args=(name, study_uid), expires=STILL_USEFUL_SECONDS, retry=False)
    return HttpResponse(status=HTTPStatus.ACCEPTED)
