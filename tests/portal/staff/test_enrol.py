"""Enrolling somebody: a check page, an account without a password, a mail that tells nothing, the first sign-in."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from pacs_gateway.audit.models import AccessEvent
from pacs_gateway.index.models import Study
from pacs_gateway.refs import PatientRef
from portal.people.models import PatientLink, Referral, Role, User
from portal.staff import enrol_views
from tests.people import make_patient, make_physician, make_study
from tests.portal.people.journey import mailed_code, post

JANE = PatientRef("P-JANE", "CLINIC")
FORM = {"patient_id": "P-JANE", "issuer": "CLINIC", "role": "patient", "email": "Jane@X.example", "name": "Jane Doe"}


@pytest.fixture(autouse=True)
def study(db) -> Study:
    return make_study(JANE)


def _send(desk: Client, step: str = "save", **changes: str):
    return desk.post("/staff/enrol/", {**FORM, "step": step, **changes})


def test_search_leads_to_a_filled_form(desk, study):
    html = desk.get("/staff/enrol/", {"study": study.key}).content.decode()
    assert 'value="P-JANE"' in html
    assert 'value="CLINIC"' in html


@pytest.mark.parametrize("key", ["", "nope", "%00"])
def test_without_a_study_the_form_is_empty(desk, key):
    response = desk.get(f"/staff/enrol/?study={key}")
    assert response.status_code == 200
    assert "P-JANE" not in response.content.decode()


def test_check_page_shows_two_identifiers_and_changes_nothing(desk):
    html = _send(desk, "check").content.decode()
    for words in ("Jane Doe", "2 January 1980", "P-JANE", "jane@x.example", "We make a new one."):
        assert words in html
    assert not User.objects.filter(email="jane@x.example").exists()
    assert mail.outbox == []


def test_new_patient_signs_in_by_mailed_code_and_sees_the_scan(desk, study):
    assert _send(desk)["Location"] == "/staff/"
    user = User.objects.get(email="jane@x.example")
    assert (user.role, user.name, user.has_usable_password()) == (Role.PATIENT, "Jane Doe", False)
    assert not EmailAddress.objects.get(user=user).verified
    client = Client()
    post(client, "account_request_login_code", email="jane@x.example")
    post(client, "account_confirm_login_code", code=mailed_code())
    assert client.session.get("_auth_user_id") == str(user.pk)
    assert EmailAddress.objects.get(user=user).verified
    assert study.key in client.get("/scans/").content.decode()


def test_mail_says_how_to_sign_in_and_nothing_else(desk, settings):
    settings.CLINIC_NAME = "The Clinic"
    _send(desk)
    message = mail.outbox[0]
    text = message.subject + str(message.body)
    assert message.to == ["jane@x.example"]
    assert settings.SITE_URL + "/accounts/login/code/" in text
    assert "The Clinic" in text
    for secret in ("Jane Doe", "P-JANE", "CT", "chest", "1980", "2018"):
        assert secret not in text


def test_physician_gets_a_referral(desk, study):
    _send(desk, role="physician", email="doctor@x.example", name="Dr Kim")
    user = User.objects.get(email="doctor@x.example")
    assert (user.role, PatientLink.objects.count()) == (Role.PHYSICIAN, 0)
    assert Referral.objects.get(user=user).patient == JANE


def test_somebody_who_cares_for_a_patient_keeps_their_own_records(desk):
    mother = make_patient("mother@x.example", PatientRef("P-MOTHER", "CLINIC"))
    _send(desk, email="mother@x.example", relation="mother")
    assert mother.patient_links.count() == 2
    assert mother.patient_links.get(patient_id="P-JANE").relation == "mother"
    assert User.objects.filter(email="mother@x.example").count() == 1


def test_enrolling_twice_changes_nothing_twice(desk):
    _send(desk)
    _send(desk)
    assert (User.objects.filter(email="jane@x.example").count(), PatientLink.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"patient_id": "P-NOBODY"}, "The archive has no such patient."),
        ({"issuer": ""}, "The archive has no such patient."),
        ({"patient_id": ""}, "Type the Patient ID."),
        ({"email": "jane"}, "Type a whole e-mail address."),
        ({"role": "staff"}, "Select a valid choice"),
        ({"role": ""}, "Choose who gets access."),
    ],
)
def test_nonsense_is_explained_and_saves_nothing(desk, changes, words):
    accounts = User.objects.count()
    assert words in _send(desk, **changes).content.decode()
    assert (User.objects.count(), PatientLink.objects.count(), mail.outbox) == (accounts, 0, [])


def test_account_with_another_role_or_closed_is_refused(desk, staff):
    make_physician("doctor@x.example")
    User.objects.filter(pk=make_patient("closed@x.example").pk).update(is_active=False)
    assert "another role" in _send(desk, email="doctor@x.example").content.decode()
    assert "another role" in _send(desk, email=staff.email).content.decode()
    assert "This account is closed." in _send(desk, email="closed@x.example").content.decode()
    assert (PatientLink.objects.count(), Referral.objects.count()) == (0, 0)


def test_mail_that_cannot_be_sent_is_told_and_the_access_stays(desk, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert _send(desk).status_code == 302
    assert PatientLink.objects.count() == 1
    assert "the mail could not be sent" in desk.get("/staff/").content.decode()


def test_enrolment_is_in_the_ledger_or_does_not_happen(desk, staff, study, monkeypatch):
    _send(desk)
    event = AccessEvent.objects.get(action="staff:enrolled")
    assert (event.user_id, event.study_key) == (staff.pk, study.key)
    monkeypatch.setattr(
        enrol_views.ledger, "record", lambda *args, **more: (_ for _ in ()).throw(RuntimeError("ledger"))
    )
    with pytest.raises(RuntimeError):
        _send(desk, email="other@x.example")
    assert not User.objects.filter(email="other@x.example").exists()


def test_form_from_elsewhere_is_refused(staff):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    assert _send(client).status_code == 403
    assert PatientLink.objects.count() == 0
