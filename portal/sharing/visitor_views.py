"""What somebody meets who was given a link."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext

from pacs_gateway.access.principal import ANONYMOUS, principal_of
from pacs_gateway.access.rules import admitted, public
from pacs_gateway.audit import ledger
from pacs_gateway.audit.models import Outcome
from portal.sharing import key_image, limits, links, tasks, visits
from portal.sharing.forms import PinForm
from portal.sharing.links import Attempt
from portal.sharing.models import WRONG_PINS_MOST, ShareLink

TOKEN_LENGTH_MOST = 64


@public(methods=("GET", "HEAD", "POST"))
def landing(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the link is and ask for the code; only sending the form opens it."""
    if limits.are_too_many(request):
        return _private(render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS))
    link = links.find(token) if len(token) <= TOKEN_LENGTH_MOST else None
    if link is None:
        limits.note_try(request)
        return _gone(request, HTTPStatus.NOT_FOUND)
    if not links.is_open(link):
        return _gone(request, HTTPStatus.GONE)
    if request.method != "POST":
        return _ask(request, PinForm(), link)
    form = PinForm(request.POST)
    return _try(request, form, link) if form.is_valid() else _ask(request, form, link)


def _try(request: HttpRequest, form: PinForm, link: ShareLink) -> HttpResponse:
    limits.note_try(request)
    attempt = links.try_pin(link, form.cleaned_data["pin"])
    outcome = Outcome.ALLOWED if attempt is Attempt.OPENED else Outcome.DENIED
    for study in link.studies.all():
        ledger.record(request, ANONYMOUS, outcome=outcome, study=study, action="sharing:open", share_id=link.pk)
    if attempt is Attempt.OPENED:
        return _admit(request, link)
    if attempt is Attempt.WRONG_PIN:
        form.add_error("pin", _wrong(link))
        return _ask(request, form, link, HTTPStatus.FORBIDDEN)
    if attempt is Attempt.LOCKED:
        tasks.tell_maker(link)
    return _gone(request, HTTPStatus.GONE)


def _wrong(link: ShareLink) -> str:
    link.refresh_from_db(fields=["wrong_pins"])
    left = max(WRONG_PINS_MOST - link.wrong_pins, 0)
    return (
        ngettext("The code is not right. You have %d more try.", "The code is not right. You have %d more tries.", left)
        % left
    )


def _admit(request: HttpRequest, link: ShareLink) -> HttpResponse:
    """Sign out whoever was signed in, start the visit and lead to an address without the token."""
    if principal_of(request).is_user:
        logout(request)
    response = HttpResponseRedirect(key_image.address_of(link), status=HTTPStatus.SEE_OTHER)
    visits.begin(link, response)
    return _private(response)


def _ask(request: HttpRequest, form: PinForm, link: ShareLink, status: int = HTTPStatus.OK) -> HttpResponse:
    principal = principal_of(request)
    context = {"form": form, "is_open_here": principal.share_id == link.pk and not principal.is_user}
    return _private(render(request, "sharing/landing.html", context, status=status))


def _gone(request: HttpRequest, status: int) -> HttpResponse:
    return _private(render(request, "sharing/gone.html", status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the address of the page, which is a key, from other sites, caches and search engines."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response


@admitted(methods=("POST",))
def close(request: HttpRequest) -> HttpResponse:
    """End the visit of this browser."""
    visits.end(request)
    response = HttpResponseRedirect(reverse("sharing:closed"), status=HTTPStatus.SEE_OTHER)
    response.delete_cookie(visits.cookie_name(), path="/", samesite="Strict")
    response["Clear-Site-Data"] = '"cache"'
    return response


@public()
def closed(request: HttpRequest) -> HttpResponse:
    """Say that the images are closed here."""
    return render(request, "sharing/closed.html")
