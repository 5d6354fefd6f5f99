"""Give somebody access to a patient's images."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from smtplib import SMTPException

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from pacs_gateway.refs import PatientRef
from portal.people.models import PatientLink, Referral, Role, User

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Access:
    """Who gets access to whose images; `relation` says who a patient's carer is."""

    email: str
    role: str
    patient: PatientRef
    name: str = ""
    relation: str = ""


def enrol(access: Access) -> bool:
    """Tie the account to the patient, and make the account if it is not there; return whether it was made.

    A new account has no password: whoever reads the mail box of its address gets in by a mailed code, and can then
    choose a password or a passkey.
    """
    with transaction.atomic():
        user = User.objects.filter(email=access.email).first()
        is_new = user is None
        if user is None:
            user = User.objects.create_user(access.email, role=access.role, name=access.name)
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
        _tie(user, access)
    return is_new


def _tie(user: User, access: Access) -> None:
    patient_id, issuer = access.patient.patient_id, access.patient.issuer
    if access.role == Role.PATIENT:
        relation = {"relation": access.relation}
        PatientLink.objects.update_or_create(user=user, patient_id=patient_id, issuer=issuer, defaults=relation)
    else:
        Referral.objects.get_or_create(user=user, patient_id=patient_id, issuer=issuer)


def send_welcome(email: str) -> bool:
    """Send the mail that says how to sign in, and nothing about anybody's images; return whether it went out."""
    context = {
        "clinic_name": settings.CLINIC_NAME,
        "clinic_phone": settings.CLINIC_PHONE,
        "email": email,
        "code_url": settings.SITE_URL + reverse("account_request_login_code"),
        "site_url": settings.SITE_URL,
    }
    subject = _("Your account at %(clinic)s") % {"clinic": settings.CLINIC_NAME}
    try:
        send_mail(subject, render_to_string("staff/email/welcome.txt", context), None, [email])
    except (OSError, SMTPException) as error:
        log.warning("a welcome mail was not sent: %s", type(error).__name__)
        return False
    return True
