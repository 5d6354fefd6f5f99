"""Which other studies of the same patient can be laid beside the one that is looked at."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from pacs_gateway.access.grant import Decision, mint
from pacs_gateway.access.principal import Kind, Principal
from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study
from pacs_gateway.refs import PatientRef
from portal.sharing import links
from portal.sharing.links import Terms
from tests.cast import OWNER, Cast, make_cast
from tests.people import make_study
from viewer import priors

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def earlier(cast: Cast) -> list[Study]:
    """Return two more studies of the owner, newest first, among some that are not theirs or not there."""
    make_study(PatientRef(OWNER.patient_id, "ELSEWHERE"))
    make_study(OWNER, missing_since=timezone.now())
    return [make_study(OWNER, date=dt.date(year, 3, 4), description=f"CT {year}") for year in (2017, 2015)]


def _keys(client: Client, study: Study) -> list[str]:
    answer = client.get(reverse("viewer:priors", args=[study.key]))
    assert answer.status_code == HTTPStatus.OK
    return [one["key"] for one in answer.json()["priors"]]


@pytest.mark.parametrize("who", ["owner", "physician", "staff"])
def test_whoever_may_see_them_is_told_of_them_newest_first(cast: Cast, earlier: list[Study], who: str) -> None:
    client = cast.client(who)
    assert _keys(client, cast.study) == [study.key for study in earlier]
    assert _keys(client, earlier[1]) == [cast.study.key, earlier[0].key]


@pytest.mark.parametrize("who", ["stranger", "other_physician", "other_visitor"])
def test_others_are_told_nothing(cast: Cast, earlier: list[Study], who: str) -> None:
    answer = cast.client(who).get(reverse("viewer:priors", args=[cast.study.key]))
    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_a_link_opens_no_study_that_is_not_in_it(cast: Cast, earlier: list[Study]) -> None:
    assert _keys(cast.client("visitor"), cast.study) == []
    made = links.make(cast.owner, [cast.study, earlier[1]], Terms(recipient="a visitor"), "both")
    client = Client()
    assert client.post(f"/s/{made.token}/", {"pin": made.pin}).status_code == HTTPStatus.SEE_OTHER
    assert _keys(client, cast.study) == [earlier[1].key]


def test_without_identity_nothing_is_laid_beside(cast: Cast, earlier: list[Study]) -> None:
    request = RequestFactory().get("/")
    keys = frozenset({cast.study.key, earlier[0].key})
    visitor = Principal(Kind.SHARE, share_id=1, study_keys=keys, rights=frozenset({Right.VIEW}), anonymised=True)
    request.principal = visitor  # type: ignore[attr-defined]
    decision = Decision(allowed=True, rights=frozenset({Right.VIEW}), anonymised=True)
    grant = mint(cast.study.ref, cast.study.key, cast.study.patient, decision, visitor.label)
    assert priors.of(request, grant) == []


def test_each_says_what_and_when_it_is(cast: Cast, earlier: list[Study]) -> None:
    first = cast.client("owner").get(reverse("viewer:priors", args=[cast.study.key])).json()["priors"][0]
    assert (first["title"], first["when"], first["modalities"]) == ("CT 2017", "4 Mar 2017", ["CT"])
    assert first["manifest_url"] == reverse("viewer:manifest", args=[earlier[0].key])
