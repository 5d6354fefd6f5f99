"""The picture that a link opens with: exactly one frame, in exactly one window."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse

from pacs_gateway.access.right import Right
from portal.sharing.models import ShareLink

_NEEDED, _KNOWN = {"series", "frame"}, {"series", "frame", "window", "state", "seg"}
_VALUE = re.compile(r"[\w.,~-]{1,60}\Z", re.ASCII)


def query_of(text: str) -> str:
    """Return the viewer's query in `text` written anew, "" when it is none."""
    pairs = dict(parse_qsl(text)) if len(text) <= 250 else {}
    is_query = pairs.keys() >= _NEEDED and pairs.keys() <= _KNOWN and all(_VALUE.match(v) for v in pairs.values())
    return urlencode(pairs) if is_query else ""


def address_of(link: ShareLink) -> str:
    """Return where a visitor begins: at the link's picture while its study is in the link, else at the list."""
    key, _, query = link.opens_at.partition("?")
    if query and Right.VIEW in link.rights and link.studies.filter(key=key).exists():
        return f"{reverse('viewer:study', args=[key])}?{query}"
    return reverse("studies:list")
