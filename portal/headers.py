"""Headers that every answer carries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.utils import build_policy
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase

PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "midi=(), payment=(), serial=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)"
)
_SIGNED_OUT = "was_signed_out"


@receiver(user_logged_out, dispatch_uid="portal.headers.signed_out")
def note_sign_out(request: HttpRequest, **kwargs: Any) -> None:
    """Have the answer to this request empty the browser's cache."""
    setattr(request, _SIGNED_OUT, True)


class HeadersMiddleware:
    """Keep answers out of caches and other sites, say what pages may do, and empty the browser at sign-out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        # It is the same for every answer, so that it is written but once.
        self._policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Content-Security-Policy", self._policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if getattr(request, _SIGNED_OUT, False):
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
