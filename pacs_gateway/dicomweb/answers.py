"""Data sets as an answer: DICOM JSON, or one part of dicom+xml for each (PS3.18 10.6.4, annex F)."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from pacs_gateway.dicomweb import dicomxml
from pacs_gateway.dicomweb.attributes import vr_of
from pacs_gateway.dicomweb.mediatypes import JSON, XML
from pacs_gateway.dicomweb.parts import OutPart, multipart
from pacs_gateway.upstream.base import DicomJson


def data_sets(kind: str, items: list[DicomJson]) -> HttpResponseBase:
    """Return the answer of media type `kind`; in XML, nothing at all is 204 as there is no empty multipart."""
    if kind == JSON:
        return HttpResponse(json.dumps(items, separators=(",", ":"), ensure_ascii=False), content_type=JSON)
    if not items:
        return HttpResponse(status=204)
    return multipart(XML, (OutPart(XML, [dicomxml.native(item)]) for item in items))


def attribute(tag: str, *values: object) -> dict[str, object]:
    """Return an attribute of the standard as DICOM JSON; empty values are left out."""
    found = [value for value in values if value not in ("", None)]
    return {"vr": vr_of(tag), "Value": found} if found else {"vr": vr_of(tag)}


def warning(service: str, texts: Iterable[str]) -> str:
    """Return the value of a Warning header with these texts (RFC 7234 5.5, PS3.18 8.3.4)."""
    return ", ".join(f'299 {service} "{text}"' for text in texts)
