"""Say in plain words that a part is down, and when to try again."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import OperationalError as DatabaseDown
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerDown
from redis.exceptions import RedisError

from pacs_gateway.access.problem import problem, wants_json
from pacs_gateway.errors import PacsBusy, PacsDamaged, PacsError, PacsMismatch, PacsNotFound
from viewer.asking import WorkersBusy

log = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 5


class OutageMiddleware:
    """Turn the failure of a part into a page that recovers alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer_for(request, error)


def answer_for(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """Return the answer for a part that failed, None for any other exception."""
    if isinstance(error, PacsMismatch):
        log.error("the PACS sent something else than was asked for")
        return _answer(request, 502, _("The archive sent something unexpected, so we show nothing."))
    if isinstance(error, PacsNotFound):
        return _answer(request, 404, _("The archive does not have these images."))
    if isinstance(error, PacsDamaged):
        return _answer(request, 502, _("This is damaged in the image archive. Ask the clinic to send it again."))
    if isinstance(error, PacsBusy):
        return _answer(request, 503, _("The image archive is asked for much at once. Please wait a moment."))
    if isinstance(error, PacsError):
        return _answer(request, 503, _("The image archive does not answer right now."))
    if isinstance(error, WorkersBusy):
        return _answer(request, 503, _("The pictures take longer than usual. They will come."))
    if isinstance(error, (RedisError, BrokerDown, DatabaseDown)):
        log.error("a part does not answer: %s", type(error).__name__)
        return _answer(request, 503, _("A part of this site does not answer right now."))
    return None


def _answer(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if wants_json(request):
        response = problem(status, sentence)
    else:
        context = {"sentence": sentence, "retries": status == 503}
        response = render(request, "outage.html", context, status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
