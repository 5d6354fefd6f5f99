"""Retrieve Capabilities: what this caller may do here, as WADL or JSON (PS3.18 8.9, annex H)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from pacs_gateway.access.principal import principal_of
from pacs_gateway.access.rules import admitted
from pacs_gateway.dicomweb import store, wadl
from pacs_gateway.dicomweb.addresses import service_of
from pacs_gateway.dicomweb.endpoint import endpoint
from pacs_gateway.dicomweb.negotiation import choose
from pacs_gateway.dicomweb.offers import Offer
from pacs_gateway.dicomweb.resources import Resource, may, resources

_OFFERS = (Offer(wadl.MEDIA_TYPE), Offer("application/json", others=("application/dicom+json",)))
_METHODS = ("GET", "HEAD", "OPTIONS")


@admitted(_METHODS, api=True)
@endpoint("Retrieve Capabilities", _OFFERS, methods=_METHODS)
def service(request: Request) -> HttpResponseBase:
    """Tell which transactions are open to the caller."""
    principal = principal_of(request._request)
    open_to_them = [one for one in resources() if may(principal, one.rule) and store.is_on(one.transaction)]
    if choose(request, _OFFERS).offer.name == wadl.MEDIA_TYPE:
        return HttpResponse(wadl.document(service_of(request), open_to_them), content_type=wadl.MEDIA_TYPE)
    return JsonResponse({"base": service_of(request), "resources": [_facts(one) for one in open_to_them]})


def _facts(one: Resource) -> dict[str, Any]:
    return {
        "path": one.template,
        "transaction": one.transaction.name,
        "methods": list(one.transaction.methods),
        "mediaTypes": [offer.content_type for offer in one.transaction.offers],
        "parameters": [parameter.name for parameter in one.transaction.parameters],
    }
