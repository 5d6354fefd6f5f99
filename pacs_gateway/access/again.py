"""Ask again who is asking, while an answer is still on its way."""

from __future__ import annotations

import copy

from django.contrib.auth import get_user
from django.http import HttpRequest

from pacs_gateway.access.principal import Principal, resolve


def ask_again(request: HttpRequest) -> Principal:
    """Return who the request's cookies and headers stand for now.

    What the request remembers of its start is left aside: session, account, token and link are looked up anew.
    """
    again = copy.copy(request)
    again.session = type(request.session)(request.session.session_key)
    again.__dict__.pop("_cached_user", None)
    again.user = get_user(again)
    return resolve(again)
