"""People and studies for tests, made in the database as the product makes them."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from pacs_gateway.index.models import Study
from pacs_gateway.refs import PatientRef
from portal.people.models import PatientLink, Referral, Role, User

PASSWORD = "correct-horse-battery"
# For tests that are about something else: passwords and codes are checked slowly on purpose.
QUICK_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
_MADE_AT_RANDOM = re.compile(r"[\w-]{22,}")


@cache
def _encoded(hasher: str) -> str:
    """Return PASSWORD as it is stored; it is made slow on purpose, so it is made once for each hasher."""
    return make_password(PASSWORD)


def without_tokens(page: str) -> str:
    """Return a page without its keys and tokens: they are made at random, and may hold any short word."""
    return _MADE_AT_RANDOM.sub("", page)


def make_user(email: str, role: str = Role.PATIENT, **fields: Any) -> User:
    """Make an account with a verified address."""
    user = User.objects.create(email=email, password=_encoded(settings.PASSWORD_HASHERS[0]), role=role, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_patient(email: str, *patients: PatientRef) -> User:
    """Make a patient's account, tied to the given patients of the archive."""
    user = make_user(email)
    for patient in patients:
        PatientLink.objects.create(user=user, patient_id=patient.patient_id, issuer=patient.issuer)
    return user


def make_physician(email: str, *patients: PatientRef) -> User:
    """Make a physician's account, with the given patients referred."""
    user = make_user(email, Role.PHYSICIAN)
    for patient in patients:
        Referral.objects.create(user=user, patient_id=patient.patient_id, issuer=patient.issuer)
    return user


def make_staff(email: str = "staff@clinic.example") -> User:
    """Make a staff account that may use the admin pages."""
    return make_user(email, Role.STAFF, is_staff=True)


def make_study(patient: PatientRef, **fields: Any) -> Study:
    """Make a row of the index."""
    facts: dict[str, Any] = {
        "pacs": "main",
        "study_uid": f"2.25.{secrets.randbits(100)}",
        "patient_id": patient.patient_id,
        "issuer": patient.issuer,
        "patient_name": "Doe^Jane",
        "birth_date": dt.date(1980, 1, 2),
        "description": "CT CHEST",
        "modalities": ["CT"],
        "date": dt.date(2018, 8, 6),
        "series_count": 1,
        "instance_count": 6,
        "synced_at": timezone.now(),
    }
    return Study.objects.create(**(facts | fields))
