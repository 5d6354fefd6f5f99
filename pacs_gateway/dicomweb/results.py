"""The results of a search, cut to the page asked for, with the warnings that belong to them (PS3.18 8.3.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from pacs_gateway.dicomweb import levels
from pacs_gateway.dicomweb.addresses import service_of
from pacs_gateway.dicomweb.answers import data_sets, warning
from pacs_gateway.dicomweb.asked import Search
from pacs_gateway.dicomweb.attributes import Level
from pacs_gateway.dicomweb.levels import Held
from pacs_gateway.dicomweb.matching import test_of
from pacs_gateway.dicomweb.projection import Offered, fields_of, project
from pacs_gateway.upstream.base import DicomJson


@dataclass(slots=True)
class Results:
    """Data sets of one page; how many the service held back; whether a PACS could not be asked."""

    items: list[DicomJson] = field(default_factory=list)
    remaining: int = 0
    is_incomplete: bool = False


def below_study(held: Iterable[Held], level: Level, told: set[Level], search: Search) -> Results:
    """Return the series or instances that match, with what an answer tells of the levels in `told`."""
    is_asked_for, fields = test_of(search), fields_of(told)
    page, items = search.page(), _instances(held) if level is Level.INSTANCE else _series(held)
    found = [(item, offered) for item, offered in items if is_asked_for(item)]
    projected = [project(item, fields, search, offered) for item, offered in found[page]]
    return Results(projected, max(len(found) - page.stop, 0) if search.is_cut() else 0)


def _series(held: Iterable[Held]) -> Iterator[tuple[DicomJson, Offered]]:
    for study in held:
        for series in levels.series_of(study):
            yield series.item, series.shared


def _instances(held: Iterable[Held]) -> Iterator[tuple[DicomJson, Offered]]:
    for study in held:
        for item in levels.instances_of(study):
            yield item, partial(dict, item)


def answer(request: Request, kind: str, search: Search, found: Results) -> HttpResponseBase:
    """Return the results, with a Warning header where the standard asks for one."""
    response = data_sets(kind, found.items)
    texts = []
    if found.remaining:
        texts.append(f"There are {found.remaining} additional results that can be requested")
    if found.is_incomplete:
        texts.append("An archive could not be asked for all of the attributes.")
    if texts:
        response["Warning"] = warning(service_of(request), texts)
    return response
