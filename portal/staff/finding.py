"""Search every archive and the index. An archive that does not answer is named; the index answers always."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

from django.db.models import QuerySet

from pacs_gateway import upstream
from pacs_gateway.errors import PacsError
from pacs_gateway.index import sync
from pacs_gateway.index.models import Study
from pacs_gateway.refs import InvalidRef
from pacs_gateway.upstream.base import StudyQuery, StudyRecord
from pacs_gateway.upstream.records import InvalidSearch, name_words

log = logging.getLogger(__name__)
FOUND_MOST = 200
SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """The studies that fit, newest first, at most FOUND_MOST, and the archives that did not answer."""

    studies: list[Study]
    silent: list[str]

    @property
    def is_cut(self) -> bool:
        """Tell whether there may be more than are shown."""
        return len(self.studies) >= FOUND_MOST


def search(query: StudyQuery, caller: str) -> Found:
    """Ask all archives at once, take over what they say, and return what the index then knows."""
    answers = _ask_all(upstream.names(), query, caller)
    for name, records in answers.items():
        if records:
            sync.store(name, records)
    silent = [name for name, records in answers.items() if records is None]
    return Found(list(_in_index(query)[:FOUND_MOST]), silent)


def _ask_all(names: list[str], query: StudyQuery, caller: str) -> dict[str, list[StudyRecord] | None]:
    """Return what each archive says within SECONDS; None for one that says nothing in time."""
    pool = ThreadPoolExecutor(max_workers=max(len(names), 1))
    asked = {name: pool.submit(_ask, name, query, caller) for name in names}
    done, late = wait(asked.values(), timeout=SECONDS)
    # An archive that asks for several pages may take longer; the desk does not wait for it.
    pool.shutdown(wait=False, cancel_futures=True)
    if late:
        log.warning("search: %d PACS did not answer in time", len(late))
    return {name: future.result() if future in done else None for name, future in asked.items()}


def _ask(name: str, query: StudyQuery, caller: str) -> list[StudyRecord] | None:
    try:
        return upstream.connect(name).search_studies(query, caller)
    except (PacsError, InvalidSearch, InvalidRef) as error:
        log.warning("search: PACS %s could not be asked (%s)", name, type(error).__name__)
        return None


def _in_index(query: StudyQuery) -> QuerySet[Study]:
    exact = {
        "patient_id": query.patient_id,
        "birth_date": query.birth_date,
        "accession_number": query.accession_number,
        "date__gte": query.date_from,
        "date__lte": query.date_to,
    }
    rows = Study.objects.present().filter(**{field: value for field, value in exact.items() if value})
    for word in name_words(query.patient_name):
        rows = rows.filter(patient_name__icontains=word)
    return rows
