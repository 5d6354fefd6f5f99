"""Messages that a PACS signs: a study has come, or there is more of it. Each counts once and for a few minutes."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from pacs_gateway.refs import InvalidRef, check_uid
from pacs_gateway.upstream.config import PacsConfig

FRESH_SECONDS = 300
BODY_MOST = 1024
_TIMESTAMP = re.compile(r"[0-9]{1,12}\Z", re.ASCII)
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}\Z", re.ASCII)


class HookRefused(Exception):
    """A message that is not acted on; `status` is what the sender is told (HTTP)."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Message:
    """What came in: seconds since the epoch, a word used once, the signature over both and the body, and the body."""

    timestamp: str
    nonce: str
    signature: str
    body: bytes


def sign(secret: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Return the HMAC-SHA-256, in hexadecimal, of timestamp, nonce and body with a full stop between them."""
    return hmac.new(secret.encode(), f"{timestamp}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()


def accept(pacs: str, message: Message) -> str:
    """Return the Study Instance UID that a message of the PACS names; raises HookRefused.

    The nonce is remembered only once the signature is right, so that nobody else can fill the cache.
    """
    if not _is_signed(pacs, message):
        raise HookRefused(403, "The signature is not right.")
    if not _is_fresh(message.timestamp):
        raise HookRefused(403, "The message is too old, or a clock is wrong.")
    if not cache.add(f"hook:{pacs}:{message.nonce}", 1, timeout=2 * FRESH_SECONDS):
        raise HookRefused(409, "The message has been here before.")
    return _study_uid(message.body)


def _is_signed(pacs: str, message: Message) -> bool:
    """Compare in constant time, also where there is no secret to compare with."""
    config: PacsConfig | None = settings.PACS.get(pacs)
    known = config.hook_secret if config else ""
    if not _TIMESTAMP.match(message.timestamp) or not _NONCE.match(message.nonce):
        return False
    wanted = sign(known or secrets.token_hex(), message.timestamp, message.nonce, message.body)
    return hmac.compare_digest(wanted.encode(), message.signature.encode("utf-8", "replace"))


def _is_fresh(timestamp: str) -> bool:
    return abs(time.time() - int(timestamp)) <= FRESH_SECONDS


def _study_uid(body: bytes) -> str:
    try:
        return check_uid(json.loads(body)["study"])
    except (ValueError, KeyError, TypeError, RecursionError, InvalidRef) as error:
        raise HookRefused(400, 'Send {"study": "<Study Instance UID>"}.') from error
