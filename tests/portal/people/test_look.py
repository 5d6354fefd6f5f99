"""A clinic's own colour and logo."""

from __future__ import annotations

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from portal.people import look

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_wcag():
    assert look.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert look.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(COLORS)
def test_any_accent_can_be_read_on_light_and_dark_pages(color):
    for page in (look.LIGHT_PAGE, look.DARK_PAGE):
        assert look.contrast(look.readable(color, page), page) >= look.ENOUGH_CONTRAST


@given(COLORS)
def test_words_on_a_button_can_be_read_too(color):
    for page in (look.LIGHT_PAGE, look.DARK_PAGE):
        accent = look.readable(color, page)
        assert max(look.contrast(accent, text) for text in (look.WHITE, look.NEAR_BLACK)) >= look.ENOUGH_CONTRAST


def test_accent_that_is_readable_already_is_kept():
    assert look.readable("#0b5d86", look.LIGHT_PAGE) == "#0b5d86"


@pytest.mark.parametrize("text", ["red", "#fff", "#0b5d86;}body{display:none", "", "#0b5d8g"])
def test_what_is_not_a_color_makes_no_css(text):
    assert look.theme_css(text) == ""


def test_theme_is_linked_only_when_the_clinic_has_a_color(client, settings):
    assert reverse("people:theme") not in client.get("/").content.decode()
    settings.CLINIC_ACCENT = "#7a1fa2"
    assert reverse("people:theme") in client.get("/").content.decode()
    response = client.get(reverse("people:theme"))
    assert response["Content-Type"].startswith("text/css")
    assert "#7a1fa2" in response.content.decode()


def test_logo_is_the_file_that_the_clinic_named(client, settings, tmp_path):
    assert client.get(reverse("people:logo")).status_code == 404
    path = tmp_path / "logo.png"
    path.write_bytes(b"\x89PNG picture")
    settings.CLINIC_LOGO = str(path)
    response = client.get(reverse("people:logo"))
    assert response["Content-Type"] == "image/png"
    assert b"".join(response.streaming_content) == b"\x89PNG picture"
    assert reverse("people:logo") in client.get("/").content.decode()


@pytest.mark.parametrize("name", ["secrets.env", "page.html"])
def test_logo_that_is_not_a_picture_is_not_served(client, settings, tmp_path, name):
    path = tmp_path / name
    path.write_text("SECRET")
    settings.CLINIC_LOGO = str(path)
    assert client.get(reverse("people:logo")).status_code == 404
