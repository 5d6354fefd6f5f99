"""Retrieve Capabilities: what this caller may do here, as WADL or JSON (PS3.18 8.9, annex H)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from pacs_gateway.access.principal import Kind, Principal, principal_of
from pacs_gateway.access.rules import Audience, Rule, admitted
from pacs_gateway.dicomweb.addresses import service_of
from pacs_gateway.dicomweb.endpoint import Transaction, endpoint, transaction_of
from pacs_gateway.dicomweb.negotiation import Offer, choose

_WADL = "application/vnd.sun.wadl+xml"
_OFFERS = (Offer(_WADL), Offer("application/json", others=("application/dicom+json",)))
_METHODS = ("GET", "HEAD", "OPTIONS")
_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as a URI template, and what can be done with it."""

    template: str
    transaction: Transaction
    rule: Rule


def resources() -> Iterator[Resource]:
    """Yield every resource of the service, read from its routes."""
    from pacs_gateway.dicomweb.urls import urlpatterns

    for pattern in urlpatterns:
        transaction, rule = transaction_of(pattern.callback), getattr(pattern.callback, "gate_rule", None)
        if transaction is not None and rule is not None:
            yield Resource("/" + _CONVERTER.sub(r"{\1}", str(pattern.pattern)), transaction, rule)


def may(principal: Principal, rule: Rule) -> bool:
    """Tell whether a rule can open for this caller with any study at all."""
    if rule.identified and principal.anonymised:
        return False
    if rule.audience is Audience.STAFF_ONLY:
        return principal.role == "staff"
    return rule.right is None or principal.kind is not Kind.SHARE or rule.right in principal.rights


@admitted(_METHODS, api=True)
@endpoint("Retrieve Capabilities", _OFFERS, methods=_METHODS)
def service(request: Request) -> HttpResponseBase:
    """Tell which transactions are open to the caller."""
    principal = principal_of(request._request)
    open_to_them = [one for one in resources() if may(principal, one.rule)]
    if choose(request, _OFFERS).offer.name == _WADL:
        return HttpResponse(_wadl(service_of(request), open_to_them), content_type=_WADL)
    return JsonResponse({"base": service_of(request), "resources": [_facts(one) for one in open_to_them]})


def _facts(one: Resource) -> dict[str, Any]:
    return {
        "path": one.template,
        "transaction": one.transaction.name,
        "methods": list(one.transaction.methods),
        "mediaTypes": [offer.content_type for offer in one.transaction.offers],
        "parameters": [parameter.name for parameter in one.transaction.parameters],
    }


def _wadl(base: str, found: list[Resource]) -> bytes:
    root = Element("application", {"xmlns": "http://wadl.dev.java.net/2009/02"})
    every = SubElement(root, "resources", {"base": base})
    for one in found:
        resource = SubElement(every, "resource", {"path": one.template.lstrip("/")})
        for method in one.transaction.methods:
            _add_method(resource, method, one.transaction)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add_method(resource: Element, method: str, transaction: Transaction) -> None:
    element = SubElement(resource, "method", {"name": method, "id": transaction.name.replace(" ", "") + method.title()})
    asked = SubElement(element, "request")
    for parameter in transaction.parameters:
        SubElement(asked, "param", {"name": parameter.name, "style": "query"})
    answered = SubElement(element, "response", {"status": "200"})
    for offer in transaction.offers:
        SubElement(answered, "representation", {"mediaType": offer.content_type})
