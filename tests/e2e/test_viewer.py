"""The viewer in a real browser on the running site: mouse, keys, fingers, no script, and trouble on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.e2e.conftest import PHONE, NewContext, Site, sign_in
from tests.e2e.opened import DESK, FINAL, PATIENT, PHYSICIAN, Opened, open_viewer

pytestmark = [pytest.mark.browser, pytest.mark.stack]


@pytest.fixture
def desk(new_context: NewContext, site: Site) -> Iterator[Opened]:
    """A physician at a desk. Whatever the browser complains of fails the test."""
    opened = open_viewer(new_context(**DESK), site, PHYSICIAN)
    yield opened
    assert opened.complaints == []


@pytest.fixture
def phone(new_context: NewContext, site: Site) -> Iterator[Opened]:
    """A patient with a phone."""
    opened = open_viewer(new_context(**PHONE), site, PATIENT)
    yield opened
    assert opened.complaints == []


class Fingers:
    """Fingers on the glass."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session: CDPSession = page.context.new_cdp_session(page)

    def _send(self, kind: str, *points: tuple[float, float]) -> None:
        touches: list[dict[str, Any]] = [{"x": x, "y": y, "id": at} for at, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def swipe(self, start: tuple[float, float], by: tuple[float, float], steps: int = 8) -> None:
        self._send("touchStart", start)
        for step in range(1, steps + 1):
            self._send("touchMove", (start[0] + by[0] * step / steps, start[1] + by[1] * step / steps))
            self.page.wait_for_timeout(16)
        self._send("touchEnd")
        self.page.wait_for_timeout(100)

    def pinch(self, middle: tuple[float, float], start: float, end: float, steps: int = 8) -> None:
        x, y = middle
        self._send("touchStart", (x - start, y))
        self._send("touchStart", (x - start, y), (x + start, y))
        for step in range(1, steps + 1):
            half = start + (end - start) * step / steps
            self._send("touchMove", (x - half, y), (x + half, y))
            self.page.wait_for_timeout(16)
        self._send("touchEnd")
        self.page.wait_for_timeout(100)

    def tap_twice(self, where: tuple[float, float]) -> None:
        for _ in range(2):
            self._send("touchStart", where)
            self._send("touchEnd")
            self.page.wait_for_timeout(60)


def test_first_picture_comes_with_the_page(phone: Opened) -> None:
    page = phone.page
    html = page.request.get(page.url).text()
    (image,) = re.findall(r"<img class=\"first\"[^>]*>", html)
    assert 'fetchpriority="high"' in image
    assert re.search(r'width="\d+" height="\d+"', image)
    source = re.search(r'src="([^"]+)"', image)
    assert source
    answer = page.request.get(source[1].replace("&amp;", "&"))
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"


def test_works_without_script(new_context: NewContext, site: Site) -> None:
    context = new_context(**PHONE, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site, PATIENT)
    page.goto(_address_without_script(page))
    count = page.locator(".count")
    before = int(re.findall(r"\d+", count.inner_text())[0])
    page.get_by_role("link", name="Next picture").click()
    expect(count).to_have_text(re.compile(rf"^Slice {before + 1} of "))
    with page.expect_response(lambda answer: "window=-600%2C1500" in answer.url and "/frames/" in answer.url) as answer:
        page.get_by_role("link", name="Lung", exact=True).click()
    assert answer.value.headers["x-frame-window"].startswith("-600,1500")
    page.get_by_label("Go to picture number").fill("3")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(count).to_have_text(re.compile("^Slice 3 of "))
    expect(page.locator("[data-slider]")).to_be_hidden()


def _address_without_script(page: Page) -> str:
    page.goto("/scans/")
    keys = set(re.findall(r"/scans/([\w-]{16,})/", page.content()))
    for key in sorted(keys):
        answer = page.request.get(f"/viewer/{key}/manifest.json")
        if any(s["modality"] == "CT" and s["frame_count"] > 1 for s in answer.json()["series"]):
            return f"/viewer/{key}/"
    raise AssertionError("no CT study on the list")


def test_wheel_keys_slider_field_and_buttons_scroll(desk: Opened) -> None:
    page, start = desk.page, desk.number()
    page.mouse.move(*desk.middle())
    page.mouse.wheel(0, 120)
    desk.expect("frame", re.compile(f"^Im {start + 1}/"))
    desk.stage.focus()
    page.keyboard.press("Shift+ArrowDown")
    desk.expect("frame", re.compile(f"^Im {start + 11}/"))
    page.keyboard.press("Home")
    desk.expect("frame", re.compile("^Im 1/"))
    expect(page.get_by_role("link", name="Previous picture")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("link", name="Next picture").click()
    desk.expect("frame", re.compile("^Im 2/"))
    page.locator("[data-slider]").fill("40")
    desk.expect("frame", re.compile("^Im 40/"))
    page.get_by_label("Go to picture number").fill("50")
    page.keyboard.press("Enter")
    desk.expect("frame", re.compile("^Im 50/"))
    desk.expect("quality", FINAL)
    expect(page).to_have_url(re.compile("frame=50"))


def test_left_drag_scrolls_at_the_start(desk: Opened) -> None:
    before, (x, y) = desk.number(), desk.middle()
    desk.page.mouse.move(x, y)
    desk.page.mouse.down()
    desk.page.mouse.move(x, y + 90, steps=6)
    desk.page.mouse.up()
    desk.until(lambda: desk.number() > before, "the drag scrolled on")


def test_window_drag_shows_at_once_and_ends_in_the_servers_frame(desk: Opened) -> None:
    page, (x, y) = desk.page, desk.middle()
    page.get_by_role("button", name="Window", exact=True).click()
    before = desk.mean_gray()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 120, steps=10)
    desk.expect("quality", "Preview")
    desk.until(lambda: desk.mean_gray() > before + 5, "up is brighter, at once")
    with page.expect_response(lambda answer: "window=" in answer.url and "format=png" in answer.url) as answer:
        page.mouse.up()
    desk.expect("quality", "Final · lossless")
    center, width, _ = answer.value.headers["x-frame-window"].split(",")
    desk.expect("window", f"W {width} C {center}")
    desk.until(lambda: desk.mean_gray() > before + 5, "and so is the server's frame")


def test_the_magnifier_is_there_while_it_is_held(desk: Opened) -> None:
    page, (x, y) = desk.page, desk.middle()
    desk.stage.focus()
    page.keyboard.press("m")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y)
    desk.until(lambda: _pixels_of_the_ring(desk) > 0, "it is drawn")
    page.mouse.up()
    desk.until(lambda: _pixels_of_the_ring(desk) == 0, "it is gone")
    assert desk.complaints == []


def _pixels_of_the_ring(opened: Opened) -> int:
    """Count the bluish pixels: the picture itself is gray."""
    return int(
        opened.page.locator("[data-canvas]").evaluate(
            """canvas => {
                const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                let count = 0;
                for (let at = 0; at < data.length; at += 4) count += data[at + 2] > data[at] + 8;
                return count;
            }"""
        )
    )


def test_presets_by_key_and_by_list(desk: Opened) -> None:
    desk.stage.focus()
    desk.page.keyboard.press("2")
    desk.expect("window", "W 1500 C -600")
    expect(desk.page.locator("[data-choices]")).to_have_value("lung")
    desk.page.locator("[data-choices]").select_option("bone")
    desk.expect("window", "W 2500 C 480")
    desk.expect("quality", FINAL)
    desk.page.get_by_role("button", name="Reset").click()
    desk.expect("window", "W 400 C 40")


def test_zoom_pan_turn_and_back(desk: Opened) -> None:
    page, (x, y) = desk.page, desk.middle()
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    desk.expect("zoom", "Zoom 128 %")
    before = desk.number()
    page.mouse.down(button="middle")
    page.mouse.move(x + 60, y + 60, steps=4)
    page.mouse.up(button="middle")
    page.mouse.down(button="right")
    page.mouse.move(x + 60, y - 40, steps=4)
    page.mouse.up(button="right")
    expect(desk.words("zoom")).not_to_have_text("Zoom 128 %")
    assert desk.number() == before
    page.mouse.dblclick(x, y)
    desk.expect("zoom", "")
    gray = desk.mean_gray()
    desk.stage.focus()
    page.keyboard.press("i")
    desk.until(lambda: abs(desk.mean_gray() - (255 - gray)) < 60, "inverted")
    for key in "irrhhvv":
        page.keyboard.press(key)
    page.keyboard.press("r")
    page.keyboard.press("r")
    desk.until(lambda: abs(desk.mean_gray() - gray) < 3, "as at the start")


def test_keys_work_only_on_the_picture_and_letters_can_be_turned_off(desk: Opened) -> None:
    page, before = desk.page, desk.number()
    page.get_by_role("button", name="Help").focus()
    page.keyboard.press("ArrowDown")
    assert desk.number() == before
    desk.stage.focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Letter and number keys").click()
    page.keyboard.press("Escape")
    desk.stage.focus()
    page.keyboard.press("w")
    expect(page.get_by_role("button", name="Scroll")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowDown")
    desk.expect("frame", re.compile(f"^Im {before + 1}/"))


def test_cine_plays_only_when_asked_and_stops(desk: Opened) -> None:
    page, before = desk.page, desk.number()
    page.wait_for_timeout(700)
    assert desk.number() == before, "it never starts by itself"
    desk.stage.focus()
    page.keyboard.press("Space")
    expect(desk.words("frame")).not_to_have_text(re.compile(f"^Im {before}/"))
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_have_attribute("aria-pressed", "false")
    desk.expect("quality", FINAL)
    stopped = desk.number()
    page.wait_for_timeout(400)
    assert desk.number() == stopped
    desk.expect("quality", FINAL)


def test_name_birth_date_and_date_stay_whatever_is_turned_off(desk: Opened) -> None:
    page = desk.page
    for action in (lambda: page.get_by_role("button", name="Labels").click(), lambda: desk.stage.press("r")):
        action()
        expect(page.locator(".who")).to_be_visible()
        expect(page.locator(".facts-start")).to_contain_text("Born")
        expect(page.locator(".facts-end")).to_contain_text(re.compile(r"\d{4}"))
        expect(page.get_by_text("Not for diagnosis", exact=True)).to_be_visible()


def test_the_slice_is_said_on_pause(desk: Opened) -> None:
    desk.stage.focus()
    desk.page.keyboard.press("Home")
    expect(desk.page.locator("[data-live]")).to_have_text(re.compile("^Im 1/"))


def test_one_finger_scrolls_and_sideways_is_left_to_the_browser(phone: Opened) -> None:
    fingers, before = Fingers(phone.page), phone.number()
    fingers.swipe(phone.middle(), (4, 90))
    phone.until(lambda: phone.number() > before, "the swipe scrolled on")
    phone.expect("quality", FINAL)
    after = phone.number()
    x, y = phone.middle()
    fingers.swipe((x - 90, y), (180, 3))
    assert phone.number() == after


def test_two_fingers_zoom_never_the_window_and_a_double_tap_goes_back(phone: Opened) -> None:
    fingers, gray = Fingers(phone.page), phone.mean_gray()
    fingers.pinch(phone.middle(), 30, 90)
    expect(phone.words("zoom")).to_have_text(re.compile(r"Zoom [23]\d\d %"))
    before = phone.number()
    fingers.swipe(phone.middle(), (30, 60))
    assert phone.number() == before, "zoomed in, one finger moves the picture"
    fingers.tap_twice(phone.middle())
    phone.expect("zoom", "")
    phone.until(lambda: abs(phone.mean_gray() - gray) < 3, "fitted again")


def test_patient_shows_lungs_and_makes_it_brighter(phone: Opened) -> None:
    page = phone.page
    phone.expect("frame", re.compile(r"^Slice \d+ of \d+$"))
    expect(page.get_by_role("button", name="Window", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Show Lungs").tap()
    expect(page).to_have_url(re.compile("window=-600"))
    phone.expect("quality", FINAL)
    lungs = phone.mean_gray()
    page.get_by_role("button", name="Brighter").tap()
    expect(page).to_have_url(re.compile("window=-750"))
    phone.expect("quality", FINAL)
    phone.until(lambda: phone.mean_gray() > lungs, "brighter than before")


def test_all_tools_and_back(phone: Opened) -> None:
    page = phone.page
    page.get_by_role("button", name="All tools").tap()
    phone.expect("frame", re.compile(r"^Im \d+/\d+$"))
    phone.expect("quality", "Final · lossless")
    page.get_by_role("button", name="All tools").tap()
    phone.expect("frame", re.compile(r"^Slice \d+ of \d+$"))


@pytest.mark.parametrize(
    "size", [(320, 640), (360, 740), (740, 360), (1280, 800)], ids=lambda size: f"{size[0]}x{size[1]}"
)
def test_nothing_hangs_over_the_edge_and_targets_are_large(
    new_context: NewContext, site: Site, size: tuple[int, int]
) -> None:
    context = new_context(viewport={"width": size[0], "height": size[1]})
    opened = open_viewer(context, site, PATIENT)
    page = opened.page
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    for button in page.locator("button.tool:visible, a.tool:visible").all():
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44, button.inner_text()
    stage = opened.stage.bounding_box()
    assert stage
    assert min(stage["width"], stage["height"]) >= 200


def test_what_a_patient_uses_most_is_in_sight_on_a_phone(new_context: NewContext, site: Site) -> None:
    opened = open_viewer(new_context(viewport={"width": 360, "height": 640}), site, PATIENT)
    for name in ("Brighter", "Smaller", "Show Bones", "Usual", "Fit", "Reset"):
        expect(opened.page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)


def test_signed_out_keeps_the_place_and_says_so(phone: Opened) -> None:
    page = phone.page
    page.context.clear_cookies()
    page.locator("[data-slider]").fill("5")
    banner = page.get_by_role("alert")
    expect(banner).to_contain_text("You are signed out")
    expect(banner.get_by_role("link", name="Sign in again")).to_have_attribute(
        "href", re.compile(r"login/\?next=/viewer/")
    )
    phone.expect("frame", re.compile("^Slice 5 of"))
    assert phone.mean_gray() > 0
    phone.complaints.clear()


def test_offline_says_so_and_comes_back(phone: Opened) -> None:
    page = phone.page
    page.context.set_offline(True)
    page.get_by_role("button", name="Show Bones").tap()
    expect(page.get_by_role("alert")).to_contain_text("There is no connection")
    assert phone.mean_gray() > 0
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_be_hidden()
    phone.expect("quality", FINAL)
    phone.complaints.clear()


def test_a_first_picture_that_does_not_come_leaves_no_words_on_the_others(phone: Opened) -> None:
    page = phone.page
    page.route("**/frames/**", lambda route: route.fulfill(status=503, headers={"Retry-After": "1"}))
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("slow to come")
    expect(page.locator("[data-first]")).to_be_hidden()
    page.unroute("**/frames/**")
    phone.expect("quality", FINAL)
    phone.complaints.clear()


def test_busy_workers_are_waited_for(phone: Opened) -> None:
    page = phone.page
    page.route("**/frames/**", lambda route: route.fulfill(status=503, headers={"Retry-After": "1"}))
    page.get_by_role("button", name="Show Lungs").tap()
    expect(page.get_by_role("alert")).to_contain_text("slow to come")
    page.unroute("**/frames/**")
    expect(page.get_by_role("alert")).to_be_hidden()
    phone.expect("quality", FINAL)
    phone.complaints.clear()
