"""What a resource can be answered in (PS3.18 8.7.3)."""

from __future__ import annotations

from dataclasses import dataclass

from pacs_gateway.dicomweb.mediatypes import JSON, MULTIPART, XML


@dataclass(frozen=True, slots=True)
class Offer:
    """A media type that a resource can be answered in; where `in_parts`, as parts of multipart/related.

    `syntaxes` are the transfer syntaxes that can be asked for, "*" for the stored one; `others` are further names that
    the same answer goes by.
    """

    name: str
    in_parts: bool = False
    syntaxes: frozenset[str] = frozenset()
    others: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """Return the media type of the whole answer, still without a boundary."""
        return f'{MULTIPART}; type="{self.name}"' if self.in_parts else self.name


@dataclass(frozen=True, slots=True)
class Choice:
    """An offer that the caller accepts, and the transfer syntax asked for ("" when the caller did not say)."""

    offer: Offer
    transfer_syntax: str = ""


# Metadata and searches: the first is the default (PS3.18 tables 10.4.4-1 and 10.6.4-1).
METADATA = (Offer(JSON, others=("application/json",)), Offer(XML, in_parts=True))
