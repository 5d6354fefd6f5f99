"""A Capabilities Description (PS3.18 annex H): a WADL document."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from pacs_gateway.dicomweb.resources import Resource
from pacs_gateway.dicomweb.transaction import Transaction

MEDIA_TYPE = "application/vnd.sun.wadl+xml"


def document(base: str, found: list[Resource]) -> bytes:
    root = Element("application", {"xmlns": "http://wadl.dev.java.net/2009/02"})
    every = SubElement(root, "resources", {"base": base})
    for one in found:
        resource = SubElement(every, "resource", {"path": one.template.lstrip("/")})
        for method in one.transaction.methods:
            _add_method(resource, method, one.transaction)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _add_method(resource: Element, method: str, transaction: Transaction) -> None:
    element = SubElement(resource, "method", {"name": method, "id": transaction.id + method.title()})
    asked = SubElement(element, "request")
    for parameter in transaction.parameters:
        SubElement(asked, "param", {"name": parameter.name, "style": "query"})
    answered = SubElement(element, "response", {"status": "200"})
    for offer in transaction.offers:
        SubElement(answered, "representation", {"mediaType": offer.content_type})
