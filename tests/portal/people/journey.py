"""What a person does at the keyboard to sign in, for the tests of accounts."""

from __future__ import annotations

import re
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.test import Client
from django.urls import reverse

from portal.people.models import User
from tests.people import PASSWORD

PERIOD = 30


def post(client: Client, name: str, *args: Any, **data: str) -> Any:
    """Send the form of the page named."""
    return client.post(reverse(name, args=args), data)


def sign_in(client: Client, user: User, password: str = PASSWORD) -> Any:
    """Give e-mail address and password."""
    return post(client, "account_login", login=user.email, password=password)


def signed_in(user: User) -> Client:
    """Return a browser in which the user is signed in by password."""
    client = Client()
    sign_in(client, user)
    assert is_signed_in(client, user)
    return client


def is_signed_in(client: Client, user: User) -> bool:
    """Tell whether the browser holds a session of the user."""
    return client.session.get("_auth_user_id") == str(user.pk)


def mailed_code() -> str:
    """Return the code in the newest mail."""
    found = re.search(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found.group()


def totp_code(secret: str, periods_ahead: int = 0) -> str:
    """Return the code that an authenticator app shows now, or some periods later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + periods_ahead))


def with_totp(user: User) -> str:
    """Give the account an authenticator app, as if set up earlier; return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def prove_again(client: Client, **proof: str) -> None:
    """Show again who one is, by password or code."""
    name = "account_reauthenticate" if "password" in proof else "mfa_reauthenticate"
    assert post(client, name, **proof).status_code == 302


def factors(user: User) -> set[str]:
    """Return the kinds of second factor that the account has."""
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
