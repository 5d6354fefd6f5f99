"""Who opens a door to others has shown lately that it is them: at sign-in, or by password, code or passkey since."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from allauth.account.signals import authentication_step_completed
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from portal.people.session_limits import STARTED

PROVED = "session_proved_at"


@receiver(authentication_step_completed, dispatch_uid="people.proof.note")
def note_proof(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Remember when somebody who is signed in showed again that it is them."""
    if request.user.is_authenticated and request.user == user:
        request.session[PROVED] = int(time.time())


def is_fresh(request: HttpRequest) -> bool:
    """Return whether the last proof is at most ACCOUNT_REAUTHENTICATION_TIMEOUT seconds old."""
    proved = max(int(request.session.get(STARTED, 0)), int(request.session.get(PROVED, 0)))
    return int(time.time()) - proved <= int(settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def ask_again(request: HttpRequest) -> HttpResponseRedirect:
    """Lead to the page that asks for the proof, and from there back to this one."""
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")
