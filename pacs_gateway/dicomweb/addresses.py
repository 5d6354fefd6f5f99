"""Addresses of this service, as the caller reaches it."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from rest_framework.request import Request


def service_of(request: HttpRequest | Request) -> str:
    """Return the absolute address of the service, without a slash at its end."""
    return request.build_absolute_uri(reverse("dicomweb:service")).rstrip("/")
