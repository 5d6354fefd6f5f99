"""The OpenAPI document of the service, for programs that want to know how to call it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from rest_framework.request import Request

from pacs_gateway.access.rules import admitted
from pacs_gateway.dicomweb.endpoint import endpoint
from pacs_gateway.dicomweb.negotiation import choose
from pacs_gateway.dicomweb.offers import Offer

_OFFERS = (Offer("application/vnd.oai.openapi+json", others=("application/json",)),)


@admitted(api=True)
@endpoint("Retrieve OpenAPI Document", _OFFERS)
def schema(request: Request) -> HttpResponseBase:
    """Return the OpenAPI document."""
    return HttpResponse(document(), content_type=choose(request, _OFFERS).offer.name)


@lru_cache(maxsize=1)
def document() -> bytes:
    """Return the OpenAPI document as JSON; the same for everybody."""
    generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]
    rendered: bytes = OpenApiJsonRenderer().render(generator.get_schema(request=None, public=True), renderer_context={})
    return rendered
