"""The demo's accounts: four, able to sign in, the same at every start, tied to their own patients only."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress

from pacs_gateway.refs import PatientRef
from portal.demo.accounts import ACCOUNTS, OWN_FOLDER, make_accounts, passwords
from portal.people.models import PatientLink, Referral, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(tmp_path: Path) -> dict[str, str]:
    return passwords(tmp_path / "passwords.json")


def test_passwords_are_random_kept_and_for_their_owner_only(tmp_path: Path, known: dict[str, str]) -> None:
    assert passwords(tmp_path / "passwords.json") == known
    assert passwords(tmp_path / "elsewhere" / "passwords.json") != known
    assert all(len(password) >= 16 for password in known.values())
    assert len(set(known.values())) == len(ACCOUNTS)
    assert stat.S_IMODE((tmp_path / "passwords.json").stat().st_mode) == 0o600


def test_everybody_can_sign_in_and_staff_alone_use_the_admin_pages(tmp_path: Path, known: dict[str, str]) -> None:
    make_accounts(tmp_path, known, [])
    users = {user.email: user for user in User.objects.all()}
    assert users.keys() == ACCOUNTS.keys()
    assert all(users[email].check_password(password) for email, password in known.items())
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == len(ACCOUNTS)
    assert [user.email for user in users.values() if user.is_staff] == ["staff@demo.example"]
    assert not any(user.is_superuser for user in users.values())


def test_everybody_is_tied_to_their_own_patients_only(tmp_path: Path, known: dict[str, str]) -> None:
    make_accounts(tmp_path, known, [])
    links = set(PatientLink.objects.values_list("user__email", "patient_id", "relation"))
    assert links == {
        ("patient-a@demo.example", "DEMO-A", ""),
        ("patient-a@demo.example", "DEMO-C", "child"),
        ("patient-b@demo.example", "DEMO-B", ""),
    }
    assert list(Referral.objects.values_list("user__email", "patient_id")) == [("physician@demo.example", "DEMO-A")]


def test_a_password_changed_meanwhile_is_the_printed_one_again(tmp_path: Path, known: dict[str, str]) -> None:
    make_accounts(tmp_path, known, [])
    before = User.objects.get(email="patient-b@demo.example").password
    changed = User.objects.get(email="patient-a@demo.example")
    changed.set_password("something-else-entirely")
    changed.save()
    make_accounts(tmp_path, known, [])
    changed.refresh_from_db()
    assert changed.check_password(known["patient-a@demo.example"])
    assert User.objects.get(email="patient-b@demo.example").password == before


def test_patients_of_an_own_folder_come_and_go_with_it(tmp_path: Path, known: dict[str, str]) -> None:
    first, second = PatientRef("OWN-1"), PatientRef("OWN-2", "HOSPITAL")
    make_accounts(tmp_path, known, [first, second])
    make_accounts(tmp_path, known, [second])
    links = PatientLink.objects.filter(relation=OWN_FOLDER)
    assert [(link.user.email, link.patient) for link in links] == [("patient-a@demo.example", second)]
