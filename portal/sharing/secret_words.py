"""Make what only the recipient may know, and the hashes that are kept of it."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 32
PIN_DIGITS = 6


def new_token() -> str:
    """Return 256 random bits, fit for a URL or a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_pin() -> str:
    """Return a PIN of six digits."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"


def hash_of(token: str) -> str:
    """Return the SHA-256 under which a token is kept.

    A token holds 256 random bits, so its hash needs no salt; and as rows are found by the hash, how long a search
    takes tells nothing about the token.
    """
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
