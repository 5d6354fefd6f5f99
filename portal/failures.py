"""Error pages that say what to do, and problem documents for API clients."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from pacs_gateway.access.problem import problem, wants_json
from portal.outage import answer_for


def _failure(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    if wants_json(request):
        return problem(status, sentence)
    return render(request, "failure.html", {"title": title, "sentence": sentence}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400."""
    return _failure(request, 400, _("That address does not work"), _("Something in the address is not right."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return _failure(request, 403, _("Not allowed"), _("You cannot do that here."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form that is too old or was sent from elsewhere."""
    return _failure(
        request, 403, _("Please try again"), _("This form is too old. Go back, load the page again and retry.")
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404, the same for what is not there and for what is not yours."""
    return _failure(
        request,
        404,
        _("Nothing here for you"),
        _("This page does not exist, or it is not yours to see. Check the address, or ask the clinic."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500; a part that failed before any view ran is named like one that failed in a view."""
    error = sys.exception()
    answer = answer_for(request, error) if isinstance(error, Exception) else None
    return answer or _failure(
        request, 500, _("Something went wrong"), _("The fault is ours. Please try again in a few minutes.")
    )
