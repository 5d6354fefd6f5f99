"""End sessions that were idle or open for too long: the limits are IDLE_MINUTES and SESSION_HOURS in the settings."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from portal.people.models import User

STARTED = "session_started_at"
SEEN = "session_seen_at"
WRITE_EVERY_SECONDS = 60


@receiver(user_logged_in, dispatch_uid="people.session_limits.start")
def start_clocks(request: HttpRequest, **kwargs: Any) -> None:
    """Start both clocks anew at each sign-in."""
    request.session[STARTED] = request.session[SEEN] = int(time.time())


class SessionLimitsMiddleware:
    """Sign out people whose role's idle or absolute limit has passed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if isinstance(user, User):
            _hold_to_limits(request, user.role)
        return self.get_response(request)


def _hold_to_limits(request: HttpRequest, role: str) -> None:
    now = int(time.time())
    session = request.session
    started, seen = session.setdefault(STARTED, now), session.setdefault(SEEN, now)
    if now - seen > settings.IDLE_MINUTES[role] * 60:
        logout(request)
        messages.info(request, _("You were signed out because nothing happened for a while. Please sign in again."))
    elif now - started > settings.SESSION_HOURS[role] * 3600:
        logout(request)
        messages.info(request, _("You were signed in for a long time. To be safe, please sign in again."))
    elif now - seen >= WRITE_EVERY_SECONDS:
        session[SEEN] = now
