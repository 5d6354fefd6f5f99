"""OHIF opening the same study on the same Orthanc, on the same slow phone: seconds and bytes to its first picture."""

from __future__ import annotations

import time
from dataclasses import dataclass

from playwright.sync_api import Playwright

from bench.slow_link import slow_down
from bench.studies import STUDY_UID
from tests.e2e.conftest import FLAGS, PHONE
from tests.ohif import CHROMIUM_FLAGS, Ohif
from tests.parts import find

MOST_SECONDS = 180
_HAS_PICTURE = """() => {
  const canvas = document.querySelector('canvas.cornerstone-canvas');
  if (!canvas || !canvas.width || !canvas.height) return false;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let lit = 0;
  for (let at = 0; at < data.length; at += 4) lit += data[at] > 40;
  return lit > 200;
}"""


@dataclass(frozen=True, slots=True)
class FirstPicture:
    """When a viewer showed its first picture, and what had come over the wire by then."""

    seconds: float
    bytes: float


def open_in_ohif(playwright: Playwright, orthanc_url: str) -> FirstPicture:
    """Open the study in OHIF; raises TimeoutError when no picture comes."""
    flags = [flag for flag in FLAGS if flag != "--disable-gpu"] + CHROMIUM_FLAGS
    chromium = playwright.chromium.launch(executable_path=find("chromium"), args=flags)
    with Ohif(orthanc_url) as ohif:
        page = chromium.new_context(**PHONE).new_page()
        traffic = slow_down(page)
        traffic.start()
        began = time.monotonic()
        page.goto(ohif.study(STUDY_UID), wait_until="commit", timeout=MOST_SECONDS * 1000)
        page.wait_for_function(_HAS_PICTURE, timeout=MOST_SECONDS * 1000, polling=50)
        found = FirstPicture(time.monotonic() - began, traffic.total)
    chromium.close()
    return found
