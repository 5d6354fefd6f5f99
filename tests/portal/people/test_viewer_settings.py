"""What the account remembers of the viewer."""

from __future__ import annotations

import pytest
from django.test import Client

from pacs_gateway.access.principal import ANONYMOUS, Kind, Principal
from portal.people.models import User
from viewer.preferences import Preferences, preferences_of

pytestmark = pytest.mark.django_db
ALL = {"mode": "full", "tool": "window", "letters": "on"}


def _principal(user: User) -> Principal:
    return Principal(kind=Kind.USER, user_id=user.pk, role=user.role, user=User.objects.get(pk=user.pk))


@pytest.fixture
def jane() -> User:
    return User.objects.create_user("jane@x.example", "four words of nothing")


def test_settings_are_kept_with_the_account_and_nobody_else_s(jane: User, client: Client) -> None:
    other = User.objects.create_user("other@x.example", role="physician")
    client.force_login(jane)
    assert client.post("/account/viewer", ALL).status_code == 204
    assert preferences_of(_principal(jane)) == Preferences("full", "window", up_is_brighter=False, letters=True)
    assert preferences_of(_principal(other)) == Preferences("full")


def test_without_settings_the_role_decides(jane: User) -> None:
    assert preferences_of(_principal(jane)) == Preferences("simple")
    assert preferences_of(ANONYMOUS) == Preferences("simple")
    assert preferences_of(Principal(kind=Kind.USER, role="staff")).mode == "full"


@pytest.mark.parametrize("wrong", [{}, {"mode": "expert", "tool": "scroll"}, {"mode": "full", "tool": "delete"}])
def test_nonsense_is_refused_and_changes_nothing(jane: User, client: Client, wrong: dict[str, str]) -> None:
    client.force_login(jane)
    client.post("/account/viewer", ALL)
    assert client.post("/account/viewer", wrong).status_code == 400
    assert preferences_of(_principal(jane)).tool == "window"


def test_a_foreign_page_cannot_change_them(jane: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(jane)
    assert strict.post("/account/viewer", ALL).status_code == 403
    assert strict.post("/account/stay").status_code == 403
    assert preferences_of(_principal(jane)) == Preferences("simple")


def test_only_posting_keeps_a_session_and_only_one_s_own(jane: User, client: Client) -> None:
    assert client.post("/account/stay").status_code == 401
    client.force_login(jane)
    assert client.get("/account/stay").status_code == 405
    assert client.post("/account/stay").status_code == 204


def test_pages_of_people_signed_in_warn_before_the_session_ends(jane: User, client: Client) -> None:
    assert "data-session" not in client.get("/accounts/login/").content.decode()
    client.force_login(jane)
    assert 'data-idle-seconds="1800"' in client.get("/account/").content.decode()
