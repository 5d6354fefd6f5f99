"""Secrets of second factors at rest: sealed, readable with older keys, and of no use without a key."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command

from portal.people.models import User
from tests.people import make_user
from tests.portal.people.journey import totp_code, with_totp

OLD, NEW, OTHER = ("k" * 60, "n" * 60, "o" * 60)
pytestmark = pytest.mark.django_db


@pytest.fixture
def user(settings) -> User:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    return make_user("owner@x.example")


def _app(user: User) -> TOTP:
    return TOTP(Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP))


def test_secrets_are_stored_sealed(user: User) -> None:
    secret = with_totp(user)
    codes = RecoveryCodes.activate(user)
    assert len(set(codes.generate_codes())) > 1
    for factor in Authenticator.objects.filter(user=user):
        (sealed,) = {factor.data.get("secret"), factor.data.get("seed")} - {None}
        assert sealed.startswith("gAAAA")
        assert secret not in sealed
    assert RecoveryCodes(codes.instance).generate_codes() == codes.generate_codes()
    assert _app(user).validate_code(totp_code(secret))


def test_an_older_key_counts_until_it_is_taken_out(user: User, settings) -> None:
    secret = with_totp(user)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    assert _app(user).validate_code(totp_code(secret))
    call_command("reseal")
    settings.SECRET_KEY_FALLBACKS = []
    assert _app(user).validate_code(totp_code(secret, 1))


def test_without_its_key_no_code_counts_and_the_log_says_why(user: User, settings, log_lines) -> None:
    secret = with_totp(user)
    settings.SECRET_KEY = OTHER
    assert not _app(user).validate_code(totp_code(secret))
    assert "SECRET_KEY_FALLBACKS" in log_lines()
    assert secret not in log_lines()
    stored = Authenticator.objects.get(user=user).data
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("reseal")
    assert Authenticator.objects.get(user=user).data == stored
