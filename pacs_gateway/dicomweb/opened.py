"""The studies that a search looks into: each opened by a grant, and each noted in the ledger."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial

from rest_framework.request import Request

from pacs_gateway.access import policy
from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.principal import principal_of
from pacs_gateway.access.right import Right
from pacs_gateway.audit import ledger
from pacs_gateway.audit.models import Outcome
from pacs_gateway.dicomweb import levels, studies
from pacs_gateway.dicomweb.addresses import service_of
from pacs_gateway.dicomweb.asked import STUDIES_MOST, Search
from pacs_gateway.dicomweb.attributes import INDEXED, OF_STUDY, RETURNED, Level
from pacs_gateway.dicomweb.instance import Instance
from pacs_gateway.dicomweb.instances import load
from pacs_gateway.dicomweb.levels import Held
from pacs_gateway.dicomweb.problems import NOTHING, Problem
from pacs_gateway.dicomweb.projection import project
from pacs_gateway.dicomweb.results import Results
from pacs_gateway.dicomweb.rows import item_of
from pacs_gateway.errors import PacsError, PacsMismatch
from pacs_gateway.index.models import Study
from pacs_gateway.upstream.base import DicomJson

log = logging.getLogger(__name__)
LOOKED_INTO_MOST = 30
_BEYOND_INDEX = OF_STUDY - INDEXED


def one(grant: StudyGrant, service: str, search: Search, series_uid: str) -> Iterator[Held]:
    """Yield the study of the grant, or one series of it; raises Problem 404 when there is nothing of it."""
    instances = load(grant, service, series_uid, brief=search.is_brief)
    if not instances:
        raise Problem(404, NOTHING)
    yield _held(Study.objects.get(key=grant.study_key), service, instances)


def every(request: Request, search: Search) -> Iterator[Held]:
    """Yield the studies of the caller in which something may match; raises Problem 413 when they are too many."""
    service = service_of(request)
    for row in studies.find_all(principal_of(request._request), search, LOOKED_INTO_MOST):
        grant = _open(request, row)
        if grant is not None:
            yield _held(row, service, load(grant, service, brief=search.is_brief))


def _held(row: Study, service: str, instances: list[Instance]) -> Held:
    return Held(item_of(row, service), f"{service}/studies/{row.study_uid}", instances)


def _open(request: Request, row: Study) -> StudyGrant | None:
    principal = principal_of(request._request)
    grant = policy.ask(principal, row, Right.VIEW)
    if grant is None or grant.anonymised:
        return None
    ledger.record(request._request, principal, study=row, right=Right.VIEW, outcome=Outcome.ALLOWED)
    return grant


def most_studies(search: Search) -> int:
    """Return how many studies are answered at once: fewer when each of them must be looked into."""
    return LOOKED_INTO_MOST if _wants_more(search) else STUDIES_MOST


def _wants_more(search: Search) -> bool:
    return search.include_all or any(path[0] in _BEYOND_INDEX for path in search.include)


def study_items(request: Request, search: Search, rows: list[Study]) -> Results:
    """Return rows of the index as results, with what only their instances tell where that is asked for."""
    service, found = service_of(request), Results()
    for row in rows:
        item, further = item_of(row, service), _further(request, row, service) if _wants_more(search) else {}
        found.is_incomplete |= further is None
        known = (further or {}) | item
        found.items.append(project(item, RETURNED[Level.STUDY], search, partial(dict, known)))
    return found


def _further(request: Request, row: Study, service: str) -> DicomJson | None:
    """Return what the instances of a study tell of it, None when its PACS cannot be asked."""
    grant = _open(request, row)
    try:
        return levels.of_study(load(grant, service)[0]) if grant else {}
    except PacsMismatch:
        raise
    except PacsError as error:
        log.warning("a search is answered without what PACS %s knows (%s)", row.pacs, type(error).__name__)
        return None
