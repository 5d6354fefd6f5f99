"""WADO-RS metadata of a study, a series or an instance (PS3.18 10.4.1.1.2)."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import study_scoped
from pacs_gateway.dicomweb import dicomxml
from pacs_gateway.dicomweb.addresses import service_of
from pacs_gateway.dicomweb.conditional import etag_of, unchanged
from pacs_gateway.dicomweb.endpoint import endpoint
from pacs_gateway.dicomweb.instance import Instance
from pacs_gateway.dicomweb.instances import load
from pacs_gateway.dicomweb.mediatypes import JSON, XML
from pacs_gateway.dicomweb.negotiation import choose
from pacs_gateway.dicomweb.offers import METADATA
from pacs_gateway.dicomweb.parts import OutPart, multipart
from pacs_gateway.dicomweb.problems import NOTHING, Problem


@study_scoped(Right.VIEW, api=True, identified=True)
@endpoint("Retrieve Study Metadata", METADATA)
def study(request: Request, grant: StudyGrant) -> HttpResponseBase:
    """Return the metadata of each instance of a study."""
    return _answer(request, grant)


@study_scoped(Right.VIEW, api=True, identified=True)
@endpoint("Retrieve Series Metadata", METADATA)
def series(request: Request, grant: StudyGrant, series_uid: str) -> HttpResponseBase:
    """Return the metadata of each instance of a series."""
    return _answer(request, grant, series_uid)


@study_scoped(Right.VIEW, api=True, identified=True)
@endpoint("Retrieve Instance Metadata", METADATA)
def instance(request: Request, grant: StudyGrant, series_uid: str, instance_uid: str) -> HttpResponseBase:
    """Return the metadata of one instance."""
    return _answer(request, grant, series_uid, instance_uid)


def _answer(request: Request, grant: StudyGrant, *uids: str) -> HttpResponseBase:
    kind = choose(request, METADATA).offer.name
    found = load(grant, service_of(request), *uids)
    if not found:
        raise Problem(404, NOTHING)
    etag = etag_of(kind, grant.cache_class, *(one.json for one in found))
    response = unchanged(request, etag) or (_json(found) if kind == JSON else _xml(found))
    response["ETag"] = etag
    return response


def _json(found: list[Instance]) -> HttpResponseBase:
    return HttpResponse(b"[" + b",".join(one.json for one in found) + b"]", content_type=JSON)


def _xml(found: list[Instance]) -> HttpResponseBase:
    return multipart(XML, (OutPart(XML, [dicomxml.native(one.item)]) for one in found))
