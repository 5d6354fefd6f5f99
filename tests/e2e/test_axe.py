"""axe-core finds nothing on any page of the journey, in light and dark, in the viewer's simple and full mode."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, NewContext, Site, first_study, sign_in
from tests.e2e.opened import DESK, FINAL, PATIENT, PHYSICIAN, open_viewer
from tests.parts import npm_package

pytestmark = [pytest.mark.slow, pytest.mark.stack, pytest.mark.browser]
STAFF = "staff@demo.example"
OPEN = [
    "/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/shares/closed/",
    "/s/nothing/",
    "/no/",
]
OF_ACCOUNT = ["/account/", "/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/"]
OF_SCAN = ["/scans/{}/", "/scans/{}/report/", "/scans/{}/download/", "/scans/{}/share/"]
OF_STAFF = ["/staff/", "/staff/?patient_id=DEMO-A", "/staff/?patient_id=nobody", "/staff/enrol/", "/shares/"]


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    """Return a color scheme that a person may prefer."""
    return str(request.param)


@pytest.fixture(scope="module")
def axe() -> str:
    """Return axe-core's script."""
    return (npm_package("axe-core") / "axe.min.js").read_text(encoding="utf-8")


def _complaints(page: Page, axe: str) -> list[str]:
    """Return what axe-core complains of on the page as it is now."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    where = page.url.split("/", 3)[3]
    return [
        f"/{where} {violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def _walk(page: Page, axe: str, addresses: list[str]) -> list[str]:
    complaints = []
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        complaints += _complaints(page, axe)
    return complaints


def test_pages_before_signing_in(new_context: NewContext, axe: str, scheme: str) -> None:
    page = new_context(**PHONE, color_scheme=scheme).new_page()
    assert _walk(page, axe, OPEN) == []


def test_pages_of_a_patient(new_context: NewContext, site: Site, axe: str, scheme: str) -> None:
    page = new_context(**PHONE, color_scheme=scheme).new_page()
    sign_in(page, site, PATIENT)
    key = first_study(page)
    scan = [address.format(key) for address in OF_SCAN]
    assert _walk(page, axe, ["/scans/", *scan, "/shares/", *OF_ACCOUNT]) == []


def test_making_and_opening_a_link(new_context: NewContext, site: Site, axe: str, scheme: str) -> None:
    page = new_context(**PHONE, color_scheme=scheme).new_page()
    sign_in(page, site, PATIENT)
    page.goto(f"/scans/{first_study(page)}/share/")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    complaints = _complaints(page, axe)
    page.get_by_label("Who is it for?").fill("Dr Miller")
    page.get_by_role("button", name="Go on").click()
    complaints += _complaints(page, axe)
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The link is ready")
    complaints += _complaints(page, axe)
    link, pin = page.locator("#link").input_value(), page.locator("#pin").inner_text().replace(" ", "")
    complaints += _walk(page, axe, ["/shares/"])
    visitor = new_context(**PHONE, color_scheme=scheme).new_page()
    complaints += _walk(visitor, axe, [link.replace("https://", "http://")])
    visitor.get_by_label("Code").fill(pin)
    with visitor.expect_navigation():
        visitor.get_by_role("button", name="Open").click()
    assert complaints + _complaints(visitor, axe) == []


def test_pages_of_staff(new_context: NewContext, site: Site, axe: str, scheme: str) -> None:
    page = new_context(**DESK, color_scheme=scheme).new_page()
    sign_in(page, site, STAFF)
    assert _walk(page, axe, OF_STAFF) == []


def test_pages_of_a_physician(new_context: NewContext, site: Site, axe: str, scheme: str) -> None:
    page = new_context(**DESK, color_scheme=scheme).new_page()
    sign_in(page, site, PHYSICIAN)
    assert _walk(page, axe, ["/scans/", *(address.format(first_study(page)) for address in OF_SCAN)]) == []


@pytest.mark.parametrize("device", [PHONE, DESK], ids=["phone", "desk"])
def test_the_viewer_simple_and_full(
    new_context: NewContext, site: Site, axe: str, scheme: str, device: dict[str, object]
) -> None:
    page = new_context(**device, color_scheme=scheme).new_page()
    sign_in(page, site, PATIENT)
    page.goto(f"/viewer/{first_study(page)}/")
    expect(page.locator("[data-show=quality]")).to_have_text(FINAL)
    complaints = _complaints(page, axe)
    page.get_by_role("button", name="Help").click()
    complaints += _complaints(page, axe)
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="All tools").click()
    page.get_by_role("button", name="Value", exact=True).click()
    expect(page.locator(".layer.measures")).to_be_attached()
    box = page.locator("[data-stage]").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("[data-measures]")).to_be_visible()
    page.locator("[data-measures] summary").click()
    expect(page.locator(".layer.measures text")).to_have_text(re.compile(r"^\d+"))
    assert complaints + _complaints(page, axe) == []


def test_four_pictures_at_once(new_context: NewContext, site: Site, axe: str, scheme: str) -> None:
    opened = open_viewer(new_context(**DESK, color_scheme=scheme), site, PHYSICIAN)
    opened.page.get_by_role("button", name="Four", exact=True).click()
    expect(opened.page.locator(".place .tile [data-show=quality]")).to_have_text([FINAL] * 3)
    assert _complaints(opened.page, axe) == []
