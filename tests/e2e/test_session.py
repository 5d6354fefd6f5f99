"""A session that nears its end, and what the account remembers, in a real browser."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.conftest import PHONE, NewContext, Site, sign_in, until
from tests.e2e.opened import FINAL, PATIENT, address_of

pytestmark = [pytest.mark.browser, pytest.mark.stack]
STILL_THERE = "Are you still there?"


def _idle(page: Page, minutes: int) -> None:
    """Let the browser's clock go on; the server's does not."""
    page.clock.fast_forward(minutes * 60_000)


def _listen(page: Page) -> Callable[[], bool]:
    """Return what tells whether the page has fetched nothing since it was last asked twenty times."""
    lately: deque[int] = deque(maxlen=20)
    told: list[Request] = []

    def note(request: Request) -> None:
        told.append(request)

    page.on("request", note)
    page.on("requestfinished", note)
    page.on("requestfailed", note)

    def is_quiet() -> bool:
        lately.append(len(told))
        return len(lately) == lately.maxlen and lately[0] == lately[-1]

    return is_quiet


def test_a_form_keeps_what_was_typed_when_the_session_is_kept(new_context: NewContext, site: Site) -> None:
    page = new_context(**PHONE).new_page()
    sign_in(page, site, PATIENT)
    page.clock.install()
    page.goto("/account/")
    page.goto("/accounts/password/change/")
    page.get_by_label("Current password").fill("half a sentence")
    _idle(page, 20)
    expect(page.get_by_role("dialog", name=STILL_THERE)).to_be_hidden()
    _idle(page, 8)
    expect(page.get_by_role("dialog", name=STILL_THERE)).to_be_visible()
    with page.expect_response(re.compile("/account/stay$")) as answer:
        page.get_by_role("button", name="Stay signed in").click()
    assert answer.value.status == 204
    expect(page.get_by_role("dialog", name=STILL_THERE)).to_be_hidden()
    expect(page.get_by_label("Current password")).to_have_value("half a sentence")


def test_the_viewer_says_when_it_is_over_and_keeps_the_place(new_context: NewContext, site: Site) -> None:
    page = new_context(**PHONE).new_page()
    sign_in(page, site, PATIENT)
    address = address_of(page, "CT")
    page.clock.install()
    is_quiet = _listen(page)
    page.goto(address)
    page.clock.run_for(5000)
    expect(page.locator("[data-show=quality]")).to_have_text(FINAL)
    until(page, is_quiet, "the page fetches nothing more: that would count as activity")
    _idle(page, 28)
    dialog = page.get_by_role("dialog", name=STILL_THERE)
    expect(dialog).to_be_visible()
    page.context.clear_cookies()
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog.get_by_role("alert")).to_contain_text("You are signed out")
    expect(dialog.get_by_role("link", name="Sign in again")).to_have_attribute("href", re.compile(r"next=%2Fviewer%2F"))
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-canvas]")).to_be_visible()


def test_the_viewer_opens_as_it_was_left_also_elsewhere(new_context: NewContext, site: Site) -> None:
    page = new_context(**PHONE).new_page()
    sign_in(page, site, PATIENT)
    address = address_of(page, "CT")
    page.goto(address)
    expect(page.locator("[data-edge=left]")).to_be_attached()
    for name in ("All tools", "Help", "Letter and number keys", "Window is the tool at the start"):
        if name in ("All tools", "Help"):
            page.get_by_role("button", name=name).click()
        else:
            with page.expect_response(re.compile("/account/viewer$")) as answer:
                page.get_by_role("button", name=name).click()
            assert answer.value.status == 204
    other = new_context(**PHONE).new_page()
    sign_in(other, site, PATIENT)
    other.goto(address)
    expect(other.locator("[data-show=frame]")).to_have_text(re.compile(r"^Im \d+/\d+$"))
    expect(other.get_by_role("button", name="Window", exact=True)).to_have_attribute("aria-pressed", "true")
    other.get_by_role("button", name="Help").click()
    expect(other.get_by_role("button", name="Letter and number keys")).to_have_attribute("aria-pressed", "false")
