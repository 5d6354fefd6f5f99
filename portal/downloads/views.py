"""A copy of a study to keep: the page that says what it is, and the ZIP."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from pacs_gateway.access.again import ask_again
from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import study_scoped
from pacs_gateway.index.models import Study
from portal.downloads import archive, originals
from portal.downloads.readme import readme
from portal.people.cards import card_of

log = logging.getLogger(__name__)


@study_scoped(Right.DOWNLOAD)
def choose(request: HttpRequest, grant: StudyGrant) -> HttpResponse:
    """Say what the download is and offer it."""
    _identified(grant)
    study = Study.objects.get(key=grant.study_key)
    context = {
        "study": card_of(study, anonymised=False),
        "file_count": study.instance_count,
        "may_view": grant.allows(Right.VIEW),
    }
    return render(request, "downloads/choose.html", context)


@study_scoped(Right.DOWNLOAD)
def dicom(request: HttpRequest, grant: StudyGrant) -> StreamingHttpResponse:
    """Send the originals as a ZIP. What fails before the first byte is an HTTP status, later a broken file."""
    _identified(grant)
    response = StreamingHttpResponse(_pieces(request, grant), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="lightbox-images-{timezone.localdate():%Y%m%d}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Accel-Buffering"] = "no"
    return response


def _pieces(request: HttpRequest, grant: StudyGrant) -> Iterator[bytes]:
    if request.method == "HEAD":
        # The headers are known without the study.
        return iter(())
    return _told(archive.stream(readme(), originals.begin(grant, lambda: ask_again(request))))


def _identified(grant: StudyGrant) -> None:
    """Refuse whoever sees the study without identity: the originals name the patient."""
    if grant.anonymised:
        raise Http404


def _told(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pass the pieces on, and tell the log when they end early; the error then breaks the connection."""
    try:
        yield from pieces
    except Exception as error:
        log.warning("a download broke off: %s", type(error).__name__)
        raise
