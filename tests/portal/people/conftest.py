"""Accounts for the tests of signing in."""

from __future__ import annotations

import pytest

from portal.people.models import Role, User
from tests.people import QUICK_HASHERS, make_patient, make_user


@pytest.fixture
def cheap_hashing(settings) -> None:
    """Hash passwords quickly where the test is not about hashing."""
    settings.PASSWORD_HASHERS = QUICK_HASHERS


@pytest.fixture
def jane(cheap_hashing) -> User:
    """Return a patient."""
    return make_patient("jane@x.example")


@pytest.fixture
def staff(cheap_hashing) -> User:
    """Return a person of the clinic."""
    return make_user("staff@x.example", Role.STAFF, is_staff=True, is_superuser=True)


@pytest.fixture
def physician(cheap_hashing) -> User:
    """Return a referring physician."""
    return make_user("doctor@x.example", Role.PHYSICIAN)
