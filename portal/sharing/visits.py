"""A browser that has opened a link: its cookie, its hour, its end."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from portal.sharing.models import ShareLink, ShareVisit
from portal.sharing.secret_words import hash_of, new_token

VISIT = dt.timedelta(minutes=60)


def cookie_name() -> str:
    """Return the cookie's name; with HTTPS the prefix binds it to this host, this path and Secure."""
    return "__Host-share" if settings.IS_HTTPS else "share"


def begin(link: ShareLink, response: HttpResponse) -> None:
    """Start a visit and give its cookie to the browser."""
    now = timezone.now()
    ends, secret = min(now + VISIT, link.expires_at), new_token()
    ShareVisit.objects.filter(expires_at__lt=now).delete()
    ShareVisit.objects.create(link=link, cookie_hash=hash_of(secret), started_at=now, expires_at=ends)
    # Strict: the landing page and every page of a visit are ours, so the cookie is never needed from elsewhere.
    response.set_cookie(
        cookie_name(), secret, expires=ends, secure=settings.IS_HTTPS, httponly=True, samesite="Strict", path="/"
    )


def find(request: HttpRequest) -> ShareVisit | None:
    """Return the visit that the request's cookie stands for, if it and its link still stand now."""
    secret = request.COOKIES.get(cookie_name())
    if not secret:
        return None
    now = timezone.now()
    wanted = ShareVisit.objects.filter(cookie_hash=hash_of(secret), expires_at__gt=now)
    visit = wanted.select_related("link__created_by").first()
    return visit if visit and visit.link.stands_at(now) else None


def end(request: HttpRequest) -> None:
    """End the visit of this browser, if it has one."""
    secret = request.COOKIES.get(cookie_name())
    if secret:
        ShareVisit.objects.filter(cookie_hash=hash_of(secret)).delete()


@receiver(user_logged_in, dispatch_uid="portal.sharing.visits")
def end_at_sign_in(request: HttpRequest, **_more: Any) -> None:
    """End the visit when somebody signs in, so that it is not there again when they sign out."""
    end(request)
