"""Which other studies of the same patient can be laid beside the one that is looked at."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from pacs_gateway.access import policy
from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.principal import ANONYMOUS, Kind, Principal
from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study
from pacs_gateway.refs import PatientRef
from portal.people.models import User
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


def _person(user: User) -> Principal:
    return Principal(Kind.USER, user_id=user.pk, role=user.role, user=user)


def _visitor(*studies: Study, anonymised: bool = False) -> Principal:
    keys = frozenset(study.key for study in studies)
    return Principal(Kind.SHARE, share_id=1, study_keys=keys, rights=frozenset({Right.VIEW}), anonymised=anonymised)


def _grant(principal: Principal, study: Study) -> StudyGrant:
    grant = policy.ask(principal, study, Right.VIEW)
    assert grant
    return grant


def _keys(principal: Principal, study: Study) -> list[str]:
    return [one["key"] for one in priors.of(principal, _grant(principal, study))]


@pytest.mark.parametrize("who", ["owner", "physician", "staff"])
def test_whoever_may_see_them_is_told_of_them_newest_first(cast: Cast, earlier: list[Study], who: str) -> None:
    principal = _person(getattr(cast, who))
    assert _keys(principal, cast.study) == [study.key for study in earlier]
    assert _keys(principal, earlier[1]) == [cast.study.key, earlier[0].key]


def test_a_grant_alone_opens_nothing_that_its_holder_may_not_see(cast: Cast, earlier: list[Study]) -> None:
    grant = _grant(_person(cast.owner), cast.study)
    for principal in (_person(cast.stranger), _person(cast.other_physician), ANONYMOUS):
        assert priors.of(principal, grant) == []


def test_a_link_tells_of_no_study_that_is_not_in_it(cast: Cast, earlier: list[Study]) -> None:
    assert _keys(_visitor(cast.study), cast.study) == []
    assert _keys(_visitor(cast.study, earlier[1], cast.other_study), cast.study) == [earlier[1].key]


def test_without_identity_nothing_is_laid_beside(cast: Cast, earlier: list[Study]) -> None:
    assert _keys(_visitor(cast.study, earlier[0], anonymised=True), cast.study) == []


def test_a_study_without_patient_id_has_no_others(cast: Cast) -> None:
    nobody = [make_study(PatientRef("", "")) for _ in range(2)]
    staff = _person(cast.staff)
    assert _keys(staff, nobody[0]) == []


def test_each_says_what_and_when_it_is(cast: Cast, earlier: list[Study]) -> None:
    principal = _person(cast.owner)
    first = priors.of(principal, _grant(principal, cast.study))[0]
    assert (first["title"], first["when"], first["modalities"]) == ("CT 2017", "4 Mar 2017", "CT")
    assert first["manifest_url"] == reverse("viewer:manifest", args=[earlier[0].key])


def test_one_of_another_patient_with_the_same_id_elsewhere_is_not_among_them(cast: Cast, earlier: list[Study]) -> None:
    staff = _person(cast.staff)
    elsewhere = Study.objects.get(patient_id=OWNER.patient_id, issuer="ELSEWHERE")
    assert _keys(staff, elsewhere) == []
    assert elsewhere.key not in _keys(staff, cast.study)
