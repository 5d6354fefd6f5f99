"""What browsers report about pages that break the site's content security policy."""

from __future__ import annotations

import json
import logging
import re

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from pacs_gateway.access.rules import public

MOST_BYTES = 16 * 1024
_DIRECTIVE = re.compile(r"[a-z-]{3,40}")
_log = logging.getLogger(__name__)


@csrf_exempt
@public(methods=("POST",), api=True)
def policy_report(request: HttpRequest) -> HttpResponse:
    """Write the directive into the log: the addresses in a report may hold a study's key or a link's token."""
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return HttpResponse(status=413)
    if directive := _directive_of(request.body):
        _log.warning("A page broke the content security policy: %s", directive)
    return HttpResponse(status=204)


def _directive_of(body: bytes) -> str:
    try:
        report = json.loads(body)["csp-report"]
        directive = str(report.get("effective-directive") or report["violated-directive"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
    return directive if _DIRECTIVE.fullmatch(directive) else ""
