"""Print a strong SECRET_KEY."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.management.base import BaseCommand

BYTES = 64


class Command(BaseCommand):
    """Print a new signing key for SECRET_KEY."""

    help = "Print a strong SECRET_KEY."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(secrets.token_urlsafe(BYTES))
