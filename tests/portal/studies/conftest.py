"""Who looks at which studies in these tests."""

from __future__ import annotations

import pytest
from django.test import Client

from pacs_gateway.refs import PatientRef
from portal.people.models import User
from tests.people import QUICK_HASHERS

JANE = PatientRef("P-JANE", "TEST")
TIM = PatientRef("P-TIM", "TEST")


@pytest.fixture(autouse=True)
def _fast_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = QUICK_HASHERS


def browser_of(user: User) -> Client:
    """Return a browser in which the user is signed in."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
