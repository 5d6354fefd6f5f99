"""Pages of PDFs as pictures, and PDFs that are broken, locked or absurd."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tests.pdfs import BLUE, RED, pdf
from viewer.rendering import CannotRender, Reason
from viewer.rendering import pdf as rendering
from viewer.rendering.pdf import page_count, render_page


def _reason(data: bytes, number: int = 1) -> Reason:
    with pytest.raises(CannotRender) as refused:
        render_page(data, number, 64)
    return refused.value.reason


def _color(data: bytes) -> list[int]:
    pixels = np.asarray(Image.open(io.BytesIO(data))).reshape(-1, 3).mean(axis=0)
    return [round(value / 255) for value in pixels]


def test_each_page_is_its_own_picture() -> None:
    document = pdf(RED, BLUE)
    assert page_count(document) == 2
    for number, color in ((1, [1, 0, 0]), (2, [0, 0, 1])):
        picture = render_page(document, number, 200)
        assert (picture.width, picture.height, picture.media_type) == (100, 200, "image/jpeg")
        assert _color(picture.data) == color


def test_a_page_that_is_not_there_is_refused() -> None:
    assert _reason(pdf(RED), 0) is Reason.FRAME_OUT_OF_RANGE
    assert _reason(pdf(RED), 2) is Reason.FRAME_OUT_OF_RANGE


def test_a_locked_document_says_so() -> None:
    assert _reason(pdf(RED, locked=True)) is Reason.LOCKED
    with pytest.raises(CannotRender):
        page_count(pdf(RED, locked=True))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4\nnothing", b"<html>%PDF", b"MZ" + bytes(2000) + pdf(RED)])
def test_what_is_no_pdf_is_damaged(data: bytes) -> None:
    assert _reason(data) is Reason.DAMAGED


def _drawn(data: bytes) -> int | Reason:
    try:
        picture = render_page(data, 1, 64)
    except CannotRender as error:
        return error.reason
    return max(picture.width, picture.height)


def test_a_document_cut_anywhere_is_a_picture_or_a_reason() -> None:
    document = pdf(RED, BLUE)
    outcomes = {_drawn(document[:length]) for length in range(0, len(document), 7)}
    assert outcomes <= {64, Reason.DAMAGED, Reason.FRAME_OUT_OF_RANGE}
    assert Reason.DAMAGED in outcomes


def test_a_page_of_absurd_size_stays_small() -> None:
    picture = render_page(pdf(RED, width=100_000, height=50_000), 1, 64)
    assert (picture.width, picture.height) == (64, 32)
    assert _reason(pdf(RED, width=100_000, height=0.001)) is Reason.DAMAGED
    assert render_page(pdf(RED), 1, 10**9).height == rendering.SIDE_MOST


def test_a_document_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "BYTES_MOST", 100)
    assert _reason(pdf(RED)) is Reason.TOO_LARGE


def test_a_watermark_is_stamped_across() -> None:
    assert render_page(pdf(RED), 1, 200).data != render_page(pdf(RED), 1, 200, "Copy").data
