"""The viewer, opened in a real browser by somebody who signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.conftest import Site, sign_in, until

DESK = {"viewport": {"width": 1280, "height": 800}}
PATIENT, PHYSICIAN = "patient-a@demo.example", "physician@demo.example"
FINAL = re.compile("^Final")


def address_of(page: Page, modality: str) -> str:
    """Return the viewer's address of the first study with such a series of several frames."""
    page.goto("/scans/")
    links = page.locator("a[href*='/scans/']").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    for key in dict.fromkeys(match[1] for link in links if (match := re.match(r"/scans/([\w-]{16,})/", link))):
        answer = page.request.get(f"/viewer/{key}/manifest.json")
        if any(s["modality"] == modality and s["frame_count"] > 1 for s in answer.json()["series"]):
            return f"/viewer/{key}/"
    raise AssertionError(f"no {modality} study on the list")


@dataclass
class Opened:
    """The viewer in a page, with what the browser complained of."""

    page: Page
    complaints: list[str]

    def words(self, name: str) -> Locator:
        return self.page.locator(f"[data-show={name}]")

    def expect(self, name: str, words: str | re.Pattern[str]) -> None:
        expect(self.words(name)).to_have_text(words)

    def number(self) -> int:
        found = re.search(r"(\d+)(/| of )", self.words("frame").inner_text())
        assert found
        return int(found[1])

    @property
    def stage(self) -> Locator:
        return self.page.locator("[data-stage]")

    def middle(self) -> tuple[float, float]:
        box = self.stage.bounding_box()
        assert box
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def mean_gray(self) -> float:
        """Return the mean of the middle of the canvas."""
        return float(
            self.page.locator("[data-canvas]").evaluate(
                """canvas => {
                    const [w, h] = [canvas.width >> 2, canvas.height >> 2];
                    const { data } = canvas.getContext("2d").getImageData(w, h, w * 2, h * 2);
                    let sum = 0;
                    for (let at = 0; at < data.length; at += 4) sum += data[at];
                    return sum / (data.length / 4);
                }"""
            )
        )

    def until(self, holds: Callable[[], bool], what: str) -> None:
        until(self.page, holds, what)


def open_viewer(context: BrowserContext, site: Site, email: str, modality: str = "CT") -> Opened:
    """Sign in, open the first study of that modality and wait for its final picture."""
    page = context.new_page()
    sign_in(page, site, email)
    opened = Opened(page, [])
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    page.on("console", lambda said: opened.complaints.append(said.text) if said.type == "error" else None)
    page.goto(address_of(page, modality))
    opened.expect("quality", FINAL)
    return opened
