"""Everybody who may knock at a study: its owner, a stranger, physicians, staff, and visitors with a link."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from http import HTTPStatus

from django.test import Client, override_settings

from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study
from pacs_gateway.refs import PatientRef
from portal.people.models import User
from portal.sharing import links
from portal.sharing.links import Terms
from tests.people import QUICK_HASHERS, make_patient, make_physician, make_staff, make_study

OWNER, STRANGER = PatientRef("P-OWNER", "TEST"), PatientRef("P-STRANGER", "TEST")

# What each of them is answered where study data lies that somebody with the right to view it may see.
WHO_SEES = [
    ("owner", HTTPStatus.OK),
    ("physician", HTTPStatus.OK),
    ("visitor", HTTPStatus.OK),
    ("stranger", HTTPStatus.NOT_FOUND),
    ("other_physician", HTTPStatus.NOT_FOUND),
    ("other_visitor", HTTPStatus.NOT_FOUND),
]


@dataclass
class Cast:
    """A study and the people around it. A visitor's link shows pictures and report, and no downloads."""

    study: Study
    other_study: Study
    owner: User
    stranger: User
    physician: User
    other_physician: User
    staff: User
    link_rights: frozenset[Right] = frozenset({Right.VIEW, Right.REPORT})

    def client(self, who: str) -> Client:
        """Return a browser in which that person is signed in, or has opened a link."""
        client = Client()
        if who == "visitor":
            self._open_link(client, self.owner, self.study)
        elif who == "other_visitor":
            self._open_link(client, self.stranger, self.other_study)
        else:
            client.force_login(getattr(self, who))
        return client

    def _open_link(self, client: Client, by: User, study: Study) -> None:
        # How well codes are kept is not what visitors are made for.
        with override_settings(PASSWORD_HASHERS=QUICK_HASHERS):
            made = links.make(by, [study], Terms(recipient="a visitor"), secrets.token_urlsafe(16))
            answer = client.post(f"/s/{made.token}/", {"pin": made.pin})
        assert answer.status_code == 303

    def add_study(self, patient_id: str, study_uid: str) -> Study:
        """Make another row of the index."""
        return make_study(PatientRef(patient_id, OWNER.issuer), study_uid=study_uid)


def make_cast(study_uid: str = "") -> Cast:
    """Make a study with everybody around it; `study_uid` names one that a PACS really has."""
    return Cast(
        study=make_study(OWNER, **({"study_uid": study_uid} if study_uid else {})),
        other_study=make_study(STRANGER),
        owner=make_patient("owner@x.example", OWNER),
        stranger=make_patient("stranger@x.example", STRANGER),
        physician=make_physician("physician@x.example", OWNER),
        other_physician=make_physician("other@x.example", STRANGER),
        staff=make_staff("staff@x.example"),
    )
