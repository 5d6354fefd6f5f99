"""A whole slide on a phone and on a wide screen: seen as a whole, then closely, with the parts of the finer levels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from pacs_gateway import upstream
from tests.cast import OWNER, Cast, make_cast
from tests.e2e.conftest import FLAGS, PHONE, SECONDS, until
from tests.parts import find
from tests.slides import Glass, color_of, write_slide
from viewer import asking, store

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STUDY = 89710
WIDE = {"viewport": {"width": 1280, "height": 800}}
NEAR = 8


@pytest.fixture
def cast(pacs_folder: Path, workers: None, live_server, monkeypatch: pytest.MonkeyPatch) -> Cast:
    # Playwright keeps an event loop in this thread; the database is still used from one thread at a time.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    # What a person would not wait for, a busy test machine may need.
    monkeypatch.setattr(asking, "SECONDS", float(SECONDS))
    monkeypatch.setattr(store, "WAITS_WITHIN_SECONDS", SECONDS + 2.0)
    uid = write_slide(pacs_folder, Glass(STUDY, OWNER))
    upstream.prepare("main", print)
    return make_cast(study_uid=uid)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=[PHONE, WIDE], ids=["phone", "wide"])
def page(request: pytest.FixtureRequest, browser: Browser, cast: Cast, live_server) -> Iterator[Page]:
    """Return a page of the owner; nothing on it may break its own Content Security Policy."""
    complaints: list[str] = []
    cookies = cast.client("owner").cookies.items()
    context = browser.new_context(base_url=live_server.url, **request.param)
    context.set_default_timeout(SECONDS * 1000)
    context.add_cookies([{"name": name, "value": one.value, "url": live_server.url} for name, one in cookies])
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(reverse("viewer:study", args=[cast.study.key]))
    expect(page.locator("[data-show=quality]")).to_have_text(re.compile("^Final"))
    # What takes wheel and keys on a slide has come.
    expect(page.locator("button[data-command='tool:pan']")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".decor .bar-words")).to_have_count(1)
    yield page
    context.close()
    assert complaints == []


def _middle(page: Page) -> list[int]:
    """Return the color in the middle of the canvas, a little to the lower right."""
    return list(
        page.locator("[data-canvas]").evaluate(
            "canvas => [...canvas.getContext('2d')"
            ".getImageData((canvas.width >> 1) + 64, (canvas.height >> 1) + 64, 1, 1).data].slice(0, 3)"
        )
    )


def _is_near(page: Page, color: tuple[int, int, int]) -> bool:
    return all(abs(one - other) <= NEAR for one, other in zip(_middle(page), color, strict=True))


def _stage(page: Page) -> Locator:
    return page.locator("[data-stage]")


def test_a_slide_is_seen_whole_and_then_closely(page: Page) -> None:
    tiles: list[str] = []
    page.on("request", lambda request: tiles.append(request.url) if "/tiles/" in request.url else None)
    until(page, lambda: _middle(page)[2] >= color_of(1, 0, 0)[2] - NEAR, "a small level is shown")
    expect(page.locator(".thumb-name")).to_have_text(["HE", "Label of the slide", "The whole glass"])
    expect(page.locator("[data-slider]")).to_be_hidden()
    expect(page.locator("[data-command='brighten:0.1']")).to_be_hidden()
    expect(page.locator(".decor .way")).to_have_count(0)
    _stage(page).focus()
    for _ in range(14):
        page.keyboard.press("+")
    # The middle of the largest level is where its frames (8, 6) begin.
    until(page, lambda: _is_near(page, color_of(0, 8, 6)), "the stored pixels are shown")
    expect(page.locator("[data-show=quality]")).to_have_text(re.compile("^Final"))
    assert any("/tiles/0/" in url for url in tiles)
    expect(page.locator(".decor .bar-words")).to_have_text(re.compile("µm$"))
    page.keyboard.press("=")
    until(page, lambda: _middle(page)[2] >= color_of(1, 0, 0)[2] - NEAR, "the whole slide is shown again")


@pytest.mark.parametrize("page", [WIDE], ids=["wide"], indirect=True)
def test_the_wheel_zooms_and_a_drag_and_arrows_move(page: Page) -> None:
    box = _stage(page).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    for _ in range(16):
        page.mouse.wheel(0, -120)
    until(page, lambda: _is_near(page, color_of(0, 8, 6)), "the wheel zooms in")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 400, y, steps=4)
    page.mouse.up()
    until(page, lambda: _is_near(page, color_of(0, 7, 6)), "a drag to the right shows what lies on the left")
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    until(page, lambda: _is_near(page, color_of(0, 8, 6)), "arrow keys go there and back")
