"""Whether the sign-in behind a session had a second factor.

A session counts as strengthened when it gave TOTP, a passkey or a recovery code at or after sign-in, or when TOTP or
a passkey was set up in this very session, which proves the same. Other sessions of the same person do not.
"""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_used
from allauth.usersessions.models import UserSession
from django.dispatch import receiver
from django.http import HttpRequest

from portal.people.models import User

SET_UP_HERE = "second_factor_set_up_here"
REAL_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def was_given(request: HttpRequest, user: User) -> bool:
    """Tell whether this session was strengthened, and the account still has a second factor."""
    records = get_authentication_records(request, user)
    gave = any(record.get("method") == "mfa" for record in records)
    set_up_here = request.session.get(SET_UP_HERE) == user.pk
    return (gave or set_up_here) and Authenticator.objects.filter(user=user, type__in=REAL_FACTORS).exists()


@receiver(authenticator_added, dispatch_uid="people.second_factor.set_up")
def remember_set_up(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Count the session in which a second factor was set up as strengthened."""
    if authenticator.type in REAL_FACTORS:
        request.session[SET_UP_HERE] = user.pk
        renew_session_id(request)


@receiver(authenticator_used, dispatch_uid="people.second_factor.step_up")
def renew_at_step_up(request: HttpRequest, reauthenticated: bool, **kwargs: Any) -> None:
    """Give a session that steps up a new id; at sign-in Django does so itself."""
    if reauthenticated:
        renew_session_id(request)


def renew_session_id(request: HttpRequest) -> None:
    """Change the id of the session, and its name in the person's list of sessions."""
    old = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)
