"""Say who is asking: a bearer token, or a signed-in session."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from knox.auth import TokenAuthentication
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed

from pacs_gateway.access.principal import ANONYMOUS, Kind, Principal
from portal.people.models import Role, User
from portal.people.second_factor import was_given

_BEARER = "bearer "


class _Tokens(TokenAuthentication):  # type: ignore[misc]
    """Knox's check without its sweep through the person's other tokens, which cost a query per request."""

    def _cleanup_token(self, auth_token: AuthToken) -> bool:
        """Tell whether the token has expired."""
        return auth_token.expiry is not None and auth_token.expiry < timezone.now()


_TOKENS = _Tokens()


def _principal(user: User, via: str, *, needs_step_up: bool) -> Principal:
    return Principal(kind=Kind.USER, user_id=user.pk, role=user.role, via=via, needs_step_up=needs_step_up, user=user)


def from_token(request: HttpRequest) -> Principal | None:
    """Return whom the bearer token stands for; a bad token is nobody, whatever cookies came with it."""
    if not request.headers.get("Authorization", "").lower().startswith(_BEARER):
        return None
    try:
        found = _TOKENS.authenticate(request)
    except AuthenticationFailed:
        found = None
    if found is None:
        request.user = AnonymousUser()
        return ANONYMOUS
    request.user = found[0]
    return _principal(found[0], "token", needs_step_up=False)


def from_session(request: HttpRequest) -> Principal | None:
    """Return who is signed in, and whether they still owe a second factor."""
    user = request.user
    if not isinstance(user, User):
        return None
    owes = settings.REQUIRE_MFA and user.role != Role.PATIENT and not was_given(request, user)
    return _principal(user, "session", needs_step_up=owes)
