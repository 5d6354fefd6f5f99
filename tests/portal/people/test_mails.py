"""The mails about accounts: their links, their words, and that none is missing."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse

from portal.people.devices import device_name
from tests.people import PASSWORD
from tests.portal.people.journey import mailed_code, post, prove_again, signed_in, totp_code

# Some mails go out when a transaction commits.
pytestmark = pytest.mark.django_db(transaction=True)


def test_links_come_from_the_settings_not_from_the_host_header(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://scans.clinic.example"
    client.post(reverse("account_reset_password"), {"email": "nobody@x.example"}, HTTP_HOST="evil.example")
    client.post(reverse("account_signup"), {"email": "a@x.example", "password1": "four words of nothing"})
    for message in mail.outbox:
        assert "evil.example" not in message.body + message.subject
    assert "https://scans.clinic.example/accounts/signup/" in mail.outbox[0].body


def test_somebody_who_has_an_account_and_signs_up_is_told_by_mail(client, jane):
    post(client, "account_signup", email=jane.email, password1="four words of nothing")
    (message,) = mail.outbox
    assert message.to == [jane.email]
    assert message.subject == "You already have an account"


def test_changed_password_is_told_by_mail_with_the_device(jane):
    client = signed_in(jane)
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "four words of nothing"},
        HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0",
    )
    (message,) = mail.outbox
    assert message.subject == "Your password was changed"
    assert "Firefox on Windows" in message.body


def test_changed_address_is_told_to_the_old_one(jane):
    client = signed_in(jane)
    prove_again(client, password=PASSWORD)
    post(client, "account_email", action_add="", email="new@x.example")
    post(client, "account_email_verification_sent", code=mailed_code())
    jane.refresh_from_db()
    assert jane.email == "new@x.example"
    assert ("Your e-mail address was changed", ["jane@x.example"]) in [(m.subject, m.to) for m in mail.outbox]


def test_changing_the_address_needs_the_password_again(jane):
    response = post(signed_in(jane), "account_email", action_add="", email="new@x.example")
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert not mail.outbox


def test_new_second_factor_and_new_recovery_codes_are_told_by_mail(jane):
    client = signed_in(jane)
    prove_again(client, password=PASSWORD)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    post(client, "mfa_activate_totp", code=totp_code(secret))
    post(client, "mfa_generate_recovery_codes")
    assert [message.subject for message in mail.outbox] == [
        "Your app with codes is on",
        "You have new recovery codes",
    ]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Chrome/126.0 Safari/537.36", "Chrome on Mac"),
        ("curl/8.5", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_device_has_a_name_that_people_know(header, name):
    assert device_name(header) == name
