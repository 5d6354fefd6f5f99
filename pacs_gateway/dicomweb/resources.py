"""The resources of the service, read from its routes, and to whom they can be open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pacs_gateway.access.principal import Kind, Principal
from pacs_gateway.access.routes import all_routes
from pacs_gateway.access.rules import Audience, Rule
from pacs_gateway.dicomweb.transaction import Transaction, transactions_of

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
        if route.rule is None:
            continue
        template = "/" + _CONVERTER.sub(r"{\1}", route.text).partition("/")[2]
        for transaction in transactions_of(route.pattern.callback):
            yield Resource(template, transaction, _rule_of(transaction, route.rule))


def _rule_of(transaction: Transaction, rule: Rule) -> Rule:
    is_for_staff = set(transaction.methods) <= set(rule.staff_methods)
    return Rule(Audience.STAFF_ONLY, methods=transaction.methods, api=True) if is_for_staff else rule


def may(principal: Principal, rule: Rule) -> bool:
    """Tell whether a rule can open for this caller with any study at all."""
    if rule.identified and principal.anonymised:
        return False
    if rule.audience is Audience.STAFF_ONLY:
        return principal.role == "staff"
    return rule.right is None or principal.kind is not Kind.SHARE or rule.right in principal.rights
