"""STOW-RS: staff store instances (PS3.18 10.5), where the settings name a PACS to store into."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from pacs_gateway import upstream
from pacs_gateway.access.principal import principal_of
from pacs_gateway.audit import ledger
from pacs_gateway.audit.models import Outcome
from pacs_gateway.dicomweb import dicomxml
from pacs_gateway.dicomweb.addresses import service_of
from pacs_gateway.dicomweb.incoming import Verdict, take
from pacs_gateway.dicomweb.mediatypes import JSON, XML
from pacs_gateway.dicomweb.negotiation import choose
from pacs_gateway.dicomweb.offers import Offer
from pacs_gateway.dicomweb.problems import Problem, bad_request
from pacs_gateway.dicomweb.quarantine import received
from pacs_gateway.dicomweb.transaction import ACCEPT, Transaction
from pacs_gateway.index import sync
from pacs_gateway.refs import InvalidRef, check_uid

METHODS = ("POST",)
STORED = (Offer(JSON, others=("application/json",)), Offer(XML))
ANYWHERE = Transaction("Store Instances", STORED, (ACCEPT,), METHODS)
TO_STUDY = Transaction("Store Instances of Study", STORED, (ACCEPT,), METHODS)
_URL, _FAILED, _REFERENCED = "00081190", "00081198", "00081199"
_CLASS, _INSTANCE, _REASON = "00081150", "00081155", "00081197"


def is_on(transaction: Transaction) -> bool:
    """Tell whether a transaction is open at all: storing is where the settings name a PACS for it."""
    return transaction not in (ANYWHERE, TO_STUDY) or bool(settings.DICOMWEB_STORE)


def named(study_uid: str) -> str:
    """Return the study that an address names; raises Problem 400."""
    try:
        return check_uid(study_uid)
    except InvalidRef as error:
        raise bad_request("The study is not named by a UID.") from error


def store(request: Request, study_uid: str = "") -> HttpResponseBase:
    """Store the instances of a request one by one, and say what became of each; with `study_uid` those of that study.

    Raises Problem and PacsError.
    """
    if not settings.DICOMWEB_STORE:
        raise Problem(405, "Nothing can be stored here.")
    kind = choose(request, STORED).offer.name
    with received(request) as files:
        pacs = upstream.connect_for_storing(settings.DICOMWEB_STORE)
        verdicts = [take(pacs, file, study_uid) for file in files]
    ledger.record(request._request, principal_of(request._request), outcome=Outcome.ALLOWED)
    for study_uid in {one.study_uid for one in verdicts if one.failure is None}:
        sync.sync_study(pacs.name, study_uid)
    item = _answer(service_of(request), verdicts)
    body = json.dumps(item).encode() if kind == JSON else dicomxml.native(item)
    return HttpResponse(body, content_type=kind, status=_status(verdicts))


def _status(verdicts: list[Verdict]) -> int:
    failed = sum(one.failure is not None for one in verdicts)
    if not failed:
        return 200
    return 409 if failed == len(verdicts) else 202


def _answer(service: str, verdicts: list[Verdict]) -> dict[str, Any]:
    """Return the Store Instances Response (PS3.18 table 10.5.3-1)."""
    stored = [one for one in verdicts if one.failure is None]
    failed = [{**_names(one), _REASON: _of("US", int(one.failure))} for one in verdicts if one.failure is not None]
    referenced = [{**_names(one), _URL: _of("UR", _address(service, one))} for one in stored]
    found = {}
    if len({one.study_uid for one in stored}) == 1:
        found[_URL] = _of("UR", f"{service}/studies/{stored[0].study_uid}")
    if failed:
        found[_FAILED] = _of("SQ", *failed)
    if referenced:
        found[_REFERENCED] = _of("SQ", *referenced)
    return found


def _of(vr: str, *values: Any) -> dict[str, Any]:
    return {"vr": vr, "Value": [*values]} if any(value != "" for value in values) else {"vr": vr}


def _names(one: Verdict) -> dict[str, Any]:
    return {_CLASS: _of("UI", one.sop_class_uid), _INSTANCE: _of("UI", one.instance_uid)}


def _address(service: str, one: Verdict) -> str:
    return f"{service}/studies/{one.study_uid}/series/{one.series_uid}/instances/{one.instance_uid}"
