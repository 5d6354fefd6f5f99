"""The list of studies: who sees which, in what order, and how it is said when there is none."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pacs_gateway.access.principal import Kind, Principal
from pacs_gateway.access.right import Right
from pacs_gateway.refs import PatientRef
from portal.people.models import PatientLink
from portal.studies import listing
from tests.people import make_patient, make_physician, make_staff, make_study
from tests.portal.studies.conftest import JANE, TIM, browser_of

pytestmark = pytest.mark.django_db


def _page(client: Client, query: str = "") -> str:
    response = client.get(reverse("studies:list") + query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_patient_sees_only_their_own_in_plain_words_newest_first() -> None:
    make_study(JANE, date=dt.date(2018, 8, 6), institution="North Clinic")
    make_study(JANE, date=dt.date(2020, 1, 31), modalities=["MR"], description="BRAIN")
    make_study(JANE, date=None, modalities=["US"], description="")
    make_study(PatientRef("P-OTHER", "TEST"), modalities=["DX"], description="HAND")
    page = _page(browser_of(make_patient("jane@x.example", JANE)))
    places = [page.index(text) for text in ("MRI scan of the head", "CT scan of the chest", "Ultrasound")]
    assert places == sorted(places)
    assert "6 August 2018" in page
    assert "North Clinic" in page
    assert "of the hand" not in page


def test_somebody_cared_for_stands_under_their_own_name() -> None:
    user = make_patient("jane@x.example", JANE)
    PatientLink.objects.create(user=user, patient_id=TIM.patient_id, issuer=TIM.issuer, relation="My son")
    make_study(JANE, date=dt.date(2018, 1, 1))
    make_study(TIM, patient_name="Doe^Tim", date=dt.date(2021, 1, 1), modalities=["DX"], description="HAND")
    page = _page(browser_of(user))
    own, his = page.index("CT scan of the chest"), page.index("X-ray of the hand")
    assert own < page.index("Scans of Tim Doe") < his
    assert "My son" in page
    assert "Scans of Jane" not in page


def test_an_empty_list_says_when_to_expect_something_and_whom_to_call(settings) -> None:
    settings.CLINIC_PHONE = "+1 555 0100"
    page = _page(browser_of(make_patient("jane@x.example", JANE)))
    assert "There is nothing here yet." in page
    assert "within an hour" in page
    assert page.count("tel:+1 555 0100") >= 2


def test_a_physician_sees_two_identifiers_of_their_patients_only() -> None:
    make_study(JANE, description="CT THORAX W/O")
    make_study(TIM, patient_name="Doe^Tim")
    page = _page(browser_of(make_physician("doc@x.example", JANE)))
    assert "CT THORAX W/O" in page
    assert "Jane Doe" in page
    assert "1980-01-02" in page
    assert JANE.patient_id in page
    assert TIM.patient_id not in page


def test_staff_search_instead() -> None:
    response = browser_of(make_staff()).get(reverse("studies:list"))
    assert response.status_code == 302
    assert response["Location"] == reverse("staff:search")


def test_nobody_sees_a_list_without_signing_in() -> None:
    response = Client().get(reverse("studies:list"))
    assert response.status_code == 302
    assert reverse("account_login") in response["Location"]


def test_pages_of_25_need_one_query_and_one_count() -> None:
    user = make_patient("jane@x.example", JANE)
    for number in range(60):
        make_study(JANE, date=dt.date(2020, 1, 1) + dt.timedelta(days=number))
    principal = Principal(Kind.USER, user_id=user.pk, role=user.role)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = listing.page_of(principal, "2")
        listing.groups_of(list(page))
    assert len(queries) == 2
    assert [card.date for card in page] == [dt.date(2020, 1, 1) + dt.timedelta(days=n) for n in range(34, 9, -1)]


@pytest.mark.parametrize(("number", "shown"), [("0", 3), ("99", 3), ("x", 1), ("3", 3), ("2", 2)])
def test_a_page_number_that_makes_no_sense_is_the_nearest_page(number: str, shown: int) -> None:
    client = browser_of(make_patient("jane@x.example", JANE))
    for _ in range(60):
        make_study(JANE)
    assert f"Page {shown} of 3" in _page(client, f"?page={number}")


def test_a_share_visitor_sees_the_studies_of_the_link_and_no_identity_if_it_has_none() -> None:
    shared, _other = make_study(JANE, institution="North Clinic"), make_study(JANE, modalities=["MR"])
    visitor = Principal(Kind.SHARE, share_id=1, study_keys=frozenset({shared.key}), rights=frozenset({Right.VIEW}))
    (card,) = listing.page_of(visitor, None)
    assert (card.key, card.name, card.place) == (shared.key, "Jane Doe", "North Clinic")
    hidden = Principal(Kind.SHARE, share_id=1, study_keys=frozenset({shared.key}), anonymised=True)
    (card,) = listing.page_of(hidden, None)
    assert (card.title, card.name, card.patient_id, card.place, card.date) == ("CT scan of the chest", "", "", "", None)
    assert card.description == card.referring_physician == ""
