"""OHIF, unmodified and on another origin, opens a patient's study with a bearer token, and no other study."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect, sync_playwright

from bench.stack import Stack
from tests.e2e.conftest import FLAGS
from tests.ohif import CHROMIUM_FLAGS, Ohif
from tests.orthanc import free_port
from tests.parts import find, need
from tests.synthetic import ct_slice, study_uid

pytestmark = [pytest.mark.orthanc, pytest.mark.stack, pytest.mark.browser, pytest.mark.nginx, pytest.mark.timeout(400)]
MINE, THEIRS = 9010, 9011
MOST_MILLISECONDS = 90_000
# The left half of each slice is air, the right half is metal: dark and bright whatever the window.
_SHOWS_BOTH_HALVES = """() => {
  const canvas = document.querySelector('canvas.cornerstone-canvas');
  if (!canvas || !canvas.width || !canvas.height) return false;
  const gray = (x) => canvas.getContext('2d')
    .getImageData(Math.round(canvas.width * x), Math.round(canvas.height / 2), 1, 1).data;
  const [left, right] = [gray(0.4), gray(0.6)];
  return left[3] === 255 && left[0] < 20 && right[0] > 235;
}"""


def _halves(patient_id: str, study: int) -> Iterator[bytes]:
    for number in range(1, 4):
        ds = ct_slice(patient_id, study, 1, number, size=128)
        pixels = np.zeros((128, 128), np.uint16)
        pixels[:, 64:] = 3000
        ds.PixelData = pixels.tobytes()
        file = io.BytesIO()
        ds.save_as(file, enforce_file_format=True)
        yield file.getvalue()


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Ohif, str]]:
    """Serve OHIF from an origin of its own, which the product allows, and return a patient's token with it."""
    port = free_port()
    service = f"http://127.0.0.1:{port}/dicomweb"
    with Ohif(service, root=service) as viewer, Stack(environment={"DICOMWEB_ORIGINS": viewer.url}, port=port) as stack:
        stack.orthanc.store([*_halves("P-OHIF", MINE), *_halves("P-OHIF-OTHER", THEIRS)])
        stack.manage("sync")
        token = stack.token("ohif@x.example", "P-OHIF")
        yield viewer, token


@pytest.fixture(scope="module")
def ohif(served: tuple[Ohif, str]) -> Ohif:
    return served[0]


@pytest.fixture(scope="module")
def token(served: tuple[Ohif, str]) -> str:
    """Return the token of a patient who has one of the two studies that are stored."""
    return served[1]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Run Chromium with WebGL in software, which OHIF draws with."""
    need("browser")
    flags = [flag for flag in FLAGS if flag != "--disable-gpu"] + CHROMIUM_FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=flags)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    opened = chromium.new_context(viewport={"width": 1000, "height": 800})
    opened.set_default_timeout(MOST_MILLISECONDS)
    yield opened
    opened.close()


def _asked(page: Page) -> list[tuple[int, str]]:
    """Return a list that fills with the status and path of each DICOMweb answer."""
    found: list[tuple[int, str]] = []

    def note(answer: Response) -> None:
        if "/dicomweb/" in answer.url:
            found.append((answer.status, answer.url))

    page.on("response", note)
    return found


def test_it_shows_the_pixels_of_the_patient_s_study(ohif: Ohif, token: str, context: BrowserContext) -> None:
    page = context.new_page()
    asked = _asked(page)
    page.goto(ohif.study(study_uid(MINE), token))
    page.wait_for_function(_SHOWS_BOTH_HALVES, timeout=MOST_MILLISECONDS, polling=200)
    assert any("/frames/" in url for _, url in asked)
    assert {status for status, _ in asked} <= {200, 304}


def test_it_lists_the_patient_s_study_only(ohif: Ohif, token: str, context: BrowserContext) -> None:
    # In its list OHIF knows tokens only from a sign-in of its own; here the browser adds it.
    context.set_extra_http_headers({"Authorization": f"Bearer {token}"})
    page = context.new_page()
    page.goto(ohif.url)
    expect(page.get_by_text("Test, P-OHIF", exact=True).first).to_be_visible()
    expect(page.get_by_text("P-OHIF-OTHER")).to_have_count(0)


def test_another_patient_s_study_does_not_open(ohif: Ohif, token: str, context: BrowserContext) -> None:
    page = context.new_page()
    asked = _asked(page)
    page.goto(ohif.study(study_uid(THEIRS), token))
    expect(page.get_by_text("not available at this time")).to_be_visible()
    assert asked
    assert not any("/frames/" in url or "/metadata" in url for status, url in asked if status == 200)


def test_without_a_token_there_is_nothing(ohif: Ohif, context: BrowserContext) -> None:
    page = context.new_page()
    with page.expect_response(lambda answer: "/dicomweb/studies" in answer.url) as found:
        page.goto(ohif.study(study_uid(MINE)))
    assert found.value.status == 401
