"""The other scans of the same person on the page of one: real workers, a folder as PACS."""

from __future__ import annotations

import datetime as dt
import html
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from pacs_gateway import upstream
from pacs_gateway.access.grant import Decision
from pacs_gateway.access.principal import Principal
from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study
from portal.people.policy import decide
from portal.sharing import links
from portal.sharing.links import Terms
from tests.people import make_patient, make_physician, make_study, without_tokens
from tests.portal.studies.conftest import JANE, TIM, browser_of
from tests.synthetic import write_study

pytestmark = [pytest.mark.stack, pytest.mark.django_db, pytest.mark.usefixtures("workers")]
STUDY = 8301


@pytest.fixture
def study(pacs_folder: Path) -> Study:
    uid = write_study(pacs_folder, JANE.patient_id, STUDY, issuer=JANE.issuer)
    upstream.prepare("main", print)
    return make_study(JANE, study_uid=uid)


@pytest.fixture
def earlier(study: Study) -> Study:
    """Return an earlier study of the same person, beside one of somebody else's."""
    make_study(TIM, date=dt.date(2016, 1, 1))
    return make_study(JANE, date=dt.date(2015, 3, 4), description="CT THORAX")


def _page(client: Client, study: Study) -> str:
    response = client.get(reverse("studies:study", args=[study.key]))
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def _compare(study: Study, other: Study) -> str:
    return f'href="{reverse("viewer:study", args=[study.key])}?compare={other.key}"'


@pytest.mark.parametrize(("make", "title"), [(make_patient, "CT scan of the chest"), (make_physician, "CT THORAX")])
def test_each_is_named_dated_and_can_be_compared(make, title: str, study: Study, earlier: Study) -> None:
    client = browser_of(make("who@x.example", JANE))
    page = _page(client, study)
    others = page[page.index("Other scans") :]
    assert f'<a href="{reverse("studies:study", args=[earlier.key])}">{title}</a>' in others
    assert "4 March 2015" in others
    assert "2016" not in without_tokens(others)
    assert _compare(study, earlier) in others
    # Without JavaScript the viewer opens all the same, with a link to the other scan.
    viewer = client.get(reverse("viewer:study", args=[study.key]), {"compare": earlier.key})
    assert viewer.status_code == 200
    assert f'<a href="{reverse("viewer:study", args=[earlier.key])}">' in viewer.content.decode()


def test_nothing_is_offered_where_there_is_no_other(study: Study) -> None:
    make_study(TIM)
    assert "Other scans" not in _page(browser_of(make_patient("jane@x.example", JANE)), study)


def test_a_link_shows_only_what_is_in_it(study: Study, earlier: Study) -> None:
    jane = make_patient("jane@x.example", JANE)
    for studies, is_offered in (([study], False), ([study, earlier], True)):
        made = links.make(jane, studies, Terms(recipient="a visitor"), f"{len(studies)} studies")
        visitor = Client()
        assert visitor.post(f"/s/{made.token}/", {"pin": made.pin}).status_code == 303
        assert (_compare(study, earlier) in _page(visitor, study)) is is_offered


def without_identity(principal: Principal, study: Study, right: Right) -> Decision:
    """Let people do everything, without identity."""
    return replace(decide(principal, study, right), anonymised=True)


def test_without_identity_no_other_is_named(study: Study, earlier: Study, settings) -> None:
    settings.STUDY_POLICY = "tests.portal.studies.test_others.without_identity"
    page = _page(browser_of(make_patient("jane@x.example", JANE)), study)
    assert earlier.key not in page
    assert "Other scans" not in page


def test_a_study_that_cannot_be_shown_now_is_not_compared(study: Study) -> None:
    away = make_study(JANE, pacs="closed")
    page = _page(browser_of(make_patient("jane@x.example", JANE)), away)
    assert "They will come." in page
    assert reverse("studies:study", args=[study.key]) in page
    assert "?compare=" not in page
