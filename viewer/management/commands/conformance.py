"""Write the generated tables of CONFORMANCE.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from viewer.conformance import document


class Command(BaseCommand):
    """Make the tables of CONFORMANCE.md anew from the code."""

    help = "Write the generated tables of CONFORMANCE.md."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "CONFORMANCE.md"
        path.write_text(document(path.read_text(encoding="utf-8")), encoding="utf-8")
        self.stdout.write("CONFORMANCE.md is up to date.")
