"""A study, its owner and others, and links made and opened as people do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pacs_gateway.index.models import Study
from pacs_gateway.refs import PatientRef
from portal.people.models import User
from portal.sharing import links
from portal.sharing.links import NewLink, Terms
from tests.people import QUICK_HASHERS, make_patient, make_physician, make_staff, make_study

JANE, OTHER = PatientRef("P-JANE", "CLINIC"), PatientRef("P-OTHER", "CLINIC")
MakeLink = Callable[..., NewLink]


@pytest.fixture(autouse=True)
def _cheap_hashing(settings) -> None:
    settings.PASSWORD_HASHERS = QUICK_HASHERS


@pytest.fixture
def study(db) -> Study:
    return make_study(JANE)


@pytest.fixture
def owner(db) -> User:
    return make_patient("jane@x.example", JANE)


@pytest.fixture
def stranger(db) -> User:
    return make_patient("stranger@x.example", OTHER)


@pytest.fixture
def physician(db) -> User:
    return make_physician("doctor@x.example", JANE)


@pytest.fixture
def staff(db) -> User:
    return make_staff("staff@x.example")


@pytest.fixture
def make_link(owner: User, study: Study) -> MakeLink:
    def make(by: User = owner, studies: list[Study] | None = None, **terms: Any) -> NewLink:
        sheet = links.new_token()
        return links.make(by, studies or [study], Terms(recipient="Dr Miller", **terms), sheet)

    return make


def browser(user: User) -> Client:
    """Return a browser in which the user is signed in."""
    client = Client()
    client.force_login(user)
    return client


def open_link(made: NewLink, client: Client | None = None, pin: str | None = None) -> Any:
    """Send the code to a link's page; return the answer, whose `client` is the browser."""
    client = client or Client()
    response = client.post(f"/s/{made.token}/", {"pin": pin or made.pin})
    response.client = client
    return response


def visitor(made: NewLink) -> Client:
    """Return a browser that has opened the link."""
    response = open_link(made)
    assert response.status_code == 303
    return response.client


def wrong(made: NewLink) -> str:
    """Return a PIN that is not the link's."""
    return f"{(int(made.pin) + 1) % 10**6:06}"
