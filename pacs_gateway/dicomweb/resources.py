"""The resources of the service, read from its routes, and to whom they can be open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pacs_gateway.access.principal import Kind, Principal
from pacs_gateway.access.routes import all_routes
from pacs_gateway.access.rules import Audience, Rule
from pacs_gateway.dicomweb.transaction import Transaction, transaction_of

_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as a URI template, and what can be done with it."""

    template: str
    transaction: Transaction
    rule: Rule


def resources() -> Iterator[Resource]:
    """Yield every resource of the service, read from the routes of the site: not all of them are of this floor."""
    for route in all_routes():
        transaction = transaction_of(route.pattern.callback)
        if transaction is not None and route.rule is not None:
            template = "/" + _CONVERTER.sub(r"{\1}", route.text).partition("/")[2]
            yield Resource(template, transaction, route.rule)


def may(principal: Principal, rule: Rule) -> bool:
    """Tell whether a rule can open for this caller with any study at all."""
    if rule.identified and principal.anonymised:
        return False
    if rule.audience is Audience.STAFF_ONLY:
        return principal.role == "staff"
    return rule.right is None or principal.kind is not Kind.SHARE or rule.right in principal.rights
