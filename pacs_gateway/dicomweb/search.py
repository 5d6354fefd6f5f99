"""QIDO-RS: search for studies, series and instances (PS3.18 10.6)."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.principal import principal_of
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import admitted, study_scoped
from pacs_gateway.audit import ledger
from pacs_gateway.audit.models import Outcome
from pacs_gateway.dicomweb import opened, results, store, studies
from pacs_gateway.dicomweb.addresses import service_of
from pacs_gateway.dicomweb.attributes import Level
from pacs_gateway.dicomweb.endpoint import endpoint
from pacs_gateway.dicomweb.negotiation import choose
from pacs_gateway.dicomweb.offers import METADATA
from pacs_gateway.dicomweb.parameters import parameters_of, parse


@admitted(api=True, staff_methods=store.METHODS)
@endpoint("Search for Studies", METADATA, parameters_of(Level.STUDY), also=store.ANYWHERE)
def all_studies(request: Request) -> HttpResponseBase:
    """Return the caller's studies that match; a POST stores instances (PS3.18 10.5)."""
    if request.method in store.METHODS:
        return store.store(request)
    search, principal = parse(request.GET, Level.STUDY), principal_of(request._request)
    kind, most = choose(request, METADATA).offer.name, opened.most_studies(search)
    rows, remaining = studies.find(principal, search, search.page(most))
    ledger.record(request._request, principal, right=Right.VIEW, outcome=Outcome.ALLOWED)
    found = opened.study_items(request, search, rows)
    found.remaining = remaining if search.is_cut(most) else 0
    return results.answer(request, kind, search, found)


@admitted(api=True)
@endpoint("Search for All Series", METADATA, parameters_of(Level.SERIES))
def all_series(request: Request) -> HttpResponseBase:
    """Return the series of the caller's studies that match."""
    return _answer(request, Level.SERIES, {Level.STUDY, Level.SERIES})


@admitted(api=True)
@endpoint("Search for All Instances", METADATA, parameters_of(Level.INSTANCE))
def all_instances(request: Request) -> HttpResponseBase:
    """Return the instances of the caller's studies that match."""
    return _answer(request, Level.INSTANCE, set(Level))


@study_scoped(Right.VIEW, api=True, identified=True)
@endpoint("Search for Study Series", METADATA, parameters_of(Level.SERIES))
def study_series(request: Request, grant: StudyGrant) -> HttpResponseBase:
    """Return the series of a study that match."""
    return _answer(request, Level.SERIES, {Level.SERIES}, grant)


@study_scoped(Right.VIEW, api=True, identified=True)
@endpoint("Search for Study Instances", METADATA, parameters_of(Level.INSTANCE))
def study_instances(request: Request, grant: StudyGrant) -> HttpResponseBase:
    """Return the instances of a study that match."""
    return _answer(request, Level.INSTANCE, {Level.SERIES, Level.INSTANCE}, grant)


@study_scoped(Right.VIEW, api=True, identified=True)
@endpoint("Search for Study Series Instances", METADATA, parameters_of(Level.INSTANCE))
def series_instances(request: Request, grant: StudyGrant, series_uid: str) -> HttpResponseBase:
    """Return the instances of a series that match."""
    return _answer(request, Level.INSTANCE, {Level.INSTANCE}, grant, series_uid)


def _answer(
    request: Request, level: Level, told: set[Level], grant: StudyGrant | None = None, series_uid: str = ""
) -> HttpResponseBase:
    search = parse(request.GET, level)
    kind = choose(request, METADATA).offer.name
    held = opened.one(grant, service_of(request), search, series_uid) if grant else opened.every(request, search)
    return results.answer(request, kind, search, results.below_study(held, level, told, search))
