"""Encapsulated PDFs end to end: pages as pictures, the file handed on in a sandbox, and nobody else's."""

from __future__ import annotations

import html
import io
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from pacs_gateway import upstream
from pacs_gateway.access.grant import Decision, mint_for_system
from pacs_gateway.access.principal import Principal
from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study
from portal.people.policy import decide
from tests.cast import Cast, make_cast
from tests.pdfs import BLUE, RED, encapsulated, pdf
from tests.synthetic import study_uid
from viewer import manifest

pytestmark = [pytest.mark.stack, pytest.mark.django_db, pytest.mark.usefixtures("workers")]
STUDY, LETTER = 89010, pdf(RED, BLUE)


def _stored(folder: Path, *documents: bytes, study: int = STUDY) -> str:
    place = folder / f"documents{study}"
    place.mkdir(exist_ok=True)
    for number, data in enumerate(documents, 1):
        ds = encapsulated(data, "P-OWNER", study, number=number)
        ds.save_as(place / f"{number}.dcm", enforce_file_format=True)
    upstream.prepare("main", print)
    return study_uid(study)


@pytest.fixture
def cast(pacs_folder: Path) -> Cast:
    return make_cast(study_uid=_stored(pacs_folder, LETTER))


@pytest.fixture
def owner(cast: Cast) -> Client:
    return cast.client("owner")


def _place(study: Study, number: int = 1) -> list[str | int]:
    grant = mint_for_system(study.ref, study.key, study.patient, "test", [Right.VIEW])
    (series,) = manifest.load(grant).documents
    return [study.key, series.id, number]


def test_the_report_page_leads_to_the_document_and_its_pages(owner: Client, cast: Cast) -> None:
    place = _place(cast.study)
    study = owner.get(reverse("studies:study", args=[cast.study.key])).content.decode()
    assert reverse("studies:report", args=[cast.study.key]) in study
    report = owner.get(reverse("studies:report", args=[cast.study.key])).content.decode()
    assert "Letter" in report
    assert "no report here" not in report
    assert reverse("studies:document", args=place) in report
    assert reverse("studies:page", args=[*place, 1]) + "?size=small" in report
    page = owner.get(reverse("studies:document", args=place)).content.decode()
    assert [reverse("studies:page", args=[*place, number]) in page for number in (1, 2, 3)] == [True, True, False]
    assert reverse("studies:pdf", args=place) in page


@pytest.mark.parametrize(("number", "color"), [(1, [1, 0, 0]), (2, [0, 0, 1])])
def test_a_page_is_a_picture(owner: Client, cast: Cast, number: int, color: list[int]) -> None:
    for query, height in (("?size=small", 384), ("", 1536)):
        answer = owner.get(reverse("studies:page", args=[*_place(cast.study), number]) + query)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        image = Image.open(io.BytesIO(answer.content))
        assert image.height == height
        assert [round(value / 255) for value in image.getpixel((5, 5))] == color  # type: ignore[union-attr]


@pytest.mark.parametrize(("query", "kind"), [("", "attachment"), ("?open", "inline")])
def test_the_pdf_is_handed_on_as_it_is_and_can_do_nothing(owner: Client, cast: Cast, query: str, kind: str) -> None:
    answer = owner.get(reverse("studies:pdf", args=_place(cast.study)) + query)
    assert answer.content == LETTER
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'{kind}; filename="lightbox-document.pdf"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("data", "words", "is_handed_on"),
    [(b"%PDF-1.4 broken", "damaged", False), (b"<html>", "damaged", False), (pdf(RED, locked=True), "password", True)],
)
def test_what_cannot_be_drawn_says_so(
    cast: Cast, owner: Client, pacs_folder: Path, data: bytes, words: str, is_handed_on: bool
) -> None:
    number = STUDY + 1 + len(data)
    place = _place(cast.add_study("P-OWNER", _stored(pacs_folder, data, study=number)))
    page = html.unescape(owner.get(reverse("studies:document", args=place)).content.decode())
    assert words in page
    tile = owner.get(reverse("studies:page", args=[*place, 1]))
    assert (tile["Content-Type"], tile["X-Frame-Reason"]) == ("image/png", "locked" if is_handed_on else "damaged")
    assert owner.get(reverse("studies:pdf", args=place)).status_code == (200 if is_handed_on else 404)


@pytest.mark.parametrize("name", ["studies:document", "studies:pdf", "studies:page"])
def test_what_is_not_there_is_404(owner: Client, cast: Cast, name: str) -> None:
    key, series, number = _place(cast.study)
    page = [1] if name == "studies:page" else []
    assert owner.get(reverse(name, args=[key, series, number, *page])).status_code == 200
    for place in ([key, series, 0], [key, series, 2], [key, "0123456789abcdef", 1]):
        assert owner.get(reverse(name, args=[*place, *page])).status_code == 404


def test_a_page_out_of_range_is_404_and_a_size_of_no_kind_400(owner: Client, cast: Cast) -> None:
    place = _place(cast.study)
    assert owner.get(reverse("studies:page", args=[*place, 3])).status_code == 404
    assert owner.get(reverse("studies:page", args=[*place, 0])).status_code == 404
    assert owner.get(reverse("studies:page", args=[*place, 1]) + "?size=vast").status_code == 400


def without_identity(principal: Principal, study: Study, right: Right) -> Decision:
    """Let people do everything, without identity."""
    return replace(decide(principal, study, right), anonymised=True)


def with_watermark(principal: Principal, study: Study, right: Right) -> Decision:
    """Let people do everything, under a watermark."""
    return replace(decide(principal, study, right), watermark="Copy")


def test_without_identity_there_are_no_documents(owner: Client, cast: Cast, settings) -> None:
    place = _place(cast.study)
    settings.STUDY_POLICY = f"{__name__}.without_identity"
    for name, more in (("studies:document", []), ("studies:pdf", []), ("studies:page", [1])):
        assert owner.get(reverse(name, args=[*place, *more])).status_code == 404


def test_under_a_watermark_only_stamped_pages_are_given_out(owner: Client, cast: Cast, settings) -> None:
    place = _place(cast.study)
    plain = owner.get(reverse("studies:page", args=[*place, 1])).content
    settings.STUDY_POLICY = f"{__name__}.with_watermark"
    assert owner.get(reverse("studies:page", args=[*place, 1])).content not in (plain, b"")
    assert owner.get(reverse("studies:pdf", args=place)).status_code == 404
    assert reverse("studies:pdf", args=place) not in owner.get(reverse("studies:document", args=place)).content.decode()
