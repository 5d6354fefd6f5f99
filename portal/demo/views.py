"""The demo's letter box."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pacs_gateway.access.rules import public
from portal.demo.mailbox import newest


@public()
def mail(request: HttpRequest) -> HttpResponse:
    """Show the mail that the demo sent instead of sending it."""
    return render(request, "demo/mail.html", {"mails": newest(Path(settings.EMAIL_FILE_PATH))})
