"""Addresses of this service, as the caller reaches it."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from rest_framework.request import Request


def service_of(request: HttpRequest | Request) -> str:
    """Return the absolute address of the service, without a slash at its end."""
    path = reverse("dicomweb:service").rstrip("/")
    # There are clients that leave the port out of Host, dicomweb_client among them.
    if request.get_host().partition(":")[0] == urlsplit(settings.SITE_URL).hostname:
        return f"{settings.SITE_URL}{path}"
    return request.build_absolute_uri(path)
