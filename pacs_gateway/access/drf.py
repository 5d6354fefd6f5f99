"""Hand the principal that the gate resolved on to Django REST framework."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from pacs_gateway.access.principal import Principal, principal_of


class PrincipalAuthentication(BaseAuthentication):
    """Answer with the gate's principal; callers with a cookie must pass the CSRF check, as in any form."""

    def authenticate(self, request: Request) -> tuple[Any, Principal] | None:
        principal = principal_of(request._request)
        if principal.is_anonymous:
            return None
        if principal.via != "token":
            _check_csrf(request)
        return principal.user, principal

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _check_csrf(request: Request) -> None:
    check = CSRFCheck(_nothing)
    check.process_request(request._request)
    reason = check.process_view(request._request, _nothing, (), {})
    if reason:
        raise PermissionDenied("CSRF check failed")
