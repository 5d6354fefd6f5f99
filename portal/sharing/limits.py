"""How often one network may try links: so few that nobody finds a token or a PIN by trying."""

from __future__ import annotations

import ipaddress

from django.core.cache import cache
from django.http import HttpRequest

from pacs_gateway.audit.ledger import client_address

PERIOD_SECONDS = 300
TRIES_MOST = 30
_NETWORK_BITS = {4: 32, 6: 64}


def network_of(request: HttpRequest) -> str:
    """Return the caller's address; of IPv6 the network, because one household has all of it."""
    address = client_address(request)
    if address is None:
        return "unknown"
    bits = _NETWORK_BITS[ipaddress.ip_address(address).version]
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False).network_address)


def note_try(request: HttpRequest) -> None:
    """Count one try: a token that is not there, or a PIN."""
    key = _key(request)
    cache.add(key, 0, PERIOD_SECONDS)
    try:
        cache.incr(key)
    except ValueError:
        # The period ended in this very moment.
        cache.add(key, 1, PERIOD_SECONDS)


def are_too_many(request: HttpRequest) -> bool:
    """Tell whether this network has used up its tries."""
    return int(cache.get(_key(request), 0)) >= TRIES_MOST


def _key(request: HttpRequest) -> str:
    return f"share-tries:{network_of(request)}"
