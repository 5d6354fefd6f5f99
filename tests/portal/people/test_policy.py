"""The policy's table, cell by cell, and that the list shows exactly what the decision opens."""

from __future__ import annotations

import pytest
from django.utils import timezone

from pacs_gateway.access import policy
from pacs_gateway.access.principal import ANONYMOUS, Kind, Principal
from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study
from pacs_gateway.refs import PatientRef
from portal.people.models import User
from portal.people.policy import decide, visible_studies
from tests.people import make_patient, make_physician, make_staff, make_study
from viewer import manifest

pytestmark = pytest.mark.django_db
JANE, SAME_ID_ELSEWHERE, NOBODY = PatientRef("1", "CLINIC"), PatientRef("1", "OTHER"), PatientRef("", "")


def _principal(user: User) -> Principal:
    return Principal(kind=Kind.USER, user_id=user.pk, role=user.role, user=user)


def _visitor(*studies: Study, rights: frozenset[Right] = frozenset({Right.VIEW})) -> Principal:
    keys = frozenset(study.key for study in studies)
    return Principal(kind=Kind.SHARE, share_id=1, study_keys=keys, rights=rights)


def _rights(principal: Principal, study: Study) -> set[Right]:
    return {right for right in Right if decide(principal, study, right).allowed}


def test_the_table() -> None:
    study, other = make_study(JANE), make_study(SAME_ID_ELSEWHERE)
    rows = {
        "patient": (make_patient("a@x.example", JANE), set(Right), set()),
        "stranger": (make_patient("b@x.example", SAME_ID_ELSEWHERE), set(), set(Right)),
        "physician": (make_physician("c@x.example", JANE), set(Right), set()),
        "nobody's physician": (make_physician("d@x.example"), set(), set()),
        "staff": (make_staff(), set(Right), set(Right)),
    }
    for who, (user, on_study, on_other) in rows.items():
        assert (_rights(_principal(user), study), _rights(_principal(user), other)) == (on_study, on_other), who
    assert _rights(ANONYMOUS, study) == set()


def test_a_visitor_has_what_the_link_says() -> None:
    study, other = make_study(JANE), make_study(JANE)
    visitor = _visitor(study, rights=frozenset({Right.VIEW, Right.REPORT}))
    assert _rights(visitor, study) == {Right.VIEW, Right.REPORT}
    assert _rights(visitor, other) == set()


def test_a_patient_link_of_a_physician_opens_nothing() -> None:
    study, physician = make_study(JANE), make_physician("c@x.example")
    physician.patient_links.create(patient_id=JANE.patient_id, issuer=JANE.issuer)
    assert _rights(_principal(physician), study) == set()


def test_studies_without_a_patient_id_belong_to_nobody() -> None:
    study, user = make_study(NOBODY), make_patient("a@x.example", NOBODY)
    assert _rights(_principal(user), study) == set()


def test_what_left_the_archive_is_nobody_s() -> None:
    study, user = make_study(JANE, missing_since=timezone.now()), make_patient("a@x.example", JANE)
    assert _rights(_principal(user), study) == set()
    assert _rights(_principal(make_staff()), study) == set()
    assert _rights(_visitor(study), study) == set()


def test_a_withdrawn_link_acts_on_the_next_question() -> None:
    study, user = make_study(JANE), make_patient("a@x.example", JANE)
    assert _rights(_principal(user), study)
    user.patient_links.all().delete()
    assert _rights(_principal(user), study) == set()


def test_the_list_shows_exactly_what_the_decision_opens() -> None:
    studies = [make_study(patient) for patient in (JANE, JANE, SAME_ID_ELSEWHERE, NOBODY)]
    everybody = [
        ANONYMOUS,
        _visitor(studies[0], studies[2]),
        *map(_principal, (make_patient("a@x.example", JANE), make_physician("c@x.example", JANE), make_staff())),
    ]
    for principal in everybody:
        listed = set(visible_studies(principal))
        assert listed == {study for study in studies if decide(principal, study, Right.VIEW).allowed}


def test_a_study_that_has_grown_is_described_anew() -> None:
    principal, study = _principal(make_patient("jane@x.example", JANE)), make_study(JANE)
    names = set()
    for study.instance_count in (1, 2, 2):
        grant = policy.ask(principal, study, Right.VIEW)
        assert grant is not None
        names.add(manifest.key_of(grant))
    assert len(names) == 2
