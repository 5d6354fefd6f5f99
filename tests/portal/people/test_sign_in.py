"""Signing in and signing up: what works, what does not, and what nobody can find out."""

from __future__ import annotations

import time

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import get_hasher
from django.core import mail
from django.test import Client
from django.urls import reverse

from portal.people.models import Role, User
from tests.people import PASSWORD, make_user
from tests.portal.people.journey import is_signed_in, mailed_code, post, sign_in

pytestmark = pytest.mark.django_db

STRANGER = "stranger@x.example"
NEW_PASSWORD = "four words of nothing"
FIRST_PAGE = "/scans/"


def body_without(response, *texts: str) -> str:
    """Return a page without what differs for any two requests."""
    page = response.content.decode()
    for text in (*texts, response.wsgi_request.META.get("CSRF_COOKIE", "-")):
        page = page.replace(text, "")
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


def test_password_leads_to_the_scans(client, jane):
    response = sign_in(client, jane)
    assert response["Location"] == FIRST_PAGE
    assert is_signed_in(client, jane)


def test_email_is_read_in_any_case(client, jane):
    post(client, "account_login", login="Jane@X.Example", password=PASSWORD)
    assert is_signed_in(client, jane)


def test_session_gets_a_new_id_at_sign_in(client, jane):
    client.get(reverse("account_request_login_code"))
    post(client, "account_request_login_code", email=jane.email)
    before = client.session.session_key
    post(client, "account_confirm_login_code", code=mailed_code())
    assert is_signed_in(client, jane)
    assert before
    assert client.session.session_key != before


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_next_never_leaves_the_site(client, jane, target):
    data = {"login": jane.email, "password": PASSWORD, "next": target}
    assert client.post(reverse("account_login"), data)["Location"] == FIRST_PAGE


def test_next_within_the_site_is_followed(client, jane):
    data = {"login": jane.email, "password": PASSWORD, "next": "/account/"}
    assert client.post(reverse("account_login"), data)["Location"] == "/account/"


def test_closed_account_cannot_sign_in(client, jane):
    User.objects.update(is_active=False)
    sign_in(client, jane)
    assert not is_signed_in(client, jane)


def test_closing_an_account_ends_its_sessions(client, jane):
    sign_in(client, jane)
    User.objects.update(is_active=False)
    assert client.get(reverse("people:account")).status_code == 302


def test_code_by_mail_signs_in_once(client, jane):
    response = post(client, "account_request_login_code", email=jane.email)
    assert response["Location"] == reverse("account_confirm_login_code")
    code = mailed_code()
    post(client, "account_confirm_login_code", code=code)
    assert is_signed_in(client, jane)
    second = Client()
    post(second, "account_confirm_login_code", code=code)
    assert not is_signed_in(second, jane)


def test_code_is_dead_after_three_wrong_tries(client, jane):
    post(client, "account_request_login_code", email=jane.email)
    code = mailed_code()
    for _try in range(3):
        post(client, "account_confirm_login_code", code="0000-0000")
    post(client, "account_confirm_login_code", code=code)
    assert not is_signed_in(client, jane)


def test_code_is_dead_after_ten_minutes(client, jane, monkeypatch):
    post(client, "account_request_login_code", email=jane.email)
    code = mailed_code()
    later = time.time() + 601
    monkeypatch.setattr("time.time", lambda: later)
    post(client, "account_confirm_login_code", code=code)
    assert not is_signed_in(client, jane)


class TestNobodyFindsOutWhoHasAnAccount:
    def both(self, known: str, ask) -> tuple:
        answers = []
        for email in (known, STRANGER):
            mail.outbox.clear()
            client = Client()
            response = ask(client, email)
            steps = [(response.status_code, response.get("Location"))]
            if response.status_code == 302:
                response = client.get(response["Location"])
            answers.append((steps, response.status_code, body_without(response, email), len(mail.outbox)))
        return answers[0], answers[1]

    def test_wrong_password(self, jane):
        known, unknown = self.both(
            jane.email, lambda client, email: post(client, "account_login", login=email, password="wrong but long")
        )
        assert known == unknown

    def test_code_by_mail(self, jane):
        known, unknown = self.both(
            jane.email, lambda client, email: post(client, "account_request_login_code", email=email)
        )
        assert known == unknown
        assert known[-1] == 1

    def test_wrong_code(self, jane):
        def ask(client, email):
            post(client, "account_request_login_code", email=email)
            return post(client, "account_confirm_login_code", code="0000-0000")

        known, unknown = self.both(jane.email, ask)
        assert known == unknown

    def test_reset(self, jane):
        known, unknown = self.both(
            jane.email, lambda client, email: post(client, "account_reset_password", email=email)
        )
        assert known == unknown
        assert known[-1] == 1

    def test_signup(self, jane):
        known, unknown = self.both(
            jane.email,
            lambda client, email: post(client, "account_signup", email=email, password1=NEW_PASSWORD),
        )
        assert known == unknown
        assert known[-1] == 1


def test_unknown_address_takes_as_long_as_a_wrong_password(monkeypatch):
    """The time is that of hashing a password: one wrong password is hashed in both cases."""
    user = make_user("jane@x.example")
    hasher = type(get_hasher())
    hash_once, work = hasher.encode, []

    def encode(self, password, salt, *options):
        work.append(password)
        return hash_once(self, password, salt, *options)

    monkeypatch.setattr(hasher, "encode", encode)

    def hashed_for(email: str) -> list:
        work.clear()
        post(Client(), "account_login", login=email, password="wrong but long")
        return list(work)

    known = hashed_for(user.email)
    assert known == ["wrong but long"]
    assert hashed_for("nobody@x.example") == ["wrong but long"]


def test_sixth_wrong_password_is_not_even_checked(client, jane):
    for _try in range(5):
        sign_in(client, jane, "wrong but long")
    response = sign_in(client, jane)
    assert not is_signed_in(client, jane)
    assert "Too many tries" in response.content.decode()


def test_many_tries_from_one_address_get_a_429_page(client, jane):
    answers = [sign_in(client, jane, f"wrong but long {number}") for number in range(31)]
    assert answers[-1].status_code == 429
    assert "wait a little" in answers[-1].content.decode()


def test_limits_of_one_address_are_not_moved_by_a_forged_header(client, jane):
    for number in range(31):
        response = client.post(
            reverse("account_login"),
            {"login": jane.email, "password": "wrong but long"},
            HTTP_X_FORWARDED_FOR=f"203.0.113.{number}",
        )
    assert response.status_code == 429


def test_signup_needs_the_mailed_code(client):
    response = post(client, "account_signup", email=STRANGER, password1=NEW_PASSWORD)
    user = User.objects.get(email=STRANGER)
    assert user.role == Role.PATIENT
    assert not is_signed_in(client, user)
    assert response["Location"] == reverse("account_email_verification_sent")
    post(client, "account_email_verification_sent", code=mailed_code())
    assert is_signed_in(client, user)
    assert EmailAddress.objects.get(user=user).verified


def test_unverified_address_cannot_sign_in(client):
    user = User.objects.create_user(STRANGER, PASSWORD)
    EmailAddress.objects.create(user=user, email=STRANGER, primary=True, verified=False)
    assert sign_in(client, user)["Location"] == reverse("account_email_verification_sent")
    assert not is_signed_in(client, user)


def test_signup_page_says_that_the_clinic_must_connect_the_scans(client):
    assert "The clinic connects your scans" in client.get(reverse("account_signup")).content.decode()


@pytest.mark.parametrize("password", ["short-one-1", "password1234", "jane@x.example"])
def test_weak_passwords_are_refused(client, password):
    response = post(client, "account_signup", email="jane@x.example", password1=password)
    assert response.status_code == 200
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["ñandú über 北京 four", "all lower case letters", "x y" * 40])
def test_long_passwords_of_any_kind_are_taken(client, password):
    post(client, "account_signup", email=STRANGER, password1=password)
    assert User.objects.get(email=STRANGER).check_password(password)


def test_reset_by_code_changes_the_password_and_ends_sessions(jane):
    elsewhere, client = Client(), Client()
    sign_in(elsewhere, jane)
    post(client, "account_reset_password", email=jane.email)
    post(client, "account_confirm_password_reset_code", code=mailed_code())
    response = post(client, "account_complete_password_reset", password1=NEW_PASSWORD)
    assert response["Location"] == reverse("account_password_reset_completed")
    assert not is_signed_in(client, jane)
    assert elsewhere.get(reverse("people:account")).status_code == 302
    jane.refresh_from_db()
    assert jane.check_password(NEW_PASSWORD)


def test_people_of_every_role_reach_the_first_page(cheap_hashing):
    for role in Role:
        user = make_user(f"{role}@x.example", role)
        browser = Client()
        assert sign_in(browser, user)["Location"] == FIRST_PAGE


class TestWithASecondFactorRequired:
    """In production a password alone is not enough on a browser that is not known."""

    @pytest.fixture(autouse=True)
    def _require(self, settings):
        settings.REQUIRE_MFA = True

    def test_password_is_followed_by_a_mailed_code(self, client, jane):
        assert sign_in(client, jane)["Location"] == reverse("account_confirm_login_code")
        assert not is_signed_in(client, jane)
        response = post(client, "account_confirm_login_code", code=mailed_code())
        assert response["Location"] == reverse("mfa_trust")
        post(client, "mfa_trust", action="skip")
        assert is_signed_in(client, jane)

    def test_trusted_browser_is_not_asked_again_until_the_password_changes(self, client, jane):
        sign_in(client, jane)
        post(client, "account_confirm_login_code", code=mailed_code())
        post(client, "mfa_trust", action="trust")
        post(client, "account_logout")
        assert sign_in(client, jane)["Location"] == FIRST_PAGE
        post(client, "account_logout")
        jane.set_password(NEW_PASSWORD)
        jane.save()
        sign_in(client, jane, NEW_PASSWORD)
        assert not is_signed_in(client, jane)

    def test_signup_of_a_known_and_an_unknown_address_look_the_same(self, jane):
        answers = [
            post(Client(), "account_signup", email=email, password1=NEW_PASSWORD) for email in (jane.email, STRANGER)
        ]
        # One code is enough: the one that confirms the address.
        assert {answer["Location"] for answer in answers} == {reverse("account_email_verification_sent")}
