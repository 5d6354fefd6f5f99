"""What every view of the DICOMweb service has in common, and what it tells of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.decorators import api_view
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from pacs_gateway.dicomweb import problems
from pacs_gateway.dicomweb.negotiation import Offer

READ = ("GET", "HEAD")
View = Callable[..., HttpResponseBase]
_ATTRIBUTE = "dicomweb_transaction"


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


class OwnNegotiation(BaseContentNegotiation):
    """Leave `Accept` to `negotiation`: REST framework knows no parameters of media types."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        return None

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


def endpoint(
    name: str,
    offers: Sequence[Offer],
    parameters: Sequence[Parameter] = (),
    methods: tuple[str, ...] = READ,
) -> Callable[[View], View]:
    """Make a function a view of the service; the rule of the gate goes above it."""
    transaction = Transaction(name, tuple(offers), (*parameters, ACCEPT), methods)

    def decorate(function: View) -> View:
        view: Any = api_view(list(methods))(function)
        view.cls.content_negotiation_class = OwnNegotiation
        view.cls.get_exception_handler = _exception_handler
        setattr(view, _ATTRIBUTE, transaction)
        return view  # type: ignore[no-any-return]

    return decorate


def transaction_of(view: Callable[..., Any]) -> Transaction | None:
    """Return what a view tells of itself; None for one that `endpoint` did not make."""
    return getattr(view, _ATTRIBUTE, None)


def _exception_handler(view: Any) -> Callable[..., Any]:
    return problems.answer
