"""What is no picture, in a real browser: a video that plays by ranges, pages of a PDF, an electrocardiogram."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Error, Page, expect, sync_playwright
from pydicom import dcmread
from pydicom.data import get_testdata_file

from pacs_gateway import upstream
from pacs_gateway.access.grant import mint_for_system
from pacs_gateway.access.right import Right
from tests.cast import OWNER, Cast, make_cast
from tests.dicom_testdata import dicom_file
from tests.e2e.conftest import FLAGS, PHONE, SECONDS, until
from tests.parts import find
from tests.pdfs import BLUE, RED, encapsulated, pdf
from tests.synthetic import study_uid
from viewer import asking, manifest, store

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STUDY = 89500


@pytest.fixture
def cast(pacs_folder: Path, workers: None, live_server, monkeypatch: pytest.MonkeyPatch) -> Cast:
    # Playwright keeps an event loop in this thread; the database is still used from one thread at a time.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    # What a person would not wait for, a busy test machine may need.
    monkeypatch.setattr(asking, "SECONDS", float(SECONDS))
    monkeypatch.setattr(store, "WAITS_WITHIN_SECONDS", SECONDS + 2.0)
    folder = pacs_folder / f"objects{STUDY}"
    folder.mkdir(exist_ok=True)
    letter = encapsulated(pdf(RED, BLUE), OWNER.patient_id, STUDY)
    letter.save_as(folder / "letter.dcm", enforce_file_format=True)
    files = [dicom_file("derived/video_h264_high41_us.dcm"), get_testdata_file("waveform_ecg.dcm")]
    for number, file in enumerate(files, 1):
        ds = dcmread(file)
        ds.StudyInstanceUID, ds.SeriesInstanceUID = study_uid(STUDY), f"{study_uid(STUDY)}.{number}"
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{study_uid(STUDY)}.{number}.1"
        ds.PatientID, ds.IssuerOfPatientID = OWNER.patient_id, OWNER.issuer
        ds.save_as(folder / f"{number}.dcm")
    upstream.prepare("main", print)
    return make_cast(study_uid=study_uid(STUDY))


@pytest.fixture
def page(cast: Cast, live_server) -> Iterator[Page]:
    """Return a page of the owner's phone; nothing on it may break its own Content Security Policy."""
    complaints: list[str] = []
    cookies = _cookies(cast.client("owner"), live_server.url)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=FLAGS)
        context = browser.new_context(base_url=live_server.url, **PHONE)  # type: ignore[arg-type]
        context.set_default_timeout(SECONDS * 1000)
        context.add_cookies(cookies)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        yield page
        browser.close()
    assert complaints == []


def _cookies(client: Client, url: str) -> list[dict[str, str]]:
    return [{"name": name, "value": cookie.value, "url": url} for name, cookie in client.cookies.items()]


def test_a_video_plays(page: Page, cast: Cast) -> None:
    ranges: list[str] = []
    page.on("response", lambda answer: ranges.append(f"{answer.status}") if answer.url.endswith("/stream") else None)
    page.goto(reverse("studies:study", args=[cast.study.key]))
    page.locator('a[href*="/videos/1/"]').click()
    video = page.locator("video")
    expect(video).to_be_visible()
    until(page, lambda: video.evaluate("video => video.readyState >= 1"), "the browser knows the video")
    assert video.evaluate("video => [video.videoWidth, video.videoHeight]") == [320, 240]
    assert video.evaluate("video => video.duration") > 0
    assert "206" in ranges


def test_the_pages_of_a_document_are_seen(page: Page, cast: Cast) -> None:
    page.goto(reverse("studies:report", args=[cast.study.key]))
    page.locator('a[href*="/documents/"]').click()
    for number in (1, 2):
        picture = page.get_by_alt_text(f"Page {number} of 2")
        picture.scroll_into_view_if_needed()
        until(page, lambda picture=picture: picture.evaluate("image => image.naturalWidth > 0"), "the page is drawn")


def test_a_browser_shows_the_pdf_itself_in_its_sandbox(cast: Cast, live_server) -> None:
    grant = mint_for_system(cast.study.ref, cast.study.key, cast.study.patient, "test", [Right.VIEW])
    (series,) = manifest.load(grant).documents
    cookies = _cookies(cast.client("owner"), live_server.url)
    with sync_playwright() as playwright:
        # The whole browser, not the shell that tests are usually run in: that has no viewer for PDFs.
        flags = [*FLAGS, "--headless=new"]
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=flags, headless=False)
        page = browser.new_context(base_url=live_server.url).new_page()
        page.set_default_timeout(SECONDS * 1000)
        page.context.add_cookies(cookies)
        page.goto(reverse("studies:document", args=[cast.study.key, series.id, 1]))
        with page.expect_popup() as opened:
            page.locator('a[href$="?open"]').click()
        opened.value.bring_to_front()
        until(page, lambda: RED in _colors(opened.value), "the red page is shown")
        browser.close()


def _colors(page: Page) -> set[tuple[int, ...]]:
    """Return the pure colors that are shown; none while the browser has not drawn the page at all."""
    try:
        screenshot = page.screenshot()
    except Error as error:
        if "Unable to capture screenshot" not in error.message:
            raise
        return set()
    image = Image.open(io.BytesIO(screenshot)).convert("RGB")
    return {tuple(round(part / 255) for part in color) for _, color in image.getcolors(image.width * image.height)}


def test_an_electrocardiogram_is_seen_in_the_viewer(page: Page, cast: Cast) -> None:
    study = cast.study
    grant = mint_for_system(study.ref, study.key, study.patient, "test", [Right.VIEW])
    (entry,) = manifest.load(grant).images
    page.goto(reverse("viewer:study", args=[study.key]) + f"?series={entry.id}&frame=1")
    first = page.locator("[data-first]")
    until(page, lambda: first.evaluate("image => image.naturalWidth > 0"), "the paper is drawn")
    expect(page.locator('a.thumb[href*="/videos/1/"]')).to_be_attached()
    # The viewer goes on loading; the database is emptied after this.
    page.wait_for_load_state("networkidle")
