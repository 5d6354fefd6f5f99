"""Search for studies: the index answers, as far as the caller may see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import islice

from pacs_gateway.access import policy
from pacs_gateway.access.principal import Kind, Principal
from pacs_gateway.access.right import Right
from pacs_gateway.dicomjson import parse_date
from pacs_gateway.dicomweb.asked import Match, Search
from pacs_gateway.dicomweb.attributes import INDEXED
from pacs_gateway.dicomweb.matching import WILD, test_of
from pacs_gateway.dicomweb.problems import Problem, bad_request
from pacs_gateway.dicomweb.rows import STUDY_DATE, STUDY_UID, TEXTS, item_of
from pacs_gateway.index.models import Study, StudyQuerySet


def may_search(principal: Principal) -> bool:
    """Tell whether searches show the caller anything: they answer with identities, and need the right to look."""
    can_look = principal.kind is not Kind.SHARE or Right.VIEW in principal.rights
    return can_look and not principal.anonymised


def candidates(principal: Principal, search: Search) -> StudyQuerySet:
    """Return the caller's studies, narrowed by what of the search the database can decide."""
    rows = policy.visible(principal).once() if may_search(principal) else Study.objects.none()
    for match in search.matches:
        rows = _narrowed(rows, match)
    return rows


def find(principal: Principal, search: Search, page: slice) -> tuple[list[Study], int]:
    """Return one page of the caller's studies that match, and how many there are after it.

    Raises Problem 400 for what studies are not searched by.
    """
    if any(len(match.path) > 1 or match.path[0] not in INDEXED for match in search.matches):
        raise bad_request("Studies cannot be searched by an attribute of the request.")
    is_asked_for = test_of(search)
    rows = candidates(principal, search)
    if all(_is_decided(match) for match in search.matches):
        found = list(rows[page])
        return found, max(rows.count() - page.stop, 0) if len(found) == page.stop - page.start else 0
    matching = [row for row in rows.iterator() if is_asked_for(item_of(row, ""))]
    return matching[page], max(len(matching) - page.stop, 0)


def find_all(principal: Principal, search: Search, most: int) -> list[Study]:
    """Return the caller's studies in which a series or instance may match; raises Problem 413 for more than `most`."""
    known = tuple(match for match in search.matches if match.path[0] in INDEXED and len(match.path) == 1)
    is_asked_for = test_of(replace(search, matches=known))
    rows = (row for row in candidates(principal, search).iterator() if is_asked_for(item_of(row, "")))
    found = list(islice(rows, most + 1))
    if len(found) > most:
        raise Problem(413, "The search is too broad. Name a study, a patient or a date.")
    return found


def _narrowed(rows: StudyQuerySet, match: Match) -> StudyQuerySet:
    tag = match.path[0]
    if len(match.path) > 1 or not match.is_by_value:
        return rows
    if tag == STUDY_UID:
        return rows.filter(study_uid__in=match.uids)
    if tag == STUDY_DATE:
        return _in_period(rows, match.value)
    if tag in TEXTS and _is_decided(match):
        return rows.filter(**{TEXTS[tag]: match.value})
    return rows


def _is_decided(match: Match) -> bool:
    """Tell whether the database decides on a match alone."""
    if not match.is_by_value:
        return False
    if match.path[0] in TEXTS:
        return match.vr in WILD and not set(match.value) & set("*?\\,")
    return match.path[0] in (STUDY_UID, STUDY_DATE)


def _in_period(rows: StudyQuerySet, value: str) -> StudyQuerySet:
    start, dash, end = value.partition("-")
    first, last = parse_date(start), parse_date(end if dash else start)
    limits: dict[str, dt.date] = {"date__gte": first} if first else {}
    return rows.filter(date__isnull=False, **limits, **({"date__lte": last} if last else {}))
