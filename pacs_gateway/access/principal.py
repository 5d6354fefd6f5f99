"""Who is asking: one principal per request, resolved in one place."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from pacs_gateway.access.right import Right


class Kind(enum.StrEnum):
    """The kinds of caller the policy tells apart."""

    ANONYMOUS = "anonymous"
    USER = "user"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller as plain facts.

    `user_id` and `role` are set for a signed-in person, `share_id`, `study_keys` and `rights` for a visitor
    with a share link. `needs_step_up` means that a second factor must be given before anything of a patient is shown.
    """

    kind: Kind = Kind.ANONYMOUS
    user_id: int | None = None
    role: str = ""
    share_id: int | None = None
    study_keys: frozenset[str] = frozenset()
    rights: frozenset[Right] = frozenset()
    anonymised: bool = False
    expires_at: float | None = None
    via: str = "session"
    needs_step_up: bool = False
    user: Any = field(default=None, compare=False, repr=False)

    @property
    def is_anonymous(self) -> bool:
        return self.kind is Kind.ANONYMOUS

    @property
    def is_user(self) -> bool:
        return self.kind is Kind.USER

    @property
    def label(self) -> str:
        """Return a name for the ledger that holds no identity: "user:7", "share:3" or "anonymous"."""
        if self.kind is Kind.USER:
            return f"user:{self.user_id}"
        if self.kind is Kind.SHARE:
            return f"share:{self.share_id}"
        return "anonymous"


ANONYMOUS = Principal()

Resolver = Callable[[HttpRequest], Principal | None]


@lru_cache(maxsize=1)
def _resolvers(names: tuple[str, ...]) -> tuple[Resolver, ...]:
    return tuple(import_string(name) for name in names)


def resolve(request: HttpRequest) -> Principal:
    """Return the caller of `request`: the first answer of the functions named by PRINCIPAL_RESOLVERS."""
    names: Iterable[str] = settings.PRINCIPAL_RESOLVERS
    for resolver in _resolvers(tuple(names)):
        principal = resolver(request)
        if principal is not None:
            return principal
    return ANONYMOUS


def principal_of(request: HttpRequest) -> Principal:
    """Return the principal that the gate put on `request`; anonymous where the gate has not run."""
    return getattr(request, "principal", ANONYMOUS)
