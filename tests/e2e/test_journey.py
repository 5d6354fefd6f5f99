"""What the product is for, in real browsers on the running demo: a patient's first study from sign-in to sharing."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Response, expect
from pydicom import dcmread

from tests.e2e.conftest import PHONE, NewContext, Site, sign_in, until

pytestmark = [pytest.mark.slow, pytest.mark.stack, pytest.mark.browser]
CT = "CT scan of the chest"
PATIENT, OTHER, PHYSICIAN, STAFF = (f"{name}@demo.example" for name in ("patient-a", "patient-b", "physician", "staff"))


def _open_ct(page: Page) -> str:
    """Open the newest CT on the list and return its key."""
    page.get_by_role("link", name=CT, exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(CT)
    found = re.search(r"/scans/([\w-]+)/", page.url)
    assert found
    return found[1]


def _shown(page: Page) -> np.ndarray:
    """Return what the viewer shows, as grey pixels."""
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("L")).astype(float)


def _wait_for_final(page: Page, number: int) -> None:
    expect(page.get_by_text(re.compile(rf"\b{number}( of |/)\d+")).first).to_be_visible()
    expect(page.get_by_text("Final").first).to_be_visible()


def test_a_patient_sees_scrolls_windows_and_downloads(site: Site, new_context: NewContext, tmp_path: Path) -> None:
    page = new_context(**PHONE).new_page()
    sign_in(page, site, PATIENT)
    expect(page.get_by_role("heading", level=1)).to_have_text("My scans")
    assert "Blake" not in page.inner_text("main")
    key = _open_ct(page)

    page.get_by_role("button", name="View", exact=True).click()
    expect(page.get_by_text("Alex Demo").first).to_be_visible()
    _wait_for_final(page, 70)
    middle = _shown(page)
    assert middle.max() > 200, "the picture is dark"

    page.get_by_role("application").press("ArrowDown")
    _wait_for_final(page, 71)
    until(page, lambda: np.abs(_shown(page) - middle).max() > 20, "another slice")

    page.get_by_role("button", name="Show Lungs").click()
    expect(page).to_have_url(re.compile("window=-600"))
    _wait_for_final(page, 71)
    until(page, lambda: _shown(page).mean() > middle.mean() + 20, "the lung window is brighter")

    page.goto(f"/scans/{key}/download/")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the ZIP file").click()
    path = tmp_path / "images.zip"
    waiting.value.save_as(path)
    _check_pack(path)


def _check_pack(path: Path) -> None:
    with zipfile.ZipFile(path) as pack:
        assert pack.testzip() is None
        images = [name for name in pack.namelist() if name.startswith("DICOM/")]
        assert len(images) == 141
        first = dcmread(io.BytesIO(pack.read(images[0])))
        assert first.PatientID == "DEMO-A"
        listed = pack.read("MANIFEST.TXT").decode()
        assert hashlib.sha256(pack.read(images[0])).hexdigest() in listed


def test_without_javascript_the_first_picture_and_the_next_are_there(site: Site, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False, **PHONE).new_page()
    sign_in(page, site, PATIENT)
    key = _open_ct(page)
    page.goto(f"/viewer/{key}/")
    expect(page.get_by_text("Slice 70 of 140").first).to_be_visible()
    before = _shown(page)
    page.get_by_role("link", name=re.compile("Next")).first.click()
    expect(page.get_by_text("Slice 71 of 140").first).to_be_visible()
    until(page, lambda: np.abs(_shown(page) - before).max() > 20, "another slice")


def test_a_staff_link_opens_exactly_that_study_on_another_browser(site: Site, new_context: NewContext) -> None:
    desk = new_context(viewport={"width": 1280, "height": 900}).new_page()
    sign_in(desk, site, STAFF)
    link, pin, key = _make_link(desk)

    visitor = new_context(**PHONE).new_page()
    visitor.goto(link.replace("https://", "http://"))
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("shared with you")
    visitor.get_by_label("Code").fill("000000" if pin != "000000" else "111111")
    with visitor.expect_navigation():
        visitor.get_by_role("button", name="Open").click()
    assert "Alex" not in visitor.inner_text("main")
    visitor.get_by_label("Code").fill(pin)
    with visitor.expect_navigation():
        visitor.get_by_role("button", name="Open").click()
    expect(visitor.get_by_text(CT).first).to_be_visible()
    assert link.rstrip("/").rsplit("/", 1)[1] not in visitor.url

    assert _status(visitor, f"/viewer/{key}/manifest.json") == 200
    other = _other_key(desk, key)
    assert _status(visitor, f"/viewer/{other}/manifest.json") == 404
    assert _status(visitor, f"/scans/{key}/dicom.zip") == 404, "the link did not include the originals"
    visitor.goto(f"/viewer/{key}/")
    expect(visitor.get_by_text("Slice 70 of 140").first).to_be_visible()

    desk.goto("/shares/")
    with desk.expect_navigation():
        desk.get_by_role("button", name=re.compile("Stop this link")).first.click()
    desk.get_by_role("button", name=re.compile("Stop")).click()
    manifest = f"/viewer/{key}/manifest.json"
    until(desk, lambda: _status(visitor, manifest) in (302, 401, 404), "the stopped link opens nothing")


def _make_link(page: Page) -> tuple[str, str, str]:
    key = _search(page)
    page.goto(f"/scans/{key}/share/")
    page.get_by_label("Who is it for?").fill("Dr Miller")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Alex Demo").first).to_be_visible()
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The link is ready")
    return page.locator("#link").input_value(), page.locator("#pin").inner_text().replace(" ", ""), key


def _search(page: Page, words: str = "CT chest") -> str:
    """Find patient A's study by the search and return its key."""
    page.goto("/staff/")
    page.get_by_label("Patient ID").fill("DEMO-A")
    page.get_by_role("button", name=re.compile("Search|Find")).click()
    row = page.locator("tr, li.card, article").filter(has_text=words).first
    target = row.locator("a[href*='/scans/']").first.get_attribute("href")
    assert target
    return target.split("/")[2]


def _other_key(page: Page, key: str) -> str:
    other = _search(page, "MRI chest")
    assert other != key
    return other


def _status(page: Page, path: str) -> int:
    answer = page.request.get(path, max_redirects=0)
    return answer.status


def test_nobody_opens_another_patient_s_study(site: Site, new_context: NewContext) -> None:
    owner = new_context().new_page()
    sign_in(owner, site, PATIENT)
    key = _open_ct(owner)
    stranger = new_context().new_page()
    sign_in(stranger, site, OTHER)
    for path in (f"/scans/{key}/", f"/viewer/{key}/", f"/viewer/{key}/manifest.json", f"/scans/{key}/dicom.zip"):
        assert _status(stranger, path) == 404
    anonymous = new_context().new_page()
    response: Response | None = anonymous.goto(f"/scans/{key}/")
    assert response is not None
    assert "/accounts/login/" in anonymous.url


def test_the_physician_reads_the_report_of_the_patient(site: Site, new_context: NewContext) -> None:
    page = new_context(**PHONE).new_page()
    sign_in(page, site, PHYSICIAN)
    page.get_by_role("link", name=re.compile("CT chest")).first.click()
    page.get_by_role("link", name=re.compile("eport")).first.click()
    expect(page.get_by_text("One spot of 12 mm in the right lung").first).to_be_visible()


def test_no_page_breaks_its_own_content_security_policy(site: Site, new_context: NewContext) -> None:
    page = new_context(**PHONE).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, site, PATIENT)
    key = _open_ct(page)
    for path in (
        "/scans/",
        f"/viewer/{key}/",
        f"/scans/{key}/report/",
        f"/scans/{key}/share/",
        "/shares/",
        "/account/",
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
    assert complaints == []
