"""The desk's search. What was typed names patients, so it is in no address: it waits in the session for the answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from pacs_gateway.access.principal import principal_of
from pacs_gateway.access.rules import staff_only
from pacs_gateway.audit import ledger
from pacs_gateway.audit.models import Outcome
from portal.staff import finding
from portal.staff.forms import SearchForm

ASKED = "staff_search"


@staff_only(methods=("GET", "HEAD", "POST"))
def search(request: HttpRequest) -> HttpResponse:
    """Take a search, or show what the last one finds now."""
    if request.method == "POST":
        return _take(request)
    form = SearchForm(request.session.get(ASKED) if "found" in request.GET else None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        # That somebody searched is written down; what for is not.
        principal = principal_of(request)
        ledger.record(request, principal, outcome=Outcome.ALLOWED)
        context["found"] = finding.search(form.query, principal.label)
    return render(request, "staff/search.html", context)


def _take(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.POST)
    if not form.is_valid():
        return render(request, "staff/search.html", {"form": form})
    request.session[ASKED] = {name: request.POST.get(name, "") for name in form.fields}
    return HttpResponseRedirect(reverse("staff:search") + "?found#found", status=HTTPStatus.SEE_OTHER)
