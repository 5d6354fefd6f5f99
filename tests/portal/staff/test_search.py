"""The desk's search: what fits, an archive that is down, who may."""

from __future__ import annotations

import datetime as dt
import re
import time

import pytest
from django.test import Client
from django.utils import timezone

from pacs_gateway.audit.models import AccessEvent
from pacs_gateway.index.models import Study
from pacs_gateway.refs import PatientRef
from pacs_gateway.upstream.config import parse_pacs
from portal.staff import finding
from tests.fakes.faulty_pacs import FaultyPacs, hang
from tests.people import make_patient, make_physician, make_study

JANE = PatientRef("P-JANE", "CLINIC")


def _search(client: Client, **query: str):
    return client.post("/staff/", query, follow=True)


def _names(client: Client, **query: str) -> list[str]:
    html = _search(client, **query).content.decode()
    return [name for name in ("Jane Doe", "Richard Roe", "Mary Major") if f'class="who">{name}</th>' in html]


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "doe"}, ["Jane Doe"]),
        ({"name": "jane doe"}, ["Jane Doe"]),
        ({"name": "ROE"}, ["Richard Roe"]),
        ({"patient_id": "P-1"}, ["Jane Doe"]),
        ({"patient_id": "p-1"}, []),
        ({"accession": "A-1"}, ["Jane Doe"]),
        ({"born": "1970-03-04"}, ["Richard Roe"]),
        ({"name": "doe", "born": "1970-03-04"}, []),
        ({"date_from": "2020-06-01"}, ["Richard Roe"]),
        ({"date_to": "2020-06-01"}, ["Jane Doe"]),
        ({"date_from": "2020-01-01", "date_to": "2021-02-02"}, ["Jane Doe", "Richard Roe"]),
        ({"name": "nobody"}, []),
    ],
)
def test_archive_is_searched_and_what_it_says_is_taken_over(desk, query, found):
    assert Study.objects.count() == 0
    assert _names(desk, **query) == found
    assert Study.objects.count() == len(found)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "jane"}, ["Jane Doe"]),
        ({"name": "doe richard"}, []),
        ({"patient_id": "P-2"}, ["Richard Roe"]),
        ({"patient_id": "P"}, []),
        ({"born": "1970-03-04"}, ["Richard Roe"]),
        ({"accession": "A-1"}, ["Jane Doe"]),
        ({"date_from": "2020-06-01"}, ["Richard Roe"]),
        ({"date_to": "2020-06-01"}, ["Jane Doe"]),
    ],
)
def test_index_alone_answers_in_the_same_way(desk, settings, query, found):
    settings.PACS = {}
    jane = {"patient_name": "Doe^Jane", "accession_number": "A-1", "date": dt.date(2020, 1, 1)}
    make_study(PatientRef("P-1"), **jane)
    richard = {"patient_name": "Roe^Richard", "birth_date": dt.date(1970, 3, 4), "date": dt.date(2021, 2, 2)}
    make_study(PatientRef("P-2"), **richard)
    assert _names(desk, **query) == found


@pytest.mark.usefixtures("archive")
def test_both_identifiers_stand_in_each_row(desk):
    html = _search(desk, name="roe").content.decode()
    assert "1970-03-04" in html
    assert "P-2" in html
    study = Study.objects.get()
    assert f"/scans/{study.key}/" in html
    assert f"/staff/enrol/?study={study.key}" in html


def test_index_answers_when_an_archive_is_down(desk, settings, tmp_path, archive):
    make_study(JANE, pacs="gone", patient_name="Major^Mary")
    settings.PACS = parse_pacs(f"main=file://{archive} gone=file://{tmp_path / 'not-there'}", {})
    response = _search(desk, date_from="2000-01-01")
    html = response.content.decode()
    assert response.status_code == 200
    assert "The archive “gone” does not answer." in html
    assert "“main”" not in html
    assert _names(desk, date_from="2000-01-01") == ["Jane Doe", "Richard Roe", "Mary Major"]


def test_desk_does_not_wait_for_a_slow_archive(desk, settings, archive, monkeypatch):
    monkeypatch.setattr(finding, "SECONDS", 1.0)
    with FaultyPacs(lambda _: hang()) as slow:
        settings.PACS = parse_pacs(f"main=file://{archive} slow={slow.url}", {})
        began = time.monotonic()
        html = _search(desk, name="doe").content.decode()
        took = time.monotonic() - began
        assert slow.requests
    assert took < 4.5  # less than the archive itself is given
    assert "The archive “slow” does not answer." in html
    assert 'class="who">Jane Doe</th>' in html


def test_a_found_scan_can_be_opened_and_shared(desk, archive):
    html = _search(desk, name="doe").content.decode()
    for address in re.findall(r'href="(/scans/[^"]+)"', html):
        assert desk.get(address).status_code == 200
    key = Study.objects.get(accession_number="A-1").key
    assert f'href="/scans/{key}/"' in html
    assert f'href="/scans/{key}/share/"' in html


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"name": ""}, "Type a name, an ID, an accession number or a date."),
        ({"name": "d*"}, "Search without"),
        ({"patient_id": "P-?"}, "Search without"),
        ({"born": "yesterday"}, "Type a date."),
        ({"date_from": "2021-01-01", "date_to": "2020-01-01"}, "The period ends before it begins."),
    ],
)
def test_nonsense_is_explained_and_asks_nobody(desk, query, words):
    html = _search(desk, **query).content.decode()
    assert words in html
    assert Study.objects.count() == 0
    assert AccessEvent.objects.count() == 0


@pytest.mark.usefixtures("archive")
def test_what_was_typed_is_in_no_address_and_only_in_this_session(desk, staff):
    response = _search(desk, name="doe", patient_id="P-1", born="1980-01-02")
    assert response.redirect_chain == [("/staff/?found#found", 303)]
    assert _in_view(desk.get("/staff/?found")) == ["Jane Doe"]
    assert _in_view(desk.get("/staff/")) == []
    other = Client()
    other.force_login(staff)
    assert _in_view(other.get("/staff/?found")) == []


def _in_view(response) -> list[str]:
    return [name for name in ("Jane Doe", "Richard Roe") if name in response.content.decode()]


@pytest.mark.usefixtures("archive")
def test_an_address_with_a_name_searches_nothing(desk):
    assert _in_view(desk.get("/staff/", {"name": "doe"})) == []
    assert _in_view(desk.get("/staff/", {"name": "doe", "found": ""})) == []
    assert Study.objects.count() == 0


def test_search_sent_from_elsewhere_is_refused(staff):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    assert client.post("/staff/", {"name": "doe"}).status_code == 403


def test_first_visit_shows_the_form_without_complaint(desk):
    html = desk.get("/staff/").content.decode()
    assert "There is a problem" not in html
    assert 'name="accession"' in html


@pytest.mark.usefixtures("archive")
def test_a_search_is_in_the_ledger_without_what_was_typed(desk, staff):
    _search(desk, name="doe")
    event = AccessEvent.objects.get()
    assert (event.user_id, event.action, event.outcome) == (staff.pk, "staff:search", "allowed")
    assert "doe" not in str([getattr(event, field.name) for field in event._meta.fields])


@pytest.mark.usefixtures("archive")
def test_nothing_that_was_typed_is_logged(desk, caplog, settings, tmp_path):
    settings.PACS = parse_pacs(f"gone=file://{tmp_path / 'not-there'}", {})
    _search(desk, name="Zebulon", patient_id="ID-4711")
    assert "Zebulon" not in caplog.text
    assert "4711" not in caplog.text


@pytest.mark.parametrize("path", ["/staff/", "/staff/enrol/"])
def test_only_staff_come_in(db, path):
    assert Client().get(path).status_code == 302
    for user in (make_patient("a@x.example", JANE), make_physician("b@x.example", JANE)):
        client = Client()
        client.force_login(user)
        assert client.get(path).status_code == 404


def test_staff_are_led_here_from_the_list(desk):
    assert desk.get("/scans/")["Location"] == "/staff/"


def test_studies_that_are_gone_are_not_found(desk, settings):
    settings.PACS = {}
    make_study(JANE, patient_name="Major^Mary", missing_since=timezone.now())
    assert _names(desk, name="major") == []


def test_text_from_the_archive_stays_text(desk, settings):
    settings.PACS = {}
    make_study(JANE, patient_name="<script>alert(1)</script>", description="<b>x</b>")
    html = _search(desk, patient_id="P-JANE").content.decode()
    assert "<script>alert" not in html
    assert "<b>x" not in html


def test_more_than_fit_is_said(desk, settings, monkeypatch):
    settings.PACS = {}
    monkeypatch.setattr(finding, "FOUND_MOST", 3)
    for _ in range(4):
        make_study(JANE)
    html = _search(desk, patient_id="P-JANE").content.decode()
    assert "There are more." in html
    assert html.count("<tr role") == 1 + 3
