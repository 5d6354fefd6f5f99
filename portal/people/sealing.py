"""Secrets of second factors at rest, sealed with a key that comes from SECRET_KEY: a database alone is of no use."""

from __future__ import annotations

import base64
import logging

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

log = logging.getLogger(__name__)
_SALT = "portal.people.sealing"
# What allauth keeps secret of an authenticator app, and of recovery codes.
_SECRETS = ("secret", "seed")


def seal(text: str) -> str:
    """Return `text` as it may be stored."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what was sealed with this or an older key; where no key fits, a new secret that no code belongs to."""
    try:
        return _keys().decrypt(sealed).decode()
    except InvalidToken:
        log.error("a second factor was sealed with a key that is in neither SECRET_KEY nor SECRET_KEY_FALLBACKS")
        return str(generate_totp_secret())


def seal_again() -> int:
    """Seal everything with the newest key; return of how many factors. Raises InvalidToken where no key fits."""
    keys, found = _keys(), Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).select_for_update()
    factors = list(found)
    for factor in factors:
        names = [name for name in _SECRETS if name in factor.data]
        factor.data |= {name: keys.rotate(factor.data[name]).decode() for name in names}
        factor.save(update_fields=["data"])
    return len(factors)


def _keys() -> MultiFernet:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(salted_hmac(_SALT, "", secret=secret, algorithm="sha256").digest())
