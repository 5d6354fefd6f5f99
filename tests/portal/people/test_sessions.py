"""Sessions end when they should: idle, too long, signed out elsewhere, password changed."""

from __future__ import annotations

import time

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from portal.people.models import Role, User
from tests.people import PASSWORD, make_user
from tests.portal.people.journey import is_signed_in, post, sign_in, signed_in

pytestmark = pytest.mark.django_db

MINUTE, HOUR = 60, 3600
LIMITS = {Role.STAFF: (15, 12), Role.PHYSICIAN: (30, 12), Role.PATIENT: (30, 24)}


class Clock:
    """A clock that a test can move."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.real = time.time

    def __call__(self) -> float:
        return self.real() + self.ahead


@pytest.fixture
def clock(monkeypatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr("time.time", moved)
    return moved


@pytest.fixture(params=list(LIMITS))
def person(request, cheap_hashing) -> User:
    return make_user("somebody@x.example", request.param)


def is_let_in(client: Client) -> bool:
    return client.get(reverse("people:account")).status_code == 200


def test_idle_session_ends_with_a_word_why(person, clock):
    client = signed_in(person)
    idle, _hours = LIMITS[Role(person.role)]
    clock.ahead = idle * MINUTE - 5
    assert is_let_in(client)
    clock.ahead += idle * MINUTE + MINUTE + 5
    response = client.get(reverse("people:account"), follow=True)
    assert response.redirect_chain[0][0].startswith(reverse("account_login"))
    assert "nothing happened for a while" in response.content.decode()
    assert not is_signed_in(client, person)


def test_busy_session_ends_after_the_absolute_limit(person, clock):
    client = signed_in(person)
    _idle, hours = LIMITS[Role(person.role)]
    while clock.ahead < hours * HOUR - 10 * MINUTE:
        assert is_let_in(client)
        clock.ahead += 10 * MINUTE
    assert is_let_in(client)
    clock.ahead = hours * HOUR + 1
    assert not is_let_in(client)


def test_signing_in_again_starts_the_clocks_anew(jane, clock):
    client = signed_in(jane)
    clock.ahead = 25 * HOUR
    assert not is_let_in(client)
    sign_in(client, jane)
    assert is_let_in(client)


def test_cookie_dies_with_the_browser_and_scripts_cannot_read_it(client, jane):
    cookie = sign_in(client, jane).cookies["session"]
    assert cookie["max-age"] == ""
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_list_names_devices_and_ends_the_others(jane):
    here, there = Client(), Client()
    sign_in(here, jane)
    there.post(
        reverse("account_login"),
        {"login": jane.email, "password": PASSWORD},
        HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
    )
    page = here.get(reverse("usersessions_list")).content.decode()
    assert "Chrome on Android" in page
    assert page.count("This device") == 1
    post(here, "usersessions_list")
    assert is_let_in(here)
    assert not is_let_in(there)
    assert UserSession.objects.filter(user=jane).count() == 1


def test_changing_the_password_ends_the_other_sessions_only(jane):
    here, there = signed_in(jane), signed_in(jane)
    before = here.session.session_key
    response = post(here, "account_change_password", oldpassword=PASSWORD, password1="four words of nothing")
    assert response["Location"] == reverse("people:account")
    assert is_let_in(here)
    assert here.session.session_key != before
    assert not is_let_in(there)


def test_sign_out_ends_the_session_and_empties_the_browser(jane):
    client = signed_in(jane)
    copied = Client()
    copied.cookies = client.cookies.copy()
    response = post(client, "account_logout")
    assert response["Location"] == reverse("home")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_let_in(client)
    assert not is_let_in(copied)


def test_sign_out_by_get_only_asks(jane):
    client = signed_in(jane)
    assert "Sign out?" in client.get(reverse("account_logout")).content.decode()
    assert is_signed_in(client, jane)
