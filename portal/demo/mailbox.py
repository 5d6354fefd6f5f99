"""Mail that the demo sent, read from the files that Django's file backend wrote."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

_SEPARATOR = b"-" * 79 + b"\n"
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as a person reads it."""

    recipient: str
    subject: str
    date: str
    text: str


def newest(folder: Path) -> list[Mail]:
    """Return the newest mails first."""
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [mail for path in files[:SHOWN] for mail in reversed(list(_in_file(path)))][:SHOWN]


def _in_file(path: Path) -> Iterator[Mail]:
    for part in path.read_bytes().split(_SEPARATOR):
        if part.strip():
            message = email.message_from_bytes(part, EmailMessage, policy=email.policy.default)
            body = message.get_body(("plain",))
            text = str(body.get_content()) if body else ""
            yield Mail(str(message["To"]), str(message["Subject"]), str(message["Date"]), text)
