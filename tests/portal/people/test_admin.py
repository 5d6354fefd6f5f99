"""The admin pages: who gets in, how, and what is there."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from portal.people.models import PatientLink, Role, User
from tests.portal.people.journey import post, signed_in

pytestmark = pytest.mark.django_db

PAGES = ["/admin/", "/admin/people/user/", "/admin/people/user/add/", "/admin/people/referral/add/"]


def test_strangers_are_sent_to_the_sign_in_of_the_site(client):
    for page in (*PAGES, "/admin/login/"):
        assert client.get(page)["Location"].startswith(reverse("account_login")), page


def test_patients_and_physicians_find_nothing(jane, physician):
    for person in (jane, physician):
        client = signed_in(person)
        assert {client.get(page).status_code for page in PAGES} == {404}


def test_staff_without_the_right_find_nothing_to_change(staff):
    User.objects.update(is_staff=False, is_superuser=False)
    assert signed_in(staff).get("/admin/", follow=True).status_code == 403


def test_only_our_own_models_are_there():
    assert {model.__module__.split(".")[0] for model in admin.site._registry} <= {"portal", "pacs_gateway", "viewer"}
    assert User in admin.site._registry


def test_pages_carry_no_script_that_needs_jquery(staff):
    client = signed_in(staff)
    for page in (*PAGES, f"/admin/people/user/{staff.pk}/change/"):
        html = client.get(page).content.decode()
        assert "jquery" not in html
        assert "add-constants" not in html


def test_a_new_account_is_tied_to_a_patient_and_entered_by_code(staff):
    client = signed_in(staff)
    response = client.post(
        "/admin/people/user/add/",
        {
            "email": "New.Patient@x.example",
            "role": Role.PATIENT,
            "is_active": "on",
            "patient_links-TOTAL_FORMS": "1",
            "patient_links-INITIAL_FORMS": "0",
            "patient_links-0-patient_id": "P1",
            "patient_links-0-issuer": "CLINIC",
            "referrals-TOTAL_FORMS": "0",
            "referrals-INITIAL_FORMS": "0",
        },
    )
    assert response.status_code == 302, response.content.decode()
    user = User.objects.get(email="new.patient@x.example")
    assert not user.has_usable_password()
    assert PatientLink.objects.get(user=user).patient_id == "P1"
    assert post(Client(), "account_request_login_code", email=user.email).status_code == 302


def test_password_is_changed_where_everybody_does_it(staff):
    assert signed_in(staff).get("/admin/password_change/")["Location"] == reverse("account_change_password")


def test_accounts_are_closed_not_deleted(staff, jane):
    assert signed_in(staff).post(f"/admin/people/user/{jane.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=jane.pk).exists()
