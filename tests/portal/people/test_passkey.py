"""Passkeys in a real browser with a virtual authenticator, under the site's strict policy."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect, sync_playwright

from tests.parts import find
from tests.people import PASSWORD, make_patient
from tests.portal.people.journey import factors

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(live_server, settings, monkeypatch) -> str:
    """Serve the site under a name: an address of digits cannot own a passkey."""
    # Playwright keeps an event loop in this thread; the database is still used from one thread at a time.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.fixture
def page(site) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=FLAGS)
        page = browser.new_page(base_url=site)
        page.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)
        page.problems = []
        page.on("console", lambda line: page.problems.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield page
        browser.close()


def sign_in_by_password(page: Page, email: str) -> None:
    page.goto(reverse("account_login"))
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/scans/")


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(r"^[^/]+//[^/]+/$"))


def add_passkey(page: Page) -> None:
    page.goto(reverse("mfa_add_webauthn"))
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.fill("[name=name]", "my phone")
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**" + reverse("mfa_view_recovery_codes"))


def test_add_a_passkey_and_sign_in_with_it_alone(page):
    jane = make_patient("jane@x.example")
    sign_in_by_password(page, jane.email)
    add_passkey(page)
    assert factors(jane) == {"webauthn", "recovery_codes"}
    page.goto(reverse("mfa_list_webauthn"))
    expect(page.get_by_role("heading", name="my phone")).to_be_visible()

    sign_out(page)
    page.goto(reverse("account_login") + "?next=/account/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/account/")
    assert page.problems == []


def test_passkey_is_the_second_step_after_a_password(page):
    jane = make_patient("jane@x.example")
    sign_in_by_password(page, jane.email)
    add_passkey(page)
    sign_out(page)
    page.goto(reverse("account_login"))
    page.fill("[name=login]", jane.email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/scans/")
    assert page.problems == []


def test_refused_passkey_says_what_to_do(page):
    page.goto(reverse("account_login"))
    # What a browser answers when the person cancels.
    page.evaluate(
        "() => { navigator.credentials.get = async () => { throw new DOMException('', 'NotAllowedError'); }; }"
    )
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("alert").filter(has_text="The passkey did not work").wait_for()


def test_password_can_be_shown_and_hidden(page):
    page.goto(reverse("account_login"))
    page.fill("[name=password]", "visible?")
    page.get_by_role("button", name="Show the password").click()
    expect(page.locator("[name=password]")).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide the password").click()
    expect(page.locator("[name=password]")).to_have_attribute("type", "password")
