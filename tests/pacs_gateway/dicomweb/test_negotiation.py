"""`Accept` and the `accept` parameter, as PS3.18 8.3.3.1 and 8.7.8.1 have them."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from pacs_gateway.dicomweb.mediatypes import DICOM, JSON, OCTETS, XML, Malformed, parse_range, parse_ranges
from pacs_gateway.dicomweb.negotiation import acceptable, choose
from pacs_gateway.dicomweb.offers import METADATA, Choice, Offer
from pacs_gateway.dicomweb.problems import Problem

NATIVE, JPEG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.50"
FILES = Offer(DICOM, in_parts=True, syntaxes=frozenset({NATIVE, "*"}))
PIXELS = Offer(OCTETS, in_parts=True)
PICTURES = (Offer("image/jpeg"), Offer("image/png"))


def _request(accept: str | None, parameter: str | None = None):
    query = QueryDict(mutable=True)
    if parameter is not None:
        query["accept"] = parameter
    headers = {} if accept is None else {"Accept": accept}
    return RequestFactory().get("/", query.dict(), headers=headers)


def _chosen(offers, accept: str | None, parameter: str | None = None) -> str:
    return choose(_request(accept, parameter), offers).offer.name


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("application/dicom+json", JSON),
        ("application/json", JSON),
        ("APPLICATION/DICOM+JSON", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ('multipart/related; type="application/dicom+xml"', XML),
        ("multipart/related; type=application/dicom+xml", XML),
        ("multipart/related", XML),
        ("multipart/*", XML),
        ('application/dicom+json;q=0.5, multipart/related; type="application/dicom+xml"', XML),
        ("application/dicom+json;q=0, */*;q=0.1", XML),
        ('multipart/related; type="application/dicom+xml", */*', XML),
        ("text/html, nonsense, application/dicom+json", JSON),
        ("application/dicom+json;q=7, */*;q=0.1", JSON),
    ],
)
def test_the_header_chooses(accept: str, chosen: str) -> None:
    assert _chosen(METADATA, accept) == chosen


@pytest.mark.parametrize(
    "accept",
    [None, "", "text/html", "application/dicom+xml", "image/*", "application/dicom+json;q=0", "nonsense", "a" * 9000],
)
def test_what_cannot_be_made_is_406(accept: str | None) -> None:
    with pytest.raises(Problem) as caught:
        choose(_request(accept), METADATA)
    assert caught.value.status == 406


def test_the_parameter_comes_first_and_must_be_within_the_header() -> None:
    assert _chosen(PICTURES, "image/jpeg, */*", "image/png") == "image/png"
    assert _chosen(PICTURES, "image/*", "image/png;q=0.2,image/jpeg;q=0.1") == "image/png"
    assert _chosen(PICTURES, "image/jpeg", "image/png") == "image/jpeg"
    assert _chosen(PICTURES, None, "image/png") == "image/png"
    assert _chosen(PICTURES, "*/*", "video/mp4") == "image/jpeg"


def test_a_plus_sign_in_the_parameter_need_not_be_escaped() -> None:
    assert _chosen(METADATA, "*/*", "application/dicom json") == "application/dicom+json"


@pytest.mark.parametrize("parameter", ["*/*", "image/*", "nonsense", "image/png, application/dicom", "image/png;q=x"])
def test_a_parameter_that_makes_no_sense_is_400(parameter: str) -> None:
    with pytest.raises(Problem) as caught:
        choose(_request("*/*", parameter), PICTURES)
    assert caught.value.status == 400


def test_transfer_syntaxes_are_asked_for_and_ranked() -> None:
    wanted = 'multipart/related; type="application/dicom"; transfer-syntax={}'
    both = f"{wanted.format(NATIVE)};q=0.5, {wanted.format('*')}, {wanted.format(JPEG)}"
    assert acceptable(_request(both), (FILES,)) == [Choice(FILES, "*"), Choice(FILES, NATIVE)]
    assert acceptable(_request(wanted.split("; transfer", maxsplit=1)[0]), (FILES,)) == [Choice(FILES)]
    with pytest.raises(Problem):
        choose(_request(wanted.format(JPEG)), (FILES,))


def test_several_representations_are_told_apart_by_type() -> None:
    offers = (FILES, PIXELS)
    assert _chosen(offers, 'multipart/related; type="application/octet-stream"') == OCTETS
    assert _chosen(offers, "*/*") == DICOM
    with pytest.raises(Problem):
        choose(_request("application/dicom"), offers)


def test_quotes_keep_commas_and_semicolons_together() -> None:
    (one, two) = parse_ranges('multipart/related; type="a/b;c,d"; q=0.3, text/plain', strict=True)
    assert (one.parameters, one.quality, two.name) == ({"type": "a/b;c,d"}, 0.3, "text/plain")
    with pytest.raises(Malformed):
        parse_range("a/b; c")


@settings(derandomize=True)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_ends_in_a_choice_or_a_problem(accept: str, parameter: str) -> None:
    request = RequestFactory().get("/", {"accept": parameter})
    request.META["HTTP_ACCEPT"] = accept
    try:
        status = 200 if choose(request, METADATA).offer in METADATA else 500
    except Problem as problem:
        status = problem.status
    assert status in (200, 400, 406)
