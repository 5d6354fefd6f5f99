"""The viewer as people set their devices: large text, few pixels, other colors, little motion, a notch."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import NewContext, Site
from tests.e2e.opened import DESK, PATIENT, PHYSICIAN, Opened, open_viewer

pytestmark = [pytest.mark.browser, pytest.mark.stack]
REPOSITORY = Path(__file__).resolve().parents[2]
CONTROLS = "a, button, input:not([type=hidden]), select, summary"

_TALLER_THAN_THEIR_BUTTON = """() => [...document.querySelectorAll(".tools .tool")]
  .filter((one) => one.offsetHeight && one.scrollHeight > one.clientHeight + 1).map((one) => one.textContent.trim())"""


def _with_everything(opened: Opened) -> Opened:
    expect(opened.page.locator("[data-edge=left]")).to_be_attached()
    return opened


def _controls(opened: Opened) -> list[Locator]:
    return [one for one in opened.page.locator(CONTROLS).all() if one.is_visible() and "skip" not in _class(one)]


def _class(control: Locator) -> str:
    return control.get_attribute("class") or ""


@pytest.mark.parametrize("size", [(320, 640), (740, 360)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_all_tools_fit_and_are_large_enough(new_context: NewContext, site: Site, size: tuple[int, int]) -> None:
    context = new_context(viewport={"width": size[0], "height": size[1]})
    opened = _with_everything(open_viewer(context, site, PHYSICIAN))
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    for control in _controls(opened):
        box = control.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44, control.evaluate("one => one.outerHTML.slice(0, 120)")
    assert opened.page.evaluate(_TALLER_THAN_THEIR_BUTTON) == []


@pytest.mark.parametrize("email", [PATIENT, PHYSICIAN])
def test_text_twice_as_large_still_leaves_room_for_the_picture(new_context: NewContext, site: Site, email: str) -> None:
    opened = _with_everything(open_viewer(new_context(**DESK), site, email))
    page = opened.page
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    opened.until(lambda: (opened.stage.bounding_box() or {"width": 0})["width"] < 1000, "the page is laid out anew")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    stage = opened.stage.bounding_box()
    assert stage
    assert min(stage["width"], stage["height"]) >= 200
    expect(page.locator(".who")).to_be_in_viewport()
    expect(page.get_by_text("Not for diagnosis", exact=True)).to_be_in_viewport()


def test_in_forced_colors_what_is_on_is_told_apart(new_context: NewContext, site: Site) -> None:
    opened = open_viewer(new_context(**DESK, forced_colors="active"), site, PHYSICIAN)
    outline = "one => getComputedStyle(one).outlineStyle"
    on = opened.page.get_by_role("button", name="Scroll", exact=True)
    off = opened.page.get_by_role("button", name="Zoom", exact=True)
    assert on.evaluate(outline) == "solid"
    assert off.evaluate(outline) == "none"


@pytest.mark.parametrize(("motion", "seconds"), [("reduce", {"0s"}), ("no-preference", {"0.12s"})])
def test_nothing_moves_for_those_who_asked_for_that(
    new_context: NewContext, site: Site, motion: str, seconds: set[str]
) -> None:
    opened = open_viewer(new_context(**DESK, reduced_motion=motion), site, PATIENT)
    durations = opened.page.locator(".tool").evaluate_all(
        "all => all.map(one => getComputedStyle(one).transitionDuration)"
    )
    assert set(durations) == seconds


def test_the_page_keeps_clear_of_a_notch() -> None:
    page = (REPOSITORY / "templates" / "viewer" / "viewer.html").read_text(encoding="utf-8")
    style = (REPOSITORY / "static" / "css" / "viewer.css").read_text(encoding="utf-8")
    assert "viewport-fit=cover" in page
    for side in ("top", "right", "bottom", "left"):
        assert f"env(safe-area-inset-{side})" in style


def test_the_picture_s_name_goes_with_the_slice(new_context: NewContext, site: Site) -> None:
    opened = _with_everything(open_viewer(new_context(**DESK), site, PHYSICIAN))
    expect(opened.stage).to_have_accessible_name(re.compile(r"^CT scan, Chest 2.5 mm, image 70 of 140$"))
    opened.stage.focus()
    opened.page.keyboard.press("Home")
    expect(opened.stage).to_have_accessible_name("CT scan, Chest 2.5 mm, image 1 of 140")


def test_tools_that_could_not_be_loaded_are_tried_again(new_context: NewContext, site: Site) -> None:
    context = new_context(**DESK)
    context.route(re.compile(r"/extras/extras[.\w]*\.js"), lambda route: route.abort(), times=1)
    opened = _with_everything(open_viewer(context, site, PHYSICIAN))
    expect(opened.page.locator(".layer.decor")).to_have_count(1)
