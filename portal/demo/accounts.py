"""The four accounts of the demo, with passwords made on this machine."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from allauth.account.models import EmailAddress

from pacs_gateway.refs import PatientRef
from portal.demo.patients import ALEX, BLAKE, CASEY, ref
from portal.people.models import PatientLink, Referral, Role, User

WORDS = (
    "amber", "birch", "cedar", "coral", "delta", "ember", "fjord", "grove", "hazel", "heron", "indigo", "juniper",
    "lagoon", "maple", "meadow", "onyx", "opal", "pebble", "quartz", "raven", "river", "sable", "saffron", "sierra",
    "spruce", "sunset", "teal", "tulip", "velvet", "willow", "winter", "zephyr",
)  # fmt: skip
OWN_FOLDER = "own folder"
ACCOUNTS = {
    "patient-a@demo.example": (Role.PATIENT, "Alex Demo"),
    "patient-b@demo.example": (Role.PATIENT, "Blake Demo"),
    "physician@demo.example": (Role.PHYSICIAN, "Dr Robin Demo"),
    "staff@demo.example": (Role.STAFF, "Sam Demo"),
}


def passwords(path: Path) -> dict[str, str]:
    """Return the password of each account, made at the first start and kept in `path` for its owner only."""
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return kept
    made = {email: "-".join(secrets.choice(WORDS) for _ in range(4)) for email in ACCOUNTS}
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_secret(path, made)
    return made


def _write_secret(path: Path, content: dict[str, str]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)


def make_accounts(folder: Path, known: dict[str, str], own: list[PatientRef]) -> None:
    """Make or mend the accounts and their ties; `own` patients of the user's own folder are tied to patient A.

    What the passwords became in the database is noted in `folder`: comparing that costs nothing, a password a second.
    """
    note = folder / "hashes.json"
    noted = json.loads(note.read_text(encoding="ascii")) if note.exists() else {}
    users = {email: _account(email, password, noted.get(email)) for email, password in known.items()}
    _write_secret(note, {email: user.password for email, user in users.items()})
    first = users["patient-a@demo.example"]
    _tie(PatientLink, first, ref(ALEX))
    _tie(PatientLink, first, ref(CASEY), relation="child")
    _tie(PatientLink, users["patient-b@demo.example"], ref(BLAKE))
    _tie(Referral, users["physician@demo.example"], ref(ALEX))
    _tie_own_folder(first, own)


def _tie_own_folder(user: User, patients: list[PatientRef]) -> None:
    """Tie exactly these patients of the user's own folder; those of a folder shown before are let go."""
    for link in user.patient_links.filter(relation=OWN_FOLDER):
        if link.patient not in patients:
            link.delete()
    for patient in patients:
        _tie(PatientLink, user, patient, relation=OWN_FOLDER)


def _account(email: str, password: str, noted: str | None) -> User:
    role, name = ACCOUNTS[email]
    user, _ = User.objects.get_or_create(email=email, defaults={"role": role, "name": name})
    user.is_staff = role == Role.STAFF
    if not noted or user.password != noted:
        user.set_password(password)
    user.save()
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


def _tie(kind: type[PatientLink] | type[Referral], user: User, patient: PatientRef, **facts: str) -> None:
    kind.objects.get_or_create(user=user, patient_id=patient.patient_id, issuer=patient.issuer, defaults=facts)
