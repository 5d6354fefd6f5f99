"""`manage.py apitoken EMAIL`: bearer tokens for programs, each bound to one person's grants."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from knox.models import AuthToken

from portal.people.models import User

DAYS_DEFAULT, DAYS_MOST = 30, 365
PREFIX_LEAST = 6


def _days(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= DAYS_MOST:
        raise ArgumentTypeError(f"give 1 to {DAYS_MOST} days")
    return int(text)


class Command(BaseCommand):
    """Print, list or revoke bearer tokens."""

    help = "Print a bearer token for a person, once. It opens what that person may see, and only its hash is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the e-mail address of the account")
        parser.add_argument(
            "--days", type=_days, default=DAYS_DEFAULT, help=f"how long it works: 1 to {DAYS_MOST}, else {DAYS_DEFAULT}"
        )
        others = parser.add_mutually_exclusive_group()
        others.add_argument("--list", action="store_true", help="list the tokens of the account")
        others.add_argument("--revoke", metavar="PREFIX", help="revoke the token that begins like this")
        others.add_argument("--revoke-all", action="store_true", help="revoke every token of the account")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].lower()).first()
        if user is None:
            raise CommandError("There is no account with this e-mail address.")
        if options["list"]:
            self._list(user)
        elif options["revoke"] is not None:
            self._revoke(user, options["revoke"])
        elif options["revoke_all"]:
            self._say_revoked(AuthToken.objects.filter(user=user).delete()[0])
        else:
            self._make(user, options["days"])

    def _make(self, user: User, days: int) -> None:
        if not user.is_active:
            raise CommandError("This account is closed.")
        _kept, token = AuthToken.objects.create(user, expiry=timedelta(days=days))
        self.stdout.write(token)
        self.stderr.write(f"It works for {days} days. It is not shown again. Send it as: Authorization: Bearer <token>")

    def _list(self, user: User) -> None:
        for token in AuthToken.objects.filter(user=user).order_by("created"):
            state = "ended" if token.expiry and token.expiry <= timezone.now() else "until"
            self.stdout.write(
                f"{token.token_key}… made {token.created:%Y-%m-%d %H:%M} {state} {token.expiry:%Y-%m-%d %H:%M} UTC"
            )

    def _revoke(self, user: User, prefix: str) -> None:
        if len(prefix) < PREFIX_LEAST:
            raise CommandError(f"Give at least {PREFIX_LEAST} characters of the token.")
        found = [
            token
            for token in AuthToken.objects.filter(user=user)
            if prefix.startswith(token.token_key) or token.token_key.startswith(prefix)
        ]
        if len(found) != 1:
            raise CommandError("No token begins like this." if not found else "More than one token begins like this.")
        found[0].delete()
        self._say_revoked(1)

    def _say_revoked(self, count: int) -> None:
        self.stdout.write(f"Revoked {count} {'token' if count == 1 else 'tokens'}.")
