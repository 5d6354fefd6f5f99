"""Say who is asking: a bearer token, or a signed-in session."""

from __future__ import annotations

from secrets import compare_digest

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed

from pacs_gateway.access.principal import ANONYMOUS, Kind, Principal
from pacs_gateway.prepared import Prepared
from portal.people.models import Role, User
from portal.people.second_factor import was_given

_BEARER = "bearer "
_BEGINNING_WITH: Prepared[AuthToken] = Prepared(
    lambda key: AuthToken.objects.filter(token_key=key).select_related("user"), str
)


class _Tokens(TokenAuthentication):  # type: ignore[misc]
    """Knox's check in one short query, without its sweep through the person's other tokens."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, AuthToken]:
        """Return whose the token is; raises AuthenticationFailed."""
        text = token.decode("ascii", "replace")
        # A database may choke on what is no text to it, such as NUL.
        if not text.isprintable():
            raise AuthenticationFailed
        for kept in _BEGINNING_WITH.rows(text[: CONSTANTS.TOKEN_KEY_LENGTH]):
            if _is_current(kept) and compare_digest(hash_token(text), kept.digest):
                found: tuple[User, AuthToken] = self.validate_user(kept)
                return found
        raise AuthenticationFailed


def _is_current(token: AuthToken) -> bool:
    return token.expiry is None or token.expiry >= timezone.now()


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
