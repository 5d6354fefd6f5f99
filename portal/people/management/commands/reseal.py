"""`manage.py reseal`: seal second factors with the newest key, so that an older one can be taken out."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.people.sealing import seal_again


class Command(BaseCommand):
    """Seal the secrets of all second factors again."""

    help = "Seal the secrets of second factors with SECRET_KEY; then a key can be taken out of SECRET_KEY_FALLBACKS."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                count = seal_again()
        except InvalidToken as error:
            raise CommandError(
                "A factor was sealed with a key that is not here: nothing was changed. Add it to SECRET_KEY_FALLBACKS."
            ) from error
        self.stdout.write(f"{count} sealed with the newest key")
