"""Several pictures at once, in a real browser: layouts, comparing two scans, whose each picture is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import PHONE, NewContext, Site
from tests.e2e.opened import DESK, FINAL, PATIENT, PHYSICIAN, Opened, address_of, open_viewer

pytestmark = [pytest.mark.browser, pytest.mark.stack]


def _tile(opened: Opened, cell: int) -> Locator:
    return opened.page.locator(f".place [data-cell='{cell}']")


def _says(place: Locator, name: str) -> Locator:
    return place.locator(f"[data-show={name}], [data-label={name}]")


def _compared(opened: Opened, modality: str = "MR") -> Opened:
    """Lay a scan of that kind beside the CT, and wait until both are final."""
    wanted = opened.page.locator(f"[data-priors] option[data-modalities*='{modality}']").first.get_attribute("value")
    opened.page.get_by_label("Compare with").select_option(wanted)
    for cell in (0, 1):
        expect(_says(_tile(opened, cell), "quality")).to_have_text(FINAL)
    return opened


def _number(place: Locator) -> int:
    found = re.search(r"(\d+)(/| of )", _says(place, "frame").inner_text())
    assert found
    return int(found[1])


def _day(opened: Opened, modality: str) -> str:
    """Return the day of a study as its own page says it."""
    page = opened.page.context.new_page()
    page.goto(address_of(page, modality))
    words = page.locator("[data-stage] [data-label=when]").inner_text()
    page.close()
    return words


@pytest.mark.parametrize(("name", "count"), [("Side by side", 2), ("Stacked", 2), ("Four", 4), ("One", 1)])
def test_each_layout_has_its_pictures_and_all_become_final(
    new_context: NewContext, site: Site, name: str, count: int
) -> None:
    opened = open_viewer(new_context(**DESK), site, PHYSICIAN)
    button = opened.page.get_by_role("button", name=name, exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(opened.page.locator(".place [data-cell]")).to_have_count(count)
    for cell in range(count):
        expect(_says(_tile(opened, cell), "quality")).to_have_text(FINAL)
        assert _says(_tile(opened, cell), "who").inner_text() == "Alex Demo"
    boxes = [_tile(opened, cell).bounding_box() for cell in range(count)]
    assert len({(box["x"], box["y"]) for box in boxes if box}) == count
    assert opened.complaints == []


@pytest.mark.parametrize("megabits", [10, 1])
def test_both_pictures_of_a_physician_become_lossless(new_context: NewContext, site: Site, megabits: int) -> None:
    context = new_context(**DESK)
    context.add_init_script(f"Object.defineProperty(navigator.connection, 'downlink', {{ value: {megabits} }})")
    opened = open_viewer(context, site, PHYSICIAN)
    ct, mr = (address_of(opened.page, modality) for modality in ("CT", "MR"))
    # The second picture comes before the first has stood still for long.
    opened.page.goto(f"{ct}?compare={mr.split('/')[2]}")
    expect(_says(_tile(opened, 1), "frame")).to_contain_text("/46")
    for cell in (0, 1):
        expect(_says(_tile(opened, cell), "quality")).to_have_text("Final · lossless")
    # And again after both have moved.
    opened.stage.focus()
    opened.page.keyboard.press("End")
    expect(_says(_tile(opened, 1), "frame")).to_have_text("Im 46/46")
    for cell in (0, 1):
        expect(_says(_tile(opened, cell), "quality")).to_have_text("Final · lossless")
    assert opened.complaints == []


def test_each_picture_wears_its_own_study_and_keeps_its_place(new_context: NewContext, site: Site) -> None:
    opened = open_viewer(new_context(**DESK), site, PHYSICIAN)
    days = {"CT": _day(opened, "CT"), "MR": _day(opened, "MR")}
    assert days["CT"] != days["MR"]
    _compared(opened)
    left, right = _tile(opened, 0), _tile(opened, 1)
    for _ in range(2):
        expect(_says(left, "when")).to_have_text(days["CT"])
        expect(_says(left, "frame")).to_contain_text("/140")
        expect(_says(right, "when")).to_have_text(days["MR"])
        expect(_says(right, "frame")).to_contain_text("/46")
        # The other one is taken up: nothing moves on the screen, and the tools are its own now.
        opened.page.locator(".place .tile").click()
    expect(opened.stage).to_have_attribute("data-cell", "0")
    opened.page.keyboard.press("c")
    expect(opened.page.locator(".place .tile")).to_have_count(0)
    opened.expect("frame", re.compile("/140$"))
    assert opened.complaints == []


def test_the_address_is_that_of_the_picture_that_is_worked_with(new_context: NewContext, site: Site) -> None:
    opened = _compared(open_viewer(new_context(**DESK), site, PHYSICIAN))
    own = opened.page.url.split("?")[0]
    opened.page.locator(".place .tile").click()
    opened.until(lambda: opened.page.url.split("?")[0] != own, "the address names the other study")
    opened.page.reload()
    opened.expect("frame", re.compile("/46$"))
    expect(opened.page.locator("[data-label=when]").first).to_have_text(_day(opened, "MR"))


def test_they_scroll_together_by_position_until_told_not_to(new_context: NewContext, site: Site) -> None:
    opened = _compared(open_viewer(new_context(**DESK), site, PHYSICIAN))
    left, right = _tile(opened, 0), _tile(opened, 1)
    before = _number(right)
    opened.stage.focus()
    opened.page.keyboard.press("Home")
    opened.until(lambda: _number(left) == 1 and _number(right) < before, "both are at the beginning")
    first = _number(right)
    opened.page.keyboard.press("End")
    opened.until(lambda: _number(right) > before, "both are at the end")
    opened.page.get_by_role("button", name="Scroll together").click()
    last = _number(right)
    opened.stage.focus()
    opened.page.keyboard.press("Home")
    opened.until(lambda: _number(left) == 1, "the picture moved")
    assert _number(right) == last > first
    # The wheel over the other one takes it up and moves it alone.
    right.hover()
    opened.page.mouse.wheel(0, -120)
    opened.until(lambda: _number(right) == last - 1, "the other one moved")
    assert _number(left) == 1


def test_the_key_brings_the_scan_of_the_same_kind(new_context: NewContext, site: Site) -> None:
    opened = open_viewer(new_context(**DESK), site, PHYSICIAN)
    opened.stage.focus()
    opened.page.keyboard.press("c")
    expect(_says(_tile(opened, 1), "frame")).to_have_text("Im 18/35")
    assert _says(_tile(opened, 1), "who").inner_text() == "Alex Demo"
    expect(_says(_tile(opened, 1), "when")).not_to_have_text(_says(_tile(opened, 0), "when").inner_text())


def test_pictures_that_scroll_together_say_how_far_they_are_apart(new_context: NewContext, site: Site) -> None:
    opened = _compared(open_viewer(new_context(**DESK), site, PHYSICIAN), "CT")
    page, left, right = opened.page, _tile(opened, 0), _tile(opened, 1)
    together = page.get_by_role("button", name="Scroll together")
    again = page.locator("[data-command=lineUp]")
    # Taking up the other one by the wheel moves both, and does not bring them apart.
    before = _number(left)
    right.hover()
    page.mouse.wheel(0, 120)
    expect(_says(right, "frame")).to_have_text("Im 19/35")
    opened.until(lambda: _number(left) > before, "both have moved")
    expect(again).to_be_hidden()
    # Apart by hand: the one that is worked with goes on alone, and from there they go together again.
    together.click()
    opened.stage.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(_says(right, "frame")).to_have_text("Im 22/35")
    lined = _number(left)
    together.click()
    expect(again).to_have_text("31 mm apart: line up again")
    expect(page.locator("[data-live]")).to_have_text("31 mm apart: line up again")
    opened.stage.focus()
    page.keyboard.press("ArrowUp")
    opened.until(lambda: _number(left) == lined - 4, "they scroll together and stay apart")
    again.click()
    expect(again).to_be_hidden()
    opened.until(lambda: _number(left) == lined + 8, "they are lined up")
    assert opened.complaints == []


def test_a_drag_begun_on_the_other_picture_acts_on_that_picture(new_context: NewContext, site: Site) -> None:
    opened = _compared(open_viewer(new_context(**DESK), site, PHYSICIAN), "CT")
    page, left, right = opened.page, _tile(opened, 0), _tile(opened, 1)
    page.get_by_role("button", name="Window", exact=True).click()
    for taken, kept in ((right, left), (left, right)):
        was, stays = (_says(one, "window").inner_text() for one in (taken, kept))
        number = _number(taken)
        _drag(opened, taken, 60, -40)
        expect(_says(taken, "window")).not_to_have_text(was)
        expect(_says(kept, "window")).to_have_text(stays)
        assert _number(taken) == number
    page.get_by_role("button", name="Zoom", exact=True).click()
    for taken, kept in ((right, left), (left, right)):
        _drag(opened, taken, 0, -60)
        expect(_says(taken, "zoom")).to_have_text(re.compile("^Zoom 1[78]. %$"))
        expect(_says(kept, "zoom")).to_have_text("" if taken is right else re.compile("^Zoom"))
    # The arrow pad moves what was touched last; a drag with the hand begins on the other one.
    page.get_by_role("button", name="Move", exact=True).click()
    own = opened.mean_gray()
    _drag(opened, right, -120, 0)
    expect(opened.stage).to_have_attribute("data-cell", "1")
    opened.until(lambda: opened.mean_gray() != own, "the other picture has moved")
    assert opened.complaints == []


def _drag(opened: Opened, place: Locator, dx: int, dy: int) -> None:
    box = place.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    opened.page.mouse.move(x, y)
    opened.page.mouse.down()
    opened.page.mouse.move(x + dx, y + dy, steps=4)
    opened.page.mouse.up()


def test_on_a_phone_a_patient_compares_one_over_the_other(new_context: NewContext, site: Site) -> None:
    opened = open_viewer(new_context(**PHONE), site, PATIENT)
    choice = opened.page.get_by_label("Compare with")
    choice.select_option(index=1)
    for cell in (0, 1):
        expect(_says(_tile(opened, cell), "quality")).to_have_text(FINAL)
    boxes = [_tile(opened, cell).bounding_box() for cell in (0, 1)]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    choice.select_option("")
    expect(opened.page.locator(".place .tile")).to_have_count(0)
    assert opened.complaints == []


def test_a_link_from_elsewhere_opens_both(new_context: NewContext, site: Site) -> None:
    opened = open_viewer(new_context(**DESK), site, PHYSICIAN)
    page = opened.page
    ct, mr = (address_of(page, modality) for modality in ("CT", "MR"))
    page.goto(f"{ct}?compare={mr.split('/')[2]}")
    expect(_says(_tile(opened, 1), "frame")).to_contain_text("/46")
    page.goto(f"{ct}?compare=nobodys")
    opened.expect("quality", FINAL)
    expect(page.locator(".place .tile")).to_have_count(0)


def test_where_there_is_nothing_to_compare_with_the_key_says_so(new_context: NewContext, site: Site) -> None:
    opened = open_viewer(new_context(**DESK), site, PATIENT)
    page = opened.page
    page.goto("/scans/")
    # The child has one scan.
    page.get_by_role("link", name=re.compile("leg")).click()
    page.locator("a[href^='/viewer/']").first.click()
    opened.expect("quality", FINAL)
    expect(page.get_by_label("Compare with")).to_have_count(0)
    opened.stage.focus()
    page.keyboard.press("c")
    expect(page.locator("[data-link-words]")).to_have_text("There is no other scan to compare with.")
