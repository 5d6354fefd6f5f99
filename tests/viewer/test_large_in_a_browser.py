"""A large radiograph in a real browser: whole while it fits, in parts when it is looked at closely."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Error, Page, Request, Route, expect, sync_playwright

from tests.cast import Cast, make_cast
from tests.e2e.conftest import FLAGS, PHONE, SECONDS, until
from tests.parts import find
from tests.viewer.test_large import put_large
from viewer import asking, store

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STUDY = 89620
MOST_AT_ONCE = 6


@pytest.fixture
def cast(pacs_folder: Path, workers: None, live_server, monkeypatch: pytest.MonkeyPatch) -> Cast:
    # Playwright keeps an event loop in this thread; the database is still used from one thread at a time.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    # What a person would not wait for, a busy test machine may need.
    monkeypatch.setattr(asking, "SECONDS", float(SECONDS))
    monkeypatch.setattr(store, "WAITS_WITHIN_SECONDS", SECONDS + 2.0)
    return make_cast(study_uid=put_large(pacs_folder, STUDY))


@pytest.fixture
def page(cast: Cast, live_server) -> Iterator[Page]:
    """Return a page of the owner's phone; nothing on it may break its own Content Security Policy."""
    complaints: list[str] = []
    cookies = cast.client("owner").cookies.items()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=FLAGS)
        context = browser.new_context(base_url=live_server.url, **PHONE)  # type: ignore[arg-type]
        context.set_default_timeout(SECONDS * 1000)
        context.add_cookies([{"name": name, "value": one.value, "url": live_server.url} for name, one in cookies])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
    assert complaints == []


def _sharpness(page: Page) -> float:
    """Return the mean step between neighboring pixels of the middle of the canvas."""
    return float(
        page.locator("[data-canvas]").evaluate(
            """canvas => {
                const [w, h] = [canvas.width >> 2, canvas.height >> 2];
                const { data } = canvas.getContext("2d").getImageData(w, h, w * 2, h * 2);
                let sum = 0;
                for (let at = 4; at < data.length; at += 4) sum += Math.abs(data[at] - data[at - 4]);
                return sum / (data.length / 4);
            }"""
        )
    )


class Requests:
    """Requests for frames and tiles: their addresses, and how many were under way at once."""

    def __init__(self, page: Page) -> None:
        self.tiles: list[str] = []
        self.frames: list[str] = []
        self.most = 0
        self._under_way: set[object] = set()
        page.on("request", self._began)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)

    def _ended(self, request: Request) -> None:
        self._under_way.discard(request)

    def _began(self, request: Request) -> None:
        if "/frames/" not in request.url:
            return
        (self.tiles if "/tiles/" in request.url else self.frames).append(request.url)
        self._under_way.add(request)
        self.most = max(self.most, len(self._under_way))


def test_zooming_in_fetches_the_parts_that_are_seen(page: Page, cast: Cast) -> None:
    asked = Requests(page)
    page.goto(reverse("viewer:study", args=[cast.study.key]))
    quality = page.locator("[data-show=quality]")
    expect(quality).to_have_text(re.compile("^Final"))
    assert asked.tiles == []
    sizes = [int(found[1]) for url in asked.frames if (found := re.search(r"size=(\d+)", url))]
    assert all(size <= 1536 for size in sizes)
    assert all("size=" in url for url in asked.frames if "numbers=" not in url)
    held: list[Route] = []
    page.route("**/tiles/**", lambda route: held.append(route))
    page.locator("[data-stage]").focus()
    for _ in range(12):
        page.keyboard.press("+")
    until(page, lambda: any("/tiles/0/" in url for url in asked.tiles), "tiles of the stored pixels are asked for")
    expect(quality).to_have_text(re.compile("^Preview"))
    coarse = _sharpness(page)
    page.unroute("**/tiles/**")
    for route in held:
        # One that is no longer wanted was ended by the page.
        with suppress(Error):
            route.continue_()
    expect(quality).to_have_text(re.compile("^Final"))
    assert _sharpness(page) > coarse
    places = {tuple(map(int, found.groups())) for url in asked.tiles if (found := _place(url))}
    assert len([place for place in places if place[0] == 0]) < 4 * 5
    assert asked.most <= MOST_AT_ONCE


def _place(url: str) -> re.Match[str] | None:
    return re.search(r"/tiles/(\d+)/(\d+)/(\d+)", url)
