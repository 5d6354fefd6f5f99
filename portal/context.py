"""What every page knows of the site."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from pacs_gateway.access.principal import principal_of


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the clinic's name and look, and who is asking."""
    principal = principal_of(request)
    return {
        "clinic": {
            "name": settings.CLINIC_NAME,
            "phone": settings.CLINIC_PHONE,
            "logo": settings.CLINIC_LOGO,
            "accent": settings.CLINIC_ACCENT,
        },
        "principal": principal,
        "idle_seconds": settings.IDLE_MINUTES.get(principal.role, 0) * 60,
        "is_demo": settings.DEMO,
    }
