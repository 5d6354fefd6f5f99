"""The list of studies, the page of one study, and its report."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from kombu.exceptions import OperationalError as BrokerDown
from redis.exceptions import RedisError

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.principal import principal_of
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import admitted, study_scoped
from pacs_gateway.errors import PacsIncomplete, PacsUnavailable
from pacs_gateway.index.models import Study
from pacs_gateway.upstream import presence
from portal.people.cards import Card, card_of
from portal.people.models import Role
from portal.studies import document_views, listing, reading
from viewer import manifest, priors
from viewer.asking import WorkersBusy
from viewer.keypictures import KeyPicture, key_pictures
from viewer.manifest import Manifest
from viewer.page import frame_url

log = logging.getLogger(__name__)
PICTURE_SIZE, KEY_SIZE = 512, 160
# Drawn a little smaller than it is: a phone has more dots than points.
SHARP = 7 / 8
# What passes by itself. A PACS that sends something else, or no longer has the study, is no such case.
PASSING = (PacsUnavailable, PacsIncomplete, WorkersBusy, BrokerDown, RedisError)


@admitted()
def study_list(request: HttpRequest) -> HttpResponse:
    """List the studies that the reader may see; staff search instead."""
    principal = principal_of(request)
    if principal.role == Role.STAFF:
        return redirect("staff:search")
    page = listing.page_of(principal, request.GET.get("page"))
    context: dict[str, Any] = {"page": page, "silence": presence.silence()}
    if principal.role == Role.PHYSICIAN:
        return render(request, "studies/physician.html", context)
    return render(request, "studies/list.html", context | {"groups": listing.groups_of(list(page))})


@study_scoped(Right.VIEW)
def study(request: HttpRequest, grant: StudyGrant) -> HttpResponse:
    """Show what one study is, its first picture, and what can be done with it."""
    content = _content(grant)
    may = _rights(grant)
    may["view"] = may["view"] and (content is None or bool(content.images or content.videos))
    context: dict[str, Any] = {"study": _card(grant), "content": content, "may": may}
    context["others"] = [card_of(one, anonymised=False) for one in priors.studies_of(principal_of(request), grant)]
    if content is not None:
        context |= _pictures(grant, content)
    return render(request, "studies/study.html", context)


@study_scoped(Right.REPORT)
def report(request: HttpRequest, grant: StudyGrant) -> HttpResponse:
    """Show the report as text. Free text may name the patient, so there is none without identity."""
    if grant.anonymised:
        raise Http404
    context = {
        "study": _card(grant),
        "report": reading.load(grant),
        "documents": document_views.links(grant),
        "may": _rights(grant),
    }
    return render(request, "studies/report.html", context)


def _card(grant: StudyGrant) -> Card:
    return card_of(Study.objects.get(key=grant.study_key), anonymised=grant.anonymised)


def _rights(grant: StudyGrant) -> dict[str, bool]:
    """Return what the page offers; the originals and the report name the patient."""
    identified = not grant.anonymised
    return {
        "view": grant.allows(Right.VIEW),
        "share": grant.allows(Right.SHARE),
        "download": identified and grant.allows(Right.DOWNLOAD),
        "report": identified and grant.allows(Right.REPORT),
    }


def _content(grant: StudyGrant) -> Manifest | None:
    """Return what the study holds, None when that cannot be known just now."""
    try:
        return manifest.load(grant)
    except PASSING as error:
        log.warning("a study page without pictures: %s", type(error).__name__)
        return None


def _pictures(grant: StudyGrant, content: Manifest) -> dict[str, Any]:
    """Return the picture that stands for the study, and all that somebody marked or that stand for its series."""
    found = key_pictures(content)
    if not found:
        return {}
    first = _shown(grant, found[0], PICTURE_SIZE)
    is_more = len(found) > 1 or not first["is_chosen"]
    return {"picture": first, "key_pictures": [_shown(grant, one, KEY_SIZE) for one in found] if is_more else []}


def _shown(grant: StudyGrant, key: KeyPicture, size: int) -> dict[str, Any]:
    """Return a key picture for a page. Why it was marked is free text, so there is none without identity."""
    entry, state_id = key.series, key.state.id if key.state else ""
    scale = min(1.0, size / max(entry.rows, entry.columns, 1)) * SHARP
    here = {"series": entry.id, "frame": key.number, **({"state": state_id} if state_id else {})}
    return {
        "url": reverse("viewer:study", args=[grant.study_key]) + "?" + urlencode(here),
        "picture_url": frame_url(grant, entry, key.number, size, state=state_id),
        "width": max(round(entry.columns * scale), 1),
        "height": max(round(entry.rows * scale), 1),
        "what": entry.description or entry.modality,
        "number": key.number,
        "title": "" if grant.anonymised else key.title,
        "is_chosen": key.title is None,
    }
