"""API tokens end when the password that stood behind them does."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.dispatch import receiver
from knox.models import AuthToken

from portal.people.models import User


@receiver([password_changed, password_reset, password_set], dispatch_uid="people.tokens.revoke")
def revoke_tokens(user: User, **kwargs: Any) -> None:
    """Delete the tokens of somebody who has a new password."""
    AuthToken.objects.filter(user=user).delete()
