"""What every view of the DICOMweb service has in common, and what it tells of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.decorators import api_view
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from pacs_gateway.dicomweb import openapi, problems
from pacs_gateway.dicomweb.offers import Offer
from pacs_gateway.dicomweb.transaction import ACCEPT, READ, Parameter, Transaction, tell

View = Callable[..., HttpResponseBase]


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
    also: Transaction | None = None,
) -> Callable[[View], View]:
    """Make a function a view of the service; the rule of the gate goes above it.

    `also` is another transaction of the same resource, of the methods that the rule has for staff.
    """
    told = [Transaction(name, tuple(offers), (*parameters, ACCEPT), methods), *([also] if also else [])]
    every = [method for one in told for method in one.methods]

    def decorate(function: View) -> View:
        view: Any = api_view(every)(_without_body_for_head(function))
        view.cls.content_negotiation_class = OwnNegotiation
        view.cls.get_exception_handler = _exception_handler
        view.cls.default_response_headers = property(lambda view: {"Allow": ", ".join(every), "Vary": "Accept"})
        tell(view, *told)
        for one in told:
            openapi.describe(view, one, function.__doc__ or "")
        return view  # type: ignore[no-any-return]

    return decorate


def _without_body_for_head(function: View) -> View:
    """Send for HEAD the headers alone: a server would run through the whole stream to throw it away."""

    @wraps(function)
    def answer(request: Request, *arguments: Any, **named: Any) -> HttpResponseBase:
        response = function(request, *arguments, **named)
        if request.method == "HEAD" and isinstance(response, StreamingHttpResponse):
            response.streaming_content = iter(())
        return response

    return answer


def _exception_handler(view: Any) -> Callable[..., Any]:
    return problems.answer
