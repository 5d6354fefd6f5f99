"""Measuring, orientation and exact windows in a real browser: what is said is what the file says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.conftest import PHONE, NewContext, Site, until
from tests.e2e.opened import DESK, FINAL, PATIENT, PHYSICIAN, Opened, open_viewer

pytestmark = [pytest.mark.browser, pytest.mark.stack]


@pytest.fixture
def desk(new_context: NewContext, site: Site) -> Iterator[Opened]:
    """A physician at a desk, with all that is loaded after the first picture. Complaints of the browser are errors."""
    opened = open_viewer(new_context(**DESK), site, PHYSICIAN)
    expect(opened.page.locator("[data-edge=left]")).to_be_attached()
    yield opened
    assert opened.complaints == []


def _choose(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".layer.measures")).to_be_attached()


def _drag(opened: Opened, start: tuple[float, float], by: tuple[float, float]) -> None:
    x, y = start
    opened.page.mouse.move(x, y)
    opened.page.mouse.down()
    opened.page.mouse.move(x + by[0], y + by[1], steps=5)
    opened.page.mouse.up()


def _number(label: Locator) -> float:
    """Return the number that a measurement's label begins with."""
    return float((label.text_content() or "").split()[0])


def _millimeters_per_pixel(opened: Opened) -> float:
    """Return how many millimeters one pixel of the screen is, from the manifest and the size of the stage."""
    key = re.findall(r"/viewer/([\w-]+)/", opened.page.url)[0]
    series = next(
        s
        for s in opened.page.request.get(f"/viewer/{key}/manifest.json").json()["series"]
        if s["modality"] == "CT" and s["frame_count"] > 1
    )
    box = opened.stage.bounding_box()
    assert box
    rows, columns, (down, across) = series["rows"], series["columns"], series["planes"][0]["spacing"]
    return float(max(columns * across / box["width"], rows * down / box["height"]))


def _items(page: Page) -> list[str]:
    return page.locator("[data-measures] li button:first-child").all_text_contents()


def test_a_distance_is_that_of_the_file_and_goes_when_deleted(desk: Opened) -> None:
    page, (x, y) = desk.page, desk.middle()
    _choose(page, "Distance")
    _drag(desk, (x - 60, y), (120, 0))
    label = page.locator(".layer.measures text")
    expect(label).to_have_text(re.compile(r"^[\d.]+ mm$"))
    length = pytest.approx(120 * _millimeters_per_pixel(desk), rel=0.01, abs=0.11)
    until(page, lambda: _number(label) == length, "the whole way is measured")
    shown = _number(label)
    expect(page.locator("[data-live]")).to_have_text(f"Distance: {shown:g} mm")
    page.locator("[data-measures] summary").click()
    page.get_by_role("button", name=re.compile("^Delete: Distance")).click()
    expect(label).to_have_count(0)
    expect(page.locator("[data-measures]")).to_be_hidden()


def test_measures_stay_with_their_frame(desk: Opened) -> None:
    page, (x, y), number = desk.page, desk.middle(), desk.number()
    _choose(page, "Distance")
    _drag(desk, (x - 60, y), (120, 0))
    expect(page.locator(".layer.measures .measure")).to_have_count(1)
    desk.stage.focus()
    page.keyboard.press("ArrowDown")
    desk.expect("frame", re.compile(f"^Im {number + 1}/"))
    expect(page.locator(".layer.measures .measure")).to_have_count(0)
    page.locator("[data-measures] summary").click()
    page.locator("[data-measures] li button").first.click()
    desk.expect("frame", re.compile(f"^Im {number}/"))
    expect(page.locator(".layer.measures .measure")).to_have_count(1)


def test_an_angle_takes_three_points(desk: Opened) -> None:
    page, (x, y) = desk.page, desk.middle()
    _choose(page, "Angle")
    _drag(desk, (x, y - 80), (0, 80))
    page.mouse.click(x + 90, y)
    expect(page.locator(".layer.measures text")).to_have_text("90°")


def test_values_are_the_file_s_in_hounsfield_units(desk: Opened) -> None:
    page, (x, y) = desk.page, desk.middle()
    _choose(page, "Value")
    page.mouse.click(x, y)
    label = page.locator(".layer.measures text")
    expect(label).to_have_text(re.compile(r"^-?[\d,]+ HU$"))
    _choose(page, "Ellipse")
    _drag(desk, (x - 40, y - 30), (80, 60))
    expect(label.nth(1)).to_have_text(re.compile(r"^Mean -?[\d.,]+ HU ± [\d.,]+$"))
    expect(label.nth(2)).to_have_text(re.compile(r"^Least -?[\d,]+, most -?[\d,]+$"))
    expect(label.nth(3)).to_have_text(re.compile(r"^Area [\d.,]+ mm²$"))
    _choose(page, "Rectangle")
    _drag(desk, (x - 150, y - 60), (60, 40))
    expect(label.nth(4)).to_have_text(re.compile(r"^Mean "))
    assert [one.split(":")[0] for one in _items(page)] == ["Value", "Ellipse", "Rectangle"]


def test_measuring_with_keys_only(desk: Opened) -> None:
    page = desk.page
    _choose(page, "Distance")
    desk.stage.focus()
    number = desk.number()
    for key in ["Enter", "Enter", *["Shift+ArrowRight"] * 4, "Enter"]:
        page.keyboard.press(key)
    label = page.locator(".layer.measures text")
    expect(label).to_have_text(re.compile(r" mm$"))
    length = pytest.approx(96 * _millimeters_per_pixel(desk), rel=0.01, abs=0.11)
    until(page, lambda: _number(label) == length, "all four steps are measured")
    assert desk.number() == number, "the arrows moved the cross, not the slices"
    expect(page.locator(".layer.measures .cross")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".layer.measures .cross")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Scroll", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Delete")
    page.keyboard.press("d")
    expect(page.get_by_role("button", name="Distance", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(label).to_have_count(1)
    page.keyboard.press("Delete")
    expect(label).to_have_count(0)


def test_without_a_scale_a_length_is_refused_in_words(new_context: NewContext, site: Site) -> None:
    context = new_context(**DESK)
    context.route("**/manifest.json", _without_spacing)
    opened = open_viewer(context, site, PHYSICIAN)
    (x, y), page = opened.middle(), opened.page
    _choose(page, "Distance")
    _drag(opened, (x - 60, y), (120, 0))
    expect(page.locator(".layer.measures text")).to_have_text("No scale: length not known")
    expect(page.locator("[data-live]")).to_contain_text("a length cannot be measured")
    expect(page.locator(".layer.decor .bar")).to_have_count(0)


def _without_spacing(route: Route) -> None:
    answer = route.fetch()
    manifest = answer.json()
    for series in manifest["series"]:
        for plane in series["planes"]:
            plane |= {"spacing": None, "spacing_kind": "", "regions": []}
    route.fulfill(response=answer, json=manifest)


def test_letters_turn_with_the_picture_and_go_with_the_labels(desk: Opened) -> None:
    page = desk.page
    edges = page.locator(".layer.decor .way")
    expect(edges).to_have_text(["R", "L", "A", "P"])
    desk.stage.focus()
    page.keyboard.press("r")
    expect(edges).to_have_text(["P", "A", "R", "L"])
    page.keyboard.press("h")
    expect(edges).to_have_text(["A", "P", "R", "L"])
    expect(page.locator(".layer.decor .face")).to_have_count(3)
    expect(page.locator(".layer.decor .bar-words")).to_have_text(re.compile(r"^\d+ [cm]m$"))
    page.keyboard.press("o")
    expect(page.locator(".layer.decor")).to_be_hidden()


def test_patients_read_sides_in_words(new_context: NewContext, site: Site) -> None:
    opened = open_viewer(new_context(**PHONE), site, PATIENT)
    expect(opened.page.locator(".layer.decor .way")).to_have_text(["Right", "Left", "Front", "Back"])
    expect(opened.page.locator(".layer.decor .face")).to_have_count(0)


def test_a_window_drag_on_exact_values_shows_the_server_s_grays(desk: Opened) -> None:
    page, (x, y) = desk.page, desk.middle()
    with page.expect_response(re.compile("/windowable$")) as answer:
        page.get_by_role("button", name="Window", exact=True).click()
    assert answer.value.headers["content-type"] == "application/vnd.lightbox.planes"
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y - 90, steps=6)
    desk.expect("quality", "Preview")
    expect(desk.stage).to_have_attribute("data-values", "exact")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    local = desk.mean_gray()
    with page.expect_response(lambda answer: "window=" in answer.url and "format=png" in answer.url):
        page.mouse.up()
    desk.expect("quality", FINAL)
    desk.until(lambda: abs(desk.mean_gray() - local) < 0.5, "the server's frame has the same grays")


def test_the_window_in_numbers_with_sliders_and_found_by_itself(desk: Opened) -> None:
    page = desk.page
    expect(page.locator("#window-width")).to_have_value("400")
    page.locator("#window-width").fill("1500")
    page.locator("#window-width").press("Enter")
    desk.expect("window", "W 1500 C 40")
    page.locator("input[type=range][data-window-field=center]").fill("-600")
    desk.expect("window", "W 1500 C -600")
    expect(page.locator("#window-center")).to_have_value("-600")
    page.get_by_role("button", name="Auto", exact=True).click()
    expect(desk.words("window")).not_to_have_text("W 1500 C -600")
    desk.expect("quality", FINAL)


def test_key_images_only_and_a_presentation(new_context: NewContext, site: Site) -> None:
    context = new_context(**DESK)
    context.route("**/manifest.json", _with_marks)
    context.route("**/frames/**", lambda route: route.continue_(url=route.request.url.replace("&state=marked", "")))
    opened = open_viewer(context, site, PHYSICIAN)
    page = opened.page
    opened.stage.focus()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Key images").click()
    opened.expect("frame", re.compile("^Im 3/"))
    opened.stage.focus()
    page.keyboard.press("ArrowDown")
    opened.expect("frame", re.compile("^Im 20/"))
    page.keyboard.press("ArrowDown")
    opened.expect("frame", re.compile("^Im 20/"))
    page.keyboard.press("k")
    page.keyboard.press("ArrowDown")
    opened.expect("frame", re.compile("^Im 21/"))
    with page.expect_request(re.compile("state=marked")):
        page.get_by_label("Presentation").select_option("Arrows")
    expect(page.locator("[data-beside-words]")).to_have_text("Some marks are not drawn.")
    expect(page).to_have_url(re.compile("state=marked"))
    opened.expect("quality", FINAL)
    page.get_by_label("Presentation").select_option("As stored")
    expect(page).not_to_have_url(re.compile("state=marked"))
    opened.expect("quality", FINAL)
    assert opened.complaints == []


def _with_marks(route: Route) -> None:
    answer = route.fetch()
    manifest = answer.json()
    state = {"id": "marked", "label": "Arrows", "frames": list(range(1, 200)), "moves_pixels": False}
    for series in manifest["series"]:
        series |= {"key_frames": [20, 3], "states": [state | {"notes": ["Some marks are not drawn."]}]}
    route.fulfill(response=answer, json=manifest)


def test_a_link_to_exactly_this_frame_and_window(desk: Opened) -> None:
    page = desk.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.stage.focus()
    page.keyboard.press("Home")
    page.keyboard.press("2")
    desk.expect("quality", FINAL)
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("[data-link-words]")).to_contain_text("The link is copied")
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert "frame=1&window=-600%2C1500" in copied
    page.get_by_role("link", name="Share this").click()
    expect(page.locator("input[name=picture]")).to_have_value(re.compile(r"frame=1&window=-600%2C1500$"))
    page.goto(copied)
    desk.expect("frame", re.compile("^Im 1/"))
    desk.expect("window", "W 1500 C -600")
