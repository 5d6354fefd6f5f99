"""What a view of the service tells of itself, in the words of PS3.18."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pacs_gateway.dicomweb.offers import Offer

READ = ("GET", "HEAD")
_ATTRIBUTE = "dicomweb_transactions"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter of a transaction: its name, what it is for, an example, and its JSON type."""

    name: str
    about: str
    example: str = ""
    kind: str = "string"


ACCEPT = Parameter("accept", "media types, where the Accept header cannot be set (PS3.18 8.3.3.1)")


@dataclass(frozen=True, slots=True)
class Transaction:
    """What a view does, in the words of PS3.18: its name, what it answers in, what can be asked.

    Capabilities, the OpenAPI document and CONFORMANCE.md are made of these.
    """

    name: str
    offers: tuple[Offer, ...]
    parameters: tuple[Parameter, ...] = ()
    methods: tuple[str, ...] = READ

    @property
    def id(self) -> str:
        """Return the name as one word."""
        return "".join(word[:1].upper() + word[1:] for word in self.name.split())


def transactions_of(view: Callable[..., Any]) -> tuple[Transaction, ...]:
    """Return what a view tells of itself; nothing for one that `endpoint` did not make."""
    return getattr(view, _ATTRIBUTE, ())


def tell(view: Any, *transactions: Transaction) -> None:
    """Have a view tell what it does."""
    setattr(view, _ATTRIBUTE, transactions)
