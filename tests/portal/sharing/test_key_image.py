"""A link that opens with exactly one picture."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from pacs_gateway.refs import PatientRef
from portal.sharing.key_image import query_of
from portal.sharing.models import ShareLink
from tests.people import make_study

QUERY = "series=0123456789abcdef&frame=12&window=-600%2C1500"


@pytest.mark.parametrize(
    ("text", "query"),
    [
        (QUERY, QUERY),
        ("series=a&frame=1&state=b", "series=a&frame=1&state=b"),
        ("series=a%7Ecoronal&frame=1", "series=a~coronal&frame=1"),
        ("", ""),
        ("series=a", ""),
        ("series=a&frame=1&next=https://elsewhere.example", ""),
        ("series=a&frame=1&window=%0d%0aSet-Cookie", ""),
        ("series=../../admin&frame=1", ""),
        ("series=a&frame=1&window=" + "1" * 300, ""),
    ],
)
def test_only_a_picture_of_the_viewer_is_taken(text: str, query: str) -> None:
    assert query_of(text) == query


def _open(made) -> str:
    answer = Client().post(f"/s/{made.token}/", {"pin": made.pin})
    assert answer.status_code == 303
    return answer["Location"]


def test_link_opens_at_its_picture_and_else_at_the_list(make_link, study) -> None:
    assert _open(make_link(opens_at=f"{study.key}?{QUERY}")) == f"/viewer/{study.key}/?{QUERY}"
    assert _open(make_link()) == "/scans/"


def test_link_without_pictures_or_without_that_study_opens_at_the_list(make_link, study) -> None:
    assert _open(make_link(opens_at=f"{study.key}?{QUERY}", with_pictures=False)) == "/scans/"
    other = make_study(PatientRef("P-OTHER", "CLINIC"))
    assert _open(make_link(opens_at=f"{other.key}?{QUERY}")) == "/scans/"


def test_the_form_carries_the_picture_from_the_viewer_to_the_link(owner, study) -> None:
    client = Client()
    client.force_login(owner)
    asked = client.get(f"/scans/{study.key}/share/", {"picture": QUERY}).content.decode()
    assert "opens with the picture" in asked
    typed = {"recipient": "Dr Miller", "what": ["pictures"], "days": "7", "picture": QUERY}
    typed["sheet"] = re.findall(r'name="sheet" value="([\w-]+)"', asked)[0]
    checked = client.post(f"/scans/{study.key}/share/", typed | {"step": "check"}).content.decode()
    assert "The picture that you looked at" in checked
    assert re.search(r'name="picture" value="series=0123456789abcdef&amp;frame=12', checked)


def test_a_forged_picture_is_dropped(owner, study) -> None:
    client = Client()
    client.force_login(owner)
    asked = client.get(f"/scans/{study.key}/share/", {"picture": "series=a&frame=1&x=<script>"}).content.decode()
    assert "opens with the picture" not in asked
    assert "script&gt;" not in asked
    assert not ShareLink.objects.exists()
