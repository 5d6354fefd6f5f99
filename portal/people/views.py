"""The first page, and the page from which people look after their account."""

from __future__ import annotations

from http import HTTPStatus

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from pacs_gateway.access.principal import principal_of
from pacs_gateway.access.rules import public, signed_in


@public()
def home(request: HttpRequest) -> HttpResponse:
    """Welcome whoever is not signed in; lead the others to their scans."""
    if principal_of(request).is_user:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "home.html")


@signed_in()
def account(request: HttpRequest) -> HttpResponse:
    """Show everything that can be changed about the account."""
    kinds = set(Authenticator.objects.filter(user=principal_of(request).user_id).values_list("type", flat=True))
    context = {"has_totp": Authenticator.Type.TOTP in kinds, "has_passkey": Authenticator.Type.WEBAUTHN in kinds}
    return render(request, "people/account.html", context)


@signed_in(methods=("POST",), api=True)
def stay(request: HttpRequest) -> HttpResponse:
    """Answer; that somebody asked is what keeps the session."""
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
