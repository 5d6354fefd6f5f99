"""Write to the ledger. An event that cannot be written stops the request, so nothing leaves unrecorded."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

from pacs_gateway.access.principal import Principal
from pacs_gateway.access.right import Right
from pacs_gateway.audit.models import AccessEvent, Outcome
from pacs_gateway.index.models import Study
from pacs_gateway.prepared import PreparedInsert

_NEW = PreparedInsert(AccessEvent)


def client_address(request: HttpRequest) -> str | None:
    """Return the caller's address: the peer's, or behind TRUSTED_PROXY_COUNT proxies the one they report."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY_COUNT:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= settings.TRUSTED_PROXY_COUNT:
            address = hops[-settings.TRUSTED_PROXY_COUNT]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def record(
    request: HttpRequest,
    principal: Principal,
    *,
    outcome: Outcome,
    study: Study | None = None,
    right: Right | None = None,
    action: str = "",
    share_id: int | None = None,
) -> None:
    """Write one event: who tried what on which study, and how it ended.

    The action is the name of the view unless `action` says more; `share_id` names the link that it was about.
    """
    match = request.resolver_match
    event = AccessEvent(
        principal=principal.label,
        user_id=principal.user_id,
        share_id=share_id or principal.share_id,
        via=principal.via,
        action=action or (match.view_name if match else "") or "unnamed",
        method=request.method or "",
        study_key=study.key if study else "",
        right=right or "",
        outcome=outcome,
        address=client_address(request),
    )
    _NEW.write(event)
