"""The second step: setting it up, giving it, and never getting around it."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.people import PASSWORD
from tests.portal.people.journey import (
    factors,
    is_signed_in,
    mailed_code,
    post,
    prove_again,
    sign_in,
    signed_in,
    totp_code,
    with_totp,
)

# Setting up a factor acts when its transaction commits.
pytestmark = pytest.mark.django_db(transaction=True)

FIRST_PAGE = "/scans/"
# A page for everybody with an account, behind the same gate as the scans.
DOOR = "/account/"


def set_up_totp(client: Client) -> str:
    """Set up an authenticator app in this browser; return its secret."""
    prove_again(client, password=PASSWORD)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert post(client, "mfa_activate_totp", code=totp_code(secret)).status_code == 302
    return str(secret)


class TestAppWithCodes:
    def test_setting_up_needs_the_password_again(self, jane):
        response = signed_in(jane).get(reverse("mfa_activate_totp"))
        assert response["Location"].startswith(reverse("account_reauthenticate"))

    def test_set_up_shows_a_picture_and_gives_recovery_codes(self, jane):
        client = signed_in(jane)
        prove_again(client, password=PASSWORD)
        assert 'src="data:image/svg+xml;base64,' in client.get(reverse("mfa_activate_totp")).content.decode()
        set_up_totp(client)
        assert factors(jane) == {"totp", "recovery_codes"}
        codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
        assert len(set(codes)) == 10

    def test_a_wrong_code_does_not_set_it_up(self, jane):
        client = signed_in(jane)
        prove_again(client, password=PASSWORD)
        client.get(reverse("mfa_activate_totp"))
        assert "The code is not right" in post(client, "mfa_activate_totp", code="000000").content.decode()
        assert factors(jane) == set()

    def test_password_alone_is_not_enough_afterwards(self, jane):
        secret = with_totp(jane)
        client = Client()
        assert sign_in(client, jane)["Location"] == reverse("mfa_authenticate")
        assert not is_signed_in(client, jane)
        post(client, "mfa_authenticate", code="000000")
        assert not is_signed_in(client, jane)
        assert post(client, "mfa_authenticate", code=totp_code(secret))["Location"] == FIRST_PAGE
        assert is_signed_in(client, jane)

    def test_a_code_works_once(self, jane):
        secret = with_totp(jane)
        code = totp_code(secret)
        for browser, works in ((Client(), True), (Client(), False)):
            sign_in(browser, jane)
            post(browser, "mfa_authenticate", code=code)
            assert is_signed_in(browser, jane) is works

    def test_code_by_mail_does_not_get_around_it(self, jane):
        with_totp(jane)
        client = Client()
        post(client, "account_request_login_code", email=jane.email)
        assert post(client, "account_confirm_login_code", code=mailed_code())["Location"] == reverse("mfa_authenticate")
        assert not is_signed_in(client, jane)

    def test_reset_does_not_get_around_it(self, jane):
        with_totp(jane)
        client = Client()
        post(client, "account_reset_password", email=jane.email)
        post(client, "account_confirm_password_reset_code", code=mailed_code())
        post(client, "account_complete_password_reset", password1="four words of nothing")
        sign_in(client, jane, "four words of nothing")
        assert not is_signed_in(client, jane)
        assert factors(jane) == {"totp"}

    def test_guessing_is_limited(self, jane):
        secret = with_totp(jane)
        client = Client()
        sign_in(client, jane)
        for _try in range(6):
            post(client, "mfa_authenticate", code="000000")
        post(client, "mfa_authenticate", code=totp_code(secret))
        assert not is_signed_in(client, jane)

    def test_turning_it_off_needs_a_code_and_tells_by_mail(self, jane):
        secret = with_totp(jane)
        client = Client()
        sign_in(client, jane)
        post(client, "mfa_authenticate", code=totp_code(secret, -1))
        asked = client.get(reverse("mfa_deactivate_totp"))
        assert asked["Location"].startswith(reverse("mfa_reauthenticate"))
        # The password does not open this door any more.
        assert client.get(reverse("account_reauthenticate"))["Location"].startswith(reverse("mfa_reauthenticate"))
        prove_again(client, code=totp_code(secret))
        mail.outbox.clear()
        post(client, "mfa_deactivate_totp")
        assert factors(jane) == set()
        assert [message.subject for message in mail.outbox] == ["Your app with codes is off"]

    def test_changing_the_address_needs_a_code(self, jane):
        secret = with_totp(jane)
        client = Client()
        sign_in(client, jane)
        post(client, "mfa_authenticate", code=totp_code(secret))
        response = post(client, "account_email", action_add="", email="new@x.example")
        assert response["Location"].startswith(reverse("mfa_reauthenticate"))
        assert len(mail.outbox) == 0


def test_recovery_code_works_once(jane):
    client = signed_in(jane)
    set_up_totp(client)
    code = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]
    for browser, works in ((Client(), True), (Client(), False)):
        sign_in(browser, jane)
        post(browser, "mfa_authenticate", code=code)
        assert is_signed_in(browser, jane) is works


def test_recovery_codes_can_be_kept_as_a_file(jane):
    client = signed_in(jane)
    set_up_totp(client)
    response = client.get(reverse("mfa_download_recovery_codes"))
    assert response["Content-Type"].startswith("text/plain")
    assert len(response.content.split()) == 10


class TestStaffAndPhysiciansMustHaveOne:
    @pytest.fixture(autouse=True)
    def _require(self, settings):
        settings.REQUIRE_MFA = True

    @pytest.fixture(params=["staff", "physician"])
    def person(self, request):
        return request.getfixturevalue(request.param)

    def enter(self, person) -> Client:
        """Sign in by password and mailed code, without a second factor of one's own."""
        client = Client()
        sign_in(client, person)
        post(client, "account_confirm_login_code", code=mailed_code())
        post(client, "mfa_trust", action="skip")
        assert is_signed_in(client, person)
        return client

    def test_without_one_they_are_led_to_a_page_that_explains(self, person):
        client = self.enter(person)
        response = client.get(DOOR)
        assert response["Location"] == reverse("mfa_index")
        page = client.get(reverse("mfa_index")).content.decode()
        assert "One more thing before you can see scans" in page
        assert reverse("mfa_activate_totp") in page

    def test_setting_it_up_opens_the_door_in_this_browser_with_a_new_session_id(self, person):
        client = self.enter(person)
        before = client.session.session_key
        set_up_totp(client)
        assert client.session.session_key != before
        assert client.get(DOOR).status_code == 200

    def test_a_session_from_before_is_asked_for_the_step_and_gets_in_with_it(self, person):
        old, new = self.enter(person), self.enter(person)
        secret = set_up_totp(new)
        assert old.get(DOOR)["Location"] == reverse("mfa_index")
        assert "Please show that it is you" in old.get(reverse("mfa_index")).content.decode()
        prove_again(old, code=totp_code(secret, 1))
        assert old.get(DOOR).status_code == 200

    def test_signing_in_with_it_opens_the_door(self, person):
        secret = with_totp(person)
        client = Client()
        sign_in(client, person)
        post(client, "mfa_authenticate", code=totp_code(secret))
        assert client.get(DOOR).status_code == 200

    def test_removing_it_closes_the_door_again(self, person):
        client = self.enter(person)
        set_up_totp(client)
        Authenticator.objects.filter(user=person).delete()
        assert client.get(DOOR)["Location"] == reverse("mfa_index")

    def test_the_admin_is_behind_the_same_door(self, staff):
        client = self.enter(staff)
        assert client.get("/admin/")["Location"] == reverse("mfa_index")
        set_up_totp(client)
        assert client.get("/admin/").status_code == 200

    def test_patients_may_go_without(self, jane):
        assert self.enter(jane).get(DOOR).status_code == 200


def test_without_the_requirement_nobody_is_stopped(staff):
    assert signed_in(staff).get(DOOR).status_code == 200
