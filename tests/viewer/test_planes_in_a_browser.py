"""Other planes of a scan in a real browser: chosen from the list, told to be calculated, sides where they belong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import ConsoleMessage, Page, Route, expect, sync_playwright

from pacs_gateway import upstream
from tests.cast import Cast, make_cast
from tests.e2e.conftest import FLAGS, SECONDS, until
from tests.e2e.opened import DESK
from tests.parts import find
from tests.phantom import COLUMNS, GAP, ROWS, SLICES, phantom_slice, write_phantom
from tests.synthetic import study_uid
from viewer import asking, store

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STUDY = 7690
# Of a coronal plane, in mm and in pixels of 1 mm.
LENGTH = round((SLICES - 1) * GAP) + 1
FINAL = re.compile("^Final")


@pytest.fixture
def cast(pacs_folder: Path, workers: None, live_server, monkeypatch: pytest.MonkeyPatch) -> Cast:
    # Playwright keeps an event loop in this thread; the database is still used from one thread at a time.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    # What a person would not wait for, a busy test machine may need.
    monkeypatch.setattr(asking, "SECONDS", float(SECONDS))
    monkeypatch.setattr(store, "WAITS_WITHIN_SECONDS", SECONDS + 2.0)
    whole = [phantom_slice(STUDY, number) for number in range(1, SLICES + 1)]
    torn = [phantom_slice(STUDY, number, series=2) for number in range(1, SLICES + 1) if number != 7]
    write_phantom(pacs_folder, STUDY, [*whole, *torn])
    upstream.prepare("main", lambda done, of: None)
    return make_cast(study_uid=study_uid(STUDY))


def _cookies(client: Client, url: str) -> list[dict[str, str]]:
    return [{"name": name, "value": morsel.value, "url": url} for name, morsel in client.cookies.items()]


def _is_complaint(said: ConsoleMessage) -> bool:
    # A part that is busy for a moment answers 503, and the viewer asks again: what counts is that the pictures come.
    return said.type == "error" and "status of 503" not in said.text


@pytest.fixture
def page(cast: Cast, live_server) -> Iterator[Page]:
    """Return a page of a physician's desk; nothing on it may go wrong."""
    complaints: list[str] = []
    cookies = _cookies(cast.client("physician"), live_server.url)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=FLAGS)
        context = browser.new_context(base_url=live_server.url, **DESK)
        context.set_default_timeout(SECONDS * 1000)
        context.add_cookies(cookies)  # type: ignore[arg-type]
        made = context.new_page()
        made.on("pageerror", lambda error: complaints.append(str(error)))
        made.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
        yield made
        browser.close()
    assert complaints == []


def _letters(page: Page) -> list[str]:
    return [page.locator(f".way[data-edge={edge}]").text_content() or "" for edge in ("left", "right", "top", "bottom")]


def test_planes_are_chosen_and_say_that_they_are_calculated(cast: Cast, page: Page) -> None:
    page.goto(f"/viewer/{cast.study.key}/?frame=10")
    planes, said = page.get_by_role("combobox", name="Planes"), page.locator("[data-beside-words]")
    expect(page.locator("[data-show=quality]")).to_have_text(FINAL)
    expect(page.locator("[data-show=frame]")).to_have_text(f"Im 10/{SLICES}")
    until(page, lambda: _letters(page) == ["R", "L", "A", "P"], "the letters of the slices")

    # What is saved is made of the frames in the archive.
    moving = page.locator("[data-moving]")
    expect(moving.first).to_be_attached()
    with page.expect_download() as saved:
        moving.first.evaluate("link => link.click()")
    assert saved.value.suggested_filename == "pictures.gif"
    expect(page.locator("[data-link-words]")).to_have_text(f"All {SLICES} pictures are ready.")
    expect(page.locator("[data-show=frame]")).to_have_text(f"Im 10/{SLICES}")
    planes.select_option(label="Coronal")
    expect(moving.first).to_be_hidden()
    expect(moving.last).to_be_hidden()
    expect(said).to_have_text("Calculated: Coronal. From slices 2 mm apart")
    expect(page.locator("[data-show=frame]")).to_have_text(f"Im 12/{ROWS}")
    expect(page.locator("[data-show=quality]")).to_have_text(FINAL)
    until(page, lambda: _letters(page) == ["R", "L", "H", "F"], "the letters of a coronal plane")
    until(page, lambda: "coronal" in page.url, "the address of the plane")

    page.reload()
    expect(page.locator("[data-show=quality]")).to_have_text(FINAL)
    expect(said).to_have_text("Calculated: Coronal. From slices 2 mm apart")
    expect(planes).to_have_value(re.compile("~coronal$"))

    planes.select_option(label="Sagittal MIP")
    expect(page.locator("[data-show=frame]")).to_have_text("Im 1/1")
    until(page, lambda: _letters(page) == ["A", "P", "H", "F"], "the letters of a sagittal plane")
    planes.select_option(label="As stored")
    expect(said).to_be_empty()
    expect(page.locator("[data-show=frame]")).to_have_text(f"Im 10/{SLICES}")


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_planes_are_measured_and_windowed_by_their_exact_values(cast: Cast, page: Page) -> None:
    page.goto(f"/viewer/{cast.study.key}/?frame=10")
    page.get_by_role("combobox", name="Planes").select_option(label="Coronal")
    expect(page.locator("[data-show=frame]")).to_have_text(f"Im 12/{ROWS}")
    expect(page.locator("[data-show=quality]")).to_have_text(FINAL)
    box = page.locator("[data-stage]").bounding_box()
    assert box
    scale = min(box["width"] / COLUMNS, box["height"] / LENGTH)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    _press(page, "Distance")
    expect(page.locator(".layer.measures")).to_be_attached()
    page.mouse.move(x, y - 10 * scale)
    page.mouse.down()
    page.mouse.move(x, y + 10 * scale, steps=5)
    page.mouse.up()
    label = page.locator(".layer.measures text")
    expect(label).to_have_text(re.compile(r"^(20|19.9|20.1) mm$"))

    _press(page, "Value")
    # Head and right, then feet and left: frame 12 is still in front of the middle.
    page.mouse.click(x - 8 * scale, y - 12 * scale)
    expect(label.nth(1)).to_have_text("1 HU")
    page.mouse.click(x + 8 * scale, y + 12 * scale)
    expect(label.nth(2)).to_have_text("100 HU")

    _press(page, "Window")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 20, steps=4)
    expect(page.locator("[data-stage]")).to_have_attribute("data-values", "exact")
    page.mouse.up()


def test_a_scan_with_a_missing_slice_says_why_there_are_no_planes(cast: Cast, page: Page) -> None:
    page.goto(f"/viewer/{cast.study.key}/?frame=10")
    planes = page.get_by_role("combobox", name="Planes")
    expect(planes.get_by_role("option")).to_have_count(16)
    page.locator("a[data-series]").nth(1).click()
    why = planes.get_by_role("option", name="Slices are missing, or lie at different distances.")
    expect(why).to_be_disabled()
    expect(planes.get_by_role("option")).to_have_count(2)


def test_a_study_of_several_series_hangs_side_by_side_and_planes_cut_each_other(cast: Cast, page: Page) -> None:
    page.goto(f"/viewer/{cast.study.key}/")
    tile = page.locator(".place .tile")
    expect(tile).to_have_count(1)
    scouts = page.locator(".scout")
    expect(page.locator("[data-stage] [data-show=frame]")).to_have_text(f"Im 10/{SLICES}")
    expect(tile.locator("[data-show=quality]")).to_have_text(FINAL)
    expect(scouts).to_have_count(0)
    page.get_by_role("combobox", name="Planes").select_option(label="Coronal")
    expect(page.locator("[data-stage] [data-show=frame]")).to_have_text(f"Im 12/{ROWS}")
    # The coronal picture and the axial one cut each other, each in a line as level as the other is upright.
    expect(scouts).to_have_count(2)
    in_tile = tile.locator(".scout")
    at = [float(in_tile.get_attribute(name) or "nan") for name in ("x1", "y1", "x2", "y2")]
    assert abs(at[1] - at[3]) < 0.01 < abs(at[0] - at[2])
    page.locator("[data-stage]").focus()
    page.keyboard.press("End")
    until(page, lambda: in_tile.get_attribute("y1") != str(at[1]), "the line goes with the picture")


def test_a_series_dragged_onto_a_picture_is_shown_there(cast: Cast, page: Page) -> None:
    page.goto(f"/viewer/{cast.study.key}/")
    tile = page.locator(".place .tile")
    # The seventh slice is missing there, so the same place has another number.
    expect(tile.locator("[data-show=frame]")).to_have_text(f"Im 9/{SLICES - 1}")
    page.locator("nav.series a.thumb").first.drag_to(tile)
    expect(page.locator("[data-cell='1'] [data-show=frame]")).to_contain_text(f"/{SLICES}")
    expect(page.locator("[data-stage]")).to_have_attribute("data-cell", "1")
    # Without dragging: the picture, then the series.
    tile.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-stage]")).to_have_attribute("data-cell", "0")
    page.locator("nav.series a.thumb").nth(1).click()
    expect(page.locator("[data-cell='0'] [data-show=frame]")).to_contain_text(f"/{SLICES - 1}")


def test_who_waits_for_a_plane_is_told_how_far_it_is(cast: Cast, page: Page) -> None:
    page.goto(f"/viewer/{cast.study.key}/?frame=10")
    expect(page.locator("[data-show=quality]")).to_have_text(FINAL)
    held: list[Route] = []
    frames, words = re.compile("~coronal/frames/"), "16 of 300 pictures are gathered."
    page.route(frames, lambda route: held.append(route))
    page.route("**/gathered.json", lambda route: route.fulfill(json={"words": words}))
    page.get_by_role("combobox", name="Planes").select_option(label="Coronal")
    said = page.locator("[data-link-words]")
    expect(said).to_have_text(words)
    page.unroute(frames)
    for route in held:
        route.continue_()
    expect(page.locator("[data-show=quality]")).to_have_text(FINAL)
    expect(said).to_be_empty()
