"""Documents of a study: their pages as pictures, and the PDF itself."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import study_scoped
from pacs_gateway.index.models import Study
from portal.people.cards import card_of
from portal.studies import documents
from portal.studies.documents import SIZES, Document
from viewer.rendering import Reason
from viewer.tiles import teller, words_of

PAGES_MOST = 50
# A PDF is somebody else's program: it gets no origin, no script, no form and nothing to load. Viewers of browsers show
# it all the same, as a page of nobody.
_SANDBOX = "sandbox; default-src 'none'"


def links(grant: StudyGrant) -> list[dict[str, str]]:
    """Return what a page needs to point to the documents of a study; raises as `documents.listed` does."""
    found = []
    for series in documents.listed(grant):
        for number in range(1, series.frame_count + 1):
            place = [grant.study_key, series.id, number]
            picture_url = reverse("studies:page", args=[*place, 1]) + "?size=small"
            url = reverse("studies:document", args=place)
            found.append({"title": series.description, "url": url, "picture_url": picture_url})
    return found


@study_scoped(Right.REPORT)
def document(request: HttpRequest, grant: StudyGrant, series: str, number: int) -> HttpResponse:
    """Show the pages of a document as pictures, and offer the document itself."""
    found = _load(grant, series, number)
    place = [grant.study_key, series, number]
    pages = range(1, min(found.page_count, PAGES_MOST) + 1)
    context: dict[str, Any] = {
        "study": card_of(Study.objects.get(key=grant.study_key), anonymised=False),
        "reason_words": words_of(request, found.reason) if found.reason else "",
        "pdf_url": reverse("studies:pdf", args=place) if _is_handed_on(grant, found) else "",
        "page_count": found.page_count,
        "pages": [{"number": page, "url": reverse("studies:page", args=[*place, page])} for page in pages],
    }
    return render(request, "studies/document.html", context)


@study_scoped(Right.REPORT)
def pdf(request: HttpRequest, grant: StudyGrant, series: str, number: int) -> HttpResponse:
    """Hand on the PDF as it is, to be saved or with `?open` to be read in a tab of its own; in a sandbox either way."""
    found = _load(grant, series, number)
    if not _is_handed_on(grant, found):
        raise Http404
    kind = "inline" if "open" in request.GET else "attachment"
    return HttpResponse(
        found.data,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'{kind}; filename="lightbox-document.pdf"',
            "Content-Security-Policy": _SANDBOX,
            "X-Content-Type-Options": "nosniff",
        },
    )


@study_scoped(Right.REPORT, api=True)
def page(request: HttpRequest, grant: StudyGrant, series: str, number: int, page: int) -> HttpResponse:
    """Return one page of a document as a picture."""
    size = request.GET.get("size", "large")
    if size not in SIZES:
        raise BadRequest(_("A page is small or large."))
    _require_identity(grant)
    try:
        picture = documents.page(grant, series, number, page, size)
    except LookupError as error:
        raise Http404 from error
    if picture.reason == Reason.FRAME_OUT_OF_RANGE:
        raise Http404
    picture = teller(request)(picture)
    answer = HttpResponse(picture.data, content_type=picture.media_type, headers={"X-Content-Type-Options": "nosniff"})
    if picture.reason:
        answer["X-Frame-Reason"] = picture.reason
    return answer


def _load(grant: StudyGrant, series: str, number: int) -> Document:
    _require_identity(grant)
    try:
        return documents.load(grant, series, number)
    except LookupError as error:
        raise Http404 from error


def _is_handed_on(grant: StudyGrant, found: Document) -> bool:
    """Tell whether the file itself is given out: never where its pages would carry a watermark."""
    return bool(found.data) and not grant.watermark


def _require_identity(grant: StudyGrant) -> None:
    """Refuse whoever sees the study without identity: documents name the patient."""
    if grant.anonymised:
        raise Http404
